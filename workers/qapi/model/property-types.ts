/**
 * Types of the schema for the properties of QOM: numbers, switches and texts are QAPI's own; enums are made of the
 * values that a description lists, lists of structs of what the reference or a table here says.
 * Tested by workers/qapi/model/device-add.real.test.ts.
 * @qapi device-list-properties
 * @adr 0017
 */
import type { Json } from '#base/json/value.ts'
import type { TypeRef } from '../reference/reference.ts'
import type { Schema } from './schema.ts'
import type { Entity, Member } from './schema-info.ts'

/** A property, as `device-list-properties` gives it. @qapi ObjectPropertyInfo */
export interface Property {
  readonly name: string
  /** QOM's word: `uint16`, `bool`, `str`, `size`, `link<iothread>`, `OnOffAuto`. */
  readonly type: string
  readonly description: string
  readonly defaultValue: Json | undefined
}

/** Texts in QEMU: names, paths, ids of other objects. */
const textType = /^(?:str|string|drive|chr|netdev|macaddr|uuid|QemuUUID|reserved-region)$|^link</
const integerType = /^u?int\d*$|^size$|^integer$/

/** A slot of a bus: what people type is a text, `0x10` as a number would be another slot. */
export const slotType = '· slot and function'
/** Of which nothing is known but that it is no list. */
const openType = '· text or number'

/** Structs inside of structs are followed so far. */
const deepest = 4

/**
 * Structs that only properties use: no command leads to them, so introspection never has them. For machines without a
 * manual at hand. @qapi IOThreadVirtQueueMapping, VirtIOGPUOutput
 */
const knownStructs: ReadonlyMap<string, readonly StructMember[]> = new Map([
  [
    'IOThreadVirtQueueMapping',
    [
      { name: 'iothread', type: { name: 'str', list: 0 }, optional: false },
      { name: 'vqs', type: { name: 'uint16', list: 1 }, optional: true },
    ],
  ],
  ['VirtIOGPUOutput', [{ name: 'name', type: { name: 'str', list: 0 }, optional: false }]],
])

interface StructMember {
  readonly name: string
  readonly type: TypeRef | undefined
  readonly optional: boolean
}

/** Makes types for properties; what was made for them is in `entities`, their real names in `names`. */
export class PropertyTypes {
  readonly entities: Entity[] = []
  readonly names = new Map<string, string>()
  readonly #schema: Schema
  readonly #byReal: ReadonlyMap<string, string>

  constructor(schema: Schema) {
    this.#schema = schema
    this.#byReal = new Map([...schema.realNames].map(([hidden, real]) => [real, hidden]))
  }

  /** The name of the type of a property's values. */
  typeOf({ type, description }: Property): string {
    // A text is slot and function (`5.1`), a number is both in one.
    if (/^slot and optional function/i.test(description)) return this.#oneOf(['string', 'int'], slotType)
    const plain = this.#plain(type)
    if (plain !== undefined) return plain
    const listed = /^[A-Z]/.test(type) ? valuesIn(type, description) : []
    if (listed.length > 1) return this.#enum(type, listed)
    if (textType.test(type)) return this.#builtin('string')
    const item = /^(\w+)List$/.exec(type)?.[1]
    return item === undefined ? this.#oneOf(['string', 'int', 'boolean']) : this.#listOf(item, 0)
  }

