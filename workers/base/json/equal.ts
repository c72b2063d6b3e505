/** Compares JSON values by their meaning. */
import { normaliseNumber } from './number.ts'
import { printJson } from './print.ts'
import { own } from '../own.ts'
import { jsonKind } from './value.ts'
import type { Json, JsonObject } from './value.ts'

/** Whether two values are the same: numbers by value (double, bigint or literal), objects without regard to order. */
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
