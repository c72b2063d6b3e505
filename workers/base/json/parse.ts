/**
 * Reads JSON texts: at the speed of JSON.parse where no number would be lost, else by the exact parser.
 * @adr 0001
 */
import type { Result } from '../result.ts'
import { ok } from '../result.ts'
import { isTooDeep, parseExactly } from './exact.ts'
import type { JsonError } from './exact.ts'
import type { Json } from './value.ts'

/**
 * Read one JSON text as servers send it. Of duplicate keys the last wins. Nesting and the length of numbers are limited
 * (`mostLevels`, `longestNumber`).
 *
 * Returns a `JsonError` with what, offset, line and column for anything that is not exactly one JSON value.
 */
export function parseJson(text: string): Result<Json, JsonError> {
  if (mayLose(text) || isTooDeep(text)) return parseExactly(text, { dialect: 'json' })
  try {
    return ok(JSON.parse(text) as Json)
  } catch {
    // The exact parser reports what is wrong and where. The words of JSON.parse differ in each browser.
    return parseExactly(text, { dialect: 'json' })
  }
}

/**
 * Read one value as people type it: JSON, and besides it what QEMU accepts (single-quoted strings) and what people
 * paste (comments by `//`, `#` and between slash-stars). Duplicate keys are an error, as they are to QEMU. A number
 * that would be printed in another way than it is written (`1.0`) is a `Decimal`: QEMU does not take it for an integer.
 */
export function parseInput(text: string): Result<Json, JsonError> {
  return parseExactly(text, { dialect: 'input' })
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
