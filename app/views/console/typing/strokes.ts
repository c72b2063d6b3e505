/** Which keys type a text on a keyboard of a given layout. Pure. */
import { namedKeys, qcodeOf } from './guest-keys.ts'
import type { GuestKey } from './guest-keys.ts'
import { layouts } from './layouts.ts'
import type { LayoutName } from './layouts.ts'

/** One key with its modifiers. The keysym is that of the character. */
export interface KeyPress {
  readonly key: GuestKey
  readonly shift: boolean
  readonly altGr: boolean
}

/** What types one character: one key, or a dead key and the letter that it waits for. */
export type Stroke = readonly KeyPress[]

/** Dead keys: the accent, its keysym, the combining character of Unicode, and what stands alone with a space. */
const deads: readonly (readonly [accent: string, keysym: number, combining: string, alone: string])[] = [
  ['^', 0xfe52, '\u0302', '^'],
  ['´', 0xfe51, '\u0301', '´'],
  ['`', 0xfe50, '\u0300', '`'],
  // With a space, some systems make a quotation mark of it.
  ['¨', 0xfe57, '\u0308', ''],
]
/** Letters that guests put an accent on. */
const accented = 'aeiouAEIOU'

/** The keysym of a character: Latin-1 as it is, the euro by its own number, others by Unicode's. @x11 keysymdef.h */
function keysymOf(character: string): number {
  const point = character.codePointAt(0) ?? 0
  return point < 0x100 || character === '€' ? point : 0x1_00_00_00 + point
}

/** The keys of a layout with their levels: plain, Shift, AltGr, both. */
function keysOf(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, readonly string[]>()
  for (const letter of 'abcdefghijklmnopqrstuvwxyz') {
    const upper = letter.toUpperCase()
    keys.set(`Key${upper}`, [letter, upper])
  }
  for (const line of lines) {
    const [code = '', ...levels] = line.split(' ')
    keys.set(code, levels)
  }
  return keys
}

function read(lines: readonly string[]): ReadonlyMap<string, Stroke> {
  const found = new Map<string, Stroke>([
    [' ', [{ key: namedKeys.space, shift: false, altGr: false }]],
    ['\n', [{ key: namedKeys.enter, shift: false, altGr: false }]],
    ['\t', [{ key: namedKeys.tab, shift: false, altGr: false }]],
  ])
  const dead = new Map<string, KeyPress>()
  const keys = keysOf(lines)
  // Where a character stands twice, the one with fewer modifiers counts.
  for (const level of [0, 1, 2, 3]) {
    for (const [code, levels] of keys) {
      const character = levels[level]
      if (character === undefined || character === '·') continue
      const [accent = ''] = character.startsWith('†') ? character.slice(1) : ''
      const keysym = accent === '' ? keysymOf(character) : (deads.find(([each]) => each === accent)?.[1] ?? 0)
      const press: KeyPress = {
        key: { code, keysym, qcode: qcodeOf(code) },
        shift: level % 2 === 1,
        altGr: level > 1,
      }
      if (accent !== '') dead.set(accent, press)
      else if (!found.has(character)) found.set(character, [press])
    }
  }
  addAccents(found, dead)
  return found
}

/** What a dead key makes of the letters, where no key has it. */
function addAccents(found: Map<string, Stroke>, dead: ReadonlyMap<string, KeyPress>): void {
  for (const [accent, , combining, alone] of deads) {
    const press = dead.get(accent)
    if (press === undefined) continue
    for (const letter of accented) {
      const made = `${letter}${combining}`.normalize('NFC')
      const second = found.get(letter)
      if (!found.has(made) && second !== undefined) found.set(made, [press, ...second])
    }
    const space = found.get(' ')
    if (alone !== '' && !found.has(alone) && space !== undefined) found.set(alone, [press, ...space])
  }
}

const tables: ReadonlyMap<LayoutName, ReadonlyMap<string, Stroke>> = new Map(
  layouts.map(({ name, lines }) => [name, read(lines)]),
)

/** Characters of a layout, and how each is typed. */
export function charactersOf(name: LayoutName): ReadonlyMap<string, Stroke> {
  return tables.get(name) ?? new Map()
}

/** The strokes of a text, and what of it cannot be typed: each such character once, in its order. */
export function strokesOf(
  text: string,
  layout: LayoutName,
): { readonly strokes: readonly Stroke[]; readonly missing: readonly string[] } {
  const characters = charactersOf(layout)
  const strokes: Stroke[] = []
  const missing = new Set<string>()
  // A line ends in one Enter, however it was written; an accent is part of its letter.
  for (const character of text.replace(/\r\n?/g, '\n').normalize('NFC')) {
    const stroke = characters.get(character)
    if (stroke === undefined) missing.add(character)
    else strokes.push(stroke)
  }
  return { strokes, missing: [...missing] }
}

/** The keys of a press in their order, modifiers first. */
export function keysOfPress({ key, shift, altGr }: KeyPress): readonly GuestKey[] {
  return [...(shift ? [namedKeys.shift] : []), ...(altGr ? [namedKeys.altGr] : []), key]
}

/** A character that cannot be typed, so that it can be seen. */
export function characterWords(character: string): string {
  const number = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
  return /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character) ? `${character} (${number})` : number
}
