/**
 * The boundary between the page and a worker: types only, plain data both ways. One worker holds one machine's
 * connection; comlink carries the calls of `MachineWorker`, and one proxied callback carries the batches back.
 *
 * Failures of QMP cross as values (a thrown error would keep only name, message and stack). Integers that a
 * double cannot hold cross as bigint, other such numbers as `Decimal` (workers/base/json.ts).
 */
import type { Json, JsonObject } from './base/json.ts'
import type { Result } from './base/result.ts'
import type { Reference } from './qapi/reference.ts'
import type { ConnectionState, EndReason, LossReason, NotOpenedDetail } from './qmp/connection.ts'
import type { QemuVersion, QmpError } from './qmp/message.ts'
import type {
  EventCause,
  ExecId,
  NotSentReason,
  Origin,
  Outcome,
  QueueSnapshot,
  RawOutcome,
  RowBody,
  Ticket,
  WireProblem,
} from './qmp/record.ts'

export type { ConnectionState, EndReason, LossReason, NotOpenedDetail }
export type { QemuVersion, QmpError }
export type {
  EventCause,
  ExecId,
  NotSentReason,
  Origin,
  Outcome,
  QueueSnapshot,
  RawOutcome,
  Ticket,
  WireProblem,
}

/** How to reach a machine. */
export interface ConnectOptions {
  /** `ws://` or `wss://` address of the bridge, token included. */
  readonly url: string
  /** What speaks at the other end. */
  readonly protocol: 'qmp' | 'agent'
  /** Largest message that is accepted, in bytes. Default 64 MiB. */
  readonly limitBytes?: number
}

/** A command that somebody wants to run. */
export interface ExecuteRequest {
  readonly name: string
  /** Undefined sends no `arguments` member at all, which is not the same as an empty object. */
  readonly arguments: JsonObject | undefined
  readonly oob: boolean
  /** From the request to the end of the wait, queueing included, in milliseconds. */
  readonly deadlineMs: number
  readonly ticket: Ticket
  /** Who asked: told apart in the timeline. */
  readonly origin: Origin
}

/** Who the machine is, as far as it says. Undefined members were not to be had (the storage daemon has no uuid). */
export interface Identity {
  readonly version: QemuVersion
  readonly name: string | undefined
  readonly uuid: string | undefined
}

/** Another QEMU answers than before the connection was lost. */
export interface IdentityChange {
  readonly before: Identity
  readonly after: Identity
  /** What differs. */
  readonly differs: readonly ('version' | 'uuid' | 'name')[]
}

/**
 * One line of the record. `seq` counts up by one; `at` is the time of arrival in milliseconds since the epoch, from
 * a monotonic clock; `bytes` is the size of the message.
 */
export type LogRow = RowBody & { readonly seq: number; readonly at: number; readonly bytes: number }

/** What happened since the last batch. At most one a frame. Undefined members did not change. */
export interface Batch {
  readonly state: ConnectionState | undefined
  readonly identity: Identity | undefined
  readonly identityChange: IdentityChange | undefined
  readonly queue: QueueSnapshot | undefined
  readonly rows: readonly LogRow[]
  /** Rows that are in this worker's record but were left out of `rows`, because there were too many for one frame. */
  readonly omitted: number
  readonly totals: LogTotals
}

/** The size of a record. */
export interface LogTotals {
  /** Rows ever recorded. */
  readonly rows: number
  /** Rows that the bound has dropped, oldest first. */
  readonly dropped: number
}

/** A page of the record, oldest first. */
export interface LogPage {
  readonly rows: readonly LogRow[]
  readonly totals: LogTotals
}

/** What a worker does for the page. Each call may be made at any time. */
export interface MachineWorker {
  /** Give the callback for batches. Called once, first. */
  listen(sink: (batch: Batch) => void): void
  /** Connect, and keep connecting until `disconnect`. */
  connect(options: ConnectOptions): void
  /** Close the connection and stay away. Pending commands end as unknown or not sent. */
  disconnect(): void
  /** Do not wait for the next attempt: the browser is online or the tab visible again, or somebody asked. */
  wake(): void
  /** Run a command. Resolves with its one outcome; never rejects. */
  execute(request: ExecuteRequest): Promise<Outcome>
  /** Take a queued command back. False when it is already sent or over. */
  cancel(ticket: Ticket): boolean
  /** Send one line as it is. */
  sendRaw(line: string, deadlineMs: number, ticket: Ticket): Promise<RawOutcome>
  /** The exact text of a row's message. Undefined when it has been dropped or never had one. */
  text(seq: number): string | undefined
  /** Rows from `fromSeq` on, at most `limit`. */
  page(fromSeq: number, limit: number): LogPage
  /** Forget the record. */
  clear(): void
}

/** A file that somebody dropped, or that is served beside the page. */
export interface ReferenceFile {
  /** Its path, as far as it is known. */
  readonly name: string
  readonly bytes: Uint8Array
}

/** The real names of types, and where reference and schema disagree. */
export interface NamedTypes {
  /** By hidden name. */
  readonly names: ReadonlyMap<string, string>
  readonly disagreements: readonly { readonly entity: string; readonly path: string; readonly says: string }[]
}

/** The worker that reads references. Failures are sentences. */
export interface ReaderWorker {
  /** Read a manual or QAPI files; kept under `key`. */
  read(key: string, files: readonly ReferenceFile[]): Promise<Result<Reference, string>>
  /** Names for the types of a schema (the return of query-qmp-schema) by the reference of that key. */
  names(key: string, raw: Json): Promise<Result<NamedTypes, string>>
}

/** A graph to be laid out: sizes of cards, and what points to what. */
export interface LayoutGraph {
  readonly cards: readonly { readonly id: string; readonly width: number; readonly height: number }[]
  readonly edges: readonly { readonly from: string; readonly to: string }[]
}

/** Where the upper left corner of each card is. */
export interface GraphLayout {
  readonly places: readonly { readonly id: string; readonly x: number; readonly y: number }[]
}

/** The worker that lays out graphs. */
export interface LayoutWorker {
  layOut(graph: LayoutGraph): Promise<Result<GraphLayout, string>>
}
