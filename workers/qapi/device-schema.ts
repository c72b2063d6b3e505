/**
 * Types for arguments that introspection does not have: those of `device_add`, of `object-add` on servers where it has
 * none, and the value of `qom-set`. Made at run time of what the machine says of a device type or of an object.
 * @qapi device-list-properties, qom-list-properties, qom-list
 */
import { isJsonObject, printJson } from '../base/json.ts'
import type { Json } from '../base/json.ts'
import { unsaid } from './reference.ts'
import type { Definition, ReferenceMember } from './reference.ts'
import { commandOf, schemaOfEntities, takesAnyMember } from './schema.ts'
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

/** The properties in a reply; what has no name or type is left out. */
export function readProperties(reply: Json): readonly Property[] {
  if (!Array.isArray(reply)) return []
  return (reply as readonly Json[]).flatMap((each) => {
    if (!isJsonObject(each)) return []
    const { name, type, description } = each
    if (typeof name !== 'string' || typeof type !== 'string') return []
    return [
      {
        name,
        type,
        description: typeof description === 'string' ? description : '',
        defaultValue: Object.hasOwn(each, 'default-value') ? each['default-value'] : undefined,
      },
    ]
  })
}

/** Which arguments of a command depend on what the machine says, and on which member; undefined where none do. */
export function dynamicMember(schema: Schema, command: string): 'driver' | 'qom-type' | 'path' | undefined {
  if (command === 'device_add') return 'driver'
  if (command === 'object-add' && takesAnyMember(schema, command)) return 'qom-type'
  return command === 'qom-set' ? 'path' : undefined
}

const nameOfArguments = '· arguments'

/**
 * The schema with arguments for a command whose own are not enough: the members that introspection has, and an optional
 * one for each property.
 */
