import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Json } from '#base/json/value.ts'
import { ok } from '#base/result.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { drawn, longestPoint, mostWatched, Watch, Watches } from './watch.svelte.ts'
import type { Series } from './watch.svelte.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function series(
  isRate: boolean,
  ...points: readonly (readonly [at: number, value: Json | undefined])[]
): Series {
  return { text: 'n', steps: [], isRate, points: points.map(([at, value]) => ({ at, value })) }
}

/** A machine that answers with a count, `latencyMs` later, and knows how many requests it has at once. */
function counter(latencyMs: number): { machine: Machine; asked: number; atOnce: number; isReady: boolean } {
  let open = 0
  const self = {
    asked: 0,
    atOnce: 0,
    isReady: true,
    machine: undefined as unknown as Machine,
  }
  self.machine = {
    name: 'vm',
    get isReady() {
      return self.isReady
    },
    commands: {
      async callAgain() {
        open += 1
        self.asked += 1
        self.atOnce = Math.max(self.atOnce, open)
        const n = self.asked
        await new Promise((resolve) => setTimeout(resolve, latencyMs))
        open -= 1
        return ok({ n, same: 'x' })
      },
    },
  } as unknown as Machine
  return self
}

test('one request at a time, as often as the interval says, however long they take', async () => {
  const quick = counter(10)
  const watch = new Watch(quick.machine, 'query-it', undefined)
  watch.start()
  watch.start()
  await vi.advanceTimersByTimeAsync(4500)
  expect(quick.asked).toBe(5)
  watch.setInterval(0.2)
  await vi.advanceTimersByTimeAsync(2000)
  expect(quick.asked).toBeGreaterThan(13)
  expect(quick.atOnce).toBe(1)
  watch.stop()
  const { asked } = quick
  await vi.advanceTimersByTimeAsync(5000)
  expect(quick.asked).toBe(asked)

  const slow = counter(700)
  const other = new Watch(slow.machine, 'query-it', undefined)
  other.setInterval(0.01)
  expect(other.intervalSeconds).toBe(0.2)
  other.start()
  await vi.advanceTimersByTimeAsync(7000)
  expect(slow.atOnce).toBe(1)
  expect(slow.asked).toBeGreaterThanOrEqual(10)
  other.stop()
})

test('stopped and started at once, it still asks one at a time', async () => {
  const slow = counter(300)
  const watch = new Watch(slow.machine, 'query-it', undefined)
  watch.start()
  await vi.advanceTimersByTimeAsync(100)
  watch.stop()
  watch.start()
  await vi.advanceTimersByTimeAsync(2000)
  expect(slow.atOnce).toBe(1)
  watch.stop()
})

test('it waits while the machine is not ready, says so, and goes on', async () => {
  const quick = counter(1)
  const watch = new Watch(quick.machine, 'query-it', undefined)
  watch.start()
  await vi.advanceTimersByTimeAsync(1500)
  quick.isReady = false
  await vi.advanceTimersByTimeAsync(3000)
  const { asked } = quick
  expect(watch.state).toEqual({ kind: 'waiting', why: 'vm is not connected' })
  quick.isReady = true
  await vi.advanceTimersByTimeAsync(1000)
  expect(quick.asked).toBeGreaterThan(asked)
  expect(watch.state).toEqual({ kind: 'running' })
  watch.stop()
})

test('what changed is said, and numbers are kept, 3,600 at most', async () => {
  const quick = counter(0)
  const watch = new Watch(quick.machine, 'query-it', undefined)
  watch.setInterval(0.2)
  watch.start()
  await vi.advanceTimersByTimeAsync(300)
  expect(watch.changed).toEqual(new Set(['n']))
  expect(watch.lastChange?.comparison.unchanged).toBe(1)
  watch.plot([{ kind: 'member', name: 'n' }])
  watch.plot([{ kind: 'member', name: 'n' }])
  expect(watch.series).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(3700 * 200)
  expect(watch.samples).toBeGreaterThan(3650)
  expect(watch.series[0]?.points).toHaveLength(3600)
  watch.stop()
})

test('values are drawn as they are, rates by the second', () => {
  expect(drawn(series(false, [0, 1], [1000, undefined], [2000, 2n ** 64n]))).toEqual([1, undefined, 2 ** 64])
  expect(drawn(series(true, [0, 1], [500, 3], [1500, undefined], [2500, 4]))).toEqual([
    undefined,
    4,
    undefined,
    undefined,
  ])
})

test('a rate of integers that a double does not hold is exact', () => {
  const base = 18446744073709551000n
  expect(drawn(series(true, [0, base], [1000, base + 7n]))[1]).toBe(7)
})

/** A machine whose answer has `size` characters. */
function large(size: number): Machine {
  return {
    name: 'vm',
    isReady: true,
    commands: { callAgain: () => Promise.resolve(ok('x'.repeat(size))) },
  } as unknown as Machine
}

test('what all watches hold is bounded: the one that does not fit ends, and says so', async () => {
  const watches = new Watches()
  watches.begin(1, large(mostWatched / 4), 'query-a', undefined)
  watches.begin(2, large(mostWatched / 3), 'query-b', undefined)
  await vi.advanceTimersByTimeAsync(500)
  expect(watches.of(1)).toMatchObject({ state: { kind: 'running' }, samples: 1, failed: undefined })
  expect(watches.of(2)).toMatchObject({ state: { kind: 'stopped' }, samples: 0, last: undefined })
  expect(watches.of(2)?.failed).toContain('Watching has ended')
  watches.end(1)
  watches.of(2)?.start()
  await vi.advanceTimersByTimeAsync(500)
  expect(watches.of(2)).toMatchObject({ state: { kind: 'running' }, samples: 1, failed: undefined })
  watches.end(2)
})

test('a number over time takes no more than its place: long ones are rounded', async () => {
  const digits = '1' + '0'.repeat(longestPoint)
  const machine = {
    name: 'vm',
    isReady: true,
    commands: { callAgain: () => Promise.resolve(ok({ n: BigInt(digits), m: 2n ** 64n })) },
  } as unknown as Machine
  const watch = new Watch(machine, 'query-it', undefined)
  watch.plot([{ kind: 'member', name: 'n' }])
  watch.plot([{ kind: 'member', name: 'm' }])
  watch.start()
  await vi.advanceTimersByTimeAsync(100)
  expect(watch.series.map((each) => each.points[0]?.value)).toEqual([Number(digits), 2n ** 64n])
  watch.stop()
})
