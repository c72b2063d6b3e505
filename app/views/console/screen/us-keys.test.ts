import { expect, test } from 'vitest'
import { characterWords, functionKey, strokeOf, strokesOf, sysRqKeys } from './us-keys.ts'
import { isTooLarge } from './picture-size.ts'
import { whyClosed, whyFailed, whyTooLarge } from './why-closed.ts'

test('every printable character of ASCII has a key, with its own keysym', () => {
  for (let code = 0x20; code < 0x7f; code += 1) {
    const stroke = strokeOf(String.fromCharCode(code))
    expect(stroke?.key.keysym, String.fromCharCode(code)).toBe(code)
  }
})

test('one key types one character with Shift and one without', () => {
  const seen = new Map<string, string>()
  for (let code = 0x21; code < 0x7f; code += 1) {
    const { key, shift } = strokeOf(String.fromCharCode(code)) ?? {
      key: { code: '', qcode: '' },
      shift: false,
    }
    const place = `${key.code} ${shift}`
    expect(seen.get(place)).toBeUndefined()
    seen.set(place, String.fromCharCode(code))
  }
  expect(seen.size).toBe(94)
})

test.each([
  ['a', 'KeyA', 'a', false],
  ['A', 'KeyA', 'a', true],
  ['>', 'Period', 'dot', true],
  ['|', 'Backslash', 'backslash', true],
  ['_', 'Minus', 'minus', true],
  ['\n', 'Enter', 'ret', false],
  ['\t', 'Tab', 'tab', false],
])('%j is %s', (character, code, qcode, shift) => {
  expect(strokeOf(character)).toMatchObject({ key: { code, qcode }, shift })
})

test('what cannot be typed is listed once, in its order', () => {
  const { strokes, missing } = strokesOf('grüße, ß und 🙂\u0007')
  expect(missing).toEqual(['ü', 'ß', '🙂', '\u0007'])
  expect(strokes).toHaveLength('gre,  und '.length)
  expect(missing.map(characterWords)).toEqual(['ü (U+00FC)', 'ß (U+00DF)', '🙂 (U+1F642)', 'U+0007'])
})

test('a line ends in one Enter', () => {
  expect(strokesOf('a\r\nb\rc\n').strokes.map(({ key }) => key.qcode)).toEqual([
    'a',
    'ret',
    'b',
    'ret',
    'c',
    'ret',
  ])
})

test('keys of functions and of SysRq', () => {
  expect(functionKey(1)).toEqual({ code: 'F1', keysym: 0xffbe, qcode: 'f1' })
  expect(functionKey(12)).toEqual({ code: 'F12', keysym: 0xffc9, qcode: 'f12' })
  for (const [letter] of sysRqKeys) expect(strokeOf(letter)?.shift).toBe(false)
})

test.each([
  [640, 480, false],
  [0, 0, false],
  [16_384, 4096, false],
  [16_385, 1, true],
  [1, 65_535, true],
  [16_384, 16_384, true],
])('%i × %i', (width, height, tooLarge) => {
  expect(isTooLarge(width, height)).toBe(tooLarge)
})

test.each([
  [{ code: 1006, reason: '', wasOpen: false }, /did not open/],
  [{ code: 1011, reason: 'Failed to connect', wasOpen: true }, /nobody listens/],
  [{ code: 1000, reason: 'Target closed', wasOpen: true }, /QEMU ended, Target closed$/],
  [{ code: 1006, reason: '', wasOpen: true }, /without a word/],
  [
    { code: 4000, reason: 'x'.repeat(5000), wasOpen: true },
    /^closed with code 4000, x{10,200}… \(5000 characters/,
  ],
])('why closed: %#', (end, words) => {
  expect(whyClosed(end)).toMatch(words)
})

test('why it failed', () => {
  expect(whyFailed('Unsupported security types (types: 18,19,77)', undefined)).toMatch(
    /\(TLS, VeNCrypt, kind 77\)/,
  )
  expect(whyFailed('Security handshake failed', 'Authentication failed')).toMatch(
    /It says: Authentication failed\./,
  )
  expect(whyFailed('Security handshake failed', '')).toMatch(/expired\.$/)
  expect(whyFailed('Invalid server version 999.999', undefined)).toMatch(/no VNC server/)
  expect(whyFailed('Unsupported encoding (encoding: 5)', undefined)).toMatch(/Unsupported encoding/)
  expect(whyTooLarge(65_535, 65_535)).toMatch(/65535 × 65535/)
})
