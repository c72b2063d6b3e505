/**
 * The record of one machine: every message in both directions and every change of state, numbered and timed, with
 * its exact text. Bounded by count and by the size of the texts; the oldest goes first, and what has gone is counted.
 * The columns that hold it are in store.ts.
 */
import type { LogPage, LogRow, LogTotals } from '#record/row.ts'
import type { TextBytes } from './slab.ts'

/** The bounds of a record. */
export interface LogLimits {
  /** Rows at most. Default 1,000,000. */
  readonly rows: number
  /** Bytes of text at most, over all rows, and of what is kept as objects by their estimate. Default 256 MiB. */
  readonly bytes: number
}

/** A record. It holds the rows from `totals().dropped` on. */
export interface Log {
  /**
   * Add a row; `row.seq` is `nextSeq`, anything else throws. `text` is the message that the row was made from: the
   * `data` of an event is read from it again when the row is asked for. `source` are its bytes, where they are available.
   */
  add(row: LogRow, text: string | undefined, source?: TextBytes): void
  /** The number that the next row gets. */
  readonly nextSeq: number
  /** The exact text, as it was on the wire (UTF-8: a lone surrogate is U+FFFD there). */
  text(seq: number): string | undefined
  page(fromSeq: number, limit: number): LogPage
  totals(): LogTotals
  /** Forget all rows; their numbers are not used again. */
  clear(): void
}
