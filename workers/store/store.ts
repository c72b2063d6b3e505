/**
 * The record in columns: numbers in typed arrays, names as numbers, texts as bytes in a slab. A row is made an object
 * again only when somebody asks for it. Rows that do not fit (changes of state, problems, numbers out of range) are
 * kept as they are, and count towards the bound of bytes. One file, because all that adds a row and all that drops one has to
 * agree on what each column holds.
 * @adr 0018
 */
import type { EventCause } from '#qmp/report.ts'
import type { EventRow, LogRow, LogTotals, StampOrder } from '#record/row.ts'
import type { EndedLine } from '#record/serial-lines.ts'
import { laneCode, laneOf, laneOfEvent, mayTellFailure } from '#record/lanes.ts'
import { Block, blockRows, flag, kindCode, origins, stampOrders } from './columns.ts'
import { createNames } from './interned.ts'
import type { Names } from './interned.ts'
import { fillCause, fillRow, fits, fitsCause, isStamp, micros, readRow, weight } from './row-columns.ts'
import { Slab } from './slab.ts'
import type { TextBytes } from './slab.ts'
import { createSpans, followRow } from './spans.ts'
import type { Spans } from './spans.ts'

/** What the columns hold of an event. */
export interface BareEvent {
  readonly name: string
  readonly seconds: number
  readonly microseconds: number
  readonly hasData: boolean
  /** Of its text, in bytes. */
  readonly length: number
}

/** The limits of a record. */
export interface StoreLimits {
  /** Rows at most. Default 1,000,000. */
  readonly rows: number
  /** Bytes of text at most, over all rows, and of what is kept as objects by their estimate. Default 256 MiB. */
  readonly bytes: number
}

/**
 * The record of one machine: every message in both directions and every change of state, numbered and timed, with its
 * exact text. Limited in number and in the size of the texts: the oldest go first, counted. Scans and queries read its
 * columns.
 */
export interface Store {
  /**
   * Add a row; `row.seq` is `nextSeq`, anything else throws. `text` is the message that the row was made from: the
   * `data` of an event is read from it again when the row is asked for. `source` are its bytes, where they are available.
   */
  add(row: LogRow, text: string | undefined, source?: TextBytes): void
  /** The number that the next row gets. */
  readonly nextSeq: number
  /** The exact text, as it was on the wire (UTF-8: a lone surrogate is U+FFFD there). */
  text(seq: number): string | undefined
  totals(): LogTotals
  /** Forget all rows; their numbers are not used again. */
  clear(): void
  /** The oldest row that is kept; `nextSeq` when there is none. */
  readonly firstSeq: number
  /** `add` for an event: there may be hundreds of thousands a second. */
  addEvent(row: EventRow, text: string | undefined, source?: TextBytes): void
  /**
   * Add an event of which no row was made. It gets `nextSeq`. False: it does not fit in the columns, and has to be added
   * as a row.
   */
  addPrinted(event: BareEvent, at: number, cause: EventCause | undefined, source: TextBytes): boolean
  /** The same for a line of a serial line, by the name of its channel. */
  addLine(name: string, line: EndedLine, at: number): boolean
  /** A kept row; undefined when it has been dropped or was never there. */
  row(seq: number): LogRow | undefined
  /** The server's stamp of a kept row, compared with those before it. */
  stampOrder(seq: number): StampOrder
  /** The first kept row from `fromSeq` on that arrived at `ms` or later; `nextSeq` when there is none. */
  seqAt(ms: number, fromSeq?: number): number
  /** Drop the rows before a number. */
  dropBefore(seq: number): void
  /** The block that holds a kept row. Its place is `seq % blockRows`. */
  block(seq: number): Block
  readonly names: Names
  readonly slab: Slab
  readonly spans: Spans
}

const defaults: StoreLimits = { rows: 1_000_000, bytes: 256 * 1024 * 1024 }

/** Make an empty one. */
export function createStore(limits: StoreLimits = defaults): Store {
  return new ColumnStore(limits)
}

