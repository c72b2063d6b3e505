/** What an editor of our JSON is handed, and the value that a place of its text is in. */
import type { Json } from '#base/json/value.ts'
import { placesOf, rootAt } from '#qapi/draft/json-places.ts'
import type { LiveContext, LiveValue } from '#qapi/draft/live-values.ts'
import type { Schema } from '#qapi/model/schema.ts'
import type { Issue } from '#qapi/check/validate.ts'

/** What an editor needs to know. Functions are called again each time: their results may change. */
export interface EditorParts {
  readonly text: string
  readonly label: string
  readonly several: boolean
  readonly schema: () => Schema | undefined
  readonly typeOf: (value: Json | undefined) => string
  readonly check: (value: Json) => readonly Issue[]
  readonly live: () => ((context: LiveContext) => Promise<readonly LiveValue[]>) | undefined
  readonly command: () => string
  readonly onchange: (text: string) => void
  readonly onsend: () => void
  /** The caret of the focused editor went to this offset of the text, or the text around it is another. */
  readonly oncaret: (offset: number) => void
}

/** The value of the text that an offset is in; the first one where it is in none. */
export function rootValue(text: string, position: number): Json | undefined {
  const roots = placesOf(text)
  return (rootAt(roots, position) ?? roots[0])?.value
}
