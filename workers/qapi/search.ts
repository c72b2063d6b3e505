/**
 * Finds entities by their names, real type names, the names of their members, the values of enums and documentation,
 * best first, with filters that combine. The index of a schema is made once and kept with it.
 */
import { definitionText } from './reference/doc-text.ts'
import { definitionOf, labelOf } from './model/schema.ts'
import type { Schema } from './model/schema.ts'
import type { Entity, EntityKind } from './model/schema-info.ts'
import { subsystemOf } from './model/subsystem.ts'

/** The match of an entity that was not found by its name. */
export interface Matched {
  readonly in: 'member' | 'value' | 'case' | 'feature' | 'documentation' | 'letters'
  /** The name, or the words of the documentation around the match. */
  readonly text: string
}

/** An entity that was found. */
export interface Hit {
  readonly entity: Entity
  readonly matched: Matched | undefined
}

/** Properties of entities that filters ask for. */
export type Flag = 'deprecated' | 'unstable' | 'oob' | 'no-arguments' | 'job'

/** The flags, in the order in which they are offered. */
export const flags: readonly Flag[] = ['deprecated', 'unstable', 'oob', 'no-arguments', 'job']

/** A recorded schema of another version: the commands and events that it has. */
export interface Release {
  readonly version: string
  readonly names: ReadonlySet<string>
}

/** The filters beside the words. An empty set or undefined filters nothing. */
export interface Filters {
  readonly kinds?: ReadonlySet<EntityKind> | undefined
  /** All of them have to be true. */
  readonly flags?: ReadonlySet<Flag> | undefined
  readonly subsystem?: string | undefined
  /** The name of a type: what uses it, at any depth. */
  readonly uses?: string | undefined
  /** Not in this release, but in this schema. */
  readonly newSince?: Release | undefined
  /** In this release already. */
  readonly availableIn?: Release | undefined
}

/** The hits, and how many each filter would leave. */
export interface Found {
  readonly hits: readonly Hit[]
  /** Matches by kind, with every filter but that on kinds. */
  readonly kinds: Readonly<Record<EntityKind, number>>
  /** Matches that have the flag, with every other filter. */
  readonly flags: Readonly<Record<Flag, number>>
  /** Matches by subsystem, with every filter but that on subsystems. */
  readonly subsystems: ReadonlyMap<string, number>
}

/** The order in which kinds are listed: by how much their names say. */
export const kindOrder: readonly EntityKind[] = [
  'command',
  'event',
  'object',
  'enum',
  'alternate',
  'array',
  'builtin',
  'unknown',
]

interface Indexed {
  readonly entity: Entity
  /** The name that is shown. */
  readonly shown: string
  /** The same in small letters. */
  readonly name: string
  readonly inside: readonly { readonly text: string; readonly lower: string; readonly in: Matched['in'] }[]
  /** All names inside on one line, to see quickly that a word is in none. */
  readonly insideText: string
  readonly doc: string
  readonly docLower: string
  readonly flags: ReadonlySet<Flag>
  readonly subsystem: string | undefined
  readonly since: string | undefined
}

const indexes = new WeakMap<Schema, readonly Indexed[]>()

function indexOf(schema: Schema): readonly Indexed[] {
  const known = indexes.get(schema)
  if (known !== undefined) return known
  const made = schema.entities.map((entity) => indexed(schema, entity)).sort(byKindAndName)
  indexes.set(schema, made)
  return made
}

