import fc from 'fast-check'
import { expect, test } from 'vitest'
import { apart, inWords } from './apart.ts'

test('a plain name stands as it is', () => {
  expect(apart('blockdev-add')).toBe('blockdev-add')
})

test('letters from right to left are isolated, what only turns the order is written out', () => {
  expect(apart('\u05d0\u05d1')).toBe('\u2068\u05d0\u05d1\u2069')
  expect(apart('a\u202eb')).toBe('\u2068a<U+202E>b\u2069')
  expect(apart('a\u2069\u202eb')).toBe('\u2068a<U+2069><U+202E>b\u2069')
})

test('whatever a name holds, the isolation ends with it', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '\u05d0', '\u202e', '\u2066', '\u2068', '\u2069', '\u200f') }),
      (name) => {
        const shown = apart(name)
        const inner = /^\u2068([^]*)\u2069$/.exec(shown)?.[1] ?? shown
        expect(inner).not.toMatch(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/)
        expect(shown === inner).toBe(/^a*$/.test(name))
      },
    ),
  )
})

test('in a sentence a long name is cut, and what it turns ends with it', () => {
  expect(inWords('blockdev-add')).toBe('blockdev-add')
  expect(inWords('x'.repeat(100_000))).toBe(`${'x'.repeat(200)}… (100000 characters in all)`)
  expect(inWords('\u202e'.repeat(201))).toBe(`\u2068${'<U+202E>'.repeat(200)}\u2069… (201 characters in all)`)
})
