/**
 * Filters over a record. A filter is compiled to tests of columns: names are decided once for each name, and no row is
 * made an object. Conditions on texts come next, on the bytes, and conditions on values last, on the JSON of the rows
 * that are left. A scan runs in steps, between which the worker reads from the wire, and it can continue over later
 * rows.
 *
 * The three kinds of conditions are in column-condition.ts, text-condition.ts and value-condition.ts.
 */
import { parseJson } from '#base/json/parse.ts'
import type { Json } from '#base/json/value.ts'
import type { Filter } from '#record/filter/filter.ts'
import { ColumnTest, wanted } from './column-condition.ts'
import { blockRows, flag, kindCode } from '../columns.ts'
import type { Block } from '../columns.ts'
import { findBytes } from '../find-bytes.ts'
import type { Store } from '../store.ts'
import { prepareText, recordText } from './text-condition.ts'
import type { PreparedText } from './text-condition.ts'
import { fulfils, mayHoldNumber, prepareValue } from './value-condition.ts'
import type { PreparedValue } from './value-condition.ts'

/** A scan under way. */
export interface Scan {
  /** Continue for about `budgetMs` milliseconds, or until about `most` rows are found. True when the scan is complete. */
  step(budgetMs: number, most?: number): boolean
  /**
   * Go on to `toSeq` (not included), or to all that are kept now. No row is looked at twice; decisions
   * about names stay. Found rows are never withdrawn.
   */
  extend(toSeq?: number): void
  /** The rows found so far and not taken, in order. Some may have been dropped from the record since. */
  found(): Float64Array<ArrayBuffer>
  /** The same, and they are forgotten here: what was found since the last `take`. */
  take(): Float64Array<ArrayBuffer>
  /** Rows looked at or skipped, and all rows of the scan. */
  readonly progress: { readonly done: number; readonly all: number }
}

/** What a scan goes through: rows from one number up to but not including another. Default: all that are kept now. */
export interface ScanRange {
  readonly fromSeq?: number
  readonly toSeq?: number
}

/** Bytes of text to search, and to parse, before the clock is looked at. */
const searchBytes = 2 * 1024 * 1024
const parseBytes = 1024 * 1024

/** Begin a scan. `now` is a clock in milliseconds. Nothing is looked at before the first step. */
export function createScan(store: Store, filter: Filter, now: () => number, range: ScanRange = {}): Scan {
  return new FilterScan(store, filter, now, range)
}

/** A search in bytes, as findBytes: where a match begins that is wholly inside, or -1. */
type Find = (bytes: Uint8Array, from: number, to: number) => number

class FilterScan implements Scan {
  readonly #store: Store
  readonly #now: () => number
  readonly #filter: Filter
  readonly #columns: ColumnTest
  readonly #texts: readonly PreparedText[]
  readonly #values: readonly PreparedValue[]
  readonly #from: number
  #to: number
  #seq: number
  #found = new Float64Array(firstFound)
  #count = 0
  /** The places that are still in question, in one slice of a block. */
  readonly #places = new Uint16Array(blockRows)
  /** By the index in `#places`: 1 where a match was found. */
  readonly #marks = new Uint8Array(blockRows)

  constructor(store: Store, filter: Filter, now: () => number, range: ScanRange) {
    this.#store = store
    this.#now = now
    this.#filter = filter
    this.#columns = new ColumnTest(store.names, filter)
    this.#texts = (filter.texts ?? []).map((each) => prepareText(store.names, each))
    this.#values = (filter.values ?? []).map(prepareValue)
    const from = Math.max(store.firstSeq, range.fromSeq ?? 0)
    this.#from = filter.fromMs === undefined ? from : Math.max(from, store.seqAt(filter.fromMs))
    this.#seq = this.#from
    this.#to = this.#from
    this.extend(range.toSeq)
  }

