/**
 * Which rows belong to a command: the one that sent it and the one that ended it, by the command's number. In columns,
 * oldest first; numbers are given in the order in which commands are asked for, so a place is found by halving.
 */

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

class Chunk {
  readonly start = new Float64Array(chunkSpans)
  readonly seq = new Float64Array(chunkSpans)
  readonly endSeq = new Float64Array(chunkSpans)
  readonly exec = new Uint32Array(chunkSpans)
  readonly end = new Uint8Array(chunkSpans)
  readonly origin = new Uint8Array(chunkSpans)
}

/** Make an empty set. */
export function createSpans(): Spans {
  let chunks: Chunk[] = []
  /** The number of the first span in `chunks[0]`: a multiple of `chunkSpans`. */
  let base = 0
  let first = 0
  let next = 0
  /** Commands without an answer, by their number: which span it is. */
  const open = new Map<number, number>()

  function chunkOf(index: number): Chunk {
    const chunk = chunks[Math.floor((index - base) / chunkSpans)]
    if (chunk === undefined) throw new Error(`no span ${index}`)
    return chunk
  }

  function execAt(index: number): number {
    return chunkOf(index).exec[index % chunkSpans] as number
  }

  /** How far from its place by number a command may have been sent: out-of-band commands overtake waiting ones. */
  const overtaken = 64

  function find(exec: number): number | undefined {
    const number = exec >>> 0
    const waiting = open.get(number)
    if (waiting !== undefined) return waiting
    let low = first
    let high = next
    while (low < high) {
      const middle = (low + high) >>> 1
      if (execAt(middle) < number) low = middle + 1
      else high = middle
    }
    for (let away = 0; away <= overtaken; away += 1) {
      if (low + away < next && execAt(low + away) === number) return low + away
      if (away > 0 && low - away >= first && execAt(low - away) === number) return low - away
    }
    // A record in another order: look at every command.
    for (let index = next - 1; index >= first; index -= 1) if (execAt(index) === number) return index
    return undefined
  }

  return {
    sent(exec, seq, at, origin) {
      const place = next % chunkSpans
      let chunk = chunks.at(-1)
      if (chunk === undefined || place === 0) {
        chunk = new Chunk()
        if (chunks.length === 0) base = next - place
        chunks.push(chunk)
      }
      chunk.start[place] = at
      chunk.seq[place] = seq
      chunk.endSeq[place] = -1
      chunk.exec[place] = exec
      chunk.end[place] = 0
      chunk.origin[place] = origin
      open.set(exec >>> 0, next)
      next += 1
    },
    ended(exec, seq, end) {
      // The column holds 32 bits, and what is dropped is looked up by them.
      const index = open.get(exec >>> 0)
      if (index === undefined) return
      const chunk = chunkOf(index)
      chunk.end[index % chunkSpans] = ends.indexOf(end)
      chunk.endSeq[index % chunkSpans] = seq
      if (end !== 'timed-out') open.delete(exec >>> 0)
    },
    lost() {
      for (const index of open.values()) {
        const chunk = chunkOf(index)
        if (chunk.end[index % chunkSpans] === 0) chunk.end[index % chunkSpans] = ends.indexOf('unknown')
      }
      open.clear()
    },
    of(exec) {
      const index = find(exec)
      if (index === undefined) return undefined
      const chunk = chunkOf(index)
      const place = index % chunkSpans
      return {
        seq: chunk.seq[place] as number,
        start: chunk.start[place] as number,
        end: ends[chunk.end[place] as number] ?? 'pending',
        endSeq: chunk.endSeq[place] as number,
        origin: chunk.origin[place] as number,
      }
    },
    dropOldest() {
      const exec = execAt(first)
      if (open.get(exec) === first) open.delete(exec)
      first += 1
      if (first % chunkSpans === 0) {
        chunks.shift()
        base = first
      }
    },
    clear() {
      chunks = []
      first = next
      open.clear()
    },
    get count() {
      return next - first
    },
  }
}
