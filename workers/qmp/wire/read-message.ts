/** One message: its text to its object, and its text from the bytes in which it lies. */
import { parseJson } from '#base/json/parse.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import type { SourceBytes, WireMessage } from './framing.ts'

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

/** A message that lies in these bytes. */
export class BytesOfMessage implements WireMessage {
  readonly bytes: number
  readonly source: SourceBytes
  readonly #at: number
  readonly #decoder: TextDecoder

  constructor(source: SourceBytes, bytes: number, decoder: TextDecoder) {
    this.source = source
    this.bytes = bytes
    this.#at = source.at
    this.#decoder = decoder
  }

  text(): string {
    return this.#decoder.decode(this.source.bytes.subarray(this.#at, this.#at + this.bytes))
  }
}
