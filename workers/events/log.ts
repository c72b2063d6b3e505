/**
 * The record of one machine: every message in both directions and every change of state, numbered and timed, with
 * its exact text. Bounded by count and by the size of the texts; the oldest goes first, and what has gone is counted.
 */
import type { LogPage, LogRow, LogTotals } from '../api.ts'

/** The bounds of a record. */
export interface LogLimits {
  /** Rows at most. Default 100,000. */
  readonly rows: number
  /** Characters of text at most, over all rows. Default 64 Mi. */
  readonly characters: number
}

/** A record. Rows are kept from `totals().dropped` on. */
export interface Log {
  add(row: LogRow, text: string | undefined): void
  /** The number that the next row gets. */
  readonly nextSeq: number
  text(seq: number): string | undefined
  page(fromSeq: number, limit: number): LogPage
  totals(): LogTotals
  /** Forget all rows; their numbers are not used again. */
  clear(): void
}

const defaults: LogLimits = { rows: 100_000, characters: 64 * 1024 * 1024 }

/** Make an empty record. */
export function createLog(limits: LogLimits = defaults): Log {
  let rows: LogRow[] = []
  let texts: (string | undefined)[] = []
  /** Index of the oldest row that is still kept. */
  let head = 0
  let nextSeq = 0
  let dropped = 0
  let characters = 0

  function dropOldest(): void {
    characters -= texts[head]?.length ?? 0
    texts[head] = undefined
    head += 1
    dropped += 1
    // Give the dropped front back once it is half of the array: each row is moved at most once on average.
    if (head > 1024 && head * 2 > rows.length) {
      rows = rows.slice(head)
      texts = texts.slice(head)
      head = 0
    }
  }

  function indexOf(seq: number): number {
    return seq - nextSeq + rows.length
  }

  return {
    get nextSeq() {
      return nextSeq
    },
    add(row, text) {
      rows.push(row)
      texts.push(text)
      nextSeq += 1
      characters += text?.length ?? 0
      while (rows.length - head > limits.rows) dropOldest()
      // The newest row stays whatever its size: it is what somebody is waiting for.
      while (characters > limits.characters && rows.length - head > 1) dropOldest()
    },
    text(seq) {
      const at = indexOf(seq)
      return at >= head ? texts[at] : undefined
    },
    page(fromSeq, limit) {
      const from = Math.max(head, indexOf(fromSeq))
      return { rows: rows.slice(from, from + limit), totals: this.totals() }
    },
    totals() {
      return { rows: nextSeq, dropped }
    },
    clear() {
      dropped += rows.length - head
      rows = []
      texts = []
      head = 0
      characters = 0
    },
  }
}
