/**
 * A schema that can be asked: entities by name and kind, the members of an object with and without its variants, who
 * uses a type, and words for types whose names are hidden. Plain records and functions, for the worker and the page.
 * Tested by workers/qapi/qapi.test.ts.
 * @qapi SchemaInfo
 */
import { apart } from '#base/apart.ts'
import type { Json } from '#base/json/value.ts'
import { ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { isEmptyObject, readSchemaInfo } from './schema-info.ts'
import type { Definition, Reference } from '../reference/reference.ts'
import type { Entity, EntityKind, Member, EntityOf } from './schema-info.ts'

/** Why one entity refers to another. */
export type Use =
  | { readonly by: string; readonly role: 'member'; readonly member: string; readonly optional: boolean }
  | { readonly by: string; readonly role: 'variant'; readonly case: string }
  | { readonly by: string; readonly role: 'arguments' | 'return' | 'data' | 'element' | 'alternative' }

/** A schema. Treat as read only. */
export interface Schema {
  readonly entities: readonly Entity[]
  readonly byName: ReadonlyMap<string, Entity>
  /** Who refers to a name directly, in the order of the schema. Names that nothing has are keys too. */
  readonly users: ReadonlyMap<string, readonly Use[]>
  /** Words for the types without names, by their hidden name: `BlockdevOptions` is hidden, what it is for is not. */
  readonly labels: ReadonlyMap<string, string>
  /** The real names of types, by their hidden names, as far as a reference proves them. */
  readonly realNames: ReadonlyMap<string, string>
  /** What the reference says, by real name. Empty without a reference. */
  readonly definitions: ReadonlyMap<string, Definition>
  readonly issues: readonly string[]
}

/** Make a schema of what `query-qmp-schema` returned. The failure is a sentence. */
export function buildSchema(value: Json): Result<Schema, string> {
  const read = readSchemaInfo(value)
  if (!read.ok) return read
  const { entities, issues } = read.value
  return ok(schemaOfEntities(entities, issues))
}

/** Make a schema of entities that are already read. */
export function schemaOfEntities(
  entities: readonly Entity[],
  issues: readonly string[] = [],
  realNames: ReadonlyMap<string, string> = new Map(),
): Schema {
  const byName = new Map(entities.map((each) => [each.name, each]))
  const users = new Map<string, Use[]>()
  const dangling = new Set<string>()
  for (const entity of entities) {
    for (const [type, use] of usesOf(entity)) {
      if (!byName.has(type)) dangling.add(type)
      const list = users.get(type)
      if (list === undefined) users.set(type, [use])
      else list.push(use)
    }
  }
  const broken = [...dangling].map((name) => `The type “${name}” is referred to and is not in the schema.`)
  return {
    entities,
    byName,
    users,
    labels: labelTypes(entities, byName, realNames),
    realNames,
    definitions: new Map(),
    issues: [...issues, ...broken],
  }
}

/** The same schema joined with a reference. `realNames` are those that the reference proves. */
export function withReference(
  schema: Schema,
  reference: Reference,
  realNames: ReadonlyMap<string, string>,
): Schema {
  return {
    ...schema,
    realNames,
    labels: labelTypes(schema.entities, schema.byName, realNames),
    definitions: new Map(reference.definitions.map((each) => [each.name, each])),
  }
}

/** The reference's definition of an entity, if there is one. */
export function definitionOf(schema: Schema, name: string): Definition | undefined {
  return schema.definitions.get(schema.realNames.get(name) ?? name)
}

/** Every reference of an entity: the name of the type, and what for. */
export function usesOf(entity: Entity): readonly (readonly [type: string, use: Use])[] {
  const by = entity.name
  switch (entity.kind) {
    case 'object':
      return [
        ...entity.members.map(
          ({ name, type, optional }) => [type, { by, role: 'member', member: name, optional }] as const,
        ),
        ...entity.variants.map((each) => [each.type, { by, role: 'variant', case: each.case }] as const),
      ]
    case 'array':
      return [[entity.elementType, { by, role: 'element' }]]
    case 'alternate':
      return entity.branches.map((type) => [type, { by, role: 'alternative' }] as const)
    case 'command':
      return [
        [entity.argType, { by, role: 'arguments' }],
        [entity.retType, { by, role: 'return' }],
      ]
    case 'event':
      return [[entity.argType, { by, role: 'data' }]]
    case 'builtin':
    case 'enum':
    case 'unknown':
      return []
  }
}

/** The entities of a kind, in the order of the schema. */
export function entitiesOf<Kind extends EntityKind>(schema: Schema, kind: Kind): readonly EntityOf<Kind>[] {
  return schema.entities.filter((each): each is EntityOf<Kind> => each.kind === kind)
}

/** A command, or undefined where the schema has none of that name. */
export function commandOf(schema: Schema, name: string): EntityOf<'command'> | undefined {
  const entity = schema.byName.get(name)
  return entity?.kind === 'command' ? entity : undefined
}

/** Whether a name is meaningful: those of commands, events, builtins and unknown meta-types. */
export function hasRealName(entity: Entity): boolean {
  return (
    entity.kind === 'command' ||
    entity.kind === 'event' ||
    entity.kind === 'builtin' ||
    entity.kind === 'unknown'
  )
}

/**
 * The members that an object has: its own, then those of the case that the value of its tag picks, which may be a
 * union itself with a tag of its own. `tagOf` gives the value of the member of that name.
 */
export function membersOf(
  schema: Schema,
  type: string,
  tagOf: (tag: string) => string | undefined,
): readonly Member[] {
  const entity = schema.byName.get(type)
  if (entity?.kind !== 'object') return []
  const inner = caseOf(entity, tagOf)
  if (inner === undefined) return entity.members
  const members = new Map(entity.members.map((each) => [each.name, each]))
  // QAPI has no union that is a case of itself; a schema that says so, by whatever way, ends at the type it was at.
  const met = new Set([type])
  for (let next: string | undefined = inner; next !== undefined && !met.has(next);) {
    met.add(next)
    const found = schema.byName.get(next)
    if (found?.kind !== 'object') break
    for (const each of found.members) if (!members.has(each.name)) members.set(each.name, each)
    next = caseOf(found, tagOf)
  }
  return [...members.values()]
}

/** The type of the case that the tag of a union picks. */
function caseOf(entity: EntityOf<'object'>, tagOf: (tag: string) => string | undefined): string | undefined {
  const tagValue = entity.tag === undefined ? undefined : tagOf(entity.tag)
  return entity.variants.find((each) => each.case === tagValue)?.type
}

/** The same for one value of the object's own tag. */
export function membersFor(schema: Schema, type: string, tagValue: string | undefined): readonly Member[] {
  const entity = schema.byName.get(type)
  const own = entity?.kind === 'object' ? entity.tag : undefined
  return membersOf(schema, type, (tag) => (tag === own ? tagValue : undefined))
}

/**
 * Commands that QAPI declares with `gen: false` look like any other but accept further members, which are known at run
 * time only.
 */
export function takesAnyMember(schema: Schema, command: string): boolean {
  if (command === 'device_add') return true
  if (command !== 'object-add' && command !== 'netdev_add') return false
  const entity = commandOf(schema, command)
  const type = entity === undefined ? undefined : schema.byName.get(entity.argType)
  return type?.kind === 'object' && type.tag === undefined
}

/** One word or a few for a type: its name where it has one, else what it is made of. Never the hidden number. */
export function describeType(schema: Schema, name: string, depth = 0): string {
  const entity = schema.byName.get(name)
  if (entity === undefined) return `missing type “${apart(name)}”`
  const real = schema.realNames.get(name)
  if (real !== undefined) return real
  switch (entity.kind) {
    case 'builtin':
      return name === 'any' || entity.jsonType === 'value' ? 'any' : name
    case 'array':
      return depth > 3 ? 'array' : `array of ${describeType(schema, entity.elementType, depth + 1)}`
    case 'enum':
      return `enum (${sample(
        entity.values.slice(0, mostNames + 1).map((each) => apart(each.name)),
        mostNames,
        ' | ',
        entity.values.length,
      )})`
    case 'alternate':
      return depth > 1
        ? 'alternate'
        : sample(
            entity.branches.slice(0, mostBranches + 1).map((each) => describeType(schema, each, depth + 1)),
            mostBranches,
            ' or ',
            entity.branches.length,
          )
    case 'object':
      if (isEmptyObject(entity)) return 'empty object'
      return entity.tag === undefined
        ? `object {${sample(
            entity.members.slice(0, mostNames + 1).map((each) => apart(each.name)),
            mostNames,
            ', ',
            entity.members.length,
          )}}`
        : `union by ${apart(entity.tag)} (${entity.variants.length})`
    case 'command':
    case 'event':
      return `${entity.kind} ${apart(name)}`
    case 'unknown':
      return `${apart(entity.metaType)} ${apart(name)}`
  }
}

/** Members and values that are named. */
const mostNames = 3

/** Branches of an alternate that are named: QEMU's have six at most. */
const mostBranches = 8

function sample(names: readonly string[], most: number, between: string, all = names.length): string {
  const shown = names.slice(0, most).join(between)
  return names.length <= most ? shown : `${shown}${between}… ${all}`
}

/** Whether the name that is shown for an entity is its own: from the schema itself, or proved by a reference. */
export function isNamed(schema: Schema, name: string): boolean {
  const entity = schema.byName.get(name)
  if (entity === undefined) return false
  return hasRealName(entity) || schema.realNames.has(name)
}

/** The name to show for an entity: its own, or the words for a type without one. */
export function labelOf(schema: Schema, name: string): string {
  const entity = schema.byName.get(name)
  if (entity === undefined) return `missing type “${apart(name)}”`
  if (hasRealName(entity)) return name
  const real = schema.realNames.get(name)
  if (real !== undefined) return real
  if (entity.kind === 'array' && isNamed(schema, entity.elementType)) return describeType(schema, name)
  return schema.labels.get(name) ?? describeType(schema, name)
}

/**
 * Words for every type without a name, by the shortest way from a command or event: "arguments of blockdev-add",
 * "file of qcow2 of arguments of blockdev-add". Breadth first, so the nearest wins and recursion ends.
 */
function labelTypes(
  entities: readonly Entity[],
  byName: ReadonlyMap<string, Entity>,
  realNames: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const labels = new Map<string, readonly string[]>()
  let open: string[] = []
  const name = (type: string, step: string, of: readonly string[] = []): void => {
    const entity = byName.get(type)
    if (entity === undefined || labels.has(type) || hasRealName(entity)) return
    const real = realNames.get(type)
    labels.set(type, real === undefined ? [step, ...of] : [real])
    open.push(type)
  }
  for (const entity of entities) {
    if (entity.kind !== 'command' && entity.kind !== 'event') continue
    // One empty type is shared by all, so it gets no words of one command.
    for (const [type, use] of usesOf(entity)) {
      if (isEmptyObject(byName.get(type))) name(type, 'nothing')
      else name(type, use.role, [`of ${apart(entity.name)}`])
    }
  }
  while (open.length > 0) {
    const now = open
    open = []
    for (const type of now) {
      const entity = byName.get(type)
      if (entity === undefined) continue
      const [first = '', ...rest] = shortened(labels.get(type) ?? [])
      const within = (word: 'in' | 'of'): readonly string[] => [`${word} ${first}`, ...rest]
      for (const [target, use] of usesOf(entity)) {
        if (use.role === 'member') name(target, apart(use.member), within('in'))
        else if (use.role === 'variant') name(target, `${apart(use.case)} variant`, within('of'))
        else name(target, use.role === 'element' ? 'element' : 'alternative', within('of'))
      }
    }
  }
  return new Map([...labels].map(([type, steps]) => [type, steps.join(' ')]))
}

/** Words refer to other words: three steps are enough to identify a type. */
function shortened(steps: readonly string[]): readonly string[] {
  return steps.length <= 3 ? steps : [`${steps[0] ?? ''} …`, steps.at(-1) ?? '']
}
