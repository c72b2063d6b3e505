/**
 * The tables of keyboards against those that QEMU brings with it, which are made of X11's. Its list of a layout has no dead keys,
 * so that what a dead key types here is not looked at.
 */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { layouts } from './layouts.ts'
import type { LayoutName } from './layouts.ts'
import { charactersOf } from './strokes.ts'

const folder = '/usr/share/qemu/keymaps'
const files: Readonly<Record<LayoutName, string>> = { us: 'en-us', gb: 'en-gb', de: 'de', fr: 'fr' }
/** Scan codes of the keys in their rows. @source the PC keyboard, set 1 */
const rows: readonly (readonly [first: number, codes: readonly string[]])[] = [
  [0x02, [...Array.from('1234567890', (each) => `Digit${each}`), 'Minus', 'Equal']],
  [0x10, [...Array.from('QWERTYUIOP', (each) => `Key${each}`), 'BracketLeft', 'BracketRight']],
  [0x1e, [...Array.from('ASDFGHJKL', (each) => `Key${each}`), 'Semicolon', 'Quote', 'Backquote']],
  [0x2b, ['Backslash', ...Array.from('ZXCVBNM', (each) => `Key${each}`), 'Comma', 'Period', 'Slash']],
  [0x56, ['IntlBackslash']],
]
const scanCodes = new Map(
  rows.flatMap(([first, codes]) => codes.map((code, at) => [code, first + at] as const)),
)
/** Names of keysyms beside letters, digits and `U` with a number. @source X11 keysymdef.h */
const names: Readonly<Record<string, string>> = {
  ...{
    exclam: '!',
    quotedbl: '"',
    numbersign: '#',
    dollar: '$',
    percent: '%',
    ampersand: '&',
    apostrophe: "'",
  },
  ...{
    parenleft: '(',
    parenright: ')',
    asterisk: '*',
    plus: '+',
    comma: ',',
    minus: '-',
    period: '.',
    slash: '/',
  },
  ...{ colon: ':', semicolon: ';', less: '<', equal: '=', greater: '>', question: '?', at: '@' },
  ...{ bracketleft: '[', backslash: '\\', bracketright: ']', asciicircum: '^', underscore: '_', grave: '`' },
  ...{
    braceleft: '{',
    bar: '|',
    braceright: '}',
    asciitilde: '~',
    notsign: '¬',
    brokenbar: '¦',
    sterling: '£',
  },
  ...{
    EuroSign: '€',
    degree: '°',
    section: '§',
    twosuperior: '²',
    threesuperior: '³',
    mu: 'µ',
    currency: '¤',
  },
  ...{ ssharp: 'ß', adiaeresis: 'ä', odiaeresis: 'ö', udiaeresis: 'ü', Adiaeresis: 'Ä', Odiaeresis: 'Ö' },
  ...{ Udiaeresis: 'Ü', eacute: 'é', egrave: 'è', ccedilla: 'ç', agrave: 'à', ugrave: 'ù' },
}

test.skipIf(!existsSync(folder))('each key types what QEMU’s own list says', () => {
  for (const { name } of layouts) {
    const listed = new Map<string, string>()
    for (const line of readFileSync(`${folder}/${files[name]}`, 'utf8').split('\n')) {
      const [, sym = '', scan = '', shift = '', altGr = ''] =
        /^(\w+) 0x([0-9a-f]+)( shift)?( altgr)?$/.exec(line) ?? []
      const character = names[sym] ?? (sym.length === 1 ? sym : '')
      if (character !== '') listed.set(`${Number.parseInt(scan, 16)}${shift}${altGr}`, character)
    }
    expect(listed.size, name).toBeGreaterThan(90)
    let compared = 0
    for (const [character, stroke] of charactersOf(name)) {
      const [press] = stroke
      const scan = scanCodes.get(press?.key.code ?? '')
      if (stroke.length > 1 || press === undefined || scan === undefined) continue
      const place = `${scan}${press.shift ? ' shift' : ''}${press.altGr ? ' altgr' : ''}`
      expect(`${name} ${place}: ${listed.get(place) ?? 'nothing'}`).toBe(`${name} ${place}: ${character}`)
      compared += 1
    }
    expect(compared, name).toBeGreaterThan(90)
  }
})
