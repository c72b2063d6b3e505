/**
 * Two schemas as one, to be drawn: everything of the newer one, and in it what only the older one had, with a mark on
 * whatever came, went or changed.
 */
import type { RuleId } from '../compare/rules.ts'
import type { SchemaComparison } from '../compare/compare.ts'
import { schemaOfEntities } from './schema.ts'
import type { Schema } from './schema.ts'
import type { Entity } from './schema-info.ts'

/** What became of an entity, or of a member, value, case or alternative in it. */
export type ChangeMark = 'added' | 'removed' | 'changed'

/** The mark of an entity, and those of what is in it, by the name of the member, value or case. */
export interface EntityMark {
  readonly mark: ChangeMark
  readonly items: ReadonlyMap<string, ChangeMark>
}

/** Two schemas as one. */
export interface MergedSchema {
  readonly schema: Schema
  /** Entities that are as they were have none. */
  readonly marks: ReadonlyMap<string, EntityMark>
  /** The name that a type of one of the two has here; undefined where it is in no place of the picture. */
  readonly nameOf: (side: 'before' | 'after', name: string) => string | undefined
  /** The other way: of which schema an entity is, the newer one where it is in both, and its name there. */
  readonly originOf: (name: string) => { readonly side: 'before' | 'after'; readonly name: string }
}

/** The name of a type that only the older schema has, where the newer one may use its number for another. */
const gone = (name: string): string => `gone ${name}`

/** Merge two schemas by their comparison (`compareSchemas(before, after)`). */
export function mergeSchemas(before: Schema, after: Schema, comparison: SchemaComparison): MergedSchema {
  // A type may stand in several pairs: the first is that with its likeliest counterpart.
  const counterparts = new Map<string, string>()
  const origins = new Map<string, string>()
  for (const pair of comparison.pairs) {
    if (!counterparts.has(pair.before)) counterparts.set(pair.before, pair.after)
    if (!origins.has(pair.after)) origins.set(pair.after, pair.before)
  }
  const taken = new Map<string, Entity>()
  const realNames = new Map(after.realNames)

  /** The name under which a type of the older schema is in the merged one. */
  const nameOf = (name: string): string => {
    const known = counterparts.get(name)
    if (known !== undefined) return known
    const entity = before.byName.get(name)
    if (entity === undefined) return name
    if (entity.kind === 'builtin' && after.byName.has(name)) return name
    const own = entity.kind === 'command' || entity.kind === 'event' ? name : gone(name)
    if (!taken.has(own)) {
      // The place is taken before its inside is looked at: types stand in themselves.
      taken.set(own, entity)
      const real = before.realNames.get(name)
      if (real !== undefined) realNames.set(own, real)
      taken.set(own, renamed(entity, own, nameOf))
    }
    return own
  }

  for (const entity of before.entities) {
    if (entity.kind !== 'command' && entity.kind !== 'event') continue
    if (after.byName.get(entity.name)?.kind !== entity.kind) nameOf(entity.name)
  }
  const entities = after.entities.map((entity) => {
    const origin = origins.get(entity.name)
    const was = origin === undefined ? undefined : before.byName.get(origin)
    return was === undefined ? entity : withGone(entity, was, nameOf)
  })
  const marks = marksOf(comparison)
  for (const name of taken.keys()) marks.set(name, { mark: 'removed', items: new Map() })
  const all = [...entities, ...taken.values()]
  const schema = schemaOfEntities(all, [], realNames)
  const definitions = new Map([...before.definitions, ...after.definitions])
  const first = gone('')
  return {
    schema: { ...schema, definitions },
    marks,
    nameOf: (side, name) => {
      if (side === 'after') return after.byName.has(name) ? name : undefined
      return [counterparts.get(name), gone(name), name].find(
        (each) => each !== undefined && schema.byName.has(each) && (each !== name || isRooted(schema, name)),
      )
    },
    originOf: (name) =>
      after.byName.has(name)
        ? { side: 'after', name }
        : { side: 'before', name: name.startsWith(first) ? name.slice(first.length) : name },
  }
}

/** Whether the name is the same in every schema: that of a command, an event or a builtin. */
function isRooted(schema: Schema, name: string): boolean {
  const kind = schema.byName.get(name)?.kind
  return kind === 'command' || kind === 'event' || kind === 'builtin'
}

function renamed(entity: Entity, name: string, nameOf: (type: string) => string): Entity {
  switch (entity.kind) {
    case 'array':
      return { ...entity, name, elementType: nameOf(entity.elementType) }
    case 'object':
      return {
        ...entity,
        name,
        members: entity.members.map((each) => ({ ...each, type: nameOf(each.type) })),
        variants: entity.variants.map((each) => ({ ...each, type: nameOf(each.type) })),
      }
    case 'alternate':
      return { ...entity, name, branches: entity.branches.map(nameOf) }
    case 'command':
      return { ...entity, name, argType: nameOf(entity.argType), retType: nameOf(entity.retType) }
    case 'event':
      return { ...entity, name, argType: nameOf(entity.argType) }
    default:
      return { ...entity, name }
  }
}

/** An entity with what its counterpart had and it has no more. */
function withGone(entity: Entity, was: Entity, nameOf: (type: string) => string): Entity {
  if (entity.kind === 'enum' && was.kind === 'enum') {
    const has = new Set(entity.values.map((each) => each.name))
    const lost = was.values.filter((each) => !has.has(each.name))
    return lost.length === 0 ? entity : { ...entity, values: [...entity.values, ...lost] }
  }
  if (entity.kind !== 'object' || was.kind !== 'object') return entity
  const members = new Set(entity.members.map((each) => each.name))
  const cases = new Set(entity.variants.map((each) => each.case))
  const lostMembers = was.members.filter((each) => !members.has(each.name))
  const lostCases = entity.tag === was.tag ? was.variants.filter((each) => !cases.has(each.case)) : []
  if (lostMembers.length + lostCases.length === 0) return entity
  const here = <Item extends { readonly type: string }>(each: Item): Item => ({
    ...each,
    type: nameOf(each.type),
  })
  return {
    ...entity,
    members: [...entity.members, ...lostMembers.map(here)],
    variants: [...entity.variants, ...lostCases.map(here)],
  }
}

function markOf(rule: RuleId): ChangeMark {
  if (rule.startsWith('feature-')) return 'changed'
  return rule.endsWith('-added') ? 'added' : rule.endsWith('-removed') ? 'removed' : 'changed'
}

function marksOf({ changes }: SchemaComparison): Map<string, EntityMark> {
  const marks = new Map<string, { mark: ChangeMark; items: Map<string, ChangeMark> }>()
  for (const change of changes) {
    if (change.after === undefined) continue
    const isNew = change.rule === 'command-added' || change.rule === 'event-added'
    const entry = marks.get(change.after)
    const items = entry?.items ?? new Map<string, ChangeMark>()
    if (change.item !== '') items.set(change.item, markOf(change.rule))
    marks.set(change.after, { mark: isNew ? 'added' : (entry?.mark ?? 'changed'), items })
  }
  // A command or event is marked too where only its types changed.
  for (const change of changes) {
    const isInside = change.sides.some((each) => each.side !== 'interface')
    for (const root of isInside ? change.reachedBy : []) {
      if (!marks.has(root)) marks.set(root, { mark: 'changed', items: new Map() })
    }
  }
  return marks
}
