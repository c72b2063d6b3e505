/**
 * A serial line between page and worker: types only. The worker holds the socket and records what comes as rows; the bytes go
 * to the page through a port of their own, because a log of megabytes must not wait among the batches.
 * @adr 0055
 */
import type { LossReason } from '#qmp/connection.ts'
import type { LineEncoding } from '#record/serial-lines.ts'

/** A line that is to be opened. */
export interface LineOrder {
  /** The channel: its rows have this name. */
  readonly name: string
  /** Without secrets: for messages. */
  readonly url: string
  /** The address that is opened. Never recorded, never shown. */
  readonly dial: string
  readonly encoding: LineEncoding
  /** Whether what comes becomes rows of the record. */
  readonly isRecorded: boolean
}

/** How the connection of a line is. It is tried again automatically until the line is closed. Times in milliseconds. */
export type LineState =
  | { readonly kind: 'connecting'; readonly attempt: number }
  | { readonly kind: 'ready' }
  | { readonly kind: 'lost'; readonly reason: LossReason; readonly retryInMs: number }
  /** It cannot be opened: `why` is a sentence. */
  | { readonly kind: 'ended'; readonly why: string }

/** From the worker. */
export type FromLine =
  | { readonly kind: 'state'; readonly state: LineState }
  /** What came, in order. Handed over, not copied. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** This many bytes came while the page took none, and are not shown. Their rows are in the record. */
  | { readonly kind: 'skipped'; readonly bytes: number }

/** From the page. */
export type ToLine =
  | { readonly kind: 'send'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** This many bytes have been shown: more may come. */
  | { readonly kind: 'taken'; readonly bytes: number }
  /** Another address, or another way to read the bytes. */
  | { readonly kind: 'change'; readonly order: LineOrder }
  /** Do not wait for the next attempt. */
  | { readonly kind: 'wake' }
  | { readonly kind: 'close' }
