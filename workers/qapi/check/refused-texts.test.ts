import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isRefusedCharacter, refusedCharacter, refusedTexts } from './refused-texts.ts'

test.each([
  ['a lone surrogate', '\ud800', 'U+D800'],
  ['its other half alone', 'a\udc00b', 'U+DC00'],
  ['a code point for no character', '\uffff', 'U+FFFF'],
  ['one of the thirty-two in the middle', '\ufdd0', 'U+FDD0'],
  ['one of another plane', '\u{1fffe}', 'U+1FFFE'],
  ['a pair', '\u{1f600}', undefined],
  ['the replacement character', '\ufffd', undefined],
  ['NUL and another control character', '\u0000\u0001', undefined],
  ['nothing', '', undefined],
])('%s', (_what, text, character) => {
  expect(refusedCharacter(text)).toBe(character)
})

test('a text is refused exactly when it holds a code point that is', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0x10ffff })), (codes) => {
      const text = String.fromCodePoint(...codes)
      const isRefused = Array.from(text, (each) => each.codePointAt(0) ?? 0).some(isRefusedCharacter)
      expect(refusedCharacter(text) !== undefined).toBe(isRefused)
    }),
  )
})

test('every place is named: values, items, names of members', () => {
  expect(
    refusedTexts({ a: ['x', '\uffff'], b: { '\ud800': 1, c: { d: 'ok' } }, e: 5, f: null, g: '\ufffe' }),
  ).toEqual([
    { path: 'a.1', character: 'U+FFFF' },
    { path: 'b.\ud800', character: 'U+D800' },
    { path: 'g', character: 'U+FFFE' },
  ])
})
