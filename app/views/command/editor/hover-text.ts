/** What the editor tells of the member or value under the pointer. */
import type { EditorView, Tooltip } from '@codemirror/view'
import type { Json } from '#base/json/value.ts'
import { ownersOf, typeAt } from '#qapi/draft/complete.ts'
import { cursorAt, placesOf } from '#qapi/draft/json-places.ts'
import { definitionOf, describeType } from '#qapi/model/schema.ts'
import type { Schema } from '#qapi/model/schema.ts'
import { docText } from '#qapi/reference/doc-text.ts'
import { memberDoc } from '#qapi/reference/member-doc.ts'
import { rootValue } from './editor-parts.ts'
import type { EditorParts } from './editor-parts.ts'

/** What a member or value under the pointer is. */
export function tell(view: EditorView, position: number, parts: EditorParts): Tooltip | null {
  const schema = parts.schema()
  if (schema === undefined) return null
  const text = view.state.doc.toString()
  const cursor = cursorAt(text, placesOf(text), position)
  if (cursor === undefined || cursor.from === cursor.to) return null
  const root = rootValue(text, position)
  const type = parts.typeOf(root)
  const words =
    cursor.kind === 'key'
      ? tellMember(schema, type, root, cursor.within.path, cursor.text)
      : tellValue(schema, type, root, cursor)
  if (words === undefined) return null
  return {
    pos: cursor.from,
    end: cursor.to,
    above: true,
    create: () => {
      const dom = document.createElement('div')
      dom.textContent = words
      return { dom }
    },
  }
}

function tellMember(
  schema: Schema,
  type: string,
  root: Json | undefined,
  within: string,
  name: string,
): string | undefined {
  const path = within === '' ? name : `${within}.${name}`
  const found = typeAt(schema, type, root, path)
  if (found?.member === undefined || found.owner === undefined) return undefined
  const doc = memberDoc(schema, ownersOf(schema, found.owner, found.object), name)
  const { optional } = found.member
  const head = `${name}: ${describeType(schema, found.member.type)}${optional ? ', optional' : ', required'}`
  return doc === undefined ? head : `${head}\n${docText(doc.doc)}`
}

function tellValue(
  schema: Schema,
  type: string,
  root: Json | undefined,
  cursor: { readonly path: string; readonly text: string },
): string | undefined {
  const found = typeAt(schema, type, root, cursor.path)
  const entity = found === undefined ? undefined : schema.byName.get(found.type)
  if (entity?.kind !== 'enum') return undefined
  const command =
    schema.byName.get(cursor.text)?.kind === 'command' ? definitionOf(schema, cursor.text) : undefined
  const doc = command ?? definitionOf(schema, entity.name)?.members.find((each) => each.name === cursor.text)
  return doc === undefined ? undefined : `${cursor.text}\n${docText(doc.doc)}`
}
