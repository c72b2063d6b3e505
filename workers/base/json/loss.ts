/**
 * Which texts JSON.parse must not read: those with a number that a double does not hold, and those that are nested too
 * deep. Apart from the exact parser, so that the page's first load has only this.
 * Tested by workers/base/json/json.test.ts.
 */
import type { Json } from './value.ts'

/** The value of a text that JSON.parse reads without a loss; undefined for any other, and for what is no JSON. */
export function parsePlain(text: string): Json | undefined {
  if (mayLose(text) || isTooDeep(text)) return undefined
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

/**
 * The most levels of nested arrays and objects. Code that handles a value recurses on the stack of its thread, and so
 * does the browser when it copies one: Chromium's workers manage 1,860 levels, its pages 3,650. Larger: no stack is left
 * for the caller. Smaller: QEMU itself accepts 1,024, though no reply of it has 30.
 */
export const mostLevels = 512

/**
 * Whether a text has more levels than `mostLevels`, if it is JSON. One look at each character, without recursion, for
 * JSON.parse has no limit.
 */
export function isTooDeep(text: string): boolean {
  // Each level has two ends.
  if (text.length <= 2 * mostLevels) return false
  let depth = 0
  const { length } = text
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 0x22) {
      at = endOfString(text, at + 1)
    } else if ((code | 0x20) === 0x7b) {
      depth += 1
      if (depth > mostLevels) return true
    } else if ((code | 0x20) === 0x7d) {
      depth -= 1
    }
  }
  return false
}

/** Where the quote is that ends a string, from the character after the one that began it. */
export function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 0x22) return at
    if (code === 0x5c) at += 1
  }
  return text.length
}

/**
 * Whether a text may hold a number that a double does not. False is certain; true costs the exact parser.
 *
 * A double holds 15 digits of any number of moderate size. So a lossy literal has a run of at least 16 characters out
 * of `0-9.`, or an exponent of three digits.
 */
export function mayLose(text: string): boolean {
  // A run of 16 characters covers a multiple of 16: looking at every 16th takes a fifth of a search through all.
  for (let at = 15; at < text.length; at += 16) {
    if (!isDigitOrPoint(text.charCodeAt(at))) continue
    let from = at
    while (from > 0 && isDigitOrPoint(text.charCodeAt(from - 1))) from -= 1
    let to = at + 1
    while (isDigitOrPoint(text.charCodeAt(to))) to += 1
    if (to - from >= 16) return true
  }
  return hasLongExponent(text)
}

/** The same question about the text's bytes (UTF-8), where they are available: the search costs half as much. */
export function mayLoseBytes(bytes: Uint8Array, text: string): boolean {
  return hasLongNumber(bytes) || hasLongExponent(text)
}

function hasLongNumber(bytes: Uint8Array): boolean {
  const { length } = bytes
  for (let at = 15; at < length; at += 16) {
    // One comparison for `.`, `/` and the digits. Inside the bounds: a default here costs as much as the look itself.
    if (((bytes[at] as number) - 46) >>> 0 > 11) continue
    // A run of 16 around this place includes the place 8 before or 8 after it. Most short numbers reach neither.
    const isLong =
      ((bytes[at - 8] as number) - 46) >>> 0 <= 11 ||
      (at + 8 < length && ((bytes[at + 8] as number) - 46) >>> 0 <= 11)
    if (isLong && isLongAround(bytes, at)) return true
  }
  return false
}

function isLongAround(bytes: Uint8Array, at: number): boolean {
  let from = at
  while (from >= 0 && isDigitOrPoint(bytes[from] ?? 0)) from -= 1
  let to = at
  while (to < bytes.length && isDigitOrPoint(bytes[to] ?? 0)) to += 1
  return to - from > 16
}

/** Whether there may be an exponent of three digits: beyond the range of a double, or near its ends. */
function hasLongExponent(text: string): boolean {
  return /[0-9][eE][+-]?[0-9]{3}/.test(text)
}

function isDigitOrPoint(code: number): boolean {
  return code <= 57 && code >= 46 && code !== 47
}
