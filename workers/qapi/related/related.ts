/**
 * What belongs to a command, an event or a query, with the reason in words: the command that takes it back, the query that
 * shows what it made, its events, commands and events on the same thing, what the manual mentions. For events the
 * commands that lead to them, for queries the commands whose work they show. In one place, for the page of an entity and
 * for the command view.
 */
import { entityNamed, mentionsOf } from '../reference/member-doc.ts'
import { definitionOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import type { Entity } from '../model/schema-info.ts'
import { leadsTo } from './leads-to.ts'
import { blockJobEvents, inverseLines, jobEvents, namesInEvents, queryLines } from './tables.ts'

/** What a related entity is to the other. */
export type Role = 'inverse' | 'query' | 'event' | 'cause' | 'maker' | 'sibling' | 'mention'

/** A related entity of the schema. */
export interface Related {
  readonly name: string
  readonly role: Role
  /** The reason, as the end of a sentence that begins with its name: "takes it back". */
  readonly why: string
}

/** The roles in the order in which they are listed. */
export const roles: readonly Role[] = ['inverse', 'query', 'event', 'cause', 'maker', 'sibling', 'mention']

/** The most that are listed of one role: `qom-list` and `query-named-block-nodes` show the work of many. */
const mostOfRole = 8

/** What belongs to a command or an event of a schema; nothing for types. Each name once, by its strongest role. */
export function relatedTo(schema: Schema, entity: Entity): readonly Related[] {
  if (entity.kind !== 'command' && entity.kind !== 'event') return mentionsAround(schema, entity)
  const found = [
    ...inversesOf(entity.name),
    ...queriesOf(schema, entity.name),
    ...eventsOf(schema, entity.name),
    ...causesOf(schema, entity.name),
    ...makersOf(schema, entity.name),
    ...siblingsOf(schema, entity),
    ...mentionsAround(schema, entity),
  ]
  const kept = new Map<string, Related>()
  const counts = new Map<Role, number>()
  for (const each of found) {
    const count = counts.get(each.role) ?? 0
    if (
      each.name === entity.name ||
      kept.has(each.name) ||
      count >= mostOfRole ||
      !isNamed(schema, each.name)
    )
      continue
    kept.set(each.name, each)
    counts.set(each.role, count + 1)
  }
  return [...kept.values()]
}

function isNamed(schema: Schema, name: string): boolean {
  const kind = schema.byName.get(name)?.kind
  return kind === 'command' || kind === 'event'
}

function inversesOf(name: string): readonly Related[] {
  return inverseLines.flatMap(([one, other, both]): Related[] => {
    if (one === name) return [{ name: other, role: 'inverse', why: 'takes it back' }]
    if (other === name)
      return [{ name: one, role: 'inverse', why: both ? 'does the opposite' : 'is taken back by it' }]
    return []
  })
}

/** Commands that start a job let one name it. */
function startsJob(schema: Schema, name: string): boolean {
  const entity = schema.byName.get(name)
  const type = entity?.kind === 'command' ? schema.byName.get(entity.argType) : undefined
  return type?.kind === 'object' && type.members.some((each) => each.name === 'job-id')
}

/** Jobs that are no block jobs have no block node of which they are. */
const otherJobs = new Set([
  'snapshot-save',
  'snapshot-load',
  'snapshot-delete',
  'blockdev-create',
  'x-blockdev-amend',
])

function queriesOf(schema: Schema, name: string): readonly Related[] {
  const listed = queryLines
    .filter(([names]) => hasName(names, name))
    .map(([, query, shows]): Related => ({ name: query, role: 'query', why: `shows ${shows}` }))
  if (!startsJob(schema, name)) return listed
  return [
    { name: 'query-jobs', role: 'query', why: 'shows the progress of the job' },
    ...(otherJobs.has(name)
      ? []
      : [{ name: 'query-block-jobs', role: 'query', why: 'shows the progress of the job' } as const]),
    ...listed,
    { name: 'job-cancel', role: 'inverse', why: 'ends the job' },
    { name: 'job-pause', role: 'sibling', why: 'holds the job' },
  ]
}

function hasName(names: string, name: string): boolean {
  return names.split(' ').includes(name)
}

function eventNames(schema: Schema, name: string): readonly (readonly [event: string, why: string])[] {
  return [
    ...(leadsTo.get(name) ?? []).map((event) => [event, 'may follow it'] as const),
    ...(namesInEvents.get(name) ?? []).map((event) => [event, 'names the same thing'] as const),
    ...(startsJob(schema, name)
      ? [...jobEvents, ...(otherJobs.has(name) ? [] : blockJobEvents)].map(
          (event) => [event, 'tells of its job'] as const,
        )
      : []),
  ]
}

function eventsOf(schema: Schema, name: string): readonly Related[] {
  return eventNames(schema, name).map(([event, why]) => ({ name: event, role: 'event', why }))
}

function causesOf(schema: Schema, event: string): readonly Related[] {
  if (schema.byName.get(event)?.kind !== 'event') return []
  const found = schema.entities.flatMap((each): readonly { readonly name: string; readonly at: number }[] => {
    const at =
      each.kind === 'command' ? eventNames(schema, each.name).findIndex(([name]) => name === event) : -1
    return at < 0 ? [] : [{ name: each.name, at }]
  })
  // What leads to it first of all comes first: `stop` to STOP, before `migrate`.
  return found
    .toSorted((a, b) => a.at - b.at)
    .map(({ name }) => ({ name, role: 'cause', why: 'may lead to it' }))
}

function makersOf(schema: Schema, query: string): readonly Related[] {
  const listed = queryLines.flatMap(([names, shown]) => (shown === query ? names.split(' ') : []))
  const jobs = ['query-jobs', 'query-block-jobs'].includes(query)
    ? schema.entities.filter((each) => startsJob(schema, each.name)).map((each) => each.name)
    : []
  return [...jobs, ...listed].map((name) => ({
    name,
    role: 'maker',
    why:
      schema.byName.get(name)?.kind === 'event' ? 'tells of a change that it shows' : 'changes what it shows',
  }))
}

/** Words of names that are verbs, not things. */
const verbs = new Set(
  (
    'add del remove set get query start stop cancel pause resume complete finalize dismiss change changed deleted insert ' +
    'open close enable disable clear merge create reopen list info status completed cancelled error ready pending ' +
    'x a of to the sync delete save load'
  ).split(' '),
)

/** What a name is about: its words without verbs, singular. */
function thingOf(name: string): readonly string[] {
  const words = name.slice(0, 200).toLowerCase().split(/[-_]/)
  return [...new Set(words.map((each) => each.replace(/(?<=..)s$/, '')).filter((each) => !verbs.has(each)))]
}

const things = new WeakMap<Schema, ReadonlyMap<string, readonly string[]>>()

function thingsOf(schema: Schema): ReadonlyMap<string, readonly string[]> {
  const known = things.get(schema)
  if (known !== undefined) return known
  const made = new Map(
    schema.entities
      .filter((each) => each.kind === 'command' || each.kind === 'event')
      .map((each) => [each.name, thingOf(each.name)]),
  )
  things.set(schema, made)
  return made
}

function siblingsOf(schema: Schema, entity: Entity): readonly Related[] {
  const mine = thingOf(entity.name)
  if (mine.length === 0) return []
  return [...thingsOf(schema)]
    .map(([name, words]) => {
      const both = words.filter((each) => mine.includes(each))
      return { name, both, nearness: both.length / (mine.length + words.length - both.length) }
    })
    .filter((each) => each.nearness > 0.5)
    .sort((a, b) => b.nearness - a.nearness || (a.name < b.name ? -1 : 1))
    .map(({ name, both }) => ({ name, role: 'sibling', why: `is about “${both.join(' ')}” too` }))
}

function mentionsAround(schema: Schema, entity: Entity): readonly Related[] {
  const definition = definitionOf(schema, entity.name)
  const mentioned = (definition === undefined ? [] : mentionsOf(definition)).flatMap((each): Related[] => {
    const name = entityNamed(schema, each)
    return name === undefined || name === entity.name || !isNamed(schema, name)
      ? []
      : [{ name, role: 'mention', why: 'is mentioned in its documentation' }]
  })
  const by = (mentionedBy(schema).get(definition?.name ?? entity.name) ?? []).map((name): Related => ({
    name,
    role: 'mention',
    why: 'mentions it in its documentation',
  }))
  return [...mentioned, ...by.filter(({ name }) => isNamed(schema, name))]
    .filter((each, at, all) => all.findIndex((one) => one.name === each.name) === at)
    .slice(0, mostOfRole)
}

const mentions = new WeakMap<Schema, ReadonlyMap<string, readonly string[]>>()

/** Which commands and events mention a name. */
function mentionedBy(schema: Schema): ReadonlyMap<string, readonly string[]> {
  const known = mentions.get(schema)
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
  mentions.set(schema, made)
  return made
}
