import { expect, test } from 'vitest'
import { functionKey, letterKey, sysRqKeys } from './guest-keys.ts'
import { layouts } from './layouts.ts'
import type { LayoutName } from './layouts.ts'
import { characterWords, charactersOf, keysOfPress, strokesOf } from './strokes.ts'

/** How a text is typed: `shift-a`, characters after each other with a blank between. */
function typed(text: string, layout: LayoutName): string {
  return strokesOf(text, layout)
    .strokes.flat()
    .map((press) =>
      keysOfPress(press)
        .map(({ qcode }) => qcode)
        .join('-'),
    )
    .join(' ')
}

test('every printable character of ASCII has a key in each layout, with its own keysym', () => {
  for (const { name } of layouts) {
    for (let code = 0x20; code < 0x7f; code += 1) {
      const character = String.fromCharCode(code)
      const stroke = charactersOf(name).get(character)
      expect(stroke, `${name} ${character}`).toBeDefined()
      if (stroke?.length === 1) expect(stroke[0]?.key.keysym, `${name} ${character}`).toBe(code)
    }
  }
})

test('no two characters are typed alike', () => {
  for (const { name } of layouts) {
    const ways = [...charactersOf(name).keys()].map((character) => typed(character, name))
    expect(new Set(ways).size, name).toBe(ways.length)
  }
})

test.each<[LayoutName, string, string]>([
  ['us', 'aA>|_\n\t', 'a shift-a shift-dot shift-backslash shift-minus ret tab'],
  ['us', '@"~', 'shift-2 shift-apostrophe shift-grave_accent'],
  ['gb', '@"~#\\|', 'shift-apostrophe shift-2 shift-backslash backslash less shift-less'],
  ['gb', '£€¬', 'shift-3 alt_r-4 shift-grave_accent'],
  ['de', 'zyZ-_', 'y z shift-y slash shift-slash'],
  [
    'de',
    '{[]}\\@€|~',
    'alt_r-7 alt_r-8 alt_r-9 alt_r-0 alt_r-minus alt_r-q alt_r-e alt_r-less alt_r-bracket_right',
  ],
  ['de', 'äÖüß', 'apostrophe shift-semicolon bracket_left minus'],
  ['de', '^`´', 'grave_accent spc shift-equal spc equal spc'],
  ['de', 'éÈû', 'equal e shift-equal shift-e grave_accent u'],
  ['fr', 'azqwm1.', 'q w a z semicolon shift-1 shift-comma'],
  ['fr', 'éèàçù', '2 7 0 9 apostrophe'],
  ['fr', 'êï^', 'bracket_left e shift-bracket_left i alt_r-9'],
  [
    'fr',
    '{[]}\\@#|`~',
    'alt_r-4 alt_r-5 alt_r-minus alt_r-equal alt_r-8 alt_r-0 alt_r-3 alt_r-6 alt_r-7 alt_r-2',
  ],
])('%s %j is %s', (layout, text, keys) => {
  expect(typed(text, layout)).toBe(keys)
})

test('what cannot be typed is listed once, in its order', () => {
  const { strokes, missing } = strokesOf('grüße, ß und 🙂\u0007', 'us')
  expect(missing).toEqual(['ü', 'ß', '🙂', '\u0007'])
  expect(strokes).toHaveLength('gre,  und '.length)
  expect(missing.map(characterWords)).toEqual(['ü (U+00FC)', 'ß (U+00DF)', '🙂 (U+1F642)', 'U+0007'])
  expect(strokesOf('grüße, ß', 'de').missing).toEqual([])
  expect(strokesOf('É ñ', 'fr').missing).toEqual(['É', 'ñ'])
})

test('a line ends in one Enter; an accent that stands apart belongs to its letter', () => {
  expect(typed('a\r\nb\rc\n', 'us')).toBe('a ret b ret c ret')
  expect(typed('u\u0308', 'de')).toBe('bracket_left')
})

test('keys of functions and of SysRq', () => {
  expect(functionKey(1)).toEqual({ code: 'F1', keysym: 0xffbe, qcode: 'f1' })
  expect(functionKey(12)).toEqual({ code: 'F12', keysym: 0xffc9, qcode: 'f12' })
  for (const [letter] of sysRqKeys) expect(letterKey(letter).code).toMatch(/^Key[A-Z]$/)
})
