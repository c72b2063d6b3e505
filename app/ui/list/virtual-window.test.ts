import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { scrollFor, virtualWindow } from './virtual-window.ts'

test('what is in sight is in the window, however many rows there are', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10_000_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (count, at) => {
        const all = virtualWindow(count, 20, 400, 0)
        const scrollTop = at * Math.max(0, all.height - 400)
        const { first, last, scale } = virtualWindow(count, 20, 400, scrollTop)
        expect(last - first).toBeLessThanOrEqual(34)
        const top = scrollTop * scale
        for (const row of [Math.floor(top / 20), Math.floor((top + 399) / 20)]) {
          if (row >= count) continue
          expect(row).toBeGreaterThanOrEqual(first)
          expect(row).toBeLessThan(last)
        }
      },
    ),
  )
})

test('scrolling to a row brings it into the window', () => {
  fc.assert(
    fc.property(fc.integer({ min: 30, max: 5_000_000 }), fc.nat(), (count, pick) => {
      const index = pick % count
      const { scale } = virtualWindow(count, 20, 400, 0)
      const to = scrollFor(index, 20, 400, 0, scale) ?? 0
      const { first, last } = virtualWindow(count, 20, 400, to)
      expect(index).toBeGreaterThanOrEqual(first)
      expect(index).toBeLessThan(last)
    }),
  )
})

test('a row in sight needs no scrolling', () => {
  expect(scrollFor(3, 20, 400, 0, 1)).toBeUndefined()
  expect(scrollFor(20, 20, 400, 0, 1)).toBe(20)
  expect(scrollFor(9, 20, 400, 200, 1)).toBe(180)
})
