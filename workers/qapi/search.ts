/** Finds entities by their names, the names of their members, and the values of enums, best first. */
import { labelOf } from './schema.ts'
import type { Schema } from './schema.ts'
import type { Entity, EntityKind } from './schema-info.ts'

/** An entity that was found. `matched` says by what when it was not the name. */
export interface Hit {
  readonly entity: Entity
  readonly matched: string | undefined
}

/** What was found, and how much there is of each kind. */
export interface Found {
  readonly hits: readonly Hit[]
  /** Matches by kind before the filter on kinds. */
  readonly counts: Readonly<Record<EntityKind, number>>
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

/**
 * The entities that match every word of the query, ranked: exact name, prefix, at the beginning of a part of the
 * name, inside the name, by a member or value. An empty query matches all. `kinds` undefined is all kinds.
 */
export function search(schema: Schema, query: string, kinds?: ReadonlySet<EntityKind>): Found {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const counts: Record<EntityKind, number> = {
    command: 0,
    event: 0,
    object: 0,
    enum: 0,
    alternate: 0,
    array: 0,
    builtin: 0,
    unknown: 0,
  }
  const ranked: { hit: Hit; rank: number; name: string }[] = []
  for (const entity of schema.entities) {
    const name = labelOf(schema, entity.name).toLowerCase()
    let rank = 0
    let matched: string | undefined
    for (const word of words) {
      let mine = rankName(name, word)
      if (mine === undefined) {
        matched = insideOf(entity).find((each) => each.toLowerCase().includes(word))
        mine = matched === undefined ? undefined : 5
      }
      if (mine === undefined) {
        rank = -1
        break
      }
      rank = Math.max(rank, mine)
    }
    if (rank < 0) continue
    counts[entity.kind] += 1
    if (kinds === undefined || kinds.has(entity.kind)) ranked.push({ hit: { entity, matched }, rank, name })
  }
  ranked.sort(
    (a, b) =>
      a.rank - b.rank ||
      kindOrder.indexOf(a.hit.entity.kind) - kindOrder.indexOf(b.hit.entity.kind) ||
      (a.name < b.name ? -1 : 1),
  )
  return { hits: ranked.map((each) => each.hit), counts }
}

function rankName(name: string, word: string): number | undefined {
  if (name === word) return 0
  if (name.startsWith(word)) return 1
  const at = name.indexOf(word)
  if (at < 0) return undefined
  return /[-_ .]/.test(name[at - 1] ?? '') ? 2 : 3
}

function insideOf(entity: Entity): readonly string[] {
  switch (entity.kind) {
    case 'object':
      return [...entity.members.map((each) => each.name), ...entity.variants.map((each) => each.case)]
    case 'enum':
      return entity.values.map((each) => each.name)
    default:
      return entity.features
  }
}

/** The parts of a text, those that match a word of the query marked. */
export function highlight(
  text: string,
  query: string,
): readonly { readonly text: string; readonly match: boolean }[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const marks = new Array<boolean>(text.length).fill(false)
  const lower = text.toLowerCase()
  for (const word of words) {
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1))
      marks.fill(true, at, at + word.length)
  }
  const parts: { text: string; match: boolean }[] = []
  for (let at = 0; at < text.length; at += 1) {
    const last = parts.at(-1)
    if (last !== undefined && last.match === marks[at]) last.text += text[at] ?? ''
    else parts.push({ text: text[at] ?? '', match: marks[at] === true })
  }
  return parts
}
