import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sanitize, sanitizeLine } from './sanitize.ts'

describe('control characters are shown, not obeyed', () => {
  it.each([
    ['plain text\nsecond\tline', 'plain text\nsecond\tline'],
    ['a\r\nb\r\n', 'a\nb\n'],
    ['over\rwritten', 'over<CR>written'],
    ['\r\r\n', '<CR>\n'],
    ['\x1b[31mred\x1b[0m', '<ESC>[31mred<ESC>[0m'],
    ['\x1b]52;c;ZXZpbA==\x07', '<ESC>]52;c;ZXZpbA==<BEL>'],
    ['\x9b31m', '<U+009B>31m'],
    ['\x9d52;c;x\x9c', '<U+009D>52;c;x<U+009C>'],
    ['\x00\x7f\b', '<NUL><DEL><BS>'],
    ['\u202egnp.exe', '<U+202E>gnp.exe'],
    ['zero\u200bwidth', 'zero<U+200B>width'],
    ['\ud800', '<U+D800>'],
    ['\u{e0041}', '<U+E0041>'],
    ['Größe 日本 😀 é', 'Größe 日本 😀 é'],
  ])('%j becomes %j', (text, expected) => {
    expect(sanitize(text)).toBe(expected)
  })

  it('a line stays one line', () => {
    expect(sanitizeLine('a\nb\tc\r\nd')).toBe('a<LF>b<TAB>c<LF>d')
  })
})

describe('properties', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('\x1b', '\r', '\n', '\t', '\x9b', 'a', '[', ']', '\x07', '\ud83d', '\ude00'),
    }),
  )

  it('nothing that a terminal obeys is left, in any text', () => {
    fc.assert(
      fc.property(anything, (text) => {
        for (const char of sanitize(text)) {
          const code = char.codePointAt(0)!
          const allowed = code === 0x0a || code === 0x09 || (code >= 0x20 && code < 0x7f) || code > 0x9f
          expect(allowed && !(code >= 0xd800 && code <= 0xdfff)).toBe(true)
        }
      }),
    )
  })

  it('doing it twice changes nothing more', () => {
    fc.assert(fc.property(anything, (text) => sanitize(sanitize(text)) === sanitize(text)))
  })

  it('what was harmless stays as it was', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => sanitize(text) === text))
  })
})
