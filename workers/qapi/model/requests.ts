/**
 * Whole requests as a type of the schema, so that they are completed and checked as arguments are: a union by the name
 * of the command, whose cases have the command's arguments.
 * @qmp Issuing Commands
 * @adr 0017
 */
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import { entitiesOf, schemaOfEntities } from './schema.ts'
import type { Schema } from './schema.ts'
import type { Entity, Member } from './schema-info.ts'

/** A schema with the types of requests in it. */
export interface RequestSchema {
  readonly schema: Schema
  /** A request by `execute`. */
  readonly inBand: string
  /** A request by `exec-oob`. */
  readonly outOfBand: string
}

/** Names that no QEMU gives. */
const commandNames = '· commands'
const oobNames = '· out-of-band commands'

const made = new WeakMap<Schema, RequestSchema>()

/** The schema with requests; made once. */
export function requestSchema(schema: Schema): RequestSchema {
  const known = made.get(schema)
  if (known !== undefined) return known
  const commands = entitiesOf(schema, 'command')
  const common = { features: [], extra: {} }
  const member = (name: string, type: string, optional: boolean): Member => ({
    name,
    type,
    optional,
    features: [],
  })
  const values = (list: typeof commands): { name: string; features: readonly string[] }[] =>
    list.map(({ name, features }) => ({ name, features }))
  const entities: Entity[] = [
    { ...common, kind: 'enum', name: commandNames, values: values(commands) },
    { ...common, kind: 'enum', name: oobNames, values: values(commands.filter((each) => each.allowOob)) },
  ]
  for (const [name, verb, list] of [
    ['· request', 'execute', commands],
    ['· out-of-band request', 'exec-oob', commands.filter((each) => each.allowOob)],
  ] as const) {
    entities.push({
      ...common,
      kind: 'object',
      name,
      members: [
        member(verb, verb === 'execute' ? commandNames : oobNames, false),
        member('id', '· any', true),
      ],
      tag: verb,
      variants: list.map((each) => ({ case: each.name, type: `· ${verb} ${each.name}` })),
    })
    for (const each of list) {
      const type = schema.byName.get(each.argType)
      const isNeeded = type?.kind === 'object' && type.members.some((inner) => !inner.optional)
      const members = [member('arguments', each.argType, !isNeeded)]
      entities.push({
        ...common,
        kind: 'object',
        name: `· ${verb} ${each.name}`,
        members,
        tag: undefined,
        variants: [],
      })
    }
  }
  entities.push({ ...common, kind: 'builtin', name: '· any', jsonType: 'value' })
  const joined = schemaOfEntities([...schema.entities, ...entities], schema.issues, schema.realNames)
  const result = {
    schema: { ...joined, definitions: schema.definitions },
    inBand: '· request',
    outOfBand: '· out-of-band request',
  }
  made.set(schema, result)
  return result
}

/** The type of a request, by whether it has `exec-oob`. */
export function requestTypeOf(requests: RequestSchema, value: Json | undefined): string {
  const isOob = value !== undefined && isJsonObject(value) && Object.hasOwn(value, 'exec-oob')
  return isOob ? requests.outOfBand : requests.inBand
}
