/**
 * Reads JSON texts: at the speed of JSON.parse where no number would be lost, else by the exact parser.
 * @adr 0001
 */
import type { Result } from '../result.ts'
import { ok } from '../result.ts'
import { parseExactly } from './exact.ts'
import type { JsonError } from './exact.ts'
import { parsePlain } from './loss.ts'
import type { Json } from './value.ts'

/**
 * Read one JSON text as servers send it. Of duplicate keys the last wins. Nesting and the length of numbers are limited
 * (`mostLevels`, `longestNumber`).
 *
 * Returns a `JsonError` with what, offset, line and column for anything that is not exactly one JSON value.
 */
export function parseJson(text: string): Result<Json, JsonError> {
  const plain = parsePlain(text)
  // The exact parser also reports what is wrong and where. The words of JSON.parse differ in each browser.
  return plain === undefined ? parseExactly(text, { dialect: 'json' }) : ok(plain)
}

/**
 * Read one value as people type it: JSON, and besides it what QEMU accepts (single-quoted strings) and what people
 * paste (comments by `//`, `#` and between slash-stars). Duplicate keys are an error, as they are to QEMU. A number
 * that would be printed in another way than it is written (`1.0`) is a `Decimal`: QEMU does not take it for an integer.
 */
export function parseInput(text: string): Result<Json, JsonError> {
  return parseExactly(text, { dialect: 'input' })
}