/** The order among entities that match equally well. */
function byKindAndName(a: Indexed, b: Indexed): number {
  return (
    kindOrder.indexOf(a.entity.kind) - kindOrder.indexOf(b.entity.kind) ||
    (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
  )
}

function indexed(schema: Schema, entity: Entity): Indexed {
  const definition = definitionOf(schema, entity.name)
  const doc = definition === undefined ? '' : definitionText(definition).replace(/\s+/g, ' ')
  const inside = insideOf(entity).map(([where, text]) => ({ in: where, text, lower: text.toLowerCase() }))
  const hasName = entity.kind === 'command' || entity.kind === 'event'
  const shown = labelOf(schema, entity.name)
  return {
    entity,
    shown,
    name: shown.toLowerCase(),
    inside,
    insideText: inside.map((each) => each.lower).join('\n'),
    doc,
    docLower: doc.toLowerCase(),
    flags: new Set(flags.filter((flag) => isTrue(schema, entity, flag))),
    subsystem:
      hasName || definition !== undefined ? subsystemOf(entity.name, definition?.chapters) : undefined,
    since: definition?.since,
  }
}

function isTrue(schema: Schema, entity: Entity, flag: Flag): boolean {
  switch (flag) {
    case 'deprecated':
    case 'unstable':
      return entity.features.includes(flag)
    case 'oob':
      return entity.kind === 'command' && entity.allowOob
    case 'no-arguments': {
      const type = entity.kind === 'command' ? schema.byName.get(entity.argType) : undefined
      return type?.kind === 'object' && type.members.length + type.variants.length === 0
    }
    case 'job':
      return entity.kind === 'command' && startsJob(schema, entity.argType)
  }
}

/** Commands that start a job let one name it: what only speaks of jobs has `id`, or `device` as its name. */
function startsJob(schema: Schema, argType: string): boolean {
  const type = schema.byName.get(argType)
  return type?.kind === 'object' && type.members.some((each) => each.name === 'job-id')
}

function insideOf(entity: Entity): readonly (readonly [Matched['in'], string])[] {
  const features = entity.features.map((each) => ['feature', each] as const)
  switch (entity.kind) {
    case 'object':
      return [
        ...entity.members.map((each) => ['member', each.name] as const),
        ...entity.variants.map((each) => ['case', each.case] as const),
        ...features,
      ]
    case 'enum':
      return [...entity.values.map((each) => ['value', each.name] as const), ...features]
    default:
      return features
  }
}

/**
 * The entities that match every word of the query and all filters, ranked: exact name, prefix, at the beginning of a
 * word of the name, inside the name, by a member or value, by documentation, by the letters in their order. An empty
 * query matches all.
 */
export function search(schema: Schema, query: string, filters: Filters = {}): Found {
  const words = wordsOf(query)
  const using = filters.uses === undefined ? undefined : usersOf(schema, filters.uses)
  const kinds: Record<EntityKind, number> = {
    command: 0,
    event: 0,
    object: 0,
    enum: 0,
    alternate: 0,
    array: 0,
    builtin: 0,
    unknown: 0,
  }
  const flagCounts: Record<Flag, number> = { deprecated: 0, unstable: 0, oob: 0, 'no-arguments': 0, job: 0 }
  const subsystems = new Map<string, number>()
  const wanted = [...(filters.flags ?? [])]
  const exact = query.trim()
  // The index is in order already: what ranks equally stays in it.
  const ranked: Hit[][] = []
  for (const each of indexOf(schema)) {
    if (using !== undefined && !using.has(each.entity.name)) continue
    if (!fitsReleases(each, filters)) continue
    const fitsKind =
      filters.kinds === undefined || filters.kinds.size === 0 || filters.kinds.has(each.entity.kind)
    const fitsFlags = wanted.every((flag) => each.flags.has(flag))
    const fitsSubsystem = filters.subsystem === undefined || each.subsystem === filters.subsystem
    // An entity that misses two filters counts for none.
    if (Number(fitsKind) + Number(fitsFlags) + Number(fitsSubsystem) < 2) continue
    const found = rankOf(each, words)
    if (found === undefined) continue
    if (fitsFlags && fitsSubsystem) kinds[each.entity.kind] += 1
    if (fitsKind && fitsFlags && each.subsystem !== undefined) {
      subsystems.set(each.subsystem, (subsystems.get(each.subsystem) ?? 0) + 1)
    }
    if (!(fitsKind && fitsSubsystem && fitsFlags)) continue
    for (const flag of each.flags) flagCounts[flag] += 1
    // The name as it was typed comes first, then those that differ in case: STOP is the event, stop the command.
    const isExact = exact !== '' && each.shown === exact
    const place = isExact ? 0 : found.rank + 1
    ;(ranked[place] ??= []).push({ entity: each.entity, matched: found.matched })
  }
  return { hits: ranked.flat(), kinds, flags: flagCounts, subsystems }
}

function wordsOf(query: string): string[] {
  return query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
}

function fitsReleases(each: Indexed, { newSince, availableIn }: Filters): boolean {
  if (newSince !== undefined && isIn(each, newSince) !== false) return false
  return availableIn === undefined || isIn(each, availableIn) === true
}

/** Whether a release has an entity. Undefined where it cannot be told: a type that no reference dates. */
function isIn({ entity, since }: Indexed, release: Release): boolean | undefined {
  if (entity.kind === 'command' || entity.kind === 'event') return release.names.has(entity.name)
  if (entity.kind === 'builtin') return true
  return since === undefined ? undefined : compareVersions(since, release.version) <= 0
}

/** Compare `2.12` with `10.0`: by numbers, what is missing is 0. Negative where `a` is older. */
export function compareVersions(a: string, b: string): number {
  const [one, other] = [a, b].map((each) => each.split('.').map((part) => Number.parseInt(part, 10) || 0))
  for (let at = 0; at < Math.max(one?.length ?? 0, other?.length ?? 0); at += 1) {
    const difference = (one?.[at] ?? 0) - (other?.[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** The names of everything that uses a type, directly or through others, itself included. */
function usersOf(schema: Schema, type: string): ReadonlySet<string> {
  const found = new Set([type])
  // Names that are added on the way are visited too.
  for (const name of found) {
    for (const use of schema.users.get(name) ?? []) found.add(use.by)
  }
  return found
}

/** The rank of an entity for all words: that of the word that fits worst. */
function rankOf(
  each: Indexed,
  words: readonly string[],
): { rank: number; matched: Matched | undefined } | undefined {
  let worst: { rank: number; matched: Matched | undefined } = { rank: 0, matched: undefined }
  for (const word of words) {
    const mine = rankWord(each, word)
    if (mine === undefined) return undefined
    if (mine.rank > worst.rank) worst = { rank: mine.rank, matched: mine.matched ?? worst.matched }
  }
  return worst
}

function rankWord(each: Indexed, word: string): { rank: number; matched?: Matched } | undefined {
  const inName = rankName(each.name, word)
  if (inName !== undefined) return { rank: inName }
  if (each.insideText.includes(word)) {
    let best: (typeof each.inside)[number] | undefined
    for (const one of each.inside) {
      if (one.lower === word) return { rank: 4, matched: { in: one.in, text: one.text } }
      if (best === undefined && one.lower.includes(word)) best = one
    }
    if (best !== undefined) return { rank: 5, matched: { in: best.in, text: best.text } }
  }
  const at = each.docLower.indexOf(word)
  if (at >= 0) return { rank: 6, matched: new Excerpt(each.doc, at, word.length) }
  if (word.length >= 3 && hasLetters(each.name, word))
    return { rank: 7, matched: { in: 'letters', text: word } }
  return undefined
}

function rankName(name: string, word: string): number | undefined {
  if (name === word) return 0
  const first = name.indexOf(word)
  if (first < 0) return undefined
  if (first === 0) return 1
  for (let at = first; at >= 0; at = name.indexOf(word, at + 1)) {
    if (/[-_ .]/.test(name[at - 1] ?? '')) return 2
  }
  return 3
}

/** A match in a text. Its words are cut out when somebody looks: most hits are never in sight. */
class Excerpt implements Matched {
  readonly in = 'documentation'
  readonly #doc: string
  readonly #at: number
  readonly #length: number

  constructor(doc: string, at: number, length: number) {
    this.#doc = doc
    this.#at = at
    this.#length = length
  }

  get text(): string {
    return around(this.#doc, this.#at, this.#length)
  }
}

/** Some words before and after a match. */
function around(text: string, at: number, length: number): string {
  const from = at <= 30 ? 0 : text.indexOf(' ', at - 30) + 1
  const to = Math.min(text.length, at + length + 50)
  return `${from > 0 ? '…' : ''}${text.slice(Math.min(from, at), to)}${to < text.length ? '…' : ''}`
}

/**
 * Whether the letters of a word stand in a name in their order, each right after the one before or at the beginning
 * of a part: `bda` finds `blockdev-add` no less than `bdadd` does, and not every name that has the letters somewhere.
 */
function hasLetters(name: string, word: string): boolean {
  const fits = (at: number, from: number): boolean => {
    if (from === word.length) return true
    const letter = word[from] ?? ''
    if (name[at] === letter && fits(at + 1, from + 1)) return true
    for (let next = name.indexOf(letter, at + 1); next >= 0; next = name.indexOf(letter, next + 1)) {
      if (/[-_ .]/.test(name[next - 1] ?? '') && fits(next + 1, from + 1)) return true
    }
    return false
  }
  return name[0] === word[0] && fits(1, 1)
}

/** The parts of a text, those that match a word of the query marked. */
export function highlight(
  text: string,
  query: string,
): readonly { readonly text: string; readonly match: boolean }[] {
  const lower = text.toLowerCase()
  const ranges: [from: number, to: number][] = []
  for (const word of wordsOf(query)) {
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1))
      ranges.push([at, at + word.length])
  }
  if (ranges.length === 0) return [{ text, match: false }]
  ranges.sort((a, b) => a[0] - b[0])
  const parts: { text: string; match: boolean }[] = []
  let done = 0
  let markedTo = 0
  for (const [from, to] of [...ranges, [text.length, text.length] as const]) {
    if (from > markedTo) {
      if (markedTo > done) parts.push({ text: text.slice(done, markedTo), match: true })
      parts.push({ text: text.slice(markedTo, from), match: false })
      done = from
    }
    markedTo = Math.max(markedTo, to)
  }
  if (markedTo > done) parts.push({ text: text.slice(done, markedTo), match: true })
  return parts
}
