/** Members of what a machine, a guest or a file says, as what they should be: undefined where they are something else. */
import { own } from '../own.ts'
import { isJsonObject } from './value.ts'
import type { Json, JsonObject } from './value.ts'

/** A member of an object; undefined of anything else. */
export function memberOf(value: Json | undefined, name: string): Json | undefined {
  return value !== undefined && isJsonObject(value) ? own(value, name) : undefined
}

/** A text in an object. */
export function textIn(value: Json | undefined, name: string): string | undefined {
  const found = memberOf(value, name)
  return typeof found === 'string' ? found : undefined
}

/** An object in an object. */
export function objectIn(value: Json | undefined, name: string): JsonObject | undefined {
  const found = memberOf(value, name)
  return found !== undefined && isJsonObject(found) ? found : undefined
}

/** A number that is finite and not negative, as a double: one beyond 2^53 loses its last digits. */
export function amountOf(value: Json | undefined): number | undefined {
  const amount = typeof value === 'bigint' ? Number(value) : value
  return typeof amount === 'number' && Number.isFinite(amount) && amount >= 0 ? amount : undefined
}

/** Such a number in an object. */
export function amountIn(value: Json | undefined, name: string): number | undefined {
  return amountOf(memberOf(value, name))
}
