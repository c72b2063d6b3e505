/**
 * The rows of one machine that pass a filter, in columns, as the page draws them. It answers which rows are in a stretch
 * of time, how many each lane has in each bin, and which commands overlap. In order of arrival; rows are added at the end and
 * dropped at the beginning.
 *
 * Every question costs by the number of bins or of what is drawn, never by the number of rows: arrival only goes up, so
 * the rows of a bin lie between two places that are found by halving; counts by lane are noted every 32 rows; and a tree
 * of the longest commands finds those that reach into a stretch from before it.
 * @adr 0021
 */
import type { FoundRows } from '#record/row.ts'
import { isOwnLane, lanes } from '#record/lanes.ts'
import { BurstPlaces } from './burst-places.ts'
import { LongestCommands } from './longest-commands.ts'

/** After how many rows the counts by lane are noted. */
const stride = 32
/** Rows of a block: a power of two. */
const blockBits = 14
const blockRows = 2 ** blockBits
const inBlock = blockRows - 1
/** Rows are dropped in groups of this size; all counts and tree nodes are aligned to it. */
const droppedRows = 65_536

/** Commands that overlap are drawn on this many lines at most: a server accepts eight in-band commands. */
export const commandRows = 8

/** Counts of rows for equal parts of a stretch of time. */
export interface LaneBins {
  /** Rows of each lane: bin times the number of lanes, plus the lane's number. */
  readonly byLane: Uint32Array
  /** Rows in each bin. */
  readonly total: Uint32Array
}

/** A part of the columns. They never grow and are never moved: allocating memory costs more than filling it. */
interface RowSetBlock {
  readonly seq: Float64Array
  readonly at: Float64Array
  readonly lane: Uint8Array
  readonly latency: Float32Array
  readonly row: Uint8Array
  /** Rows of each lane before every 32nd place of this block, since the beginning. */
  readonly counts: Uint32Array
}

function newBlock(): RowSetBlock {
  return {
    seq: new Float64Array(blockRows),
    at: new Float64Array(blockRows),
    lane: new Uint8Array(blockRows),
    latency: new Float32Array(blockRows),
    row: new Uint8Array(blockRows),
    counts: new Uint32Array((blockRows / stride) * lanes.length),
  }
}

/** Rows in columns. Indexes are from 0 (the oldest that is kept) to `length`, and move as rows are dropped. */
export class RowSet {
  #blocks: RowSetBlock[] = []
  /** Blocks whose rows were dropped, to be used again. */
  #spare: RowSetBlock[] = []
  /** When the last command ended on each line: commands of people, and the page's own. */
  readonly #rowEnds = [new Float64Array(commandRows), new Float64Array(commandRows)] as const
  readonly #running = new Uint32Array(lanes.length)
  readonly #longest = new LongestCommands()
  /** By index plus `dropped`. */
  readonly bursts = new BurstPlaces()
  /** Places in use: from `#first` up to but not including `#next`. Place n is in block n / `blockRows`. */
  #first = 0
  #next = 0
  /** Rows that were ever dropped from the beginning. */
  #dropped = 0

  get length(): number {
    return this.#next - this.#first
  }

  /** How many were dropped: index plus this stays the same for a row. */
  get dropped(): number {
    return this.#dropped
  }

  seqAt(index: number): number {
    return this.#has(index) ? this.#seqOf(this.#first + index) : -1
  }

  /** Arrival, milliseconds since the epoch. */
  timeAt(index: number): number {
    return this.#has(index) ? this.#atOf(this.#first + index) : Number.NaN
  }

  laneAt(index: number): number {
    return this.#has(index) ? this.#laneOf(this.#first + index) : 0
  }

  /** How long the command took that the row ended, in milliseconds; NaN for other rows. */
  latencyAt(index: number): number {
    return this.#has(index) ? this.#latencyOf(this.#first + index) : Number.NaN
  }

  /** On which of the `commandRows` lines the command is drawn that this row ended: overlapping ones are on different lines. */
  rowAt(index: number): number {
    const place = this.#first + index
    return this.#has(index) ? (this.#blockOf(place).row[place & inBlock] as number) : 0
  }

