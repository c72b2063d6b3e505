/**
 * What the list of a timeline shows on a line: a row, or the rows of a burst folded to one.
 * @adr 0057
 */
import type { ListLine, ListLines } from '#trace/rows/list-lines.ts'
import type { RowRef } from '../page/model.svelte.ts'

/** Of a burst, rows that are read from each end: its states in between are counted. */
const burstEnd = 4

/** State changes of one job that follow each other at once. */
export interface BurstItem {
  readonly kind: 'burst'
  readonly isOpen: boolean
  readonly rows: number
  /** The first rows, and the last ones where there are more than those. */
  readonly first: readonly RowRef[]
  readonly last: readonly RowRef[]
}

/** A line of the list. */
export type ListItem = BurstItem | { readonly kind: 'row'; readonly ref: RowRef; readonly inBurst: boolean }

/** The lines of a list, as VirtualList reads them. `refsAt` reads rows by their places. */
export class ListItems {
  readonly #lines: ListLines
  readonly #refsAt: (places: readonly number[]) => readonly RowRef[]

  constructor(lines: ListLines, refsAt: (places: readonly number[]) => readonly RowRef[]) {
    this.#lines = lines
    this.#refsAt = refsAt
  }

  get length(): number {
    return this.#lines.length
  }

  slice(from: number, to: number): readonly ListItem[] {
    const lines: ListLine[] = []
    for (let line = from; line < Math.min(to, this.length); line += 1) lines.push(this.#lines.at(line))
    // All that is in sight is asked for in one go.
    const places = lines.map(placesOf)
    const refs = new Map(
      this.#refsAt([...new Set(places.flatMap((each) => [...each.first, ...each.last]))]).map((ref) => [
        ref.place,
        ref,
      ]),
    )
    return lines.flatMap((line, index) => itemOf(line, places[index] ?? none, refs) ?? [])
  }
}

/** Places of the rows that a line reads. */
interface LinePlaces {
  readonly first: readonly number[]
  readonly last: readonly number[]
}

const none: LinePlaces = { first: [], last: [] }

function placesOf(line: ListLine): LinePlaces {
  if (line.kind === 'row') return { first: [line.place], last: [] }
  const { from, to } = line
  if (to - from <= 2 * burstEnd) return { first: range(from, to), last: [] }
  return { first: range(from, from + burstEnd), last: range(to - burstEnd, to) }
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, n) => from + n)
}

function itemOf(line: ListLine, places: LinePlaces, refs: ReadonlyMap<number, RowRef>): ListItem | undefined {
  const first = places.first.flatMap((place) => refs.get(place) ?? [])
  const [ref] = first
  // It was dropped while it was read.
  if (ref === undefined) return undefined
  if (line.kind === 'row') return { kind: 'row', ref, inBurst: line.inBurst }
  const last = places.last.flatMap((place) => refs.get(place) ?? [])
  return { kind: 'burst', isOpen: line.isOpen, rows: line.to - line.from, first, last }
}
