import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hueOf, labelLines } from './map.ts'

test('a name is broken at its dashes, never inside of a word', () => {
  expect(labelLines('query-named-block-nodes', { letters: 12, lines: 2 })).toEqual([
    'query-named-',
    'block-nodes',
  ])
  expect(labelLines('query-named-block-nodes', { letters: 12, lines: 1 })).toEqual(['query-named…'])
  expect(labelLines('query-rx-filter', { letters: 8, lines: 4 })).toEqual(['query-', 'rx-', 'filter'])
  expect(labelLines('screendump', { letters: 8, lines: 4 })).toEqual([])
  expect(labelLines('migrate-set-parameters', { letters: 8, lines: 4 })).toEqual(['migrate-', 'set…'])
  expect(labelLines('stop', { letters: 12, lines: 3 })).toEqual(['stop'])
  expect(labelLines('stop', { letters: 2, lines: 3 })).toEqual([])
})

test('no line is longer than its room, there are four at most, and only whole words are left out', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '-', '_'), maxLength: 40 })
  fc.assert(
    fc.property(
      name,
      fc.integer({ min: 0, max: 50 }),
      fc.integer({ min: 0, max: 4 }),
      (text, letters, lines) => {
        const found = labelLines(text, { letters, lines })
        expect(found.length).toBeLessThanOrEqual(Math.min(4, lines))
        expect(found.every((each) => each.length <= letters)).toBe(true)
        expect(text.startsWith(found.join('').replace('…', ''))).toBe(true)
      },
    ),
  )
})

test('a subsystem has one hue', () => {
  expect(hueOf('block')).toBe(hueOf('block'))
  expect(hueOf('block')).not.toBe(hueOf('migration'))
})
