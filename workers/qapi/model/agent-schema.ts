/**
 * A schema for a guest agent. It has no introspection: `guest-info` lists its commands, and the QAPI schema file that
 * its package installs has their arguments and texts. Together they are a schema like any other.
 * @qapi GuestAgentInfo (qga)
 * @adr 0011
 */
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { Definition, Reference, ReferenceMember, TypeRef } from '../reference/reference.ts'
import { builtins } from '../reference/name-proof.ts'
import { buildSchema, withReference } from './schema.ts'
import type { Schema } from './schema.ts'

/** The feature that a command has here when the agent refuses it. */
const disabledFeature = 'disabled'
/** The feature of a command that answers only when it fails. */
const silentFeature = 'no-success-reply'

/**
 * The schema of an agent: the commands that it lists, described by the reference. A command that the reference does not
 * know takes anything. The failure is a sentence.
 */
export function agentSchema(
  reference: Reference,
  guestInfo: Json,
): Result<{ schema: Schema; raw: Json }, string> {
  const listed = isJsonObject(guestInfo) ? guestInfo.supported_commands : undefined
  if (!Array.isArray(listed))
    return err('The agent does not list its commands: guest-info has no supported_commands.')
  const writer = new AgentSchemaWriter(reference)
  for (const each of listed as readonly Json[]) {
    if (isJsonObject(each) && typeof each.name === 'string') writer.command(each.name, each)
  }
  const raw = writer.end()
  const schema = buildSchema(raw)
  if (!schema.ok) return schema
  // Types have their real names already.
  const names = new Map(schema.value.entities.map((each) => [each.name, each.name]))
  const documented = new Set(reference.definitions.map((each) => each.name))
  const real = [...names].filter(([name]) => documented.has(name))
  return ok({ schema: withReference(schema.value, reference, new Map(real)), raw })
}

class AgentSchemaWriter {
  readonly #definitions: ReadonlyMap<string, Definition>
  readonly #made = new Map<string, JsonObject>()

  constructor(reference: Reference) {
    this.#definitions = new Map(reference.definitions.map((each) => [each.name, each]))
  }

  end(): Json {
    return [...this.#made.values()]
  }

  command(name: string, info: JsonObject): void {
    const definition = this.#definitions.get(name)
    const features = [
      ...(definition?.features.map((each) => each.name) ?? []),
      ...(info.enabled === false ? [disabledFeature] : []),
      ...(info['success-response'] === false ? [silentFeature] : []),
    ]
    const argType =
      definition?.kind === 'command' ? this.#arguments(definition) : this.#type({ name: 'any', list: 0 })
    const retType = definition?.returns === undefined ? this.#nothing() : this.#type(definition.returns)
    this.#made.set(name, {
      name,
      'meta-type': 'command',
      'arg-type': argType,
      'ret-type': retType,
      ...(features.length === 0 ? {} : { features }),
    })
  }

  #nothing(): string {
    this.#made.set('nothing', { name: 'nothing', 'meta-type': 'object', members: [] })
    return 'nothing'
  }

  #arguments(definition: Definition): string {
    const [boxed] = definition.includes
    if (boxed !== undefined && definition.members.length === 0) return this.#type({ name: boxed, list: 0 })
    if (definition.members.length === 0) return this.#nothing()
    const name = `arguments of ${definition.name}`
    this.#made.set(name, { name, 'meta-type': 'object', members: this.#members(definition) })
    return name
  }

  /** The name of a type, made with everything that it refers to. */
  #type({ name, list }: TypeRef): string {
    if (list > 0) {
      const element = this.#type({ name, list: list - 1 })
      const array = `[${element}]`
      this.#made.set(array, { name: array, 'meta-type': 'array', 'element-type': element })
      return array
    }
    if (this.#made.has(name)) return name
    const definition = this.#definitions.get(name)
    if (Object.hasOwn(builtins, name)) {
      this.#made.set(name, { name, 'meta-type': 'builtin', 'json-type': builtins[name] ?? 'value' })
    } else if (definition !== undefined) {
      // There before its members are made: a type may stand in itself.
      this.#made.set(name, {})
      this.#made.set(name, this.#define(definition))
    }
    return name
  }

  #define(definition: Definition): JsonObject {
    const { name } = definition
    switch (definition.kind) {
      case 'enum':
        return {
          name,
          'meta-type': 'enum',
          members: definition.members.map((each) => ({ name: each.name, ...withFeatures(each.features) })),
          values: definition.members.map((each) => each.name),
        }
      case 'alternate':
        return {
          name,
          'meta-type': 'alternate',
          members: definition.members.map((each) => ({
            type: this.#type(each.type ?? { name: 'any', list: 0 }),
          })),
        }
      default:
        return {
          name,
          'meta-type': 'object',
          members: this.#members(definition),
          ...(definition.tag === undefined
            ? {}
            : {
                tag: definition.tag,
                variants: definition.variants.map((each) => ({
                  case: each.value,
                  type: this.#type({ name: each.type, list: 0 }),
                })),
              }),
        }
    }
  }

  /** The members of a definition and of what it includes. */
  #members(definition: Definition): JsonObject[] {
    const members = new Map<string, ReferenceMember>()
    const open = [definition]
    const seen = new Set<string>()
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next.name)) continue
      seen.add(next.name)
      for (const member of next.members) if (!members.has(member.name)) members.set(member.name, member)
      for (const name of next.includes) {
        const included = this.#definitions.get(name)
        if (included !== undefined) open.push(included)
      }
    }
    return [...members.values()].map((each) => ({
      name: each.name,
      type: this.#type(each.type ?? { name: 'any', list: 0 }),
      ...(each.optional ? { default: null } : {}),
      ...withFeatures(each.features),
    }))
  }
}

function withFeatures(features: readonly string[]): JsonObject {
  return features.length === 0 ? {} : { features }
}
