/**
 * Asks a machine for what introspection does not know of a command's arguments: the properties of the driver of
 * `device_add`, of the type of an untyped `object-add`, the type of a property for `qom-set`.
 */
import type { Json, JsonObject } from '../../workers/base/json.ts'
import {
  dynamicMember,
  readProperties,
  withProperties,
  withPropertyValue,
} from '../../workers/qapi/device-schema.ts'
import type { Schema } from '../../workers/qapi/schema.ts'
import type { Machine } from './machine.svelte.ts'

/** How long a machine may take to say what a type has, in milliseconds. */
const answerMs = 5000

/** What decides the arguments of a command, as far as it was given. */
export interface Deciding {
  readonly member: 'driver' | 'qom-type' | 'path'
  /** The type, or the path of the object. */
  readonly of: string
  /** The property of `qom-set`; '' elsewhere. */
  readonly property: string
  /** Tells two of them apart. */
  readonly key: string
}

/** What came of asking. */
export interface Answered {
  /** Undefined where the machine knows nothing of it. */
  readonly schema: Schema | undefined
  /** A sentence for people. */
  readonly why: string
}

/** What decides the arguments in these, if it is all there. `given` has the value of a member. */
export function decidingIn(
  schema: Schema,
  command: string,
  given: (member: string) => Json | undefined,
): Deciding | undefined {
  const member = dynamicMember(schema, command)
  const of = member === undefined ? undefined : given(member)
  if (member === undefined || typeof of !== 'string' || of === '') return undefined
  const property = member === 'path' ? given('property') : ''
  if (typeof property !== 'string' || (member === 'path' && property === '')) return undefined
  return { member, of, property, key: `${command} ${of} ${property}` }
}

/** Ask the machine, and make the schema that a form or a line is read with. */
export async function askArguments(
  machine: Machine,
  schema: Schema,
  command: string,
  { member, of, property }: Deciding,
): Promise<Answered> {
  const [query, args]: [string, JsonObject] =
    member === 'driver'
      ? ['device-list-properties', { typename: of }]
      : member === 'path'
        ? ['qom-list', { path: of }]
        : ['qom-list-properties', { typename: of }]
  const reply = await machine.call(query, args, answerMs)
  if (!reply.ok) return { schema: undefined, why: `${query} ${of}: ${reply.error}` }
  const properties = readProperties(reply.value)
  if (member !== 'path') {
    const made = withProperties(schema, command, of, properties)
    return { schema: made, why: `${properties.length} properties of ${of}.` }
  }
  const found = properties.find((each) => each.name === property)
  return found === undefined
    ? { schema: undefined, why: `${of} has no property ${property}.` }
    : { schema: withPropertyValue(schema, of, found), why: `${property} is of type ${found.type}.` }
}

const last = new WeakMap<Machine, { readonly key: string; readonly base: Schema; readonly made: Schema }>()

/** The schema with what decides the arguments filled in, for a line: the last one of a machine is kept. */
export async function schemaWithArguments(
  machine: Machine,
  schema: Schema,
  command: string,
  given: (member: string) => Json | undefined,
): Promise<Schema> {
  const deciding = decidingIn(schema, command, given)
  if (deciding === undefined || !machine.isReady) return schema
  const known = last.get(machine)
  if (known?.key === deciding.key && known.base === schema) return known.made
  const { schema: made } = await askArguments(machine, schema, command, deciding)
  if (made === undefined) return schema
  last.set(machine, { key: deciding.key, base: schema, made })
  return made
}