export function withProperties(
  schema: Schema,
  command: string,
  of: string,
  properties: readonly Property[],
): Schema {
  const entity = commandOf(schema, command)
  const own = entity === undefined ? undefined : schema.byName.get(entity.argType)
  if (entity === undefined || own?.kind !== 'object') return schema
  const builder = new TypeBuilder(schema)
  const known = new Set(own.members.map((each) => each.name))
  const members: Member[] = properties
    .filter((each) => !known.has(each.name) && isSettable(each))
    .map((each) => ({ name: each.name, type: builder.typeOf(each), optional: true, features: [] }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const name = `${nameOfArguments} of ${command} ${of}`
  const definition: Definition = {
    ...unsaid,
    kind: 'object',
    name,
    members: properties.map((each) => documented(each)),
    includes: schema.definitions.has(command) ? [command] : [],
  }
  return build(
    schema,
    builder,
    { ...entity, argType: name },
    { ...own, name, members: [...own.members, ...members] },
    definition,
  )
}

/** The schema with a type for the value of `qom-set`. */
export function withPropertyValue(schema: Schema, path: string, property: Property): Schema {
  const entity = commandOf(schema, 'qom-set')
  const own = entity === undefined ? undefined : schema.byName.get(entity.argType)
  if (entity === undefined || own?.kind !== 'object') return schema
  const builder = new TypeBuilder(schema)
  const type = builder.typeOf(property)
  const name = `${nameOfArguments} of qom-set ${path} ${property.name}`
  const members = own.members.map((each) => (each.name === 'value' ? { ...each, type } : each))
  const definition: Definition = { ...unsaid, kind: 'object', name, includes: ['qom-set'] }
  return build(schema, builder, { ...entity, argType: name }, { ...own, name, members }, definition)
}

function build(
  schema: Schema,
  builder: TypeBuilder,
  command: Entity,
  type: Entity,
  definition: Definition,
): Schema {
  const entities = schema.entities.map((each) => (each.name === command.name ? command : each))
  const realNames = new Map([...schema.realNames, ...builder.names])
  const joined = schemaOfEntities([...entities, type, ...builder.entities], schema.issues, realNames)
  return { ...joined, definitions: new Map([...schema.definitions, [definition.name, definition]]) }
}

/** Children and read-only descriptions of state are no arguments. */
function isSettable({ type, name }: Property): boolean {
  return !/^child<|^struct |^list$/.test(type) && name !== 'type'
}

function documented(property: Property): ReferenceMember {
  return {
    name: property.name,
    type: { name: property.type, list: 0 },
    optional: true,
    defaultText: property.defaultValue === undefined ? undefined : printJson(property.defaultValue),
    doc: [
      {
        kind: 'paragraph',
        spans: [property.description === '' ? property.type : `${property.description} (${property.type})`],
      },
    ],
    since: undefined,
    features: [],
    condition: undefined,
  }
}

/** Gives QOM's types the types of the schema, with enums of its own where a description lists the values. */
class TypeBuilder {
  readonly entities: Entity[] = []
  readonly names = new Map<string, string>()
  readonly #schema: Schema
  readonly #byReal: ReadonlyMap<string, string>

  constructor(schema: Schema) {
    this.#schema = schema
    this.#byReal = new Map([...schema.realNames].map(([hidden, real]) => [real, hidden]))
  }

  typeOf({ type, description }: Property): string {
    // A text is the slot, a number slot and function in one: `0x10` would be two places.
    if (/^slot and optional function/i.test(description)) return this.#builtin('str', 'string')
    if (/^u?int(8|16|32|64)?$|^size$|^integer$/.test(type)) return this.#builtin('int', 'int')
    if (type === 'bool' || type === 'boolean') return this.#builtin('bool', 'boolean')
    if (type === 'number' || type === 'double') return this.#builtin('number', 'number')
    const known = this.#byReal.get(type)
    if (known !== undefined && this.#schema.byName.get(known)?.kind === 'enum') return known
    const listed = valuesIn(type, description)
    if (listed.length > 1) return this.#enum(type, listed)
    // Text is what everything else is given as: links by their path or id, addresses, node names.
    return /^(str|string|drive|chr|netdev|macaddr|uuid|link<.*>|reserved-region)$/.test(type) ||
      type.startsWith('link<')
      ? this.#builtin('str', 'string')
      : this.#open()
  }

  #builtin(name: string, jsonType: string): string {
    if (this.#schema.byName.get(name)?.kind === 'builtin') return name
    const own = `· ${name}`
    if (!this.entities.some((each) => each.name === own)) {
      this.entities.push({ kind: 'builtin', name: own, jsonType, features: [], extra: {} })
    }
    return own
  }

  #enum(type: string, values: readonly string[]): string {
    const name = `· ${type} ${values.join('/')}`
    if (!this.entities.some((each) => each.name === name)) {
      this.entities.push({
        kind: 'enum',
        name,
        values: values.map((each) => ({ name: each, features: [] })),
        features: [],
        extra: {},
      })
      this.names.set(name, type)
    }
    return name
  }

  /** A type that nothing is known of: text or number. */
  #open(): string {
    const name = '· text or number'
    if (!this.entities.some((each) => each.name === name)) {
      const branches = [
        this.#builtin('str', 'string'),
        this.#builtin('int', 'int'),
        this.#builtin('bool', 'boolean'),
      ]
      this.entities.push({ kind: 'alternate', name, branches, features: [], extra: {} })
      this.names.set(name, 'text or number')
    }
    return name
  }
}

/** The values that a description lists: `on/off/auto`, "One of: a, b". */
function valuesIn(type: string, description: string): readonly string[] {
  if (type === 'OnOffAuto') return ['on', 'off', 'auto']
  if (type === 'OnOffSplit') return ['on', 'off', 'split']
  const list = /(?:^|[\s(])([\w.-]+(?:\/[\w.-]+)+)(?:[)\s]|$)/.exec(description)?.[1]
  return list === undefined || /^\d|\/dev|^n\/a/i.test(list) ? [] : list.split('/')
}
