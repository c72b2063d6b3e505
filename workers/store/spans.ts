/**
 * Which rows belong to a command: the one that sent it and the one that ended it, by the command's number. In columns,
 * oldest first; numbers are given in the order in which commands are asked for, so a place is found by halving.
 */
import { assertNever } from '#base/assert-never.ts'
import type { LogRow } from '#record/row.ts'
import { originCode } from './columns.ts'

/** How a command has ended so far. */
export type SpanEnd = 'pending' | 'returned' | 'failed' | 'timed-out' | 'unknown' | 'dropped'

/** The ends in the order of their numbers. */
const ends: readonly SpanEnd[] = ['pending', 'returned', 'failed', 'timed-out', 'unknown', 'dropped']

/** One command. */
export interface Span {
  /** The row that sent it. */
  readonly seq: number
  /** When that was, milliseconds since the epoch. */
  readonly start: number
  readonly end: SpanEnd
  /** The row that ended it; -1 while none did, and where a lost connection did. */
  readonly endSeq: number
  /** The number of who asked, as in columns.ts. */
  readonly origin: number
}

/** The commands of a record. */
export interface Spans {
  /** A command was sent by the row `seq`. */
  sent(exec: number, seq: number, at: number, origin: number): void
  /** The row `seq` ended a command. One that timed out may still end otherwise; an unknown command is ignored. */
  ended(exec: number, seq: number, end: SpanEnd): void
  /** The connection is gone: waiting commands will not be answered. */
  lost(): void
  /** The command of that number. Undefined when it was never sent, or its row was dropped. */
  of(exec: number): Span | undefined
  /** Forget the oldest command. */
  dropOldest(): void
  clear(): void
  readonly count: number
}

const chunkSpans = 1024

class SpanChunk {
  readonly start = new Float64Array(chunkSpans)
  readonly seq = new Float64Array(chunkSpans)
  readonly endSeq = new Float64Array(chunkSpans)
  readonly exec = new Uint32Array(chunkSpans)
  readonly end = new Uint8Array(chunkSpans)
  readonly origin = new Uint8Array(chunkSpans)
}

/** How far from its place by number a command may have been sent: out-of-band commands overtake waiting ones. */
const overtaken = 64

/** Make an empty set. */
export function createSpans(): Spans {
  return new ColumnSpans()
}

class ColumnSpans implements Spans {
  #chunks: SpanChunk[] = []
  /** The number of the first span in the first chunk: a multiple of `chunkSpans`. */
  #base = 0
  #first = 0
  #next = 0
  /** Commands without an answer, by their number: which span it is. */
  readonly #open = new Map<number, number>()

  #chunkOf(index: number): SpanChunk {
    const chunk = this.#chunks[Math.floor((index - this.#base) / chunkSpans)]
    if (chunk === undefined) throw new Error(`no span ${index}`)
    return chunk
  }

  #execAt(index: number): number {
    return this.#chunkOf(index).exec[index % chunkSpans] as number
  }

  #find(exec: number): number | undefined {
    const number = exec >>> 0
    const waiting = this.#open.get(number)
    if (waiting !== undefined) return waiting
    let low = this.#first
    let high = this.#next
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#execAt(middle) < number) low = middle + 1
      else high = middle
    }
    for (let away = 0; away <= overtaken; away += 1) {
      if (low + away < this.#next && this.#execAt(low + away) === number) return low + away
      if (away > 0 && low - away >= this.#first && this.#execAt(low - away) === number) return low - away
    }
    // A record in another order: look at every command.
    for (let index = this.#next - 1; index >= this.#first; index -= 1)
      if (this.#execAt(index) === number) return index
    return undefined
  }

  sent(exec: number, seq: number, at: number, origin: number): void {
    const place = this.#next % chunkSpans
    let chunk = this.#chunks.at(-1)
    if (chunk === undefined || place === 0) {
      chunk = new SpanChunk()
      if (this.#chunks.length === 0) this.#base = this.#next - place
      this.#chunks.push(chunk)
    }
    chunk.start[place] = at
    chunk.seq[place] = seq
    chunk.endSeq[place] = -1
    chunk.exec[place] = exec
    chunk.end[place] = 0
    chunk.origin[place] = origin
    this.#open.set(exec >>> 0, this.#next)
    this.#next += 1
  }

  ended(exec: number, seq: number, end: SpanEnd): void {
    // The column holds 32 bits, and what is dropped is looked up by them.
    const index = this.#open.get(exec >>> 0)
    if (index === undefined) return
    const chunk = this.#chunkOf(index)
    chunk.end[index % chunkSpans] = ends.indexOf(end)
    chunk.endSeq[index % chunkSpans] = seq
    if (end !== 'timed-out') this.#open.delete(exec >>> 0)
  }

  lost(): void {
    for (const index of this.#open.values()) {
      const chunk = this.#chunkOf(index)
      if (chunk.end[index % chunkSpans] === 0) chunk.end[index % chunkSpans] = ends.indexOf('unknown')
    }
    this.#open.clear()
  }

  of(exec: number): Span | undefined {
    const index = this.#find(exec)
    if (index === undefined) return undefined
    const chunk = this.#chunkOf(index)
    const place = index % chunkSpans
    return {
      seq: chunk.seq[place] as number,
      start: chunk.start[place] as number,
      end: ends[chunk.end[place] as number] ?? 'pending',
      endSeq: chunk.endSeq[place] as number,
      origin: chunk.origin[place] as number,
    }
  }

  dropOldest(): void {
    const exec = this.#execAt(this.#first)
    if (this.#open.get(exec) === this.#first) this.#open.delete(exec)
    this.#first += 1
    if (this.#first % chunkSpans === 0) {
      this.#chunks.shift()
      this.#base = this.#first
    }
  }

  clear(): void {
    this.#chunks = []
    this.#first = this.#next
    this.#open.clear()
  }

  get count(): number {
    return this.#next - this.#first
  }
}

/** Update the spans with a row that is no event and arrived at `at`. */
export function followRow(spans: Spans, row: Exclude<LogRow, { kind: 'event' }>, at: number): void {
  switch (row.kind) {
    case 'command':
      spans.sent(row.exec, row.seq, at, originCode[row.origin])
      break
    case 'return':
    case 'error':
      spans.ended(row.exec, row.seq, row.kind === 'return' ? 'returned' : 'failed')
      break
    case 'outcome':
      spans.ended(row.exec, row.seq, row.outcome)
      break
    case 'state':
      if (row.state.kind === 'lost' || row.state.kind === 'ended') spans.lost()
      break
    case 'raw':
      spans.sent(row.exec, row.seq, at, originCode.person)
      break
    case 'problem':
    case 'gap':
    case 'line':
    case 'channel':
      break
    default:
      assertNever(row)
  }
}
