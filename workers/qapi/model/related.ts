/** Related entities: a command with its inverse, its query and its events. By the reference, and by names. */
import { entityNamed, mentionsOf } from '../reference/member-doc.ts'
import { definitionOf } from './schema.ts'
import type { Schema } from './schema.ts'
import type { Entity } from './schema-info.ts'

/** A related entity, and the reason. */
export interface Related {
  readonly name: string
  readonly why: 'mentioned in its documentation' | 'mentions it' | 'about the same by its name'
}

/** Words of names that are verbs, not things. */
const verbs = new Set(
  (
    'add del remove set get query start stop cancel pause resume complete finalize dismiss change changed deleted insert ' +
    'open close enable disable clear merge create reopen list info status completed cancelled error ready pending ' +
    'x a of to the'
  ).split(' '),
)

const indexes = new WeakMap<Schema, ReadonlyMap<string, readonly string[]>>()

/** Commands and events that belong to a command or an event, the surest first, 12 at most. */
export function relatedTo(schema: Schema, entity: Entity): readonly Related[] {
  const found = new Map<string, Related['why']>()
  const definition = definitionOf(schema, entity.name)
  const add = (name: string, why: Related['why']): void => {
    const kind = schema.byName.get(name)?.kind
    if (name !== entity.name && !found.has(name) && (kind === 'command' || kind === 'event'))
      found.set(name, why)
  }
  for (const each of definition === undefined ? [] : mentionsOf(definition)) {
    const name = entityNamed(schema, each)
    if (name !== undefined) add(name, 'mentioned in its documentation')
  }
  for (const name of mentionedBy(schema).get(definition?.name ?? entity.name) ?? []) add(name, 'mentions it')
  if (entity.kind === 'command' || entity.kind === 'event') {
    const mine = stemOf(entity.name)
    const near = schema.entities
      .filter((each) => each.kind === 'command' || each.kind === 'event')
      .map((each) => ({ name: each.name, nearness: overlap(mine, stemOf(each.name)) }))
      .filter((each) => each.nearness > 0.5)
      .sort((a, b) => b.nearness - a.nearness || (a.name < b.name ? -1 : 1))
    for (const { name } of near) add(name, 'about the same by its name')
  }
  return [...found].slice(0, 12).map(([name, why]) => ({ name, why }))
}

/** Which commands and events mention a name. */
function mentionedBy(schema: Schema): ReadonlyMap<string, readonly string[]> {
  const known = indexes.get(schema)
  if (known !== undefined) return known
  const made = new Map<string, string[]>()
  for (const definition of schema.definitions.values()) {
    if (definition.kind !== 'command' && definition.kind !== 'event') continue
    for (const name of mentionsOf(definition)) {
      const list = made.get(name)
      if (list === undefined) made.set(name, [definition.name])
      else list.push(definition.name)
    }
  }
  indexes.set(schema, made)
  return made
}

function stemOf(name: string): ReadonlySet<string> {
  const words = name.toLowerCase().split(/[-_]/)
  // `jobs` and `job`, `devices` and `device` are the same thing.
  return new Set(words.map((each) => each.replace(/(?<=..)s$/, '')).filter((each) => !verbs.has(each)))
}

function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = [...a].filter((each) => b.has(each)).length
  return both === 0 ? 0 : both / (a.size + b.size - both)
}
