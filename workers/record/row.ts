/**
 * The rows of a record as they are kept, listed and counted. Plain data: types only.
 * @adr 0044
 */
import type { RowBody } from '#qmp/report.ts'

/**
 * One line of the record. `seq` counts up by one (-1: it was not recorded); `at` is the time of arrival in milliseconds
 * since the epoch, from a monotonic clock; `bytes` is the size of the message.
 */
export type LogRow = RowBody & { readonly seq: number; readonly at: number; readonly bytes: number }

/** What a row is. */
export type RowKind = LogRow['kind']

/** The rows of one kind. */
export type RowOf<Kind extends RowKind> = Extract<LogRow, { kind: Kind }>
export type EventRow = RowOf<'event'>
export type ReplyRow = RowOf<'return' | 'error'>

/** The size of a record. */
export interface LogTotals {
  /** Rows ever recorded. */
  readonly rows: number
  /** Rows that the bound has dropped, oldest first. */
  readonly dropped: number
}

/** The end of a command: its reply, or the outcome without one. */
export interface EndView {
  readonly kind: 'return' | 'error' | 'timed-out' | 'unknown' | 'dropped'
  /** The row of it. */
  readonly seq: number
  readonly latencyMs: number
  readonly late: boolean
}

/**
 * The server's stamp of a row, compared with the last good stamp before it. The order of rows stays that of arrival. `none`: the row has no stamp; `failed`: the host's clock failed (-1), or the stamp is no time.
 */
export type StampOrder = 'none' | 'later' | 'equal' | 'earlier' | 'failed'

/** A row as a list shows it. */
export interface RowView {
  readonly row: LogRow
  /** Its lane: a place in `lanes` (workers/record/lanes.ts). */
  readonly lane: number
  /** The message, where it is short enough to be read for a line of summary; else it is asked for with `text`. */
  readonly text: string | undefined
  /** For commands and raw lines. Undefined while they wait. */
  readonly end: EndView | undefined
  /** For rows that end a command: the row that sent it, as far as it is kept. */
  readonly sent: { readonly seq: number; readonly oob: boolean } | undefined
  readonly order: StampOrder
}

/** Rows that pass a filter, in columns and in the order of arrival. Buffers are handed over, not copied. */
export interface FoundRows {
  readonly seq: Float64Array
  /** Arrival, milliseconds since the epoch. */
  readonly at: Float64Array
  /** Places in `lanes`. */
  readonly lane: Uint8Array
  /** For rows that end a command: how long it took, milliseconds; NaN for others. */
  readonly latencyMs: Float32Array
  /** Places in these columns of rows that continue a burst: a job changed its state again, at once (workers/store/bursts.ts). */
  readonly continues: Uint32Array
  /** Rows looked at by this filter so far, and all that are there now. `done < all`: ask again. */
  readonly done: number
  readonly all: number
  /** The oldest row that the record holds: whatever was found before it is gone. */
  readonly firstSeq: number
}

/** Statistics of some rows. Times in milliseconds. */
export interface Statistics {
  readonly rows: number
  /** Size of all messages, in bytes. */
  readonly bytes: number
  /** Rows by lane and name, the most frequent first; at most 200. */
  readonly names: readonly { readonly name: string; readonly lane: number; readonly rows: number }[]
  /** Names beyond those. */
  readonly moreNames: number
  /** Of the rows that end a command. Percentiles by the nearest rank. */
  readonly latency:
    | {
        readonly commands: number
        readonly min: number
        readonly mean: number
        readonly median: number
        readonly p90: number
        readonly p99: number
        readonly max: number
      }
    | undefined
  /** The same for each command, those that took the longest together first; at most 200. */
  readonly commands: readonly {
    readonly name: string
    readonly count: number
    readonly totalMs: number
    readonly meanMs: number
    readonly p99Ms: number
  }[]
  /** The longest time without a row between two of them, and the row before it. */
  readonly gap: { readonly ms: number; readonly after: number } | undefined
}

/** A row of an earlier record. It gets a new number. */
export interface AdoptedRow {
  readonly row: LogRow
  readonly text: string | undefined
}
