/**
 * A type of a schema as JSON Schema 2020-12. It accepts what `validate` accepts, but for two things that JSON Schema
 * cannot say: `1.0` counts as an integer there (QEMU refuses it), and numbers are compared as the validator at hand
 * reads them.
 * Tested by workers/qapi/export/export.test.ts.
 * @qapi SchemaInfo
 */
import { jsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import type { Schema } from '../model/schema.ts'
import type { Entity, Member, EntityOf } from '../model/schema-info.ts'
import { memberText, textOf } from './texts.ts'
import { jsonTypeOf, largestInteger, smallestInteger } from '../check/validate.ts'

/** What a JSON Schema is made for. */
export type JsonSchemaRoot =
  | { readonly command: string; readonly part: 'arguments' | 'return' }
  | { readonly event: string }
  /** The name of a type in the schema. */
  | { readonly type: string }

/**
 * The JSON Schema of a command's arguments or return, of an event's data, or of a type, with the manual's texts as
 * descriptions. Undefined where there is no such thing.
 */
export function jsonSchemaFor(
  schema: Schema,
  root: JsonSchemaRoot,
  nameOf: (type: string) => string,
): JsonObject | undefined {
  const type = typeOf(schema, root)
  if (type === undefined) return undefined
  const writer = new SchemaWriter(schema, nameOf, '#/$defs/')
  const top = writer.ref(type)
  return jsonObject([
    ['$schema', 'https://json-schema.org/draft/2020-12/schema'],
    ['title', titleOf(root, nameOf)],
    ...Object.entries(top),
    ['$defs', writer.defs()],
  ])
}

function typeOf(schema: Schema, root: JsonSchemaRoot): string | undefined {
  if ('type' in root) return schema.byName.has(root.type) ? root.type : undefined
  const entity = schema.byName.get('event' in root ? root.event : root.command)
  if ('event' in root) return entity?.kind === 'event' ? entity.argType : undefined
  if (entity?.kind !== 'command') return undefined
  return root.part === 'arguments' ? entity.argType : entity.retType
}

function titleOf(root: JsonSchemaRoot, nameOf: (type: string) => string): string {
  if ('type' in root) return nameOf(root.type)
  return 'event' in root ? `data of ${root.event}` : `${root.part} of ${root.command}`
}

/** Cases of a union that are written, those in cases counted: unions of unions of each other multiply. */
const mostCases = 2000

/** Writes types as schemas that refer to each other below one place of a document. */
export class SchemaWriter {
  /** Cases of the union that is being written. */
  #count = 0
  readonly #schema: Schema
  readonly #nameOf: (type: string) => string
  readonly #keys = new Map<string, string>()
  readonly #taken = new Set<string>()
  /** The number of the last key of each base. */
  readonly #numbers = new Map<string, number>()
  readonly #open: string[] = []

  /** Where the types stand in the document, as `#/$defs/`. */
  readonly #place: string

  constructor(schema: Schema, nameOf: (type: string) => string, place: string) {
    this.#schema = schema
    this.#nameOf = nameOf
    this.#place = place
  }

  /** A reference to a type; builtins are written where they stand. */
  ref(type: string): JsonObject {
    const entity = this.#schema.byName.get(type)
    if (entity === undefined || entity.kind === 'unknown') return {}
    if (entity.kind === 'builtin') return builtin(entity.jsonType)
    return { $ref: `${this.#place}${this.#keyOf(type)}` }
  }

  /** All types that were referred to, and those that they refer to. */
  defs(): JsonObject {
    const defs: [string, Json][] = []
    for (let type = this.#open.pop(); type !== undefined; type = this.#open.pop()) {
      const entity = this.#schema.byName.get(type)
      if (entity !== undefined)
        defs.push([this.#keyOf(type), { ...this.#define(entity), ...described(textOf(this.#schema, type)) }])
    }
    return jsonObject(defs)
  }

  /** Safe in a fragment and unique: letters, digits and dashes. */
  #keyOf(type: string): string {
    const known = this.#keys.get(type)
    if (known !== undefined) return known
    const words = this.#nameOf(type)
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
    const base = words === '' ? 'type' : words
    let key = base
    // Counting on from the last one: thousands of types may have the same words.
    let n = this.#numbers.get(base) ?? 2
    for (; this.#taken.has(key); n += 1) key = `${base}-${n}`
    this.#numbers.set(base, n)
    this.#taken.add(key)
    this.#keys.set(type, key)
    this.#open.push(type)
    return key
  }

  #define(entity: Entity): JsonObject {
    switch (entity.kind) {
      case 'enum':
        return { enum: entity.values.map((each) => each.name) }
      case 'array':
        return { type: 'array', items: this.ref(entity.elementType) }
      case 'alternate':
        return { anyOf: entity.branches.map((each) => this.#branch(each)) }
      case 'object':
        this.#count = 0
        return this.#object(entity)
      default:
        return {}
    }
  }

  /** The JSON type of the value alone picks the branch of an alternate. */
  #branch(type: string): JsonObject {
    const kind = jsonTypeOf(this.#schema, type)
    const json = kind === 'int' ? 'integer' : kind
    return kind === 'value' ? this.ref(type) : { type: json, ...this.ref(type) }
  }

  #object(entity: EntityOf<'object'>): JsonObject {
    const own = { type: 'object', ...this.#members(entity.members, entity.name) }
    if (entity.tag === undefined) return { ...own, unevaluatedProperties: false }
    return { ...own, ...this.#cases(entity, [entity.name]), unevaluatedProperties: false }
  }

  /** The members that the cases of a union add. What is not said by any of them stays refused. */
  #cases(entity: EntityOf<'object'>, within: readonly string[]): JsonObject {
    const { tag } = entity
    if (tag === undefined) return {}
    const cases = entity.variants.flatMap((variant): JsonObject[] => {
      const type = this.#schema.byName.get(variant.type)
      if (type?.kind !== 'object' || within.includes(variant.type)) return []
      this.#count += 1
      if (this.#count > mostCases) return []
      const added = {
        ...this.#members(type.members, type.name),
        ...this.#cases(type, [...within, variant.type]),
      }
      const condition = { properties: jsonObject([[tag, { const: variant.case }]]), required: [tag] }
      return [{ if: condition, then: added }]
    })
    return cases.length === 0 ? {} : { allOf: cases }
  }

  #members(members: readonly Member[], owner: string): JsonObject {
    const properties = members.map((each): [string, Json] => [
      each.name,
      {
        ...this.ref(each.type),
        ...(each.features.includes('deprecated') ? { deprecated: true } : {}),
        ...described(memberText(this.#schema, owner, each.name)),
      },
    ])
    const required = members.filter((each) => !each.optional).map((each) => each.name)
    return {
      properties: jsonObject(properties),
      ...(required.length === 0 ? {} : { required: [...new Set(required)] }),
    }
  }
}

function described(text: string): JsonObject {
  return text === '' ? {} : { description: text }
}

function builtin(jsonType: string): JsonObject {
  switch (jsonType) {
    case 'int':
      return { type: 'integer', minimum: smallestInteger, maximum: largestInteger }
    case 'number':
    case 'string':
    case 'boolean':
    case 'null':
    case 'object':
    case 'array':
      return { type: jsonType }
    default:
      return {}
  }
}
