import { expect, test } from 'vitest'
import { highest, mostLooks, oneMore } from './rate-history.ts'
import type { RateLook } from './rate-history.ts'

test('the last looks are kept; one without a rate begins again', () => {
  let looks: readonly RateLook[] | undefined
  for (let at = 0; at < mostLooks + 5; at += 1) looks = oneMore(looks, at, at * 2)
  expect(looks).toHaveLength(mostLooks)
  expect(looks?.[0]).toEqual({ at: 5, rate: 10 })
  expect(highest(looks ?? [])).toBe((mostLooks + 4) * 2)
  expect(oneMore(looks, 99, undefined)).toEqual([])
  expect(highest([])).toBe(0)
})
