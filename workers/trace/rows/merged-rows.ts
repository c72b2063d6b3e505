/**
 * The rows of several machines in one order: that of arrival, and among equals that of the machines. Follows its sets
 * as they grow and drop rows; with one set there is nothing to keep.
 * @adr 0022
 */
import { BurstPlaces } from './burst-places.ts'
import { ListLines } from './list-lines.ts'
import type { PlaceSpan } from './list-lines.ts'
import type { RowSet } from './row-set.ts'

/** A row: which set it is of, and its index there. */
export interface MergedRow {
  readonly set: number
  readonly index: number
}

/** Rows of several sets in one order. */
export class MergedRows {
  readonly #sets: readonly RowSet[]
  /** For each row its set, and its index there plus what that set had dropped. */
  #which = new Uint8Array(1024)
  #offset = new Float64Array(1024)
  #length = 0
  /** For each set: up to where its rows are here. */
  readonly #taken: number[]
  readonly #droppedThen: number[]
  /** Of several sets, by place: a row of another set ends a burst. */
  #bursts = new BurstPlaces()

  /** At most 255 sets. */
  constructor(sets: readonly RowSet[]) {
    this.#sets = sets
    this.#taken = sets.map((set) => set.dropped)
    this.#droppedThen = sets.map((set) => set.dropped)
  }

  get length(): number {
    return this.#sets.length === 1 ? (this.#sets[0]?.length ?? 0) : this.#length
  }

  /** The row at a place from 0 to `length`, not included. */
  at(place: number): MergedRow {
    if (this.#sets.length === 1) return { set: 0, index: place }
    const set = this.#which[place] as number
    return { set, index: (this.#offset[place] as number) - (this.#sets[set]?.dropped ?? 0) }
  }

  /** Arrival of the row at a place, milliseconds since the epoch. */
  timeAt(place: number): number {
    const { set, index } = this.at(place)
    return this.#sets[set]?.timeAt(index) ?? Number.NaN
  }

  /** The first place whose row arrived at `ms` or later; `length` when there is none. */
  placeAt(ms: number): number {
    let low = 0
    let high = this.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.timeAt(middle) < ms) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The place of a row; -1 where it is not here. */
  placeOf(set: number, seq: number): number {
    const index = this.#sets[set]?.indexOf(seq) ?? -1
    if (index < 0) return -1
    if (this.#sets.length === 1) return index
    const wanted = index + (this.#sets[set]?.dropped ?? 0)
    for (let place = this.placeAt(this.#sets[set]?.timeAt(index) ?? 0); place < this.#length; place += 1) {
      if (this.#which[place] === set && this.#offset[place] === wanted) return place
      if (this.#which[place] === set && (this.#offset[place] as number) > wanted) return -1
    }
    return -1
  }

  /** The lines of a list of some of the rows. `open`: rows whose bursts are opened. Valid until the next `sync`. */
  lines(span: PlaceSpan, open: readonly number[]): ListLines {
    const [set, second] = this.#sets
    return set === undefined || second !== undefined
      ? new ListLines(this.#bursts, 0, span, open)
      : new ListLines(set.bursts, set.dropped, span, open)
  }

  /** Apply the additions and removals of the sets. */
  sync(): void {
    if (this.#sets.length === 1) return
    this.#forget()
    const starts = this.#sets.map((set, at) => Math.max(0, (this.#taken[at] ?? 0) - set.dropped))
    // New rows may have arrived before rows that are here already: those are inserted again.
    let earliest = Number.POSITIVE_INFINITY
    this.#sets.forEach((set, at) => {
      const start = starts[at] ?? 0
      if (start < set.length) earliest = Math.min(earliest, set.timeAt(start))
    })
    if (earliest === Number.POSITIVE_INFINITY) return
    const from = this.placeAt(earliest)
    for (let place = this.#length - 1; place >= from; place -= 1) {
      const { set, index } = this.at(place)
      starts[set] = index
    }
    this.#length = from
    this.#bursts.cutAt(from)
    this.#merge(starts)
    this.#findBursts(from)
  }

  /** Find which rows from a place on continue a burst: their set says so, and the row before is of the same set. */
  #findBursts(from: number): void {
    for (let place = Math.max(1, from); place < this.#length; place += 1) {
      const which = this.#which[place] as number
      if (this.#which[place - 1] !== which) continue
      if (this.#sets[which]?.bursts.has(this.#offset[place] as number) === true) this.#bursts.add(place)
    }
  }

  #merge(starts: number[]): void {
    let most = this.#length
    this.#sets.forEach((set, at) => (most += set.length - (starts[at] ?? 0)))
    if (most > this.#which.length) {
      const size = Math.max(most, this.#which.length * 2)
      const which = new Uint8Array(size)
      which.set(this.#which)
      const offset = new Float64Array(size)
      offset.set(this.#offset)
      this.#which = which
      this.#offset = offset
    }
    for (;;) {
      let next = -1
      let time = Number.POSITIVE_INFINITY
      for (let at = 0; at < this.#sets.length; at += 1) {
        const set = this.#sets[at] as RowSet
        const start = starts[at] as number
        if (start >= set.length) continue
        const each = set.timeAt(start)
        if (each < time) {
          time = each
          next = at
        }
      }
      if (next < 0) break
      this.#which[this.#length] = next
      this.#offset[this.#length] = (starts[next] as number) + (this.#sets[next]?.dropped ?? 0)
      this.#length += 1
      starts[next] = (starts[next] as number) + 1
    }
    this.#sets.forEach((set, at) => (this.#taken[at] = set.dropped + set.length))
  }

  /** Remove the rows that the sets dropped. */
  #forget(): void {
    if (this.#sets.every((set, at) => set.dropped === this.#droppedThen[at])) return
    let kept = 0
    for (let place = 0; place < this.#length; place += 1) {
      const which = this.#which[place] as number
      const offset = this.#offset[place] as number
      if (offset < (this.#sets[which]?.dropped ?? 0)) continue
      this.#which[kept] = which
      this.#offset[kept] = offset
      kept += 1
    }
    this.#length = kept
    this.#sets.forEach((set, at) => (this.#droppedThen[at] = set.dropped))
    this.#bursts = new BurstPlaces()
    this.#findBursts(0)
  }
}
