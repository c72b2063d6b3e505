/**
 * Text from a machine, made safe for a terminal: every control character is shown as a sign, none is obeyed. A name of a
 * disk with an escape sequence in it must not move the cursor, change the title or write the clipboard (OSC 52).
 */

/**
 * Text of which only line feeds and tabs still control anything. CR LF becomes LF; a CR alone, ESC and the other C0
 * characters become their names (`<ESC>`: fonts often lack their pictures), DEL as well; C1 characters, direction marks,
 * lone surrogates and other characters that hide or reorder text become `<U+009B>`.
 */
export function sanitize(text: string): string {
  // Nearly all text has nothing to replace: one look is enough.
  return harmless.test(text) ? text : text.replace(/\r\n/g, '\n').replace(suspects, picture)
}

/** The same for one line that is being edited: line feeds and tabs are signs as well, so the line stays one line. */
export function sanitizeLine(text: string): string {
  return sanitize(text).replace(/[\n\t]/g, picture)
}

const names: readonly string[] = (
  'NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI ' +
  'DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'
).split(' ')

const harmless = /^[\n\t\x20-\x7e\u00a0-\u00ac\u00ae-\u024f]*$/

// Built from code points, so that this file holds none of these characters itself.
const ranges: readonly (readonly [number, number])[] = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x61c, 0x61c],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0xd800, 0xdfff],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0xe0000, 0xe007f],
]

const suspects = new RegExp(`[${ranges.map(([from, to]) => `${escape(from)}-${escape(to)}`).join('')}]`, 'gu')

function escape(code: number): string {
  return `\\u{${code.toString(16)}}`
}

function picture(char: string): string {
  const code = char.codePointAt(0) ?? 0
  const name = code === 0x7f ? 'DEL' : names[code]
  if (name !== undefined) return `<${name}>`
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
}
