import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exactDuration, ticksOf, ticksSince } from './scale.ts'

const start = new Date(2026, 10, 21, 12, 0, 0).getTime()

describe('ticks', () => {
  it('are in the stretch, in order, apart, and few, from a microsecond to weeks', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 9e9, noNaN: true }),
        fc.double({ min: -2, max: 10, noNaN: true }),
        fc.integer({ min: 50, max: 3000 }),
        (offset, exponent, pixels) => {
          const from = start + offset
          const to = from + 10 ** exponent
          const ticks = ticksOf(from, to, pixels)
          let last = -Infinity
          for (const { at, label } of ticks) {
            expect(at).toBeGreaterThanOrEqual(from)
            expect(at).toBeLessThanOrEqual(to)
            expect(at).toBeGreaterThan(last)
            expect(label).not.toBe('')
            last = at
          }
          expect(ticks.length).toBeLessThanOrEqual(Math.ceil(pixels / 96) + 2)
        },
      ),
    )
  })

  it.each([
    [10_000, 1000, '12:00:01'],
    [86_400_000, 1000, '15:00'],
    [1, 1000, '12:00:00.000100'],
    [60, 1000, '12:00:00.010'],
    [7 * 86_400_000, 1000, '2026-11-22'],
  ])('over %s ms in %s pixels', (width, pixels, label) => {
    expect(ticksOf(start, start + width, pixels).map((tick) => tick.label)).toContain(label)
  })

  it('none for nothing', () => {
    expect(ticksOf(start, start, 100)).toEqual([])
    expect(ticksOf(start, start + 1, 0)).toEqual([])
  })
})

describe('a scale that counts from a time', () => {
  it('goes in both directions', () => {
    const ticks = ticksSince(5000, 3000, 8000, 500)
    expect(ticks.map(({ label }) => label)).toEqual(['−2 s', '−1 s', '0', '+1 s', '+2 s', '+3 s'])
    expect(ticks.find(({ major }) => major)?.at).toBe(5000)
  })

  it('is empty for nothing, and bounded far away', () => {
    expect(ticksSince(0, 5, 5, 100)).toEqual([])
    expect(ticksSince(0, 5, 6, 0)).toEqual([])
    expect(ticksSince(1e12, 0, 1e3, 500).length).toBeLessThan(10)
  })
})

describe('exact durations', () => {
  it.each([
    [0, '0 µs'],
    [0.0124, '12 µs'],
    [1.5, '1.5 ms'],
    [1234.567, '1.234567 s'],
    [-2, '−2 ms'],
    [184_000.005, '3 min 04.000005 s'],
    [3_723_000, '1 h 02 min 03 s'],
  ])('%s ms is %s', (ms, text) => {
    expect(exactDuration(ms)).toBe(text)
  })
})
