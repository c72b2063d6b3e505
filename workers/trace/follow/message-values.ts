/** What servers and people say, of the right type or not at all. */
import { parseInput, parseJson } from '#base/json/parse.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { longestName } from './named-things.ts'

/** Longer messages are not read, in UTF-16 units: they are read on the way of every row. */
const longestCommand = 256 * 1024
const longestReply = 4 * 1024 * 1024

/** The arguments in the text of a command, which a person may have typed. */
export function argumentsOf(text: string | undefined): JsonObject | undefined {
  if (text === undefined || text.length > longestCommand) return undefined
  const strict = parseJson(text)
  const parsed = strict.ok ? strict : parseInput(text)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const args = parsed.value.arguments
  return args !== undefined && isJsonObject(args) ? args : undefined
}

/** What a reply returns. */
export function returnOf(text: string | undefined): Json | undefined {
  if (text === undefined || text.length > longestReply) return undefined
  const parsed = parseJson(text)
  return parsed.ok && isJsonObject(parsed.value) ? parsed.value.return : undefined
}

/** The name of a thing. */
export function nameOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= longestName ? value : undefined
}

/** A text that is not empty: a state, a type. */
export function wordOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Any text. */
export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
