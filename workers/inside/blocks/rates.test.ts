import { expect, test } from 'vitest'
import { extendTrail, mostSamples } from './latency.ts'
import type { LatencyTrail } from './latency.ts'
import type { IoTotals } from './block-model.ts'
import { heatOf, ratesBetween } from './rates.ts'

const none: IoTotals = {
  ...{ readBytes: 0, writtenBytes: 0, reads: 0, writes: 0, flushes: 0 },
  ...{ readNs: 0, writeNs: 0, flushNs: 0, failed: 0 },
}

test('rates of a second and a half', () => {
  const after = { ...none, readBytes: 3000, reads: 3, readNs: 6_000_000 }
  expect(ratesBetween(none, after, 1500)).toEqual({
    ...{ readBytes: 2000, writtenBytes: 0, reads: 2, writes: 0, readMs: 2, writeMs: undefined },
  })
})

test('sums beyond 2^53 lose nothing', () => {
  const before = { ...none, writtenBytes: 18_446_744_073_709_551_000n }
  const after = { ...none, writtenBytes: 18_446_744_073_709_551_500n }
  expect(ratesBetween(before, after, 1000)?.writtenBytes).toBe(500)
})

test('a sum that went back, and no time, have no rate', () => {
  expect(ratesBetween({ ...none, reads: 5 }, none, 1000)).toBeUndefined()
  expect(ratesBetween(none, none, 0)).toBeUndefined()
})

test.each([
  [0, 0],
  [4096, 1],
  [2 << 20, 2],
  [20 << 20, 3],
  [1 << 30, 4],
])('%i bytes a second are heat %i', (bytes, heat) => {
  expect(heatOf(ratesBetween(none, { ...none, writtenBytes: bytes }, 1000))).toBe(heat)
})

test('a trail has how much each bin grew, and begins again where a histogram does', () => {
  let trail: LatencyTrail = extendTrail(undefined, { bins: [1, 5n] })
  expect(trail.samples).toEqual([])
  trail = extendTrail(trail, { bins: [3, 5] })
  expect(trail.samples).toEqual([[2, 0]])
  expect(extendTrail(trail, { bins: [0, 0] }).samples).toEqual([])
  expect(extendTrail(trail, { bins: [3, 5, 6] }).samples).toEqual([])
  for (let count = 4; count < 200; count += 1) trail = extendTrail(trail, { bins: [count, 5] })
  expect(trail.samples).toHaveLength(mostSamples)
})
