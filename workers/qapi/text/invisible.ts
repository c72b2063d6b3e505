/** Invisible characters that are copied along from pages and chats. */

const names: ReadonlyMap<number, string> = new Map([
  [0xa0, 'a no-break space'],
  [0xad, 'a soft hyphen'],
  [0x2007, 'a figure space'],
  [0x200b, 'a zero-width space'],
  [0x200c, 'a zero-width non-joiner'],
  [0x200d, 'a zero-width joiner'],
  [0x200e, 'a left-to-right mark'],
  [0x200f, 'a right-to-left mark'],
  [0x202f, 'a narrow no-break space'],
  [0x2060, 'a word joiner'],
  [0x3000, 'an ideographic space'],
  [0xfeff, 'a byte order mark'],
])

/** The first invisible character of a line, in words, with its column from 1. Undefined where there is none. */
export function invisibleIn(line: string): string | undefined {
  const found = /[\u00a0\u00ad\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]/.exec(line)
  if (found === null) return undefined
  const code = found[0].charCodeAt(0)
  const name = names.get(code) ?? 'an invisible character'
  const hex = code.toString(16).toUpperCase().padStart(4, '0')
  return `${name} (U+${hex}) stands in column ${found.index + 1}, which nobody sees`
}
