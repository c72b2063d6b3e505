/**
 * The lines of a list: a row each, and one for all rows of a burst. An opened burst has a line of its own above its rows.
 * Any line is found by halving, however many rows there are.
 * @adr 0057
 */
import type { BurstPlaces } from './burst-places.ts'

/** Rows from one place up to but not including another. */
export interface PlaceSpan {
  readonly from: number
  readonly to: number
}

/** A line of the list, by the places of its rows. */
export type ListLine =
  | { readonly kind: 'row'; readonly place: number; /** Of an opened burst. */ readonly inBurst: boolean }
  | ({ readonly kind: 'burst'; readonly isOpen: boolean } & PlaceSpan)

/** An opened burst: its line among those that there are while all are folded. */
interface OpenedBurst extends PlaceSpan {
  readonly head: number
}

/** The lines of the rows of one span. `shift` is what is added to a place to find it among the bursts. */
export class ListLines {
  readonly #bursts: BurstPlaces
  readonly #shift: number
  readonly #span: PlaceSpan
  /** Rows that continue a burst, from the second of the span on. */
  readonly #base: number
  readonly #opened: readonly OpenedBurst[]
  /** Rows that are in a line of another row. */
  readonly folded: number
  readonly length: number

  /** `open`: places of rows whose bursts are opened, in any order; others are ignored. */
  constructor(bursts: BurstPlaces, shift: number, span: PlaceSpan, open: readonly number[] = []) {
    this.#bursts = bursts
    this.#shift = shift
    this.#span = span
    this.#base = bursts.countBefore(span.from + shift + 1)
    const rows = Math.max(0, span.to - span.from)
    const continuing = rows === 0 ? 0 : bursts.countBefore(span.to + shift) - this.#base
    this.#opened = this.#open(open)
    const shown = this.#opened.reduce((sum, { from, to }) => sum + to - from, 0)
    // The line of an opened burst shows no row.
    this.folded = continuing - shown + this.#opened.length
    this.length = rows - continuing + shown
  }

  /** Whether there is anything to fold or unfold. */
  get hasBursts(): boolean {
    return this.folded > 0 || this.#opened.length > 0
  }

  at(line: number): ListLine {
    let extra = 0
    for (const { head, from, to } of this.#opened) {
      if (line < head + extra) break
      if (line === head + extra) return { kind: 'burst', from, to, isOpen: true }
      const within = line - head - extra - 1
      if (within < to - from) return { kind: 'row', place: from + within, inBurst: true }
      extra += to - from
    }
    const from = this.#bursts.headAt(line - extra, this.#span.from + this.#shift) - this.#shift
    const to = this.#endOf(from)
    return to - from === 1
      ? { kind: 'row', place: from, inBurst: false }
      : { kind: 'burst', from, to, isOpen: false }
  }

  /** The line of a row, or of the burst that it is folded into; -1 for a row that is not in the list. */
  lineOf(place: number): number {
    if (place < this.#span.from || place >= this.#span.to) return -1
    const head = this.#headOf(place)
    let extra = 0
    for (const each of this.#opened) {
      if (each.head > head) break
      if (each.head === head) return head + extra + 1 + place - each.from
      extra += each.to - each.from
    }
    return head + extra
  }

  /** The burst that a row is in; undefined where it is in none. */
  burstOf(place: number): PlaceSpan | undefined {
    if (place < this.#span.from || place >= this.#span.to) return undefined
    let from = place
    while (from > this.#span.from && this.#continues(from)) from -= 1
    const to = this.#endOf(from)
    return to - from === 1 ? undefined : { from, to }
  }

  #open(places: readonly number[]): readonly OpenedBurst[] {
    const opened = new Map<number, OpenedBurst>()
    for (const place of places) {
      const burst = this.burstOf(place)
      if (burst !== undefined) opened.set(burst.from, { ...burst, head: this.#headOf(burst.from) })
    }
    return [...opened.values()].toSorted((a, b) => a.from - b.from)
  }

  /** The line of a row while all bursts are folded. */
  #headOf(place: number): number {
    return place - this.#span.from - (this.#bursts.countBefore(place + this.#shift + 1) - this.#base)
  }

  #continues(place: number): boolean {
    return place > this.#span.from && this.#bursts.has(place + this.#shift)
  }

  /** The end of the burst that begins at a place. */
  #endOf(from: number): number {
    let to = from + 1
    while (to < this.#span.to && this.#continues(to)) to += 1
    return to
  }
}
