/**
 * How a page says its name at a line behind a gate: the first bytes that it sends, once it is connected. The gate takes them out,
 * and tells by that name in `x-gate-status` which of the line's clients this is. No key of a terminal sends them.
 * @adr 0061
 */

const begin = '\u001b_qmp-studio;'
const end = '\u001b\\'
const digits = 32
const length = begin.length + digits + end.length

/** The name of 16 random bytes: 32 hexadecimal digits, which nobody else has. */
export function lineNameOf(random: Uint8Array): string {
  return [...random].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Whether a text is such a name. */
export function isLineName(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text)
}

/** The bytes that say a name. */
export function printLineName(name: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${begin}${name}${end}`)
}

/** The name with which these bytes begin, and what follows it. Undefined: they begin with none. */
export function readLineName(
  bytes: Uint8Array,
): { readonly name: string; readonly rest: Uint8Array } | undefined {
  if (bytes.length < length || bytes[0] !== begin.charCodeAt(0)) return undefined
  const text = String.fromCharCode(...bytes.subarray(0, length))
  const name = text.slice(begin.length, begin.length + digits)
  if (!text.startsWith(begin) || !text.endsWith(end) || !isLineName(name)) return undefined
  return { name, rest: bytes.subarray(length) }
}
