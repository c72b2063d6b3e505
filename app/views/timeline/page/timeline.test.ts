import { beforeEach, expect, test, vi } from 'vitest'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { Machines } from '#state/machine/machines.svelte.ts'
import type { Track } from '#record/track.ts'
import type { Router } from '#state/page/router.svelte.ts'
import { Timeline } from './timeline.svelte.ts'

// There is no component here whose end could be heard of.
vi.mock('svelte', async (original) => ({ ...(await original<object>()), onDestroy: () => undefined }))

const cleared: string[] = []
function named(id: string, fromFile: boolean): Machine {
  const record = { generation: 0, clear: () => cleared.push(id) }
  return { id, name: id, fromFile, record } as unknown as Machine
}
const [vm, other, file] = [named('vm', false), named('other', false), named('file', true)]
const machines = {
  byId: (id: string) => [vm, other, file].find((each) => each.id === id),
} as unknown as Machines

/** A timeline of `vm` over an address that can be read. */
function open(query: Record<string, string> = {}): { address: () => Record<string, string>; made: Timeline } {
  const route = { current: { query }, again: 0 }
  const router = Object.assign(route, {
    replace: (parts: { query: Record<string, string> }) => (route.current = parts),
  }) as unknown as Router
  return { address: () => route.current.query, made: new Timeline(machines, router, () => vm) }
}

beforeEach(() => {
  cleared.length = 0
})

test('a row that is chosen holds the lanes still, and the panel that is closed forgets it', () => {
  const { made } = open()
  made.window.follow(true)
  made.select({ machine: vm, seq: 7 })
  expect(made.chosen).toEqual({ kind: 'row', id: { machine: vm, seq: 7 } })
  expect(made.selected).toEqual({ machine: vm, seq: 7 })
  expect(made.following).toBe(false)
  made.closePanel()
  expect([made.chosen, made.selected, made.selectedIndex]).toEqual([undefined, undefined, -1])
})

test('a row that the filter hides can be chosen in the lanes, and that is said', () => {
  const { made } = open()
  made.selectInLanes({ machine: vm, seq: 7 })
  expect(made.selected).toEqual({ machine: vm, seq: 7 })
  expect(made.said).toBe('The filter hides this row in the list.')
})

test('a range is read in its statistics; without a range there are none', () => {
  const { made } = open()
  made.showStats()
  expect(made.chosen).toBeUndefined()
  made.setRange({ from: 1, to: 2 })
  expect(made.query.range).toEqual({ from: 1, to: 2 })
  expect(made.chosen).toEqual({ kind: 'stats' })
  made.setRange(undefined)
  expect(made.chosen).toBeUndefined()
})

test('closing the statistics takes the range away; closing a track does not', () => {
  vi.useFakeTimers()
  try {
    const { address, made } = open({ range: '1~2' })
    made.chooseTrack(vm, { id: 1 } as unknown as Track)
    made.closePanel()
    vi.runAllTimers()
    expect(address()).toEqual({ range: '1~2' })
    made.showStats()
    made.closePanel()
    vi.runAllTimers()
    expect(address()).toEqual({})
    expect(made.chosen).toBeUndefined()
  } finally {
    vi.useRealTimers()
  }
})

test('only rows of a name, only rows with a value: terms of the filter, beside those that are there', () => {
  const { made } = open({ f: 'latency>5ms' })
  made.onlyName('JOB_STATUS_CHANGE')
  made.onlyValue(['data', 'id'], 'job0')
  expect(made.query.text).toBe('latency>5ms type:JOB_STATUS_CHANGE data.id=job0')
  expect(made.query.parsed.ok).toBe(true)
})

test('clearing clears what is live, and says which', () => {
  const { made } = open({ with: 'other,file' })
  made.select({ machine: vm, seq: 1 })
  made.clear()
  expect(cleared).toEqual(['vm', 'other'])
  expect(made.said).toBe('Cleared: the records of vm, other.')
  expect(made.chosen).toBeUndefined()
  expect(made.following).toBe(true)
})

test('a timeline without rows reaches over the last minute, and as far as now', () => {
  const { from, to } = open().made.extent()
  expect(to - from).toBeGreaterThanOrEqual(60_000)
  const { made } = open()
  made.zoomTo({ from: 1000, to: 2000 })
  expect([made.window.from, made.window.to]).toEqual([899, 2101])
})
