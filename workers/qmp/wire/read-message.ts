/** The text of one message to its object. */
import { parseJson } from '#base/json/parse.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'

/**
 * The object in a text, or undefined where it is none. `exact` asks for the parser that loses no number and
 * stops at too many levels: a text that may have either needs it.
 */
export function parseMessage(text: string, exact: boolean): JsonObject | undefined {
  let value: Json
  if (exact) {
    const parsed = parseJson(text)
    if (!parsed.ok) return undefined
    value = parsed.value
  } else {
    try {
      value = JSON.parse(text) as Json
    } catch {
      return undefined
    }
  }
  return isJsonObject(value) ? value : undefined
}
