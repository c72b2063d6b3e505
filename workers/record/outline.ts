/** Rows reduced to what they are about, for laying two recordings over each other. Types only. */

/** Rows in a few columns, each with what it is about: rows of the same key are alike. */
export interface Outline {
  readonly seq: Float64Array
  /** Arrival, milliseconds since the epoch. */
  readonly at: Float64Array
  /** Places in `lanes` (lanes.ts). */
  readonly lane: Uint8Array
  /** Places in `keys`. */
  readonly key: Uint32Array
  /** Of rows that end a command, milliseconds; NaN for others. */
  readonly latencyMs: Float64Array
  readonly keys: readonly string[]
  /** Rows beyond those. */
  readonly more: number
}

/** Which rows of two outlines belong together, in an order that is that of both. */
export interface OverlayRows {
  /** Places in the first outline; -1 where only the second has the row. */
  readonly a: Int32Array
  readonly b: Int32Array
}
