/** A reply that is read at once, in one line. */
import { isDecimal } from '#base/json/number.ts'
import { printJson } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'

/** What is left of `room` characters after a value, or less than 0: looks at no more than it needs to know that. */
function roomAfter(value: Json, room: number): number {
  if (typeof value === 'string') return room - value.length - 2
  if (typeof value !== 'object' || value === null || isDecimal(value)) return room - printJson(value).length
  let left = room - 2
  if (Array.isArray(value)) {
    for (const each of value as readonly Json[]) {
      left = roomAfter(each, left - 1)
      if (left < 0) return left
    }
    return left
  }
  const members = value as JsonObject
  for (const key in members) {
    if (!Object.hasOwn(members, key)) continue
    left = roomAfter(members[key] ?? null, left - key.length - 4)
    if (left < 0) return left
  }
  return left
}

/** A value as JSON in a line of at most about `longest` characters; undefined where it is longer. */
export function oneLine(value: Json, longest: number): string | undefined {
  return roomAfter(value, longest) < 0 ? undefined : printJson(value)
}
