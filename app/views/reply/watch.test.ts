import { expect, test } from 'vitest'
import type { Json } from '../../../workers/base/json.ts'
import { drawn } from './watch.svelte.ts'

function series(isRate: boolean, ...points: readonly (readonly [at: number, value: Json | undefined])[]) {
  return { text: 'n', steps: [], isRate, points: points.map(([at, value]) => ({ at, value })) }
}

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
