import fc from 'fast-check'
import { expect, test } from 'vitest'
import { placeAt } from './place.ts'

const page = { width: 320, height: 600 }
const at = (left: number, top: number) => ({ left, top, right: left + 80, bottom: top + 28 })

test.each([
  { name: 'below', anchor: at(20, 10), panel: { width: 200, height: 100 }, place: { left: 20, top: 40 } },
  {
    name: 'above, where below is no room',
    anchor: at(20, 560),
    panel: { width: 200, height: 100 },
    place: { left: 20, top: 458 },
  },
  {
    name: 'below, cut, where above is less room',
    anchor: at(20, 100),
    panel: { width: 200, height: 900 },
    place: { left: 20, top: 130, mostHeight: 466 },
  },
  {
    name: 'away from the right edge',
    anchor: at(230, 10),
    panel: { width: 200, height: 100 },
    place: { left: 116 },
  },
  {
    name: 'as wide as the page: from its left edge',
    anchor: at(230, 10),
    panel: { width: 900, height: 100 },
    place: { left: 4 },
  },
])('a panel is $name', ({ anchor, panel, place }) => {
  expect(placeAt(anchor, panel, page)).toMatchObject(place)
})

test('with its right edge at that of the anchor', () => {
  expect(placeAt(at(230, 10), { width: 200, height: 10 }, page, 'end').left).toBe(110)
})

test('a panel that fits the page lies in it, and not over its anchor', () => {
  const size = fc.record({
    width: fc.integer({ min: 1, max: 312 }),
    height: fc.integer({ min: 1, max: 900 }),
  })
  fc.assert(
    fc.property(fc.integer({ min: -50, max: 300 }), fc.integer({ min: 0, max: 570 }), size, (x, y, panel) => {
      const anchor = at(x, y)
      const { left, top, mostHeight } = placeAt(anchor, panel, page, 'end')
      const height = Math.min(panel.height, mostHeight)
      expect(left).toBeGreaterThanOrEqual(4)
      expect(left + panel.width).toBeLessThanOrEqual(page.width - 4)
      expect(top).toBeGreaterThanOrEqual(0)
      expect(top + height).toBeLessThanOrEqual(page.height)
      expect(top >= anchor.bottom || top + height <= anchor.top).toBe(true)
    }),
  )
})
