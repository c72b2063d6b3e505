import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Progress } from '#record/track.ts'
import { rateOf, ratesOf, timeLeftMs } from './pace.ts'

/** A sample a second, each by one of the numbers further than the one before. */
function steps(total: number, ...bytes: readonly number[]): readonly Progress[] {
  let current = 0
  return [0, ...bytes].map((each, index) => {
    current += each
    return { at: 1_700_000_000_000 + index * 1000, current, total }
  })
}

describe('the rate', () => {
  test('needs two samples', () => {
    expect(ratesOf(steps(100))).toEqual([])
    expect(rateOf(steps(100))).toBeUndefined()
    expect(timeLeftMs(steps(100))).toBeUndefined()
    expect(timeLeftMs([])).toBeUndefined()
  })

  test('from sample to sample, and over the last five seconds', () => {
    const progress = steps(1000, 10, 10, 40, 40, 40, 40, 40)
    expect(ratesOf(progress).map(({ rate }) => rate)).toEqual([10, 10, 40, 40, 40, 40, 40])
    expect(rateOf(progress)).toBe(40)
  })

  test('a new pass over the memory counts from its beginning', () => {
    expect(ratesOf(steps(1000, 100, -100, 50)).map(({ rate }) => rate)).toEqual([100, 50])
  })
})

describe('the time left', () => {
  test('at an even rate it is what is left by that rate', () => {
    expect(timeLeftMs(steps(100, 10, 10, 10))).toBeCloseTo(7000, 6)
  })

  test('one slow second does not double it', () => {
    const before = timeLeftMs(steps(10_000, ...Array.from({ length: 20 }, () => 100))) ?? 0
    const after = timeLeftMs(steps(10_000, ...Array.from({ length: 20 }, () => 100), 0)) ?? 0
    expect(after).toBeGreaterThan(before)
    expect(after).toBeLessThan(before * 1.15)
  })

  test('a job that was slowed down says so within a minute', () => {
    const slowed = steps(
      1e6,
      ...Array.from({ length: 100 }, () => 1000),
      ...Array.from({ length: 60 }, () => 10),
    )
    const left = 1e6 - 100_600
    expect(timeLeftMs(slowed)).toBeGreaterThan((left / 80) * 1000)
  })

  test('what stands still has none', () => {
    expect(timeLeftMs(steps(100, 0, 0, 0))).toBeUndefined()
  })

  test('it lies between those at the slowest and at the fastest rate', () => {
    const bytes = fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(bytes, (each) => {
        const progress = steps(1e9, ...each)
        const rates = ratesOf(progress).map(({ rate }) => rate)
        const left = 1e9 - (progress.at(-1)?.current ?? 0)
        const said = timeLeftMs(progress) ?? Number.NaN
        expect(said).toBeGreaterThanOrEqual((left / Math.max(...rates)) * 1000 * 0.999_999)
        expect(said).toBeLessThanOrEqual((left / Math.min(...rates)) * 1000 * 1.000_001)
      }),
    )
  })
})
