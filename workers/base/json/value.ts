/**
 * Exact JSON values: numbers that a JavaScript number would change are kept as they are.
 *
 * - integers beyond ±(2^53-1) are bigint (QMP's are int64 and uint64),
 * - other literals that a double does not hold are `Decimal`, which keeps their text,
 * - everything else is what JSON.parse makes of it, at the speed of JSON.parse.
 *
 * Both survive structured clone, so values cross from the worker to the page as they are.
 * The parser for texts that a double cannot hold, and for what people type, is in exact.ts.
 * Specification: RFC 8259; QEMU's dialect of it: QMP specification, section "General Definitions".
 * @adr 0001
 */
import { isDecimal } from './number.ts'
import type { Decimal } from './number.ts'

/** A JSON value. Never undefined, never NaN or an infinity. */
export type Json = null | boolean | number | bigint | string | Decimal | readonly Json[] | JsonObject

/** A JSON object. Every member is an own property, `__proto__` included: read unknown names with Object.hasOwn. */
export interface JsonObject {
  readonly [key: string]: Json
}

/** The kinds of JSON values, in JSON's own words. */
export type JsonKind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

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

/** The objects of a list; none of anything else. */
export function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter(isJsonObject) : []
}

/** The strings of a list; none of anything else. */
export function stringsIn(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter((each) => typeof each === 'string') : []
}
