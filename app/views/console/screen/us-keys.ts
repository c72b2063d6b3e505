/** The keys of a keyboard with the US layout: which key types a character, by VNC and by `send-key`. Pure. */

/** A key: `code` as of KeyboardEvent, `keysym` of X11, `qcode` of QEMU. */
export interface GuestKey {
  readonly code: string
  readonly keysym: number
  readonly qcode: string
}

/** A character on the keyboard. */
export interface Stroke {
  readonly key: GuestKey
  readonly shift: boolean
}

/** The keys that have two characters: code, QEMU's name, without Shift, with it. */
const pairs: readonly (readonly [code: string, qcode: string, plain: string, shifted: string])[] = [
  ['Backquote', 'grave_accent', '`', '~'],
  ['Digit1', '1', '1', '!'],
  ['Digit2', '2', '2', '@'],
  ['Digit3', '3', '3', '#'],
  ['Digit4', '4', '4', '$'],
  ['Digit5', '5', '5', '%'],
  ['Digit6', '6', '6', '^'],
  ['Digit7', '7', '7', '&'],
  ['Digit8', '8', '8', '*'],
  ['Digit9', '9', '9', '('],
  ['Digit0', '0', '0', ')'],
  ['Minus', 'minus', '-', '_'],
  ['Equal', 'equal', '=', '+'],
  ['BracketLeft', 'bracket_left', '[', '{'],
  ['BracketRight', 'bracket_right', ']', '}'],
  ['Backslash', 'backslash', '\\', '|'],
  ['Semicolon', 'semicolon', ';', ':'],
  ['Quote', 'apostrophe', "'", '"'],
  ['Comma', 'comma', ',', '<'],
  ['Period', 'dot', '.', '>'],
  ['Slash', 'slash', '/', '?'],
  ...Array.from(
    'abcdefghijklmnopqrstuvwxyz',
    (each) => [`Key${each.toUpperCase()}`, each, each, each.toUpperCase()] as const,
  ),
]

/** The keys that people press by name. */
export const namedKeys = {
  ctrl: { code: 'ControlLeft', keysym: 0xffe3, qcode: 'ctrl' },
  alt: { code: 'AltLeft', keysym: 0xffe9, qcode: 'alt' },
  shift: { code: 'ShiftLeft', keysym: 0xffe1, qcode: 'shift' },
  super: { code: 'MetaLeft', keysym: 0xffeb, qcode: 'meta_l' },
  shiftRight: { code: 'ShiftRight', keysym: 0xffe2, qcode: 'shift_r' },
  ctrlRight: { code: 'ControlRight', keysym: 0xffe4, qcode: 'ctrl_r' },
  altRight: { code: 'AltRight', keysym: 0xffea, qcode: 'alt_r' },
  delete: { code: 'Delete', keysym: 0xffff, qcode: 'delete' },
  print: { code: 'PrintScreen', keysym: 0xff61, qcode: 'print' },
  pause: { code: 'Pause', keysym: 0xff13, qcode: 'pause' },
  enter: { code: 'Enter', keysym: 0xff0d, qcode: 'ret' },
  tab: { code: 'Tab', keysym: 0xff09, qcode: 'tab' },
  space: { code: 'Space', keysym: 0x20, qcode: 'spc' },
} as const satisfies Readonly<Record<string, GuestKey>>

const strokes: ReadonlyMap<string, Stroke> = new Map<string, Stroke>([
  ...pairs.flatMap(([code, qcode, plain, shifted]) => [
    [plain, { key: { code, qcode, keysym: plain.charCodeAt(0) }, shift: false }] as const,
    [shifted, { key: { code, qcode, keysym: shifted.charCodeAt(0) }, shift: true }] as const,
  ]),
  [' ', { key: namedKeys.space, shift: false }],
  ['\n', { key: namedKeys.enter, shift: false }],
  ['\t', { key: namedKeys.tab, shift: false }],
])

/** How a character is typed; undefined where the layout has no key for it. */
export function strokeOf(character: string): Stroke | undefined {
  return strokes.get(character)
}

/** F1 to F12. `number` is 1 to 12. */
export function functionKey(number: number): GuestKey {
  return { code: `F${number}`, keysym: 0xffbd + number, qcode: `f${number}` }
}

/** The strokes of a text, and what of it cannot be typed: each such character once, in its order. */
export function strokesOf(text: string): {
  readonly strokes: readonly Stroke[]
  readonly missing: readonly string[]
} {
  const found: Stroke[] = []
  const missing = new Set<string>()
  // A line ends in one Enter, however it was written.
  for (const character of text.replace(/\r\n?/g, '\n')) {
    const stroke = strokes.get(character)
    if (stroke === undefined) missing.add(character)
    else found.push(stroke)
  }
  return { strokes: found, missing: [...missing] }
}

/** A character that cannot be typed, so that it can be seen. */
export function characterWords(character: string): string {
  const number = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
  return /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character) ? `${character} (${number})` : number
}

/** What Alt-SysRq and a letter make a Linux kernel do. */
export const sysRqKeys: readonly (readonly [letter: string, does: string])[] = [
  ['h', 'list the keys'],
  ['s', 'write all file systems'],
  ['u', 'make them read only'],
  ['b', 'reboot at once'],
  ['o', 'power off at once'],
  ['e', 'end all processes'],
  ['i', 'kill all processes'],
  ['t', 'list the tasks'],
  ['w', 'list the blocked tasks'],
  ['m', 'tell of the memory'],
  ['l', 'tell what each CPU does'],
  ['f', 'kill a process that takes memory'],
  ['c', 'crash the kernel'],
]
