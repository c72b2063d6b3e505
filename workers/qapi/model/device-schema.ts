/**
 * Types for arguments that introspection does not have: those of `device_add`, of `object-add` on servers where it has
 * none, and the value of `qom-set`. Made at run time of what the machine says of a device type or of an object.
 * Tested by workers/qapi/model/device-add.real.test.ts.
 * @qapi device-list-properties, qom-list-properties, qom-list
 * @adr 0017
 */
import { isJsonObject } from '#base/json/value.ts'
import { printJson } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'
import { PropertyTypes } from './property-types.ts'
import type { Property } from './property-types.ts'
import { unsaid } from '../reference/reference.ts'
import type { Definition, ReferenceMember } from '../reference/reference.ts'
import { commandOf, schemaOfEntities, takesAnyMember } from './schema.ts'
import type { Schema } from './schema.ts'
import type { Entity, Member } from './schema-info.ts'

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
  const builder = new PropertyTypes(schema)
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
  const builder = new PropertyTypes(schema)
  const type = builder.typeOf(property)
  const name = `${nameOfArguments} of qom-set ${path} ${property.name}`
  const members = own.members.map((each) => (each.name === 'value' ? { ...each, type } : each))
  const definition: Definition = { ...unsaid, kind: 'object', name, includes: ['qom-set'] }
  return build(schema, builder, { ...entity, argType: name }, { ...own, name, members }, definition)
}

function build(
  schema: Schema,
  builder: PropertyTypes,
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

/**
 * Whether the server reads the arguments of a command from texts: `device_add` before 9.2, which made an option string
 * of them. A text passes there for a number and for a switch, and what is no scalar is left out without a word.
 * @qemu commit "qdev-monitor: avoid QemuOpts in QMP device_add"
 */
export function readsFromTexts(
  command: string,
  version: { readonly major: number; readonly minor: number } | undefined,
): boolean {
  if (command !== 'device_add') return false
  // Of an unknown version nothing is called wrong that an older one takes.
  return version === undefined || version.major < 9 || (version.major === 9 && version.minor < 2)
}

/**
 * Members that the server leaves out where they are no texts: `device_add` of 9.2 and later looks for texts of these
 * names. Before, what is no text became one.
 */
export function readsOnlyTexts(
  command: string,
  version: { readonly major: number; readonly minor: number } | undefined,
): ReadonlySet<string> {
  return command === 'device_add' && !readsFromTexts(command, version) ? placesOfDevice : none
}

const placesOfDevice: ReadonlySet<string> = new Set(['id', 'bus'])
const none: ReadonlySet<string> = new Set()

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
