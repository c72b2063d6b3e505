import { describe, expect, test } from 'vitest'
import type { Outline } from '#record/outline.ts'
import { anchorAt, firstLike, keysOf, placeOf } from './anchors.ts'

const keys = ['state connected', 'event STOP', 'command query-status']
const outline = { keys, key: Uint32Array.of(0, 1, 2, 1, 2, 2) } as unknown as Outline

describe('where an outline is aligned', () => {
  test('each place is found again by its anchor', () => {
    outline.key.forEach((_, place) => expect(placeOf(outline, anchorAt(outline, place))).toBe(place))
    expect(anchorAt(outline, 4)).toEqual({ key: 'command query-status', nth: 2 })
  })

  test('what is not there has no place', () => {
    expect(placeOf(outline, { key: 'event STOP', nth: 3 })).toBeUndefined()
    expect(placeOf(outline, { key: 'event RESET', nth: 1 })).toBeUndefined()
    expect(placeOf(outline, undefined)).toBeUndefined()
  })

  test('commands and events are offered by name', () => {
    expect(keysOf(outline)).toEqual(['command query-status', 'event STOP'])
    expect(keysOf(undefined)).toEqual([])
    expect(firstLike({ key: 'event STOP', nth: 2 })).toEqual({ key: 'event STOP', nth: 1 })
  })
})
