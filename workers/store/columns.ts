/**
 * The columns of a record: one block of typed arrays for every 4,096 rows, and what their numbers stand for.
 * A row takes 57 bytes here. Held by the store; scan/ and queries.ts read them.
 * @adr 0018
 */
import type { RowKind, StampOrder } from '#record/row.ts'
import type { Origin } from '#qmp/report.ts'

/** The kinds in the order of their numbers in the column. */
export const kinds: readonly RowKind[] = [
  'command',
  'return',
  'error',
  'event',
  'raw',
  'state',
  'outcome',
  'problem',
  'gap',
  'line',
  'channel',
]

/** The number of each kind. */
export const kindCode: Readonly<Record<RowKind, number>> = {
  command: 0,
  return: 1,
  error: 2,
  event: 3,
  raw: 4,
  state: 5,
  outcome: 6,
  problem: 7,
  gap: 8,
  line: 9,
  channel: 10,
}

/** The bits of the column `flags`. */
export const flag = {
  oob: 1,
  late: 2,
  /** The cause of an event, proven by an id or by nearness. The column `exec` has the command then. */
  causeById: 4,
  causeByNearness: 8,
  /** The row has a text. */
  text: 16,
  /** The row does not fit in the columns and is kept as it is. */
  odd: 32,
  /** An event has data, an error has its reason: in the text. */
  body: 64,
  /** A line tells of a failure: `unknown`. A command ended as unknown, with `late` as dropped; otherwise as timed out. */
  unknown: 128,
} as const

/** The origins in the order of their numbers. 0 stands for none. */
export const origins: readonly (Origin | undefined)[] = [undefined, 'person', 'page', 'client']

/** The number of each origin. */
export const originCode: Readonly<Record<Origin, number>> = { person: 1, page: 2, client: 3 }

/** The orders of stamps, in the order of their numbers. */
export const stampOrders: readonly StampOrder[] = ['none', 'later', 'equal', 'earlier', 'failed']

/** Rows in a block. */
export const blockRows = 4096
/** The columns of some rows. A row's place is its number modulo `blockRows`. */
export class Block {
  /** The first place that holds a row: not 0 only after the record was cleared. */
  from: number
  /** Properties of the texts that a search found out, by place (scan/scan.ts). They do not change. */
  escapes: Uint8Array | undefined
  /** Arrival in milliseconds since the epoch; never less than in the row before. */
  readonly at = new Float64Array(blockRows)
  /** The server's stamp in microseconds since the epoch; NaN for none. */
  readonly stamp = new Float64Array(blockRows)
  readonly latencyMs = new Float64Array(blockRows)
  readonly position = new Float64Array(blockRows)
  /** The size of the text in the slab, in bytes. */
  readonly length = new Uint32Array(blockRows)
  /** The size of the message on the wire, in bytes. */
  readonly size = new Uint32Array(blockRows)
  readonly name = new Uint32Array(blockRows)
  /** The command of the row, or of the cause of an event; 0 for none. */
  readonly exec = new Uint32Array(blockRows)
  /** The page's number for the command plus 1; of an event the verb of its cause. 0 for none. */
  readonly ticket = new Uint32Array(blockRows)
  readonly kind = new Uint8Array(blockRows)
  readonly flags = new Uint8Array(blockRows)
  readonly origin = new Uint8Array(blockRows)
  readonly stampOrder = new Uint8Array(blockRows)
  /** What the row is about: record/lanes.ts. */
  readonly lane = new Uint8Array(blockRows)

  constructor(from: number) {
    this.from = from
  }

  /** Reuse it for other rows. The columns that every row has are written with the row. */
  reuse(from: number): void {
    this.from = from
    this.escapes = undefined
    for (const column of [this.exec, this.ticket, this.origin, this.stampOrder]) column.fill(0)
  }
}
