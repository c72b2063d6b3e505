/**
 * What is looked through in a search, made once for each schema: names, parts of names, phrases, members, texts.
 * Tested by workers/qapi/search/search.test.ts and workers/qapi/search/phrases.test.ts.
 */
import { definitionText } from '../reference/doc-text.ts'
import { definitionOf, labelOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import type { Entity, EntityKind } from '../model/schema-info.ts'
import { subsystemOf } from '../model/subsystem.ts'
import { sayingsOf } from './sayings.ts'
import type { Saying } from './sayings.ts'
import { joined, longestQuery, partsOf, singular } from './words.ts'

/** What of an entity was found, where that is not its name. */
export interface Matched {
  readonly in:
    'member' | 'value' | 'case' | 'feature' | 'documentation' | 'letters' | 'saying' | 'other word' | 'typo'
  /** The name, the phrase, the word that was meant, or the words of the documentation around the match. */
  readonly text: string
}

/** Properties of entities that filters ask for. */
export type Flag = 'deprecated' | 'unstable' | 'oob' | 'no-arguments' | 'job'

/** The flags, in the order in which they are offered. */
export const flags: readonly Flag[] = ['deprecated', 'unstable', 'oob', 'no-arguments', 'job']

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

/** An entity as the search sees it. */
export interface Indexed {
  readonly entity: Entity
  /** The name that is shown. */
  readonly shown: string
  /** The same in small letters, as far as it is looked at. */
  readonly name: string
  /** The name with blanks between its words. */
  readonly joined: string
  readonly parts: readonly string[]
  readonly sayings: readonly Saying[]
  /** The words of all its phrases, and their singulars. */
  readonly saidWords: ReadonlySet<string>
  readonly inside: readonly { readonly text: string; readonly lower: string; readonly in: Matched['in'] }[]
  /** All names inside on one line, to see quickly that a word is in none. */
  readonly insideText: string
  readonly doc: string
  readonly docLower: string
  readonly flags: ReadonlySet<Flag>
  readonly subsystem: string | undefined
  readonly since: string | undefined
}

/** All that is looked through. */
export interface EntityIndex {
  /** By kind, then by name. */
  readonly entities: readonly Indexed[]
  /** Words of names and phrases, those of commands first: what a typing error may have meant. At most 20,000. */
  readonly vocabulary: readonly string[]
}

/** QEMU's schemas have 2,000 words; each is compared with each typed word that nothing has. */
const mostVocabulary = 20_000

const indexes = new WeakMap<Schema, EntityIndex>()

/** The index of a schema. */
export function indexOf(schema: Schema): EntityIndex {
  const known = indexes.get(schema)
  if (known !== undefined) return known
  const entities = schema.entities.map((entity) => indexed(schema, entity)).sort(byKindAndName)
  const made = { entities, vocabulary: vocabularyOf(entities) }
  indexes.set(schema, made)
  return made
}

function byKindAndName(a: Indexed, b: Indexed): number {
  return (
    kindOrder.indexOf(a.entity.kind) - kindOrder.indexOf(b.entity.kind) ||
    (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
  )
}

function vocabularyOf(entities: readonly Indexed[]): readonly string[] {
  const words = new Set<string>()
  for (const each of entities) {
    if (words.size >= mostVocabulary) break
    for (const word of each.saidWords) words.add(word)
    if (each.entity.kind === 'command' || each.entity.kind === 'event') words.add(each.name)
    for (const word of each.parts) words.add(word)
  }
  for (const each of entities) {
    if (words.size >= mostVocabulary) break
    for (const { lower } of each.inside.slice(0, 1000)) words.add(lower)
  }
  return [...words]
}

function indexed(schema: Schema, entity: Entity): Indexed {
  const definition = definitionOf(schema, entity.name)
  const doc = definition === undefined ? '' : definitionText(definition).replace(/\s+/g, ' ')
  const inside = insideOf(entity).map(([where, text]) => ({ in: where, text, lower: text.toLowerCase() }))
  const hasName = entity.kind === 'command' || entity.kind === 'event'
  const shown = labelOf(schema, entity.name)
  const name = shown.slice(0, longestQuery).toLowerCase()
  const sayings = hasName ? sayingsOf(entity.name) : []
  return {
    entity,
    shown,
    name,
    joined: joined(name),
    parts: partsOf(shown),
    sayings,
    saidWords: new Set(sayings.flatMap((each) => each.words.flatMap((word) => [word, singular(word)]))),
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
