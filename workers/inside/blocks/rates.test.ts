import { expect, test } from 'vitest'
import { extendTrail, mostSamples } from './latency.ts'
import type { LatencyTrail } from './latency.ts'
import type { IoTotals } from './block-model.ts'
import { heatOf, heatsOf, ratesBetween } from './rates.ts'

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

test.each([
  [0, 0],
  [0.2, 1],
  [2, 2],
  [30, 3],
  [500, 4],
])('%f ms an operation are heat %i', (ms, heat) => {
  const after = { ...none, reads: ms === 0 ? 0 : 1, readNs: ms * 1e6, writes: ms === 0 ? 0 : 1 }
  expect(heatOf(ratesBetween(none, after, 1000), 'latency')).toBe(heat)
})

test('what a device stands on is as hot as it, backing images are not; of two devices the hotter counts', () => {
  const rates = (writtenBytes: number) => {
    const found = ratesBetween(none, { ...none, writtenBytes }, 1000)
    if (found === undefined) throw new Error('no rates')
    return found
  }
  const edges = [
    ...[
      ['a', 'top', 'root'],
      ['top', 'file', 'file'],
      ['top', 'base', 'backing'],
      ['b', 'shared', 'root'],
    ],
    ...[
      ['a', 'shared', 'x'],
      ['shared', 'top', 'loop'],
      ['idle', 'cold', 'root'],
    ],
  ].map(([from = '', to = '', role = '']) => ({ from, to, role }))
  const devices = new Map([
    ['b', rates(4096)],
    ['a', rates(20 << 20)],
    ['idle', rates(0)],
  ])
  expect(Object.fromEntries(heatsOf(edges, devices, 'bytes'))).toEqual({
    a: 3,
    b: 1,
    top: 3,
    file: 3,
    shared: 3,
  })
  expect(heatsOf(edges, new Map(), 'bytes').size).toBe(0)
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
