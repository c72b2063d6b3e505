/**
 * JSON values, exact: what a JavaScript number would lose on the way from text to text is kept.
 *
 * - integers beyond ±(2^53-1) are bigint (QMP's are int64 and uint64),
 * - other literals that a double does not hold are `Decimal`, which keeps their text,
 * - everything else is what JSON.parse makes of it, at the speed of JSON.parse.
 *
 * Both survive structured clone, so values cross from the worker to the page as they are.
 * The parser for texts that a double cannot hold, and for what people type, is in json-parser.ts.
 * Specification: RFC 8259; QEMU's dialect of it: QMP specification, section "General Definitions".
 */
import { own } from './own.ts'
import { isTooDeep, parseExactly } from './json-parser.ts'
import type { JsonError } from './json-parser.ts'
import { ok } from './result.ts'
import type { Result } from './result.ts'
import { isDecimal, normaliseNumber } from './json-number.ts'
import type { Decimal } from './json-number.ts'

export { decimal, isDecimal } from './json-number.ts'
export type { Decimal } from './json-number.ts'
export { isTooDeep, mostLevels } from './json-parser.ts'
export type { JsonError } from './json-parser.ts'

/** A JSON value. Never undefined, never NaN or an infinity. */
export type Json = null | boolean | number | bigint | string | Decimal | readonly Json[] | JsonObject

/** A JSON object. Every member is an own property, `__proto__` included: read unknown names with Object.hasOwn. */
export interface JsonObject {
  readonly [key: string]: Json
}

/** The kinds of JSON values, in JSON's own words. */
export type JsonKind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

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
    // The exact parser says what is wrong and where, which JSON.parse says differently in each browser.
    return parseExactly(text, { dialect: 'json' })
  }
}

/**
 * Read one value as people type it: JSON, and besides it what QEMU accepts (single-quoted strings) and what people
 * paste (comments by `//`, `#` and between slash-stars). Duplicate keys are an error, as they are to QEMU. A number
 * that would be printed in another way than it is written (`1.0`) is a `Decimal`: to QEMU it is another than `1`.
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

/** The same question where the bytes of the text (UTF-8) are at hand: to look for digits in them costs half as much. */
export function mayLoseBytes(bytes: Uint8Array, text: string): boolean {
  return hasLongNumber(bytes) || hasLongExponent(text)
}

function hasLongNumber(bytes: Uint8Array): boolean {
  const { length } = bytes
  for (let at = 15; at < length; at += 16) {
    // One comparison for `.`, `/` and the digits. Inside the bounds: a default here costs as much as the look itself.
    if (((bytes[at] as number) - 46) >>> 0 > 11) continue
    // A run of 16 around this place has the place 8 before it or 8 behind it: most short numbers have neither.
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

/** Whether there is something like an exponent of three digits: beyond the range of a double, or near its ends. */
function hasLongExponent(text: string): boolean {
  return /[0-9][eE][+-]?[0-9]{3}/.test(text)
}

function isDigitOrPoint(code: number): boolean {
  return code <= 57 && code >= 46 && code !== 47
}

/**
 * The text of a value, exact: reading it again gives an equal value. `indent` is in spaces; without it the text is
 * one line. Lone surrogates become \u escapes. Throws on what is no JSON (a NaN): that is a bug.
 */
export function printJson(value: Json, options: { readonly indent?: number } = {}): string {
  const indent = options.indent ?? 0
  const parts: string[] = []
  print(value, parts, indent, '')
  return parts.join('')
}

function print(value: Json, parts: string[], indent: number, margin: string): void {
  if (value === null) parts.push('null')
  else if (typeof value === 'string') parts.push(JSON.stringify(value))
  else if (typeof value === 'number') parts.push(printNumber(value))
  else if (typeof value === 'boolean' || typeof value === 'bigint') parts.push(String(value))
  else if (isDecimal(value)) parts.push(value.valueOf())
  else if (Array.isArray(value)) printMembers(value as readonly Json[], undefined, parts, indent, margin)
  else printMembers(Object.values(value as JsonObject), Object.keys(value), parts, indent, margin)
}

function printMembers(
  values: readonly Json[],
  keys: readonly string[] | undefined,
  parts: string[],
  indent: number,
  margin: string,
): void {
  parts.push(keys === undefined ? '[' : '{')
  const inner = indent > 0 ? margin + ' '.repeat(indent) : ''
  values.forEach((value, index) => {
    if (index > 0) parts.push(',')
    if (indent > 0) parts.push('\n', inner)
    if (keys !== undefined) parts.push(JSON.stringify(keys[index]), indent > 0 ? ': ' : ':')
    print(value, parts, indent, inner)
  })
  if (indent > 0 && values.length > 0) parts.push('\n', margin)
  parts.push(keys === undefined ? ']' : '}')
}

function printNumber(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`${value} is no JSON number`)
  return Object.is(value, -0) ? '-0' : String(value)
}

/** A value in a sentence: a string as it is, anything else as JSON, undefined as nothing. */
export function textOf(value: Json | undefined): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : printJson(value)
}

/** The kind of a value. */
export function jsonKind(value: Json): JsonKind {
  if (value === null) return 'null'
  if (typeof value === 'bigint' || isDecimal(value)) return 'number'
  if (Array.isArray(value)) return 'array'
  const kind = typeof value
  return kind === 'boolean' || kind === 'number' || kind === 'string' ? kind : 'object'
}

/** Whether a value is an object (and not an array, null or a number kept as text). */
export function isJsonObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isDecimal(value)
}

/** An object of these members, in this order; the last of equal keys wins, and `__proto__` is a member like any. */
export function jsonObject(entries: Iterable<readonly [string, Json]>): JsonObject {
  return Object.fromEntries(entries)
}

/** Whether two values are the same: numbers by value whatever holds them, objects without regard to order. */
export function equalJson(a: Json, b: Json): boolean {
  if (a === b) return true
  const kind = jsonKind(a)
  if (kind !== jsonKind(b)) return false
  if (kind === 'number') return sameNumber(a, b)
  if (kind === 'array') {
    const [x, y] = [a as readonly Json[], b as readonly Json[]]
    return x.length === y.length && x.every((item, index) => equalJson(item, y[index] ?? null))
  }
  if (kind !== 'object') return false
  const [x, y] = [a as JsonObject, b as JsonObject]
  const keys = Object.keys(x)
  if (keys.length !== Object.keys(y).length) return false
  return keys.every((key) => Object.hasOwn(y, key) && equalJson(own(x, key) ?? null, y[key] ?? null))
}

/** By the decimal value of the literals: a double beyond 2^53 stands for what it is printed as. */
function sameNumber(a: Json, b: Json): boolean {
  return normaliseNumber(printJson(a)) === normaliseNumber(printJson(b))
}
