/** Keys of a guest by their names: of the browser, of X11 and of QEMU. Pure. */

/** A key: `code` as of KeyboardEvent, `keysym` of X11, `qcode` of QEMU. */
export interface GuestKey {
  readonly code: string
  readonly keysym: number
  readonly qcode: string
}

/** The keys that people press by name. */
export const namedKeys = {
  ctrl: { code: 'ControlLeft', keysym: 0xffe3, qcode: 'ctrl' },
  alt: { code: 'AltLeft', keysym: 0xffe9, qcode: 'alt' },
  shift: { code: 'ShiftLeft', keysym: 0xffe1, qcode: 'shift' },
  super: { code: 'MetaLeft', keysym: 0xffeb, qcode: 'meta_l' },
  shiftRight: { code: 'ShiftRight', keysym: 0xffe2, qcode: 'shift_r' },
  ctrlRight: { code: 'ControlRight', keysym: 0xffe4, qcode: 'ctrl_r' },
  altRight: { code: 'AltRight', keysym: 0xffea, qcode: 'alt_r' },
  altGr: { code: 'AltRight', keysym: 0xfe03, qcode: 'alt_r' },
  delete: { code: 'Delete', keysym: 0xffff, qcode: 'delete' },
  print: { code: 'PrintScreen', keysym: 0xff61, qcode: 'print' },
  pause: { code: 'Pause', keysym: 0xff13, qcode: 'pause' },
  enter: { code: 'Enter', keysym: 0xff0d, qcode: 'ret' },
  tab: { code: 'Tab', keysym: 0xff09, qcode: 'tab' },
  space: { code: 'Space', keysym: 0x20, qcode: 'spc' },
} as const satisfies Readonly<Record<string, GuestKey>>

/** QEMU's names of the keys that bear characters, beside those of digits and letters. */
const qcodes: ReadonlyMap<string, string> = new Map([
  ['Backquote', 'grave_accent'],
  ['Minus', 'minus'],
  ['Equal', 'equal'],
  ['BracketLeft', 'bracket_left'],
  ['BracketRight', 'bracket_right'],
  ['Backslash', 'backslash'],
  ['Semicolon', 'semicolon'],
  ['Quote', 'apostrophe'],
  ['Comma', 'comma'],
  ['Period', 'dot'],
  ['Slash', 'slash'],
  ['IntlBackslash', 'less'],
])

/** QEMU's name of a key that bears a character: `KeyA` is `a`, `Digit1` is `1`. */
export function qcodeOf(code: string): string {
  return qcodes.get(code) ?? code.replace(/^(?:Key|Digit)/, '').toLowerCase()
}

/** F1 to F12. `number` is 1 to 12. */
export function functionKey(number: number): GuestKey {
  return { code: `F${number}`, keysym: 0xffbd + number, qcode: `f${number}` }
}

/** The key where a US keyboard has a letter, a to z: what SysRq looks at, whatever the layout. */
export function letterKey(letter: string): GuestKey {
  return { code: `Key${letter.toUpperCase()}`, keysym: letter.charCodeAt(0), qcode: letter }
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
