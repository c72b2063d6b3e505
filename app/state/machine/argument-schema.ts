/**
 * Asks a machine for what introspection does not know of a command's arguments: the properties of the driver of
 * `device_add`, of the type of an untyped `object-add`, the type of a property for `qom-set`.
 * Tested by e2e/command.spec.ts.
 */
import type { Json, JsonObject } from '#base/json/value.ts'
import {
  dynamicMember,
  readProperties,
  withProperties,
  withPropertyValue,
} from '#qapi/model/device-schema.ts'
import type { Schema } from '#qapi/model/schema.ts'
import { whyNotAskAbout } from '#qapi/model/device-types.ts'
import type { Machine } from './machine.svelte.ts'
import { describeOutcome } from '#words/outcome.ts'

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
  /** A query that a person can send where the page does not send it without being asked. */
  readonly offer: QueryOffer | undefined
}

/** A query that only a person may send, behind a button. */
export interface QueryOffer {
  /** The words of the button. */
  readonly label: string
  readonly query: 'qom-list-types' | 'device-list-properties' | 'qom-list-properties'
  readonly arguments: JsonObject | undefined
}

/** Have all types of the machine listed. */
export const typesOffer: QueryOffer = {
  label: 'Ask the machine which types it has',
  query: 'qom-list-types',
  arguments: { abstract: true },
}

/** The button for a type that the page must not ask about without a person. */
function offerFor(machine: Machine, member: Deciding['member'], of: string): QueryOffer | undefined {
  if (member === 'driver' && machine.commands.types === undefined) return typesOffer
  if (member === 'driver' && machine.commands.types?.has(of) !== true) return undefined
  const query = member === 'driver' ? 'device-list-properties' : 'qom-list-properties'
  return {
    label: `Ask the machine for the properties of ${of}`,
    query,
    arguments: { typename: of },
  }
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

/** Send the queries that need no person, and make the schema that a form or a line is read with. */
export async function askArguments(
  machine: Machine,
  schema: Schema,
  command: string,
  deciding: Deciding,
): Promise<Answered> {
  const { member, of } = deciding
  if (member === 'path') {
    const reply = await machine.commands.call('qom-list', { path: of }, answerMs)
    if (!reply.ok) return { schema: undefined, why: `qom-list ${of}: ${reply.error}`, offer: undefined }
    return { ...answerOf(schema, command, deciding, reply.value), offer: undefined }
  }
  const whyNot =
    member === 'driver'
      ? whyNotAskAbout(machine.commands.types, of)
      : `${of} is not asked about automatically: QEMU would make one, and of some types that ends it.`
  if (whyNot !== undefined) return { schema: undefined, why: whyNot, offer: offerFor(machine, member, of) }
  const reply = await machine.commands.call('device-list-properties', { typename: of }, answerMs)
  return reply.ok
    ? { ...answerOf(schema, command, deciding, reply.value), offer: undefined }
    : { schema: undefined, why: `device-list-properties ${of}: ${reply.error}`, offer: undefined }
}

/** Ask what a person has pressed a button for: past the lock, and after its question. */
export async function askOffered(
  machine: Machine,
  schema: Schema,
  command: string,
  deciding: Deciding,
  offer: QueryOffer,
): Promise<Answered> {
  const result = await machine.commands.run(offer.query, offer.arguments)
  if (result.kind !== 'returned') {
    const words = result.kind === 'refused' ? result.why : describeOutcome(result)
    return { schema: undefined, why: `${offer.query}: ${words}`, offer }
  }
  if (offer.query === 'qom-list-types') return askArguments(machine, schema, command, deciding)
  return { ...answerOf(schema, command, deciding, result.value), offer: undefined }
}

/** What a reply about a type, or about an object, makes of the schema. */
function answerOf(
  schema: Schema,
  command: string,
  { member, of, property }: Deciding,
  reply: Json,
): Pick<Answered, 'schema' | 'why'> {
  const properties = readProperties(reply)
  if (member !== 'path') {
    const made = withProperties(schema, command, of, properties)
    return { schema: made, why: `${properties.length} properties of ${of}.` }
  }
  const found = properties.find((each) => each.name === property)
  return found === undefined
    ? { schema: undefined, why: `${of} has no property ${property}.` }
    : { schema: withPropertyValue(schema, of, found), why: `${property} is of type ${found.type}.` }
}

/** The last schema of a machine whose arguments were filled in. */
const lastShape = (): {
  last?: { readonly key: string; readonly base: Schema; readonly made: Schema }
} => ({})

/** The schema with what decides the arguments filled in, for a line: the last one of a machine is kept. */
export async function schemaWithArguments(
  machine: Machine,
  schema: Schema,
  command: string,
  given: (member: string) => Json | undefined,
): Promise<Schema> {
  const deciding = decidingIn(schema, command, given)
  if (deciding === undefined || !machine.isReady) return schema
  const shape = machine.of(lastShape)
  const known = shape.last
  if (known?.key === deciding.key && known.base === schema) return known.made
  const { schema: made } = await askArguments(machine, schema, command, deciding)
  if (made === undefined) return schema
  shape.last = { key: deciding.key, base: schema, made }
  return made
}
