import { expect, test } from 'vitest'
import type { LogRow } from '#record/row.ts'
import { lastChangeIn, RunChanges } from './run-since.svelte.ts'

const event = (seq: number, name: string): LogRow =>
  ({ kind: 'event', name, seq, at: seq * 1000, bytes: 10 }) as unknown as LogRow

test('the last event that changed the run state: neither a reset nor a line of that name', () => {
  const line = { kind: 'line', name: 'STOP', seq: 5, at: 5000, bytes: 10, failed: false } as LogRow
  expect(lastChangeIn([event(1, 'STOP'), event(2, 'RESUME'), event(3, 'RESET'), line])).toEqual({
    name: 'RESUME',
    at: 2000,
  })
  expect(lastChangeIn([event(3, 'RESET')])).toBeUndefined()
})

test('what was before the connection is none; what comes later counts, in its order', () => {
  type Take = (news: { name: string; lastAt: number }) => void
  let take: Take = () => undefined
  const record = {
    newest: { rows: [event(1, 'STOP')] },
    watchEvents: (_names: readonly string[], watcher: Take) => {
      take = watcher
    },
  }
  const changes = new RunChanges({ record } as never)
  expect(changes.since(1001)).toBeUndefined()
  expect(changes.since(1000)).toEqual({ name: 'STOP', at: 1000 })
  take({ name: 'RESUME', lastAt: 5000 })
  take({ name: 'STOP', lastAt: 4000 })
  expect(changes.since(1000)).toEqual({ name: 'RESUME', at: 5000 })
})
