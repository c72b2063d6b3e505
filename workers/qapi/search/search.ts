/**
 * One search for the explorer's list, the palette and the command picker: by names, by the words that people use for
 * commands, by members and values, by documentation. All words have to be found, else any; one typing error a word is
 * forgiven; filters combine, and each says what it would leave. `driver=luks` asks for what has that case. The index of a schema is made once and kept with it.
 */
import { labelOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import type { Entity, EntityKind } from '../model/schema-info.ts'
import { askedOf } from './asked.ts'
import type { Asked } from './asked.ts'
import { caseIn, takeCase } from './case-in-query.ts'
import { indexOf } from './entity-index.ts'
import type { Flag, Indexed, Matched } from './entity-index.ts'
import { byContent, byText, close, rankWhole, rankWord } from './rank.ts'
import type { Ranked } from './rank.ts'
import { saidNames, sayingsOf } from './sayings.ts'
import { compareVersions } from './versions.ts'

/** An entity that was found. */
export interface SearchHit {
  readonly entity: Entity
  readonly matched: Matched | undefined
  /** Its name, the beginning of it, or a phrase for it is what was typed. */
  readonly isClose: boolean
}

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
export interface SearchResult {
  readonly hits: readonly SearchHit[]
  /** Matches by kind, with every filter but that on kinds. */
  readonly kinds: Readonly<Record<EntityKind, number>>
  /** Matches that have the flag, with every other filter. */
  readonly flags: Readonly<Record<Flag, number>>
  /** Matches by subsystem, with every filter but that on subsystems. */
  readonly subsystems: ReadonlyMap<string, number>
  /** Matches of the words before any filter. */
  readonly unfiltered: number
  /** Whether all words were found in each hit, or only some of them. */
  readonly words: 'all' | 'any'
  /** The text with its typing errors mended; undefined where there are none. */
  readonly meant: string | undefined
}

/** An entity that fits, and how well: `tier` first, then `rank`. */
interface Fitting {
  readonly each: Indexed
  readonly tier: number
  readonly rank: number
  readonly matched: Matched | undefined
}

/**
 * The entities that match the words of the query and all filters, best first; an empty query matches all. Exact names
 * come first, then names and phrases, then members and values, then texts; in each of these commands before events before
 * types. At most 12 words and 200 characters of the query are looked at.
 */
export function search(schema: Schema, query: string, filters: Filters = {}): SearchResult {
  const index = indexOf(schema)
  const ofCase = matchingCase(schema, index.entities, query)
  const asked = ofCase?.asked ?? askedOf(index, query)
  const { fitting, words } = ofCase ?? matching(index.entities, asked)
  const using = filters.uses === undefined ? undefined : usersOf(schema, filters.uses)
  const found = filtered(fitting, filters, using)
  return {
    ...found,
    hits: found.kept.map(({ each, matched, rank }) => ({
      entity: each.entity,
      matched,
      isClose: rank < close && asked.words.length > 0,
    })),
    unfiltered: fitting.length,
    words,
    meant: asked.words.some((word) => word.isTypo)
      ? asked.words.map((word) => word.tries[0] ?? word.typed).join(' ')
      : undefined,
  }
}

/** What the words match and has the case that is typed as `tag=value`; undefined where none is typed, or nothing has it. */
function matchingCase(
  schema: Schema,
  entities: readonly Indexed[],
  query: string,
): (ReturnType<typeof matching> & { readonly asked: Asked }) | undefined {
  const { words: text, typed } = takeCase(query)
  if (typed === undefined) return undefined
  const asked = askedOf(indexOf(schema), text)
  const { fitting, words } = matching(entities, asked)
  const fits = fitting.flatMap((one) => {
    const found = caseIn(schema, one.each.entity.name, typed)
    const matched = { in: 'case', text: `${found?.tag ?? ''}=${found?.value ?? ''}` } as const
    return found === undefined ? [] : [{ ...one, matched }]
  })
  return fits.length === 0 ? undefined : { fitting: fits, words, asked }
}

/** What the words match, in order. */
function matching(
  entities: readonly Indexed[],
  asked: Asked,
): { readonly fitting: readonly Fitting[]; readonly words: SearchResult['words'] } {
  if (asked.words.length === 0)
    return {
      fitting: entities.map((each) => ({ each, tier: 0, rank: 0, matched: undefined })),
      words: 'all',
    }
  const all: Fitting[] = []
  const any: (Fitting & { readonly count: number })[] = []
  for (const each of entities) {
    const whole = rankWhole(each, asked)
    const ranks = asked.words.map((word) => (whole?.rank === 0 ? undefined : rankWord(each, word)))
    const byWords = worstOf(ranks, asked)
    const best = byWords === undefined || (whole?.rank ?? Infinity) <= byWords.rank ? whole : byWords
    if (best !== undefined) all.push(fittingOf(each, best, asked))
    else if (asked.words.length > 1) {
      const some = ranks.filter((one) => one !== undefined)
      const [first] = some.toSorted((a, b) => a.rank - b.rank)
      if (first !== undefined)
        any.push({
          ...fittingOf(each, first, asked),
          count: some.filter((one) => one.rank < byContent).length + some.length / 100,
        })
    }
  }
  all.sort(byRank)
  // Words that stand together somewhere in a text say less than a name or a phrase that has some of them.
  if ((all[0]?.rank ?? Infinity) < byText || any.length === 0) return { fitting: all, words: 'all' }
  any.sort((a, b) => b.count - a.count || byRank(a, b))
  return {
    fitting: [...any.filter((each) => each.count >= 1), ...all, ...any.filter((each) => each.count < 1)],
    words: 'any',
  }
}

function byRank(a: Fitting, b: Fitting): number {
  return a.tier - b.tier || a.rank - b.rank
}

/** All words that need to be found, or undefined: the rank of the one that fits worst, the others break ties. */
function worstOf(ranks: readonly (Ranked | undefined)[], asked: Asked): Ranked | undefined {
  let worst: Ranked | undefined
  let sum = 0
  for (const [at, word] of asked.words.entries()) {
    const rank = ranks[at]
    if (rank === undefined && !word.isWeak) return undefined
    // A word that says little may stand anywhere in a text: that is no match of its own.
    const own =
      word.isWeak && (rank?.rank ?? Infinity) >= byContent ? { rank: 0.2, matched: undefined } : rank
    sum += own?.rank ?? 0
    if (own !== undefined && own.rank >= (worst?.rank ?? 0))
      worst = { rank: own.rank, matched: own.matched ?? worst?.matched }
  }
  if (
    ranks.every(
      (rank, at) => rank === undefined || ((asked.words[at]?.isWeak ?? false) && rank.rank >= byContent),
    )
  )
    return undefined
  return worst === undefined ? undefined : { rank: worst.rank + sum / 100, matched: worst.matched }
}

function fittingOf(each: Indexed, { rank, matched }: Ranked, asked: Asked): Fitting {
  const kind = each.entity.kind === 'command' ? 0 : each.entity.kind === 'event' ? 1 : 2
  // The name as it was typed comes first, then those that differ in case: STOP is the event, stop the command.
  if (rank < 0.1 && matched === undefined)
    return { each, tier: each.shown === asked.exact ? 0 : 1, rank: kind, matched }
  // Somebody who types capitals means an event.
  const isCapital = /[A-Z]/.test(asked.exact) && each.shown.startsWith(asked.exact)
  const group = isCapital ? 2 : rank < byContent ? 3 : rank < byText ? 4 : 5
  return { each, tier: group + kind / 10, rank, matched }
}

type Filtered = Pick<SearchResult, 'kinds' | 'flags' | 'subsystems'> & { readonly kept: readonly Fitting[] }

function filtered(
  fitting: readonly Fitting[],
  filters: Filters,
  using: ReadonlySet<string> | undefined,
): Filtered {
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
  const kept: Fitting[] = []
  for (const one of fitting) {
    const { each } = one
    if (using !== undefined && !using.has(each.entity.name)) continue
    if (!fitsReleases(each, filters)) continue
    const fitsKind =
      filters.kinds === undefined || filters.kinds.size === 0 || filters.kinds.has(each.entity.kind)
    const fitsFlags = wanted.every((flag) => each.flags.has(flag))
    const fitsSubsystem = filters.subsystem === undefined || each.subsystem === filters.subsystem
    if (fitsFlags && fitsSubsystem) kinds[each.entity.kind] += 1
    if (fitsKind && fitsFlags && each.subsystem !== undefined)
      subsystems.set(each.subsystem, (subsystems.get(each.subsystem) ?? 0) + 1)
    if (!(fitsKind && fitsSubsystem && fitsFlags)) continue
    for (const flag of each.flags) flagCounts[flag] += 1
    kept.push(one)
  }
  return { kept, kinds, flags: flagCounts, subsystems }
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

/** The names of everything that uses a type, directly or through others, itself included. */
function usersOf(schema: Schema, type: string): ReadonlySet<string> {
  const found = new Set([type])
  // Names that are added on the way are visited too.
  for (const name of found) {
    for (const use of schema.users.get(name) ?? []) found.add(use.by)
  }
  return found
}

/** The reason of a hit in words, as "synonym screenshot"; '' where its name has the words. */
export function reasonOf({ matched }: SearchHit): string {
  if (matched === undefined) return ''
  switch (matched.in) {
    case 'letters':
      return ''
    case 'saying':
      return `synonym ${matched.text}`
    case 'other word':
      return `stands for ${matched.text}`
    case 'typo':
      return `read as ${matched.text}`
    case 'documentation':
      return matched.text
    default:
      return `has ${matched.in} ${matched.text}`
  }
}

/** Phrases to try where nothing was found, each with its command in this schema. At most `most`. */
export function phrasesToTry(
  schema: Schema,
  most = 5,
): readonly { readonly phrase: string; readonly name: string }[] {
  return saidNames
    .filter((name) => schema.byName.get(name)?.kind === 'command')
    .slice(0, most)
    .flatMap((name) => {
      const [first] = sayingsOf(name)
      return first === undefined ? [] : [{ phrase: first.phrase, name: labelOf(schema, name) }]
    })
}
