/** A large reply is handed on as the text of its message, and read again by whoever wants its value. */
import { isJsonObject } from './value.ts'
import { parseJson } from './parse.ts'
import type { Json } from './value.ts'

/** What the text of a reply returns; null where it returns nothing that can be read. */
export function returnIn(text: string): Json {
  const message = parseJson(text)
  const value = message.ok && isJsonObject(message.value) ? message.value.return : undefined
  return value ?? null
}
