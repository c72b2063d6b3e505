/**
 * Completions at a place in arguments: members, values of enums, skeletons of objects.
 * Tested by workers/qapi/check/verdict.test.ts.
 */
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { firstSentence } from '../reference/doc-text.ts'
import { cursorAt, placesOf, rootAt } from './json-places.ts'
import type { CursorPlace, JsonPlace } from './json-places.ts'
import { memberDoc } from '../reference/member-doc.ts'
import { definitionOf, describeType, membersOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import type { Member } from '../model/schema-info.ts'
import { branchFor, jsonTypeOf } from '../check/validate.ts'

/** One completion. */
export interface JsonCompletion {
  /** The text that is shown and compared with the typed one. */
  readonly label: string
  /** What is inserted, quotes and all. */
  readonly insert: string
  readonly detail: string
  /** A sentence from the reference; '' where there is none. */
  readonly info: string
  readonly kind: 'member' | 'required' | 'value'
  readonly deprecated: boolean
}

/** Completions and the part of the text that they replace. */
export interface Completions {
  readonly from: number
  readonly to: number
  readonly options: readonly JsonCompletion[]
  /** The place whose live values could be asked for besides; undefined for keys. */
  readonly value:
    { readonly path: string; readonly root: Json | undefined; readonly quoted: boolean } | undefined
}

/** The type and the value at a path. */
export interface TypePlace {
  readonly type: string
  /** The value so far. */
  readonly value: Json | undefined
  /** The last member on the way, the type that has it, and the object that it stands in. */
  readonly member: Member | undefined
  readonly owner: string | undefined
  readonly object: JsonObject
}

/** The type at a path, with the value so far; alternates are resolved. */
export function typeAt(
  schema: Schema,
  type: string,
  value: Json | undefined,
  path: string,
): TypePlace | undefined {
  let at: { type: string; value: Json | undefined } = { type, value }
  let member: Member | undefined
  let owner: string | undefined
  let object: JsonObject = {}
  for (const part of path === '' ? [] : path.split('.')) {
    at = inAlternate(schema, at)
    const entity = schema.byName.get(at.type)
    if (entity?.kind === 'array') {
      const item: Json | undefined = Array.isArray(at.value)
        ? (at.value as readonly Json[])[Number(part)]
        : undefined
      at = { type: entity.elementType, value: item }
    } else if (entity?.kind === 'object') {
      object = at.value !== undefined && isJsonObject(at.value) ? at.value : {}
      owner = at.type
      member = membersAt(schema, at.type, object).find((each) => each.name === part)
      if (member === undefined) return undefined
      at = { type: member.type, value: Object.hasOwn(object, part) ? object[part] : undefined }
    } else return undefined
  }
  return { ...at, member, owner, object }
}

/** The members of an object with these values. */
export function membersAt(schema: Schema, type: string, object: JsonObject): readonly Member[] {
  return membersOf(schema, type, (tag) => {
    const given = Object.hasOwn(object, tag) ? object[tag] : undefined
    return typeof given === 'string' ? given : undefined
  })
}

/** Through an alternate to the branch that the value picks, or to its object where there is no value yet. */
function inAlternate(
  schema: Schema,
  at: { type: string; value: Json | undefined },
): { type: string; value: Json | undefined } {
  const entity = schema.byName.get(at.type)
  if (entity?.kind !== 'alternate') return at
  const branch =
    at.value === undefined
      ? entity.branches.find((each) => jsonTypeOf(schema, each) === 'object')
      : branchFor(schema, entity, at.value)
  return branch === undefined ? at : { type: branch, value: at.value }
}

/** Completions at an offset of a text that is a value of a type, or several of them. */
export function completionsAt(
  schema: Schema,
  type: string,
  text: string,
  offset: number,
): Completions | undefined {
  const roots = placesOf(text)
  const cursor = cursorAt(text, roots, offset)
  const root = rootAt(roots, offset)
  if (cursor === undefined || root === undefined) return undefined
  return cursor.kind === 'key' ? keysAt(schema, type, root, cursor) : valuesAt(schema, type, root, cursor)
}

function keysAt(
  schema: Schema,
  type: string,
  root: JsonPlace,
  cursor: Extract<CursorPlace, { kind: 'key' }>,
): Completions | undefined {
  const found = typeAt(schema, type, root.value, cursor.within.path)
  if (found === undefined) return undefined
  const value = cursor.within.value
  const object: JsonObject = value !== undefined && isJsonObject(value) ? value : {}
  const at = inAlternate(schema, { type: found.type, value: object })
  if (schema.byName.get(at.type)?.kind !== 'object') return undefined
  const has = new Set(
    cursor.within.children.flatMap((each) =>
      each.key === undefined || each.key.from === cursor.from ? [] : [each.key.text],
    ),
  )
  const options = membersAt(schema, at.type, object)
    .filter((each) => !has.has(each.name))
    .map((member): JsonCompletion => {
      const doc = memberDoc(schema, ownersOf(schema, at.type, object), member.name)
      return {
        label: member.name,
        insert: cursor.hasColon
          ? JSON.stringify(member.name)
          : `${JSON.stringify(member.name)}: ${beginning(schema, member.type)}`,
        detail: `${describeType(schema, member.type)}${member.optional ? '' : ', required'}`,
        info: doc === undefined ? '' : firstSentence(doc.doc),
        kind: member.optional ? 'member' : 'required',
        deprecated: member.features.includes('deprecated'),
      }
    })
  return { from: cursor.from, to: cursor.to, options, value: undefined }
}

/** The entities among which the texts of an object's members are: itself, its cases, the command whose arguments it is. */
export function ownersOf(schema: Schema, type: string, object: JsonObject): readonly string[] {
  const owners = new Set<string>()
  const met = new Set<string>()
  for (let next: string | undefined = type; next !== undefined && !met.has(next);) {
    met.add(next)
    owners.add(next)
    for (const use of schema.users.get(next) ?? []) if (use.role === 'arguments') owners.add(use.by)
    const entity = schema.byName.get(next)
    if (entity?.kind !== 'object' || entity.tag === undefined) break
    const tag = Object.hasOwn(object, entity.tag) ? object[entity.tag] : undefined
    next = entity.variants.find((each) => each.case === tag)?.type
  }
  return [...owners]
}

/** How a value of a type begins: quotes and brackets, so that one types inside of them. */
function beginning(schema: Schema, type: string): string {
  switch (jsonTypeOf(schema, type)) {
    case 'string':
      return '""'
    case 'object':
      return '{}'
    case 'array':
      return '[]'
    case 'null':
      return 'null'
    default:
      return ''
  }
}

function valuesAt(
  schema: Schema,
  type: string,
  root: JsonPlace,
  cursor: Extract<CursorPlace, { kind: 'value' }>,
): Completions | undefined {
  const found = typeAt(schema, type, root.value, cursor.path)
  if (found === undefined) return undefined
  const options = valuesOfType(schema, found.type, 0)
  const live = { path: cursor.path, root: root.value, quoted: cursor.quoted }
  return { from: cursor.from, to: cursor.to, options, value: live }
}

function valuesOfType(schema: Schema, type: string, depth: number): readonly JsonCompletion[] {
  const entity = schema.byName.get(type)
  const word = (label: string, detail: string, insert = label): JsonCompletion => ({
    label,
    insert,
    detail,
    info: '',
    kind: 'value',
    deprecated: false,
  })
  switch (entity?.kind) {
    case 'enum': {
      const definition = definitionOf(schema, entity.name)
      return entity.values.map((each) => {
        // The names of commands are the values of an enum of ours: their texts are the commands' own.
        const doc =
          definition?.members.find((member) => member.name === each.name) ??
          (schema.byName.get(each.name)?.kind === 'command' ? definitionOf(schema, each.name) : undefined)
        return {
          label: each.name,
          insert: JSON.stringify(each.name),
          detail: each.features.join(', '),
          info: doc === undefined ? '' : firstSentence(doc.doc),
          kind: 'value',
          deprecated: each.features.includes('deprecated'),
        }
      })
    }
    case 'builtin':
      if (entity.jsonType === 'boolean') return [word('true', 'boolean'), word('false', 'boolean')]
      if (entity.jsonType === 'null') return [word('null', '')]
      return []
    case 'alternate':
      return depth > 2 ? [] : entity.branches.flatMap((each) => valuesOfType(schema, each, depth + 1))
    case 'object':
      return [word('{ }', describeType(schema, type), '{}')]
    case 'array':
      return [word('[ ]', describeType(schema, type), '[]')]
    default:
      return []
  }
}
