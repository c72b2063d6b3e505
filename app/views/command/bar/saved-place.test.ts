import { expect, test } from 'vitest'
import { readPlace, writePlace } from './saved-place.ts'

test('a place comes back out of the address, and anything else is none', () => {
  const place = { collection: 'c.1-x', index: 12 }
  expect(readPlace(writePlace(place))).toEqual(place)
  for (const given of [undefined, '', 'c', 'c.', '.1', 'c.x', 'c.-1', 'c.123456']) {
    expect(readPlace(given)).toBeUndefined()
  }
})