  /** Add rows that are newer than all that were added, and drop those that the record has dropped. */
  append(found: Pick<FoundRows, 'seq' | 'at' | 'lane' | 'latencyMs' | 'continues' | 'firstSeq'>): void {
    const count = found.seq.length
    for (const place of found.continues) this.bursts.add(this.#dropped + this.length + place)
    for (let done = 0; done < count;) {
      const offset = this.#next & inBlock
      const more = Math.min(count - done, blockRows - offset)
      this.#put(found, done, done + more)
      done += more
    }
    this.dropBefore(found.firstSeq)
  }

  /** Add those from one place to another: they fit into the last block, or are the first of a new one. */
  #put(
    found: Pick<FoundRows, 'seq' | 'at' | 'lane' | 'latencyMs'>,
    foundFrom: number,
    foundTo: number,
  ): void {
    const from = this.#next
    const to = from + foundTo - foundFrom
    let latest = from > this.#first ? this.#atOf(from - 1) : Number.NEGATIVE_INFINITY
    if (this.#blocks.length * blockRows <= from) this.#blocks.push(this.#spare.pop() ?? newBlock())
    const block = this.#blockOf(from)
    const offset = from & inBlock
    block.seq.set(found.seq.subarray(foundFrom, foundTo), offset)
    block.at.set(found.at.subarray(foundFrom, foundTo), offset)
    block.lane.set(found.lane.subarray(foundFrom, foundTo), offset)
    block.latency.set(found.latencyMs.subarray(foundFrom, foundTo), offset)
    for (let place = from; place < to; place += 1) {
      const here = place & inBlock
      if (place % stride === 0) block.counts.set(this.#running, (here / stride) * lanes.length)
      const lane = block.lane[here] as number
      this.#running[lane] = (this.#running[lane] as number) + 1
      // The order is that of arrival, whatever a clock says.
      const at = block.at[here] as number
      if (at < latest) block.at[here] = latest
      else latest = at
      const latency = block.latency[here] as number
      if (latency >= 0) {
        this.#longest.raise(place, latency)
        block.row[here] = this.#pack(latest - latency, latest, isOwnLane[lane] === 1 ? 1 : 0)
      }
    }
    this.#next = to
  }

  /** Drop the rows before a number. */
  dropBefore(seq: number): void {
    if (this.length === 0 || this.#seqOf(this.#first) >= seq) return
    const first = this.#halve('seq', seq)
    this.#dropped += first - this.#first
    this.#first = first
    this.bursts.forgetBefore(this.#dropped)
    while (this.#first >= droppedRows) this.#dropBlocks()
  }

  clear(): void {
    this.#dropped += this.length
    this.#first = 0
    this.#next = 0
    this.#blocks = []
    this.#spare = []
    this.#running.fill(0)
    this.#longest.clear()
    this.bursts.clear()
    for (const ends of this.#rowEnds) ends.fill(0)
  }

  /** The first row that arrived at `ms` or later; `length` when there is none. */
  indexAt(ms: number): number {
    return this.#halve('at', ms) - this.#first
  }

  /** The row of a number; -1 where it is not among these. */
  indexOf(seq: number): number {
    const place = this.#halve('seq', seq)
    return place < this.#next && this.#seqOf(place) === seq ? place - this.#first : -1
  }

  /** Rows of each lane from one index up to but not including another. */
  countLanes(from: number, to: number): Uint32Array {
    const counts = new Uint32Array(lanes.length)
    const before = new Uint32Array(lanes.length)
    if (to - from > stride) this.#countBefore(this.#first + from, before)
    this.#countOn(this.#first + from, this.#first + to, counts, 0, before)
    return counts
  }

  /** The first rows of some lanes from one index up to but not including another: indexes, at most `most`. */
  inLanes(codes: readonly number[], from: number, to: number, most: number): number[] {
    const found: number[] = []
    const end = this.#first + to
    let place = this.#first + from
    while (place < end) {
      const blockEnd = Math.min(end, (Math.floor(place / stride) + 1) * stride)
      for (; place < blockEnd; place += 1) {
        if (!codes.includes(this.#laneOf(place))) continue
        if (found.length >= most) return found
        found.push(place - this.#first)
      }
      place = stride * this.#nextBlockOf(codes, Math.ceil(place / stride))
    }
    return found
  }

  /** The first block from one on that holds a row of these lanes, or one after all rows. */
  #nextBlockOf(codes: readonly number[], block: number): number {
    const last = Math.floor((this.#next - 1) / stride)
    const before = (at: number): number => {
      const [counts, base] = at > last ? [this.#running, 0] : this.#noted(at)
      return codes.reduce((sum, code) => sum + (counts[base + code] as number), 0)
    }
    if (block > last) return block
    const passed = before(block)
    // Blocks up to `low` hold none; with growing steps, then by halving.
    let low = block
    let step = 1
    while (low + step <= last && before(low + step) === passed) {
      low += step
      step *= 2
    }
    let high = Math.min(last + 1, low + step)
    if (before(high) === passed) return last + 1
    while (low + 1 < high) {
      const middle = (low + high) >>> 1
      if (before(middle) === passed) low = middle
      else high = middle
    }
    return low
  }

  /**
   * Count the rows from `fromMs` up to but not including `toMs` in `count` bins. Bin n begins at
   * `fromMs + (toMs - fromMs) * n / count`.
   */
  bins(fromMs: number, toMs: number, count: number): LaneBins {
    const byLane = new Uint32Array(count * lanes.length)
    const total = new Uint32Array(count)
    // The count before a bin is the count before and in the last bin.
    const before = new Uint32Array(lanes.length)
    let place = this.#halve('at', fromMs)
    this.#countBefore(place, before)
    for (let bin = 0; bin < count && place < this.#next; bin += 1) {
      const until = bin + 1 === count ? toMs : fromMs + ((toMs - fromMs) * (bin + 1)) / count
      const next = this.#halve('at', until, place)
      if (next > place) {
        total[bin] = next - place
        this.#countOn(place, next, byLane, bin * lanes.length, before)
        place = next
      }
    }
    return { byLane, total }
  }

  /**
   * Rows that end a command which took at least `leastMs` and was under way between `fromMs` and `toMs`: indexes, in
   * order of their ends, at most `most`.
   */
  commands(fromMs: number, toMs: number, leastMs: number, most: number): number[] {
    const found: number[] = []
    const from = this.#halve('at', fromMs)
    const reaches = (begin: number, longest: number): boolean =>
      // Commands of a node end at or after its first row; the longest one limits how early they can begin.
      found.length < most && longest >= leastMs && (begin < from || this.#atOf(begin) - longest < toMs)
    this.#longest.visit(from, this.#next, reaches, (begin, end) => {
      for (let place = begin; place < end; place += 1) {
        const latency = this.#latencyOf(place)
        const start = this.#atOf(place) - latency
        if (latency >= leastMs && start < toMs && found.length < most) found.push(place - this.#first)
      }
    })
    return found
  }

  /** The first place from `from` on whose value is at least that. */
  #halve(column: 'seq' | 'at', value: number, from = this.#first): number {
    const blocks = this.#blocks
    let low = from
    let high = this.#next
    // The wanted place is mostly near: search with growing steps.
    for (let step = 1; low + step < high; step *= 4) {
      if (valueAt(blocks, column, low + step) >= value) {
        high = low + step + 1
        break
      }
      low += step
    }
    while (low < high) {
      const middle = (low + high) >>> 1
      if (valueAt(blocks, column, middle) < value) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Count the rows from one place to another. `before` has the counts before the first place, and afterwards those before the second. */
  #countOn(from: number, to: number, into: Uint32Array, at: number, before: Uint32Array): void {
    if (to - from <= stride) {
      for (let place = from; place < to; place += 1) {
        const lane = this.#laneOf(place)
        into[at + lane] = (into[at + lane] as number) + 1
        before[lane] = (before[lane] as number) + 1
      }
      return
    }
    for (let lane = 0; lane < lanes.length; lane += 1) into[at + lane] = -(before[lane] as number)
    this.#countBefore(to, before)
    for (let lane = 0; lane < lanes.length; lane += 1) {
      into[at + lane] = (into[at + lane] as number) + (before[lane] as number)
    }
  }

  #countBefore(place: number, counts: Uint32Array): void {
    if (place >= this.#next) {
      counts.set(this.#running)
      return
    }
    const first = Math.floor(place / stride)
    const [noted, base] = this.#noted(first)
    for (let lane = 0; lane < lanes.length; lane += 1) counts[lane] = noted[base + lane] as number
    for (let each = first * stride; each < place; each += 1) {
      const lane = this.#laneOf(each)
      counts[lane] = (counts[lane] as number) + 1
    }
  }

  /** The first line that is free since the start. Commands come in the order of their ends, so this never changes later. */
  #pack(start: number, end: number, own: 0 | 1): number {
    const ends = this.#rowEnds[own]
    let row = 0
    while (row < commandRows - 1 && (ends[row] as number) > start) row += 1
    ends[row] = end
    return row
  }

  /** Drop the blocks of the oldest rows: counts move with their rows, and none is computed again. */
  #dropBlocks(): void {
    const gone = this.#blocks.splice(0, droppedRows / blockRows)
    this.#spare = gone
    this.#longest.drop(droppedRows)
    this.#first -= droppedRows
    this.#next -= droppedRows
  }

  #has(index: number): boolean {
    return index >= 0 && index < this.length
  }

  #blockOf(place: number): RowSetBlock {
    return this.#blocks[place >>> blockBits] as RowSetBlock
  }

  #seqOf(place: number): number {
    return this.#blockOf(place).seq[place & inBlock] as number
  }

  #atOf(place: number): number {
    return this.#blockOf(place).at[place & inBlock] as number
  }

  #laneOf(place: number): number {
    return this.#blockOf(place).lane[place & inBlock] as number
  }

  #latencyOf(place: number): number {
    return this.#blockOf(place).latency[place & inBlock] as number
  }

  /** Rows of each lane before the n-th 32 rows: an array, and where they are in it. */
  #noted(n: number): readonly [Uint32Array, number] {
    const place = n * stride
    return [this.#blockOf(place).counts, ((place & inBlock) / stride) * lanes.length]
  }
}

function valueAt(blocks: readonly RowSetBlock[], column: 'seq' | 'at', place: number): number {
  return (blocks[place >>> blockBits] as RowSetBlock)[column][place & inBlock] as number
}
