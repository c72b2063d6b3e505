/**
 * Conditions on values of messages: a first decision by the bytes of a text, the final one by its JSON. The bytes only
 * exclude texts that certainly do not fulfil a condition. Held by scan.ts.
 * Tested by workers/store/scan/scan.test.ts.
 */
import { assertNever } from '#base/assert-never.ts'
import { equalJson } from '#base/json/equal.ts'
import { isDecimal } from '#base/json/number.ts'
import { isJsonObject, jsonKind } from '#base/json/value.ts'
import { textOf } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'
import { matchesGlob } from '#record/filter/glob.ts'
import type { ValueIs, ValueTest } from '#record/filter/filter.ts'
import { createNeedle, findBytes } from '../find-bytes.ts'
import type { Needle } from '../find-bytes.ts'

/** A condition, and what its bytes say. */
export interface PreparedValue {
  readonly test: ValueTest
  readonly not: boolean
  /** A text without a backslash that fulfils `any` has one of these; undefined where nothing can be said. */
  readonly hints: readonly Needle[] | undefined
  /** The one hint is the name of a member, and what is looked for are numbers: see `mayHoldNumber`. */
  readonly numbers: readonly ValueIs[] | undefined
}

/** More hints than these cost more than one for the name of the member. */
const mostHints = 4

/** Make a condition ready. */
export function prepareValue(test: ValueTest): PreparedValue {
  const not = test.not ?? false
  const strings = test.any.map((each) =>
    each.kind === 'equals' && typeof each.value === 'string' ? hintOf(each.value) : undefined,
  )
  if (strings.length <= mostHints && strings.every((each) => each !== undefined)) {
    return { test, not, hints: strings, numbers: undefined }
  }
  const key = test.path.findLast((each) => !/^\d+$/.test(each))
  const hint = key === undefined ? undefined : hintOf(key)
  if (hint === undefined) return { test, not, hints: undefined, numbers: undefined }
  const isNumeric = key === test.path.at(-1) && test.any.every(isOfNumbers)
  return { test, not, hints: [hint], numbers: isNumeric ? test.any : undefined }
}

/** A string as it is in JSON, where it is written in one way only but for escapes. */
function hintOf(text: string): Needle | undefined {
  return /^[ !#-[\]-~]*$/.test(text) ? createNeedle(`"${text}"`, true) : undefined
}

/** Whether a condition holds for scalars only, so that the first byte of a value already says much. */
function isOfNumbers(each: ValueIs): boolean {
  switch (each.kind) {
    case 'above':
    case 'at-least':
    case 'below':
    case 'at-most':
      return true
    case 'equals':
      return typeof each.value === 'string' || isNumber(each.value)
    case 'exists':
    case 'glob':
    case 'contains':
    case 'none':
      return false
    default:
      return assertNever(each)
  }
}

/**
 * Whether a text may have a wanted number (or string) after the name of the member. `from` to `to` is
 * the text; it has no backslash. Without this, each text that has the name would have to be read as JSON.
 */
export function mayHoldNumber(
  bytes: Uint8Array,
  from: number,
  to: number,
  key: Needle,
  any: readonly ValueIs[],
): boolean {
  let at = findBytes(bytes, from, to, key)
  while (at >= 0) {
    at += key.bytes.length
    let next = afterBlanks(bytes, at, to)
    if (next < to && bytes[next] === colon) {
      next = afterBlanks(bytes, next + 1, to)
      if (mayBegin(bytes, next, to, any)) return true
    }
    at = findBytes(bytes, at, to, key)
  }
  return false
}

const colon = 0x3a
const quote = 0x22
const minus = 0x2d

function afterBlanks(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to) {
    const byte = bytes[at]
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) break
    at += 1
  }
  return at
}

/** Fifteen digits are exact in a double. Longer numbers, fractions and exponents are left to the parser. */
const mostDigits = 15

function mayBegin(bytes: Uint8Array, from: number, to: number, any: readonly ValueIs[]): boolean {
  const first = bytes[from]
  if (first === quote) return any.some((each) => each.kind === 'equals' && typeof each.value === 'string')
  let at = first === minus ? from + 1 : from
  const begin = at
  let value = 0
  while (at < to) {
    const digit = (bytes[at] as number) - 48
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
    at += 1
  }
  // No number, so no match.
  if (at === begin) return false
  const next = at < to ? (bytes[at] as number) : 0
  if (at - begin > mostDigits || next === 0x2e || next === 0x65 || next === 0x45) return true
  const number = first === minus ? -value : value
  return any.some((each) => is(number, each))
}

/** Whether a message fulfils a condition. Undefined stands for no message, or one that is no JSON. */
export function fulfils(message: Json | undefined, test: ValueTest): boolean {
  const value = message === undefined ? undefined : valueAt(message, test.path)
  return (value !== undefined && test.any.some((each) => is(value, each))) !== (test.not ?? false)
}

function valueAt(message: Json, path: readonly string[]): Json | undefined {
  let value: Json | undefined = message
  for (const step of path) {
    if (value === undefined) return undefined
    if (Array.isArray(value)) {
      value = /^\d{1,9}$/.test(step) ? (value as readonly Json[])[Number(step)] : undefined
    } else if (isJsonObject(value) && Object.hasOwn(value, step)) value = value[step]
    else return undefined
  }
  return value
}

function is(value: Json, wanted: ValueIs): boolean {
  switch (wanted.kind) {
    case 'exists':
      return true
    case 'equals':
      return isSame(value, wanted.value)
    case 'glob':
      return typeof value === 'string' && matchesGlob(value, wanted.glob)
    case 'contains':
      return textOf(value).toLowerCase().includes(wanted.text.toLowerCase())
    case 'above':
      return isNumber(value) && numberOf(value) > wanted.value
    case 'at-least':
      return isNumber(value) && numberOf(value) >= wanted.value
    case 'below':
      return isNumber(value) && numberOf(value) < wanted.value
    case 'at-most':
      return isNumber(value) && numberOf(value) <= wanted.value
    case 'none':
      return !wanted.of.some((each) => is(value, each))
    default:
      return assertNever(wanted)
  }
}

/** As equalJson; that costs a thousand times as much for most numbers. */
function isSame(value: Json, wanted: Json): boolean {
  if (typeof value === 'number') {
    if (typeof wanted === 'number') return value === wanted
    if (typeof wanted === 'bigint' && Number.isSafeInteger(value)) return BigInt(value) === wanted
  }
  return equalJson(value, wanted)
}

function isNumber(value: Json): boolean {
  return jsonKind(value) === 'number'
}

/** Integers are exact; what a double does not hold otherwise is rounded to one. */
function numberOf(value: Json): number | bigint {
  return typeof value === 'bigint' ? value : isDecimal(value) ? Number(value.valueOf()) : Number(value)
}
