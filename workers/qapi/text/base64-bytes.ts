/**
 * Bytes that are written as base64 inside JSON: read, and made readable. Hostile as everything a machine says: only the
 * beginning is decoded, and characters that do something to a terminal or a page are shown by their pictures.
 */

/** The bytes of a text, or of its beginning. */
export interface DecodedBytes {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** How many bytes the whole text is. */
  readonly size: number
}

/** Bytes in a form that people read. */
export type ReadableBytes =
  | { readonly kind: 'text'; readonly text: string }
  /** Rows of sixteen bytes. */
  | { readonly kind: 'hex'; readonly rows: readonly string[] }

/** Bytes that are decoded of a text at most: more than anybody reads, and a few milliseconds. */
export const mostDecoded = 256 * 1024
/** Rows of sixteen bytes that are shown of what is no text: a kilobyte. */
export const mostHexRows = 64

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
/** The value of each character by its code; -1 for one that is not of base64. Files come through here: a Map takes five times as long. */
const values = new Int8Array(128).fill(-1)
for (let value = 0; value < alphabet.length; value += 1) values[alphabet.charCodeAt(value)] = value

/** Newer browsers read base64 themselves, some twenty times as fast. @ecma262 Uint8Array.fromBase64 */
interface ReadsBase64 {
  fromBase64?(text: string, options: { readonly lastChunkHandling: 'strict' }): Uint8Array<ArrayBuffer>
}

/** Undefined where the browser cannot, or does not want to: then it is looked at here. */
function decodeByBrowser(text: string, size: number): DecodedBytes | undefined {
  try {
    const bytes = (Uint8Array as ReadsBase64).fromBase64?.(text, { lastChunkHandling: 'strict' })
    // It passes over blanks, which are none of base64 here: there are fewer bytes then.
    return bytes?.length === size ? { bytes, size } : undefined
  } catch {
    return undefined
  }
}

/** The bytes of base64 with its padding, as QEMU and the agent write it. Undefined where the text is none. */
export function decodeBase64(text: string, most = mostDecoded): DecodedBytes | undefined {
  if (text.length % 4 !== 0) return undefined
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const size = (text.length / 4) * 3 - padding
  const read = size > most ? undefined : decodeByBrowser(text, size)
  if (read !== undefined) return read
  const bytes = new Uint8Array(Math.min(size, most))
  let bits = 0
  let held = 0
  let to = 0
  // What is not shown is not looked at.
  const end = Math.min(text.length - padding, Math.ceil((bytes.length * 8) / 6))
  for (let from = 0; from < end; from += 1) {
    const value = values[text.charCodeAt(from)] ?? -1
    if (value < 0) return undefined
    held = ((held << 6) | value) & 0xff_ff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    if (to < bytes.length) bytes[to] = (held >> bits) & 0xff
    to += 1
  }
  return { bytes, size }
}

/** A text as base64, in UTF-8. */
export function encodeBase64(text: string): string {
  return base64Of(new TextEncoder().encode(text))
}

/** Bytes as base64 with its padding. */
export function base64Of(bytes: Uint8Array): string {
  let written = ''
  const letter = (group: number, shift: number): string => alphabet.charAt((group >> shift) & 63)
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]]
    const group = (first << 16) | (second << 8) | third
    const left = bytes.length - at
    written += letter(group, 18) + letter(group, 12)
    written += (left > 1 ? letter(group, 6) : '=') + (left > 2 ? letter(group, 0) : '=')
  }
  return written
}

/** A control character as the picture of it, so that it is seen and does nothing. */
function pictureOf(control: string): string {
  const code = control.charCodeAt(0)
  return code < 0x20 ? String.fromCharCode(0x24_00 + code) : code === 0x7f ? '\u2421' : '\ufffd'
}

/** Text where the bytes are UTF-8 without zeros, else a view of the first kilobyte. */
export function readable({ bytes, size }: DecodedBytes): ReadableBytes {
  if (!bytes.includes(0)) {
    try {
      // A character may be cut where only the beginning was decoded.
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: bytes.length < size })
      return { kind: 'text', text: text.replace(controls, pictureOf) }
    } catch {
      // Not UTF-8.
    }
  }
  const rows: string[] = []
  for (let at = 0; at < bytes.length && rows.length < mostHexRows; at += 16) {
    const row = [...bytes.subarray(at, at + 16)]
    const hex = row.map((each) => each.toString(16).padStart(2, '0')).join(' ')
    const ascii = row.map((each) => (each >= 0x20 && each < 0x7f ? String.fromCharCode(each) : '.')).join('')
    rows.push(`${at.toString(16).padStart(6, '0')}  ${hex.padEnd(47)}  ${ascii}`)
  }
  return { kind: 'hex', rows }
}

/** C0 without tab, line feed and carriage return; DEL; C1. */
const controls = /[^\t\n\r\u0020-\u007e\u00a0-\u{10ffff}]/gu
