import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { itemByKey, Typeahead } from './list-keys.ts'
import type { ListShape } from './list-keys.ts'

describe('keys of a list', () => {
  const field = { inField: true } as const
  const ring = { wraps: true } as const
  test.each<[key: string, active: number, more: Partial<ListShape>, to: number | undefined]>([
    ['ArrowDown', -1, {}, 0],
    ['ArrowUp', -1, {}, 0],
    ['ArrowDown', 8, {}, 9],
    ['ArrowDown', 9, {}, 9],
    ['ArrowUp', 0, {}, 0],
    ['Home', 5, {}, 0],
    ['End', -1, {}, 9],
    ['PageDown', 3, { page: 4 }, 7],
    ['PageDown', 8, { page: 4 }, 9],
    ['PageUp', 3, { page: 4 }, 0],
    ['PageUp', 3, {}, undefined],
    ['ArrowDown', 9, ring, 0],
    ['ArrowUp', 0, ring, 9],
    ['ArrowUp', -1, ring, 9],
    ['ArrowUp', 0, field, -1],
    ['ArrowUp', -1, field, -1],
    ['PageUp', 1, { ...field, page: 4 }, 0],
    ['Home', 4, field, undefined],
    ['ArrowRight', 1, {}, undefined],
    ['ArrowRight', 1, { axis: 'right' }, 2],
    ['ArrowDown', 1, { axis: 'right' }, undefined],
    ['constructor', 1, {}, undefined],
  ])('%s from %i with %o', (key, active, more, to) => {
    expect(itemByKey(key, { length: 10, active, ...more })).toBe(to)
  })

  test('an item that a key goes to is in the list', () => {
    const keys = ['ArrowDown', 'ArrowUp', 'Home', 'End', 'PageUp', 'PageDown']
    fc.assert(
      fc.property(
        fc.constantFrom(...keys),
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: -1, max: 19 }),
        fc.boolean(),
        fc.boolean(),
        (key, length, active, wraps, inField) => {
          const to = itemByKey(key, { length, active: Math.min(active, length - 1), page: 5, wraps, inField })
          if (to === undefined) return
          expect(to).toBeGreaterThanOrEqual(length === 0 || inField ? -1 : 0)
          expect(to).toBeLessThan(Math.max(1, length))
        },
      ),
    )
  })
})

describe('typed letters', () => {
  const texts = ['cont', 'stop', 'System reset', 'system powerdown', 'quit']

  test('go to the item that begins with them', () => {
    const typed = new Typeahead()
    expect(typed.find('s', 0, texts, 0)).toBe(1)
    expect(typed.find('y', 100, texts, 1)).toBe(2)
    expect(typed.isTyping(200)).toBe(true)
    expect(typed.find('x', 200, texts, 2)).toBeUndefined()
  })

  test('the same letter walks around', () => {
    const typed = new Typeahead()
    const found: (number | undefined)[] = []
    let active = -1
    for (let at = 0; at < 4; at += 1) {
      active = typed.find('s', at, texts, active) ?? -1
      found.push(active)
    }
    expect(found).toEqual([1, 2, 3, 1])
  })

  test('begin again after a pause', () => {
    const typed = new Typeahead()
    typed.find('s', 0, texts, 0)
    expect(typed.isTyping(5000)).toBe(false)
    expect(typed.find('q', 5000, texts, 1)).toBe(4)
  })
})
