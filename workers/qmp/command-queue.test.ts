import { expect, test } from 'vitest'
import { CommandQueue, queueLimit } from './command-queue.ts'
import { createEntry } from './pending.ts'
import type { Entry } from './pending.ts'
import type { ExecId, Outcome, Ticket } from './report.ts'

function waiting(): {
  queue: CommandQueue
  outcomes: Outcome[]
  changes: () => number
  add: (n: number) => Entry
} {
  const outcomes: Outcome[] = []
  let changes = 0
  const queue = new CommandQueue(() => {
    changes += 1
  })
  const add = (n: number): Entry => {
    const ticket = n as Ticket
    const request = {
      name: 'stop',
      arguments: undefined,
      oob: false,
      deadlineMs: 1,
      ticket,
      origin: 'person' as const,
    }
    const entry = createEntry(n as ExecId, request, '', undefined, 0, (outcome) => outcomes.push(outcome))
    queue.push(entry)
    return entry
  }
  return { queue, outcomes, changes: () => changes, add }
}

test('commands come out in the order in which they came', () => {
  const { queue, add } = waiting()
  const entries = [add(1), add(2), add(3)]
  expect([queue.take(), queue.take(), queue.take(), queue.take()]).toEqual([...entries, undefined])
})

test('one that is taken back is settled once, and makes room', () => {
  const { queue, outcomes, changes, add } = waiting()
  for (let n = 0; n < queueLimit; n += 1) add(n)
  expect(queue.isFull).toBe(true)
  expect(queue.cancel(5000 as Ticket)).toBe(true)
  expect(queue.cancel(5000 as Ticket)).toBe(false)
  expect(queue.isFull).toBe(false)
  expect(outcomes).toEqual([{ kind: 'not-sent', why: 'cancelled' }])
  expect(changes()).toBe(1)
})

test('one that has been sent is not taken back', () => {
  const { queue, outcomes, add } = waiting()
  const entry = add(1)
  queue.take()
  queue.remove(entry, 'deadline')
  expect(queue.cancel(1 as Ticket)).toBe(false)
  expect(outcomes).toEqual([])
})

test('all that wait end together', () => {
  const { queue, outcomes, add } = waiting()
  const entries = [add(1), add(2)]
  queue.clear('connection-lost')
  expect(entries.map((each) => each.state)).toEqual(['done', 'done'])
  expect(outcomes).toEqual(Array(2).fill({ kind: 'not-sent', why: 'connection-lost' }))
  expect(queue.entries).toEqual([])
})
