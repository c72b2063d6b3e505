/**
 * A type of a schema as JSON Schema 2020-12. It accepts what `validate` accepts, but for two things that JSON Schema
 * cannot say: `1.0` counts as an integer there (QEMU refuses it), and numbers are compared as the validator at hand
 * reads them.
 * @qapi SchemaInfo
 */
import { jsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import type { Schema } from '../model/schema.ts'
import type { Entity, Member } from '../model/schema-info.ts'
import { jsonTypeOf, largestInteger, smallestInteger } from '../check/validate.ts'

/** What a JSON Schema is made for. */
export type JsonSchemaRoot =
  { readonly command: string; readonly part: 'arguments' | 'return' } | { readonly event: string }

/** The JSON Schema of a command's arguments or return, or of an event's data. Undefined where there is no such thing. */
export function jsonSchemaFor(
  schema: Schema,
  root: JsonSchemaRoot,
  nameOf: (type: string) => string,
): JsonObject | undefined {
  const name = 'event' in root ? root.event : root.command
  const entity = schema.byName.get(name)
  let type: string | undefined
  if ('event' in root) type = entity?.kind === 'event' ? entity.argType : undefined
  else if (entity?.kind === 'command') type = root.part === 'arguments' ? entity.argType : entity.retType
  if (type === undefined) return undefined
  const writer = new Writer(schema, nameOf)
  const top = writer.ref(type)
  const title = 'event' in root ? `data of ${name}` : `${root.part} of ${name}`
  return jsonObject([
    ['$schema', 'https://json-schema.org/draft/2020-12/schema'],
    ['title', title],
    ...Object.entries(top),
    ['$defs', writer.defs()],
  ])
}

/** Cases of a union that are written, those in cases counted: unions of unions of each other multiply. */
const mostCases = 2000

class Writer {
  /** Cases of the union that is being written. */
  #count = 0
  readonly #schema: Schema
  readonly #nameOf: (type: string) => string
  readonly #keys = new Map<string, string>()
  readonly #taken = new Set<string>()
  /** The number of the last key of each base. */
  readonly #numbers = new Map<string, number>()
  readonly #open: string[] = []

  constructor(schema: Schema, nameOf: (type: string) => string) {
    this.#schema = schema
    this.#nameOf = nameOf
  }

  /** A reference to a type; builtins are written where they stand. */
  ref(type: string): JsonObject {
    const entity = this.#schema.byName.get(type)
    if (entity === undefined || entity.kind === 'unknown') return {}
    if (entity.kind === 'builtin') return builtin(entity.jsonType)
    return { $ref: `#/$defs/${this.#keyOf(type)}` }
  }

  /** All types that were referred to, and those that they refer to. */
  defs(): JsonObject {
    const defs: [string, Json][] = []
    for (let type = this.#open.pop(); type !== undefined; type = this.#open.pop()) {
      const entity = this.#schema.byName.get(type)
      if (entity !== undefined) defs.push([this.#keyOf(type), this.#define(entity)])
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

  #object(entity: Extract<Entity, { kind: 'object' }>): JsonObject {
    const own = { type: 'object', ...this.#members(entity.members) }
    if (entity.tag === undefined) return { ...own, unevaluatedProperties: false }
    return { ...own, ...this.#cases(entity, [entity.name]), unevaluatedProperties: false }
  }

  /** The members that the cases of a union add. What is not said by any of them stays refused. */
  #cases(entity: Extract<Entity, { kind: 'object' }>, within: readonly string[]): JsonObject {
    const { tag } = entity
    if (tag === undefined) return {}
    const cases = entity.variants.flatMap((variant): JsonObject[] => {
      const type = this.#schema.byName.get(variant.type)
      if (type?.kind !== 'object' || within.includes(variant.type)) return []
      this.#count += 1
      if (this.#count > mostCases) return []
      const added = { ...this.#members(type.members), ...this.#cases(type, [...within, variant.type]) }
      const condition = { properties: jsonObject([[tag, { const: variant.case }]]), required: [tag] }
      return [{ if: condition, then: added }]
    })
    return cases.length === 0 ? {} : { allOf: cases }
  }

  #members(members: readonly Member[]): JsonObject {
    const properties = members.map((each): [string, Json] => {
      const isDeprecated = each.features.includes('deprecated')
      return [each.name, isDeprecated ? { ...this.ref(each.type), deprecated: true } : this.ref(each.type)]
    })
    const required = members.filter((each) => !each.optional).map((each) => each.name)
    return {
      properties: jsonObject(properties),
      ...(required.length === 0 ? {} : { required: [...new Set(required)] }),
    }
  }
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
