/**
 * Commands as spans of time, in columns: sent → answered. In the order in which they were sent; every 1,024 spans know
 * their latest end, so that a question for a range skips what was over before it.
 */

/** How a command ended, as far as it has. */
export type SpanOutcome = 'pending' | 'returned' | 'failed' | 'timed-out' | 'unknown'

/** The outcomes in the order of their numbers: the higher the worse, for spans that are drawn as one. */
export const spanOutcomes: readonly SpanOutcome[] = ['returned', 'pending', 'failed', 'timed-out', 'unknown']

const pending = 1
const timedOut = 3

/**
 * Spans of a range. Several that are narrower than a pixel and start in the same one are one here: from the first start
 * to the last end, with the worst outcome. Arrays of equal length, in order of `start`.
 */
export interface SpanColumns {
  /** Milliseconds since the epoch. */
  readonly start: Float64Array
  /** Infinity while the command waits. */
  readonly end: Float64Array
  /** The row of the (first) command. */
  readonly seq: Float64Array
  readonly exec: Uint32Array
  /** The place in `spanOutcomes`. */
  readonly outcome: Uint8Array
  /** How many spans it is. */
  readonly count: Uint32Array
}

/** The spans of a record. */
export interface Spans {
  /** A command was sent. `at` is never less than before. */
  sent(exec: number, seq: number, at: number): void
  /** A command ended. One that timed out may still end otherwise; an unknown command is passed over. */
  ended(exec: number, at: number, outcome: SpanOutcome): void
  /** The connection is gone: whatever waits will not be answered. */
  lost(at: number): void
  /** Forget the oldest span. */
  dropOldest(): void
  clear(): void
  readonly count: number
  /**
   * Spans that overlap the time from `fromMs` up to but not including `toMs`, for so many pixels. A span without width
   * is in the range when its time is.
   */
  query(fromMs: number, toMs: number, pixels: number): SpanColumns
}

const chunkSpans = 1024

class Chunk {
  readonly start = new Float64Array(chunkSpans)
  readonly end = new Float64Array(chunkSpans)
  readonly seq = new Float64Array(chunkSpans)
  readonly exec = new Uint32Array(chunkSpans)
  readonly outcome = new Uint8Array(chunkSpans)
  waiting = 0
  latestEnd = Number.NEGATIVE_INFINITY
}

/** Make an empty set of spans. */
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

  function close(index: number, at: number, outcome: number): void {
    const chunk = chunkOf(index)
    const place = index % chunkSpans
    if (chunk.outcome[place] === pending) chunk.waiting -= 1
    chunk.end[place] = at
    chunk.outcome[place] = outcome
    if (at > chunk.latestEnd) chunk.latestEnd = at
  }

  return {
    sent(exec, seq, at) {
      const place = next % chunkSpans
      let chunk = chunks.at(-1)
      if (chunk === undefined || place === 0) {
        chunk = new Chunk()
        if (chunks.length === 0) base = next - place
        chunks.push(chunk)
      }
      chunk.start[place] = at
      chunk.end[place] = Number.POSITIVE_INFINITY
      chunk.seq[place] = seq
      chunk.exec[place] = exec
      chunk.outcome[place] = pending
      chunk.waiting += 1
      open.set(exec >>> 0, next)
      next += 1
    },
    ended(exec, at, outcome) {
      // The column holds 32 bits, and what is dropped is looked up by them.
      const index = open.get(exec >>> 0)
      if (index === undefined) return
      close(index, at, spanOutcomes.indexOf(outcome))
      if (outcome !== 'timed-out') open.delete(exec >>> 0)
    },
    lost(at) {
      for (const index of open.values()) {
        const chunk = chunkOf(index)
        if (chunk.outcome[index % chunkSpans] !== timedOut) close(index, at, spanOutcomes.indexOf('unknown'))
      }
      open.clear()
    },
    dropOldest() {
      const exec = chunkOf(first).exec[first % chunkSpans] ?? 0
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
    query(fromMs, toMs, pixels) {
      const found = new Found((toMs - fromMs) / pixels, fromMs)
      for (let number = 0; number < chunks.length; number += 1) {
        const chunk = chunks[number]
        if (chunk === undefined) continue
        const begin = Math.max(0, first - base - number * chunkSpans)
        const stop = Math.min(chunkSpans, next - base - number * chunkSpans)
        if (begin < stop && (chunk.start[begin] as number) >= toMs) break
        if (chunk.waiting === 0 && chunk.latestEnd < fromMs) continue
        for (let place = begin; place < stop; place += 1) {
          const start = chunk.start[place] as number
          if (start >= toMs) break
          const end = chunk.end[place] as number
          if (end > fromMs || (end === fromMs && start === end)) found.add(chunk, place, start, end)
        }
      }
      return found.columns()
    },
  }
}

/** Gathers the spans of a range, those of one pixel into one. */
class Found {
  readonly #pixelMs: number
  readonly #fromMs: number
  readonly #start: number[] = []
  readonly #end: number[] = []
  readonly #seq: number[] = []
  readonly #exec: number[] = []
  readonly #outcome: number[] = []
  readonly #count: number[] = []
  /** The pixel of the last narrow span, and where that is in the arrays. */
  #pixel = -1
  #at = -1

  constructor(pixelMs: number, fromMs: number) {
    this.#pixelMs = pixelMs
    this.#fromMs = fromMs
  }

  add(chunk: Chunk, place: number, start: number, end: number): void {
    const outcome = chunk.outcome[place] as number
    const narrow = end - start < this.#pixelMs
    const pixel = narrow ? Math.floor(Math.max(0, start - this.#fromMs) / this.#pixelMs) : -1
    if (narrow && pixel === this.#pixel) {
      const at = this.#at
      this.#end[at] = Math.max(this.#end[at] as number, end)
      this.#outcome[at] = Math.max(this.#outcome[at] as number, outcome)
      this.#count[at] = (this.#count[at] as number) + 1
      return
    }
    if (narrow) {
      this.#pixel = pixel
      this.#at = this.#start.length
    }
    this.#start.push(start)
    this.#end.push(end)
    this.#seq.push(chunk.seq[place] as number)
    this.#exec.push(chunk.exec[place] as number)
    this.#outcome.push(outcome)
    this.#count.push(1)
  }

  columns(): SpanColumns {
    return {
      start: Float64Array.from(this.#start),
      end: Float64Array.from(this.#end),
      seq: Float64Array.from(this.#seq),
      exec: Uint32Array.from(this.#exec),
      outcome: Uint8Array.from(this.#outcome),
      count: Uint32Array.from(this.#count),
    }
  }
}
