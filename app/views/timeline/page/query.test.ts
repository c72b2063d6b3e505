import { describe, expect, test, vi } from 'vitest'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { Machines } from '#state/machine/machines.svelte.ts'
import type { Router } from '#state/page/router.svelte.ts'
import { TimelineQuery } from './query.svelte.ts'

// There is no component here whose end could be heard of.
vi.mock('svelte', async (original) => ({ ...(await original<object>()), onDestroy: () => undefined }))

const named = (id: string): Machine => ({ id, name: id, record: { generation: 0 } }) as unknown as Machine
const [vm, other] = [named('vm'), named('other')]
const machines = {
  all: [vm, other],
  byId: (id: string) => [vm, other].find((each) => each.id === id),
} as unknown as Machines

/** A query over an address that can be read and set. */
function open(query: Record<string, string> = {}): {
  address: () => Record<string, string>
  made: TimelineQuery
} {
  const route = { current: { query }, again: 0 }
  const router = Object.assign(route, {
    replace: (parts: { query: Record<string, string> }) => (route.current = parts),
  }) as unknown as Router
  const made = new TimelineQuery(
    machines,
    router,
    () => vm,
    () => undefined,
  )
  return { address: () => route.current.query, made }
}

describe('what an address says', () => {
  test('nothing: no filter, the chosen machine alone', () => {
    const { made } = open()
    expect(made.text).toBe('')
    expect(made.parsed.ok).toBe(true)
    expect(made.filter).toEqual({ own: false })
    expect(made.machines).toEqual([vm])
    expect([made.range, made.shown, made.row, made.comparison]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expect([made.showOwn, made.marks]).toEqual([false, []])
  })

  test('the machines beside the chosen one: those that there are, each once', () => {
    expect(open({ with: 'other,gone,vm' }).made.machines).toEqual([vm, other])
  })

  test.each([
    ['1~2', { from: 1, to: 2 }],
    ['1.5~2.25', { from: 1.5, to: 2.25 }],
    ['2~1', undefined],
    ['1~1', undefined],
    ['1', undefined],
    ['a~b', undefined],
    ['', undefined],
  ])('a stretch: %j', (text, stretch) => {
    expect(open({ t: text }).made.shown).toEqual(stretch)
    expect(open({ range: text }).made.range).toEqual(stretch)
  })

  test.each([
    ['0', 0],
    ['17', 17],
    ['-1', undefined],
    ['1.5', undefined],
    ['x', undefined],
  ])('a row: %j', (text, row) => {
    expect(open({ row: text }).made.row).toBe(row)
  })

  test('a filter that cannot be read is said, and shows nothing else meanwhile', () => {
    const { made } = open({ f: 'latency>soon' })
    expect(made.parsed.ok).toBe(false)
    expect(made.filter).toEqual({ own: false })
  })
})

describe('what is set stands in the address, and what else is there stays', () => {
  test('a filter, own rows, machines; empty again they go', () => {
    const { address, made } = open({ t: '1~2' })
    made.setText('type:STOP')
    made.setOwn(true)
    made.setMachines(['other'])
    expect(address()).toEqual({ t: '1~2', f: 'type:STOP', own: '1', with: 'other' })
    expect([made.text, made.showOwn, made.machines]).toEqual(['type:STOP', true, [vm, other]])
    made.setText('')
    made.setOwn(false)
    made.setMachines([])
    expect(address()).toEqual({ t: '1~2' })
  })

  test('what the lanes show, to a microsecond', () => {
    const { address, made } = open()
    made.setShown({ from: 1000.00049, to: 2000.0006 })
    expect(address()).toEqual({ t: '1000~2000.001' })
    expect(made.shown).toEqual({ from: 1000, to: 2000.001 })
  })

  test('marks come back as they were set', () => {
    const { made } = open()
    const marks = [{ at: 1000, text: 'a ~ b; c %' }]
    made.setMarks(marks)
    expect(made.marks).toEqual(marks)
    made.setMarks([])
    expect(made.marks).toEqual([])
  })

  test('a comparison begins, and ends at a row', () => {
    const { address, made } = open({ f: 'x' })
    made.beginComparison()
    expect(made.comparison).toBeDefined()
    made.endComparison(7)
    expect(address()).toEqual({ f: 'x', row: '7' })
    expect([made.comparison, made.row]).toEqual([undefined, 7])
  })
})

test('a range that is dragged is there at once, and comes into the address when the drag rests', () => {
  vi.useFakeTimers()
  try {
    const { address, made } = open({ f: 'x' })
    for (let to = 2; to <= 9; to += 1) {
      made.setRange({ from: 1, to })
      vi.advanceTimersByTime(100)
      expect(made.range).toEqual({ from: 1, to })
      expect(address()).toEqual({ f: 'x' })
    }
    vi.advanceTimersByTime(250)
    expect(address()).toEqual({ f: 'x', range: '1~9' })
    expect(made.range).toEqual({ from: 1, to: 9 })
    made.setRange(undefined)
    vi.advanceTimersByTime(0)
    expect(address()).toEqual({ f: 'x' })
    expect(made.range).toBeUndefined()
  } finally {
    vi.useRealTimers()
  }
})