  get progress(): { readonly done: number; readonly all: number } {
    return { done: Math.min(this.#seq, this.#to) - this.#from, all: this.#to - this.#from }
  }

  extend(toSeq?: number): void {
    const store = this.#store
    const { fromMs, toMs } = this.#filter
    let to = Math.min(store.nextSeq, toSeq ?? store.nextSeq)
    if (toMs !== undefined) to = Math.min(to, store.seqAt(toMs))
    this.#to = Math.max(this.#to, to)
    // If no row was late enough before, new rows may still be too early.
    if (fromMs !== undefined && this.#seq < this.#to) {
      this.#seq = Math.max(this.#seq, Math.min(this.#to, store.seqAt(fromMs)))
    }
  }

  found(): Float64Array<ArrayBuffer> {
    return this.#found.slice(0, this.#count)
  }

  take(): Float64Array<ArrayBuffer> {
    const found = this.found()
    this.#count = 0
    if (this.#found.length > firstFound) this.#found = new Float64Array(firstFound)
    return found
  }

  step(budgetMs: number, most: number = Number.POSITIVE_INFINITY): boolean {
    const until = this.#now() + budgetMs
    this.#columns.refresh()
    for (const { names } of this.#texts) names.refresh()
    // Rows that were dropped since the last step are skipped.
    this.#seq = Math.max(this.#seq, this.#store.firstSeq)
    while (this.#seq < this.#to) {
      this.#slice()
      if (this.#now() >= until || this.#count >= most) break
    }
    return this.#seq >= this.#to
  }

  /** Look at some rows of one block. */
  #slice(): void {
    const block = this.#store.block(this.#seq)
    const base = this.#seq - (this.#seq % blockRows)
    const from = this.#seq - base
    const most = Math.min(blockRows, this.#to - base)
    const to =
      this.#values.length > 0
        ? reach(block, from, most, parseBytes)
        : this.#texts.length > 0
          ? reach(block, from, most, searchBytes)
          : most
    let count = this.#columns.filter(block, from, to, this.#places)
    for (const text of this.#texts) count = this.#findText(block, base, count, text)
    if (this.#values.length > 0 && count > 0) count = this.#findValues(block, count)
    while (this.#count + count > this.#found.length) {
      const larger = new Float64Array(this.#found.length * 2)
      larger.set(this.#found)
      this.#found = larger
    }
    for (let at = 0; at < count; at += 1) this.#found[this.#count + at] = base + (this.#places[at] as number)
    this.#count += count
    this.#seq = base + to
  }

  /** Keep the places whose marks say so; returns how many. */
  #keep(count: number, mark: 0 | 1): number {
    const places = this.#places
    const marks = this.#marks
    let kept = 0
    for (let at = 0; at < count; at += 1) {
      if (marks[at] !== mark) continue
      places[kept] = places[at] as number
      kept += 1
    }
    return kept
  }

  /** Keep the places that fulfil a condition on texts. */
  #findText(block: Block, base: number, count: number, text: PreparedText): number {
    const places = this.#places
    const marks = this.#marks
    if (text.needles.length === 0) return text.not ? 0 : count
    const { table } = text.names
    for (let at = 0; at < count; at += 1) {
      const place = places[at] as number
      const id = block.name[place] as number
      const decision = table[id] as number
      let isIn = (decision === 0 ? text.names.decide(id) : decision) === wanted
      if (!isIn && isOfRecord(block, place)) isIn = this.#isInRow(base + place, text)
      marks[at] = isIn ? 1 : 0
    }
    for (const needle of text.needles) {
      const find: Find = (bytes, from, to) => findBytes(bytes, from, to, needle)
      this.#mark(block, count, needle.bytes.length, find)
    }
    return this.#keep(count, text.not ? 0 : 1)
  }

  /** Whether a row that is no message has a text. Such rows are few, and some are kept as objects anyway. */
  #isInRow(seq: number, text: PreparedText): boolean {
    const row = this.#store.row(seq)
    return row !== undefined && text.isIn(recordText(row))
  }

  /** Mark the places whose texts hold what `find` finds. Neighbours in the slab are searched as one text. */
  #mark(block: Block, count: number, size: number, find: Find): void {
    const places = this.#places
    const marks = this.#marks
    const { position, length, flags } = block
    let at = 0
    while (at < count) {
      const first = places[at] as number
      if (((flags[first] as number) & flag.text) === 0) {
        at += 1
        continue
      }
      const start = position[first] as number
      const { bytes, offset } = this.#store.slab.place(start)
      // The run of places from here on whose texts follow each other in this segment.
      let end = start + (length[first] as number)
      let stop = at + 1
      while (stop < count) {
        const place = places[stop] as number
        if (position[place] !== end || ((flags[place] as number) & flag.text) === 0) break
        if (end - start + offset >= bytes.length) break
        end += length[place] as number
        stop += 1
      }
      const shift = offset - start
      let from = offset
      while (at < stop) {
        const hit = find(bytes, from, end + shift)
        if (hit < 0) break
        while (at < stop && endOf(block, places[at] as number) + shift <= hit) at += 1
        const begin = (position[places[at] as number] as number) + shift
        const over = endOf(block, places[at] as number) + shift
        if (hit >= begin && hit + size <= over) {
          marks[at] = 1
          at += 1
          from = over
        } else {
          // The match began before this text, or ended in the next: a later match may still be inside one text.
          from = hit + 1
        }
      }
      at = stop
    }
  }

  /** Keep the places whose messages fulfil all conditions on values. */
  #findValues(block: Block, count: number): number {
    let left = count
    let isAllNegated = true
    for (const value of this.#values) {
      if (value.not) continue
      isAllNegated = false
      if (value.hints === undefined) continue
      this.#marks.fill(0, 0, left)
      this.#markHints(block, left, value)
      left = this.#keep(left, 1)
    }
    // If all conditions are negated, a text without any of the hints fulfils them.
    if (isAllNegated && this.#values.every(({ hints }) => hints !== undefined)) {
      this.#marks.fill(0, 0, left)
      for (const value of this.#values) this.#markHints(block, left, value)
    } else {
      this.#marks.fill(1, 0, left)
    }
    return this.#read(block, left)
  }

  /** Mark the places whose texts may hold what a condition asks for. */
  #markHints(block: Block, count: number, { hints = [], numbers }: PreparedValue): void {
    // A text with a backslash may write the hint in another way.
    this.#markEscapes(block, count)
    for (const hint of hints) {
      const find: Find = (bytes, from, to) => findBytes(bytes, from, to, hint)
      if (numbers === undefined) {
        this.#mark(block, count, hint.bytes.length, find)
        continue
      }
      const { slab } = this.#store
      for (let at = 0; at < count; at += 1) {
        const place = this.#places[at] as number
        if (this.#marks[at] === 1 || ((block.flags[place] as number) & flag.text) === 0) continue
        const { bytes, offset } = slab.place(block.position[place] as number)
        const to = offset + (block.length[place] as number)
        if (mayHoldNumber(bytes, offset, to, hint, numbers)) this.#marks[at] = 1
      }
    }
  }

  /** Mark the places whose texts have a backslash. The result is kept with the block: it does not change. */
  #markEscapes(block: Block, count: number): void {
    const places = this.#places
    const marks = this.#marks
    block.escapes ??= new Uint8Array(blockRows)
    const known = block.escapes
    let at = 0
    while (at < count && known[places[at] as number] !== 0) at += 1
    if (at < count) {
      // Nothing is marked yet: this runs first, and the later searches look at the same places.
      this.#mark(block, count, 1, findBackslash)
      for (at = 0; at < count; at += 1) {
        known[places[at] as number] = marks[at] === 1 ? hasEscape : noEscape
      }
    }
    for (at = 0; at < count; at += 1) if (known[places[at] as number] === hasEscape) marks[at] = 1
  }

  /** Keep the places that are not marked, and those whose messages, read as JSON, fulfil all conditions on values. */
  #read(block: Block, count: number): number {
    const places = this.#places
    let kept = 0
    for (let at = 0; at < count; at += 1) {
      const place = places[at] as number
      if (this.#marks[at] === 1) {
        const message = this.#message(block, place)
        if (!this.#values.every(({ test }) => fulfils(message, test))) continue
      }
      places[kept] = place
      kept += 1
    }
    return kept
  }

  #message(block: Block, place: number): Json | undefined {
    if (((block.flags[place] as number) & flag.text) === 0) return undefined
    const text = this.#store.slab.read(block.position[place] as number, block.length[place] as number)
    const parsed = parseJson(text)
    return parsed.ok ? parsed.value : undefined
  }
}

/** Room for found rows, at first and after a `take`. */
const firstFound = 1024

/** In `escapes` of a block: whether the text has a backslash, where that is known (otherwise 0). */
const noEscape = 1
const hasEscape = 2

const backslash = 0x5c

function findBackslash(bytes: Uint8Array, from: number, to: number): number {
  // The end is given by a part of the bytes: indexOf has none, and would go on to the end of the segment.
  const at = bytes.subarray(from, to).indexOf(backslash)
  return at < 0 ? -1 : from + at
}

function endOf(block: Block, place: number): number {
  return (block.position[place] as number) + (block.length[place] as number)
}

/** Whether the record's own JSON of a row is searched: the row has no message, or is a problem. */
function isOfRecord(block: Block, place: number): boolean {
  return ((block.flags[place] as number) & flag.text) === 0 || block.kind[place] === kindCode.problem
}

/** The end of the rows from `from` on whose texts have about `most` bytes: one row at least, `to` at most. */
function reach(block: Block, from: number, to: number, most: number): number {
  let sum = 0
  let place = from
  while (place < to && sum < most) {
    sum += 64 + (((block.flags[place] as number) & flag.text) === 0 ? 0 : (block.length[place] as number))
    place += 1
  }
  return place
}