  /** Numbers, switches, texts and the enums that the schema has. */
  #plain(type: string): string | undefined {
    if (integerType.test(type)) return this.#builtin('int')
    if (type === 'bool' || type === 'boolean') return this.#builtin('boolean')
    if (type === 'number' || type === 'double') return this.#builtin('number')
    if (type === 'str' || type === 'string') return this.#builtin('string')
    const known = this.#byReal.get(type)
    return known !== undefined && this.#schema.byName.get(known)?.kind === 'enum' ? known : undefined
  }

  #builtin(jsonType: 'string' | 'int' | 'boolean' | 'number' | 'value'): string {
    const qapi = { string: 'str', int: 'int', boolean: 'bool', number: 'number', value: 'any' }[jsonType]
    if (this.#schema.byName.get(qapi)?.kind === 'builtin') return qapi
    return this.#add(`· ${qapi}`, undefined, (name) => ({
      kind: 'builtin',
      name,
      jsonType,
      features: [],
      extra: {},
    }))
  }

  /** An integer type of its own for each width inside of lists and structs, where no member has a definition that tells. */
  #sized(type: string): string | undefined {
    if (isAnyInteger(type) || !integerType.test(type)) return undefined
    return this.#add(`· ${type}`, type, (name) => ({
      kind: 'builtin',
      name,
      jsonType: 'int',
      features: [],
      extra: {},
    }))
  }

  #enum(type: string, values: readonly string[]): string {
    return this.#add(`· ${type} ${values.join('/')}`, type, (name) => ({
      kind: 'enum',
      name,
      values: values.map((each) => ({ name: each, features: [] })),
      features: [],
      extra: {},
    }))
  }

  /** A value of one of several JSON types: all that is known of it. */
  #oneOf(jsonTypes: readonly ('string' | 'int' | 'boolean')[], named = openType): string {
    const branches = jsonTypes.map((each) => this.#builtin(each))
    return this.#add(named, 'text or number', (name) => ({
      kind: 'alternate',
      name,
      branches,
      features: [],
      extra: {},
    }))
  }

  #listOf(item: string, depth: number): string {
    const elementType =
      this.#sized(item) ?? this.#plain(item) ?? this.#struct(item, depth) ?? this.#builtin('value')
    return this.#add(`· list of ${item}`, undefined, (name) => ({
      kind: 'array',
      name,
      elementType,
      features: [],
      extra: {},
    }))
  }

  /** A struct as the schema has it, or else as the reference documents it. Undefined where nobody knows it. */
  #struct(real: string, depth: number): string | undefined {
    const hidden = this.#byReal.get(real)
    if (hidden !== undefined && this.#schema.byName.get(hidden)?.kind === 'object') return hidden
    const definition = this.#schema.definitions.get(real)
    const isWhole =
      definition?.kind === 'object' && definition.includes.length === 0 && definition.variants.length === 0
    const known = knownStructs.get(real)
    const members: readonly StructMember[] | undefined = isWhole
      ? definition.members.map((each) => withWidth(each, known))
      : known
    if (members === undefined || depth >= deepest) return undefined
    const typed = members.map(({ name, type, optional }): Member => ({
      name,
      type: this.#documented(type, depth + 1),
      optional,
      features: [],
    }))
    return this.#add(`· ${real}`, real, (name) => ({
      kind: 'object',
      name,
      members: typed,
      variants: [],
      tag: undefined,
      features: [],
      extra: {},
    }))
  }

  /** A documented type, as far as it can be made; any value otherwise. */
  #documented(type: TypeRef | undefined, depth: number): string {
    if (type === undefined || type.list > 1) return this.#builtin('value')
    if (type.list === 1) return this.#listOf(type.name, depth)
    return (
      this.#sized(type.name) ??
      this.#plain(type.name) ??
      this.#struct(type.name, depth) ??
      this.#builtin('value')
    )
  }

  #add(name: string, real: string | undefined, make: (name: string) => Entity): string {
    if (!this.entities.some((each) => each.name === name)) {
      this.entities.push(make(name))
      if (real !== undefined) this.names.set(name, real)
    }
    return name
  }
}

/** Whether a word says no more of an integer than that it is one. */
function isAnyInteger(type: string): boolean {
  return type === 'int' || type === 'integer'
}

/** A member as a manual documents it, which calls every integer `int`, with the width that the table has. */
function withWidth(member: StructMember, known: readonly StructMember[] | undefined): StructMember {
  const type = known?.find((each) => each.name === member.name)?.type
  const isLess =
    member.type !== undefined && isAnyInteger(member.type.name) && type?.list === member.type.list
  return isLess ? { ...member, type } : member
}

/** The values that a description lists: `on/off/auto`, `Policy (report/auto)`, `low/medium (default)/high`. */
function valuesIn(type: string, description: string): readonly string[] {
  if (type === 'OnOffAuto') return ['on', 'off', 'auto']
  if (type === 'OnOffSplit') return ['on', 'off', 'split']
  const parts = description.slice(0, 500).split('/')
  if (parts.length < 2) return []
  const values = parts.map((part, index) => {
    // A remark at a value is none of them; the whole list may stand in parentheses.
    const words = part
      .replace(/\([^()]*\)/g, ' ')
      .split(/[\s,()]+/)
      .filter((each) => each !== '')
    // Other words stand before the first value and after the last one.
    if (index === 0) return words.at(-1) ?? ''
    return words[0] ?? ''
  })
  return values.every((each) => /^[\w.-]+$/.test(each)) ? values : []
}
