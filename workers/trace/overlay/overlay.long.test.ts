/** Two recordings of the largest size are laid over each other. The test ends at its limit where the work is quadratic. */
import { expect, test } from 'vitest'
import { overlay } from './overlay.ts'

test('equal streams match wholly; one more row is the only difference, among 100,000', () => {
  const a = Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 11)
  expect([...overlay(a, a, undefined).b]).toEqual([...a.keys()])
  const b = [...a.slice(0, 50_000), 99, ...a.slice(50_000)]
  const out = overlay(a, b, undefined)
  expect(out.b[[...out.a].indexOf(-1)]).toBe(50_000)
  expect(out.a).toHaveLength(b.length)
  // Two streams that have nothing in order are the most work.
  const random = (seed: number): number[] =>
    Array.from({ length: 100_000 }, (_, index) => (Math.imul(index ^ seed, 0x9e3779b1) >>> 16) % 5)
  const [x, y] = [random(1), random(77)]
  const other = overlay(x, y, undefined)
  expect(other.a.filter((place) => place >= 0)).toHaveLength(x.length)
  expect(other.b.filter((place) => place >= 0)).toHaveLength(y.length)
})
