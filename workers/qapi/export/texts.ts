/** The manual's texts for exports: plain, bounded, '' where there is no manual or it says nothing. */
import { docText } from '../reference/doc-text.ts'
import { memberDoc } from '../reference/member-doc.ts'
import { definitionOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'

/** Characters of one text: the longest of a manual has 8,000. */
const longest = 20_000

/** The text of an entity. */
export function textOf(schema: Schema, name: string): string {
  const definition = definitionOf(schema, name)
  return definition === undefined ? '' : cut(docText(definition.doc))
}

/** The text of a member, value or argument; `owner` is the type, or a command or event whose arguments it is of. */
export function memberText(schema: Schema, owner: string, member: string): string {
  const doc = memberDoc(schema, ownersOf(schema, owner), member)
  return doc === undefined ? '' : cut(docText(doc.doc))
}

/** Arguments without a type of their own are described with their command. */
function ownersOf(schema: Schema, owner: string): readonly string[] {
  const users = (schema.users.get(owner) ?? []).filter(
    (use) => use.role === 'arguments' || use.role === 'data',
  )
  return [owner, ...users.slice(0, 1).map((use) => use.by)]
}

function cut(text: string): string {
  const plain = text.replace(/\s+/g, ' ').trim()
  return plain.length <= longest ? plain : `${plain.slice(0, longest)}…`
}