class ColumnStore implements Store {
  readonly names = createNames()
  readonly slab = new Slab()
  readonly spans = createSpans()
  readonly #limits: StoreLimits
  #blocks: Block[] = []
  /** The number of `#blocks[0]`: its first row divided by `blockRows`. */
  #firstBlock = 0
  #firstSeq = 0
  #nextSeq = 0
  /** Bytes of the texts, and of the odd rows by their estimate. */
  #bytes = 0
  #odd = new Map<number, LogRow>()
  /** The block that is being filled: the last one, where there is any. */
  #block = new Block(0)
  /** A released block, used again: new memory costs more than filling it. */
  #spare: Block | undefined
  /** The lane of an event by the number of its name, plus 1; 0 where it is not known. */
  #lanes = new Uint8Array(0)
  #lanesVersion = 0
  #latest = Number.NEGATIVE_INFINITY
  #lastStamp = Number.NaN

  constructor(limits: StoreLimits) {
    this.#limits = limits
  }

  get nextSeq(): number {
    return this.#nextSeq
  }

  get firstSeq(): number {
    return this.#firstSeq
  }

  add(row: LogRow, text: string | undefined, source?: TextBytes): void {
    if (row.kind === 'event') {
      this.addEvent(row, text, source)
      return
    }
    const name = this.names.use('name' in row ? row.name : '')
    const at = this.#begin(row.seq, row.at, row.bytes, kindCode[row.kind], name)
    const block = this.#block
    const place = row.seq % blockRows
    this.#keepText(place, text, source)
    block.lane[place] = this.#laneOf(row)
    this.#end(row, place, fillRow(block, place, row, text), at)
    followRow(this.spans, row, at)
    this.#bound()
  }

  addEvent(row: EventRow, text: string | undefined, source?: TextBytes): void {
    const name = this.names.use(row.name)
    const at = this.#begin(row.seq, row.at, row.bytes, kindCode.event, name)
    const block = this.#block
    const place = row.seq % blockRows
    this.#keepText(place, text, source)
    block.lane[place] = this.#laneOfEvent(row, name)
    this.#end(row, place, this.#fillEvent(block, place, row, text), at)
    this.#bound()
  }

