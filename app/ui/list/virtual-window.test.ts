import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { mostRows, rowSlots, scrollFor, virtualWindow } from './virtual-window.ts'

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

test('a row that stays in sight keeps its element, and no two rows have one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -400_000, max: 400_000 }), { maxLength: 20 }),
      fc.integer({ min: 1, max: 900 }),
      (moves, height) => {
        const slots = mostRows(20, height)
        const slotOf = rowSlots()
        let before = new Map<number, number>()
        let top = 1_000_000
        for (const move of moves.flatMap((each) => [each, each % 300])) {
          top = Math.max(0, top + move)
          const window = virtualWindow(100_000, 20, height, top)
          const slot = slotOf(window, slots)
          const elements = new Map<number, number>()
          for (let row = window.first; row < window.last; row += 1) {
            elements.set(row, (slot + row - window.first) % slots)
          }
          expect(new Set(elements.values()).size).toBe(elements.size)
          for (const [row, element] of elements) expect(before.get(row) ?? element).toBe(element)
          before = elements
        }
      },
    ),
  )
})

test('where no row stays in sight, no element changes its place', () => {
  const slotOf = rowSlots()
  const slots = mostRows(20, 400)
  const at = (row: number): number => slotOf(virtualWindow(100_000, 20, 400, row * 20), slots)
  at(1000)
  const slot = at(1003)
  expect(slot).toBe(3)
  expect(at(5000)).toBe(slot)
  expect(at(17)).toBe(slot)
})
