/** A large reply is handed on as the text of its message, and read again by whoever wants its value. */
import { parsePlain } from './loss.ts'
import type { Json } from './value.ts'
import { isJsonObject } from './value.ts'

/**
 * What the text of a reply returns; null where it returns nothing that can be read. The exact parser is loaded with the
 * first text that needs it: undefined where it does not come.
 */
export async function returnIn(text: string): Promise<Json | undefined> {
  const message = parsePlain(text) ?? (await readExactly(text))
  if (message === undefined) return undefined
  return (isJsonObject(message) ? message.return : undefined) ?? null
}

async function readExactly(text: string): Promise<Json | undefined> {
  const code = await import('./parse.ts').catch(() => undefined)
  const read = code?.parseJson(text)
  return read?.ok === false ? null : read?.value
}
