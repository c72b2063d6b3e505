/** What an event means, in one line: in our words with its data where we have them, otherwise the manual's first sentence. */
import type { RowView } from '#record/row.ts'
import { firstSentence } from '#qapi/reference/doc-text.ts'
import { sayEvent } from '#trace/say.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { isGreeting } from '#words/row-words.ts'

/** One line; undefined where nobody says anything. */
export function meaningOf({ row }: RowView, machine: Machine): string | undefined {
  if (row.kind !== 'event' || isGreeting(row)) return undefined
  const said = sayEvent(row.name, row.data)
  if (said !== undefined) return said
  const { schema } = machine
  const definition = schema.kind === 'ready' ? schema.schema.definitions.get(row.name) : undefined
  const sentence = definition === undefined ? '' : firstSentence(definition.doc)
  return sentence === '' ? undefined : sentence
}