  addPrinted(event: BareEvent, at: number, cause: EventCause | undefined, source: TextBytes): boolean {
    const { seconds, microseconds, length } = event
    if (at < this.#latest || !isStamp(seconds, microseconds)) return false
    if (cause !== undefined && !fitsCause(cause)) return false
    const name = this.names.use(event.name)
    const place = this.#nextSeq % blockRows
    this.#begin(this.#nextSeq, at, length, kindCode.event, name)
    const block = this.#block
    block.position[place] = this.slab.appendBytes(source, length)
    block.length[place] = length
    this.#bytes += length
    block.lane[place] = this.#laneOfName(event.name, name)
    this.#fillStamp(block, place, seconds, microseconds)
    let flags: number = event.hasData ? flag.text | flag.body : flag.text
    if (cause !== undefined) flags |= fillCause(block, place, cause)
    block.flags[place] = flags
    this.#bound()
    return true
  }

  addLine(name: string, { text, failed, bytes, source }: EndedLine, at: number): boolean {
    if (at < this.#latest || !fits(bytes)) return false
    const place = this.#nextSeq % blockRows
    this.#begin(this.#nextSeq, at, bytes, kindCode.line, this.names.use(name))
    this.#keepText(place, text, source)
    this.#block.lane[place] = failed ? laneCode['serial-trouble'] : laneCode.serial
    if (failed) this.#block.flags[place] = flag.text | flag.unknown
    this.#bound()
    return true
  }

  row(seq: number): LogRow | undefined {
    return this.#keeps(seq) ? this.#row(seq) : undefined
  }

  /** Write the columns that every row has. Returns the time of arrival. */
  #begin(seq: number, rowAt: number, bytes: number, kind: number, name: number): number {
    if (seq !== this.#nextSeq) throw new Error(`row ${seq} was added as row ${this.#nextSeq}`)
    const place = seq % blockRows
    if (place === 0 || this.#blocks.length === 0) this.#openBlock(seq, place)
    const block = this.#block
    // The clock of arrival never goes back. If it did, rows would still be in order of arrival.
    const at = rowAt >= this.#latest ? rowAt : this.#latest
    this.#latest = at
    block.length[place] = 0
    block.at[place] = at
    block.kind[place] = kind
    block.size[place] = bytes
    block.latencyMs[place] = Number.NaN
    block.stamp[place] = Number.NaN
    block.name[place] = name
    block.flags[place] = fits(bytes) ? 0 : flag.odd
    this.#nextSeq = seq + 1
    return at
  }

  #keepText(place: number, text: string | undefined, source: TextBytes | undefined): void {
    if (text === undefined) return
    const { slab } = this
    const block = this.#block
    block.position[place] = source === undefined ? slab.append(text) : slab.appendBytes(source, text.length)
    block.length[place] = slab.lastLength
    block.flags[place] = (block.flags[place] as number) | flag.text
    this.#bytes += slab.lastLength
  }

  /** Add the flags of a row, and keep it as it is where they say so. */
  #end(row: LogRow, place: number, more: number, at: number): void {
    const { flags } = this.#block
    const all = (flags[place] as number) | more | (at === row.at ? 0 : flag.odd)
    flags[place] = all
    if ((all & flag.odd) === 0) return
    this.#odd.set(row.seq, row)
    this.#bytes += weight(row)
  }

  #bound(): void {
    while (this.#nextSeq - this.#firstSeq > this.#limits.rows) this.#dropOldest()
    // The newest row stays whatever its size: somebody may be waiting for it.
    while (this.#bytes > this.#limits.bytes && this.#nextSeq - this.#firstSeq > 1) this.#dropOldest()
  }

  text(seq: number): string | undefined {
    if (!this.#keeps(seq)) return undefined
    const block = this.block(seq)
    const place = seq % blockRows
    if (((block.flags[place] as number) & flag.text) === 0) return undefined
    return this.slab.read(block.position[place] as number, block.length[place] as number)
  }

  totals(): LogTotals {
    return { rows: this.#nextSeq, dropped: this.#firstSeq }
  }

  clear(): void {
    this.#blocks = []
    this.#firstSeq = this.#nextSeq
    this.#bytes = 0
    this.#odd = new Map()
    this.names.clear()
    this.slab.clear()
    this.spans.clear()
  }

  stampOrder(seq: number): StampOrder {
    if (!this.#keeps(seq)) throw new Error(`row ${seq} is not kept`)
    return stampOrders[this.block(seq).stampOrder[seq % blockRows] as number] ?? 'none'
  }

  seqAt(ms: number, fromSeq: number = this.#firstSeq): number {
    if (fromSeq >= this.#nextSeq) return this.#nextSeq
    // The first block that ends at that time or later: mostly the block of `fromSeq`.
    let first = Math.floor(fromSeq / blockRows) - this.#firstBlock
    if (this.#lastAt(first) < ms) {
      let behind = this.#blocks.length
      first += 1
      while (first < behind) {
        const middle = (first + behind) >>> 1
        if (this.#lastAt(middle) < ms) first = middle + 1
        else behind = middle
      }
    }
    const block = this.#blocks[first]
    if (block === undefined) return this.#nextSeq
    const base = (this.#firstBlock + first) * blockRows
    let low = Math.max(0, fromSeq - base)
    let high = Math.min(blockRows, this.#nextSeq - base)
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((block.at[middle] as number) < ms) low = middle + 1
      else high = middle
    }
    return base + low
  }

  dropBefore(seq: number): void {
    while (this.#firstSeq < Math.min(seq, this.#nextSeq)) this.#dropOldest()
  }

  block(seq: number): Block {
    const block = this.#blocks[Math.floor(seq / blockRows) - this.#firstBlock]
    if (block === undefined) throw new Error(`row ${seq} is not kept`)
    return block
  }

  /** When the last row of a block arrived. */
  #lastAt(index: number): number {
    const rows = Math.min(blockRows, this.#nextSeq - (this.#firstBlock + index) * blockRows)
    return this.#blocks[index]?.at[rows - 1] ?? Number.POSITIVE_INFINITY
  }

  #keeps(seq: number): boolean {
    return seq >= this.#firstSeq && seq < this.#nextSeq
  }

  /** A block for the next rows. */
  #openBlock(seq: number, place: number): void {
    this.#block = this.#spare ?? new Block(place)
    if (this.#spare !== undefined) this.#block.reuse(place)
    this.#spare = undefined
    if (this.#blocks.length === 0) this.#firstBlock = Math.floor(seq / blockRows)
    this.#blocks.push(this.#block)
  }

  #laneOf(row: Exclude<LogRow, EventRow>): number {
    const origin = row.kind === 'outcome' ? origins[this.spans.of(row.exec)?.origin ?? 0] : undefined
    return laneCode[laneOf(row, origin)]
  }

  #laneOfEvent(row: EventRow, name: number): number {
    // The greeting is told from events by its stamp, so its name does not decide.
    return row.timestamp === undefined || mayTellFailure(row.name)
      ? laneCode[laneOf(row, undefined)]
      : this.#laneOfName(row.name, name)
  }

  /** The lane of an event that has a stamp, by its name and the number of its name. */
  #laneOfName(event: string, name: number): number {
    if (this.#lanesVersion !== this.names.version) {
      this.#lanesVersion = this.names.version
      this.#lanes.fill(0)
    }
    if (name >= this.#lanes.length) {
      const more = new Uint8Array(Math.max(64, name * 2))
      more.set(this.#lanes)
      this.#lanes = more
    }
    const known = this.#lanes[name] as number
    if (known > 0) return known - 1
    const lane = laneCode[laneOfEvent(event)]
    this.#lanes[name] = lane + 1
    return lane
  }

  #fillEvent(block: Block, place: number, row: EventRow, text: string | undefined): number {
    let flags = 0
    const { timestamp, cause } = row
    if (timestamp !== undefined) {
      const { seconds, microseconds } = timestamp
      if (isStamp(seconds, microseconds)) {
        this.#fillStamp(block, place, seconds, microseconds)
      } else {
        block.stampOrder[place] = 4
        flags |= flag.odd
      }
    }
    if (cause !== undefined) {
      flags |= fillCause(block, place, cause)
      if (!fitsCause(cause)) flags |= flag.odd
    }
    if (row.data !== undefined) flags |= text === undefined ? flag.odd : flag.body
    return flags
  }

  #fillStamp(block: Block, place: number, seconds: number, microseconds: number): void {
    const stamp = seconds * micros + microseconds
    const last = this.#lastStamp
    block.stamp[place] = stamp
    block.stampOrder[place] = stamp === last ? 2 : stamp < last ? 3 : 1
    this.#lastStamp = stamp
  }

  #dropOldest(): void {
    const seq = this.#firstSeq
    const block = this.block(seq)
    const place = seq % blockRows
    const flags = block.flags[place] as number
    this.names.release(block.name[place] as number)
    if ((flags & flag.text) !== 0) {
      this.#bytes -= block.length[place] as number
      this.slab.release(block.position[place] as number)
    }
    if ((flags & flag.odd) !== 0) {
      const row = this.#odd.get(seq)
      if (row !== undefined) this.#bytes -= weight(row)
      this.#odd.delete(seq)
    }
    const kind = block.kind[place]
    if (kind === kindCode.command || kind === kindCode.raw) this.spans.dropOldest()
    this.#firstSeq = seq + 1
    if (this.#firstSeq % blockRows === 0) {
      this.#spare = this.#blocks.shift()
      this.#firstBlock += 1
    }
  }

  /** Make a row an object again. */
  #row(seq: number): LogRow {
    const block = this.block(seq)
    const place = seq % blockRows
    if (((block.flags[place] as number) & flag.odd) !== 0) {
      const row = this.#odd.get(seq)
      if (row !== undefined) return row
    }
    return readRow(block, place, seq, this.names.name(block.name[place] as number), () => this.text(seq))
  }
}
