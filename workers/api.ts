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
import type { TimesAre } from './trace/assemble.ts'
import type { Filter } from './trace/filter.ts'
import type { RecordingFormat, RecordingProblem } from './trace/import.ts'
import type { Track } from './trace/track.ts'
import type {
  EventCause,
  ExecId,
  GapReason,
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
export type { Filter, RecordingFormat, RecordingProblem, TimesAre, Track }
export type {
  EventCause,
  ExecId,
  GapReason,
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
  /** `ws://` or `wss://` address of the bridge as it is recorded and told: the token without a secret. */
  readonly url: string
  /** The address that is opened, where that holds a secret which `url` has not. Never recorded, never told. */
  readonly dial?: string
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
 * One line of the record. `seq` counts up by one (-1: it was not recorded); `at` is the time of arrival in milliseconds since the epoch, from
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
  /** Errors of the guest, its disks, its devices and its jobs that came to this worker, those of rows left out included. */
  readonly guestErrors: number
  /** Tracks that are new or changed. */
  readonly tracks: readonly Track[]
  readonly keep: KeepState | undefined
  readonly hits: readonly AlertHit[]
  readonly recording: Recording | undefined
}

/** Whether a record is kept over reloads. */
export type KeepState =
  | { readonly kind: 'off' }
  /** `left`: rows that came too fast to be written. */
  | { readonly kind: 'on'; readonly rows: number; readonly bytes: number; readonly left: number }
  /** Nothing more is kept; why, for people. */
  | { readonly kind: 'failed'; readonly why: string }

/** A filter that watches what comes. */
export interface Alert {
  readonly id: string
  readonly filter: Filter
  /** Stop recording at a hit, and keep so many milliseconds before it (0: all). Undefined: only tell. */
  readonly stop: { readonly keepMs: number } | undefined
}

/** Rows that an alert was about, since the last batch. */
export interface AlertHit {
  readonly id: string
  readonly rows: number
  /** The first of them. */
  readonly seq: number
  readonly at: number
}

/** Whether rows are recorded. */
export interface Recording {
  readonly on: boolean
  /** The alert that stopped it; undefined when a person did. */
  readonly stoppedBy: string | undefined
  /** Rows that were not recorded since. */
  readonly missed: number
}

/** The size of a record. */
export interface LogTotals {
  /** Rows ever recorded. */
  readonly rows: number
  /** Rows that the bound has dropped, oldest first. */
  readonly dropped: number
}

/** What ended a command: its reply, or the word that none came. */
export interface EndView {
  readonly kind: 'return' | 'error' | 'timed-out' | 'unknown' | 'dropped'
  /** The row of it. */
  readonly seq: number
  readonly latencyMs: number
  readonly late: boolean
}

/**
 * How the server's stamp of a row stands to the last good stamp before it. The order of arrival is kept whatever it
 * says. `none`: the row has no stamp; `failed`: the host's clock failed (-1), or the stamp is no time.
 */
export type StampOrder = 'none' | 'later' | 'equal' | 'earlier' | 'failed'

/** A row as a list shows it. */
export interface RowView {
  readonly row: LogRow
  /** Its lane: a place in `lanes` (workers/trace/lanes.ts). */
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
  /** Rows looked at by this filter so far, and all that are there now. `done < all`: ask again. */
  readonly done: number
  readonly all: number
  /** The oldest row that the record holds: whatever was found before it is gone. */
  readonly firstSeq: number
}

/** What some rows are together. Times in milliseconds. */
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
  /** The longest time without a row between two of them, and the row before it. */
  readonly gap: { readonly ms: number; readonly after: number } | undefined
}

/** A page of the record, oldest first. */
export interface LogPage {
  readonly rows: readonly LogRow[]
  readonly totals: LogTotals
}

/** What a worker does for the page. Each call may be made at any time. */
export interface MachineWorker {
  /** Answered as soon as the thread is free: a sign of life. */
  ping(): void
  /** Give the callback for batches. Called once, first. */
  listen(sink: (batch: Batch) => void): void
  /** Connect, and keep connecting until `disconnect`. */
  connect(options: ConnectOptions): void
  /** Close the connection and stay away. Pending commands end as unknown or not sent. */
  disconnect(): void
  /** Do not wait for the next attempt: the browser is online or the tab visible again, or somebody asked. */
  wake(): void
  /** The page is hidden or about to go: what is to be kept is written at once. */
  hurry(): void
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
  /** Rows by their numbers, in that order; those that are gone are left out. At most 1,000. */
  rows(seqs: readonly number[]): readonly RowView[]
  /** A command's row, what ended it and the events put down to it, oldest first; the first and last 200. */
  family(exec: number): readonly RowView[]
  /** Begin to look for rows; every row that comes later is looked at as well, until `close`. Returns its handle. */
  open(filter: Filter): number
  /** What was found since the last call, after looking on for about `budgetMs`. Undefined for an unknown handle. */
  found(handle: number, budgetMs: number): FoundRows | undefined
  close(handle: number): void
  /** What the rows that pass a filter are together. */
  statistics(filter: Filter): Statistics
  /** The names of commands and events in the record, at most 1,000. */
  names(): readonly string[]
  /** Keep the record over reloads under a name, and take back what was kept; or keep it no more. Called before `connect`. */
  keep(machine: string | undefined): Promise<void>
  /**
   * Take over rows of an earlier record (of a worker that died, or of a file), in order, and say why there is a gap
   * behind them where there is one.
   */
  adopt(rows: readonly AdoptedRow[], gap: GapReason | undefined): void
  /** Look at all rows that come from now on; these alerts take the place of those before. */
  watch(alerts: readonly Alert[]): void
  /** Record, or leave a gap. */
  record(on: boolean): void
  /** Begin to write rows of the record; those that come later are not among them. Returns its handle. */
  beginSaving(saving: Saving): Promise<number>
  /** The next part of the file, after about `budgetMs`. Undefined for an unknown handle. */
  savedPart(handle: number, budgetMs: number): SavedPart | undefined
  endSaving(handle: number): void
  /** Take over the rows of one machine of a recording. The failure is a sentence. */
  openRecording(file: Blob, name: string, machine: string): Promise<Result<undefined, string>>
  /** Play the rows of a recording again. Answers how it stands then. */
  replay(order: ReplayOrder): ReplayState
  /** What rows that pass a filter are about, for laying two recordings over each other: the first `most`. */
  outline(filter: Filter, most: number): Promise<Outline>
}

/** The form that rows leave the page in. */
export type SaveFormat = 'transcript' | 'chrome-trace' | 'csv'

/** What is written of a machine's record. */
export interface Saving {
  readonly format: SaveFormat
  readonly filter: Filter
  /** Secrets are taken out of commands and of what repeats them. */
  readonly withoutSecrets: boolean
  /** What the file calls the machine: its id in a transcript, its name elsewhere. */
  readonly machine: string
  /** Its place among the machines of the file, from 0. */
  readonly place: number
  /** What lasted, for a Chrome trace. */
  readonly tracks: readonly Track[]
}

/** A part of a file that is being written. */
export interface SavedPart {
  /** UTF-8. Handed over, not copied. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Rows written so far. */
  readonly rows: number
  /** Rows of the record that were dropped before they could be written. */
  readonly gone: number
  /** How far it is: from 0 to 1. */
  readonly progress: number
  readonly over: boolean
}

/** What is to become of a replay. Times are those of the recording, milliseconds since the epoch. */
export type ReplayOrder =
  /** `speed` 1 is its own pace; Infinity as fast as it can. From the beginning where it is at the end. */
  | { readonly kind: 'play'; readonly speed: number }
  | { readonly kind: 'pause' }
  /** Show what there was at a time. */
  | { readonly kind: 'seek'; readonly at: number }
  /** No more replay: everything is shown. */
  | { readonly kind: 'all' }
  /** Nothing: only tell. */
  | { readonly kind: 'look' }

/** How a replay stands. */
export interface ReplayState {
  /** `off`: everything is shown. `preparing`: the rows are being put aside. */
  readonly kind: 'off' | 'preparing' | 'playing' | 'paused'
  /** Up to when rows are shown. */
  readonly at: number
  readonly from: number
  readonly to: number
  /** Rows shown, and all there are. */
  readonly shown: number
  readonly rows: number
  /** Counts up when the rows that were shown are gone and others are shown in their place. */
  readonly restarts: number
}

/** Rows in a few columns, each with what it is about: rows of the same key are alike. */
export interface Outline {
  readonly seq: Float64Array
  /** Arrival, milliseconds since the epoch. */
  readonly at: Float64Array
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

/** A machine of a recording, without its rows. */
export interface RecordedSummary {
  readonly id: string
  readonly name: string
  readonly protocol: 'qmp' | 'agent'
  readonly version: QemuVersion | undefined
  /** What query-qmp-schema returned, or (a string) only its fingerprint. */
  readonly schema: Json | undefined
  readonly rows: number
}

/** What a file of a recording holds. There is at least one machine. */
export interface RecordingSummary {
  readonly format: RecordingFormat
  readonly machines: readonly RecordedSummary[]
  /** Where the times come from: the worst of all machines. */
  readonly timesAre: TimesAre
  /** What could not be read: the first 100. */
  readonly problems: readonly RecordingProblem[]
  readonly problemCount: number
  readonly note: string | undefined
}

/** A row of an earlier record. Its number is given anew. */
export interface AdoptedRow {
  readonly row: LogRow
  readonly text: string | undefined
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
  /** The reference is of the version of the schema. */
  readonly isSame: boolean
}

/** The worker that reads references. Failures are sentences. */
export interface ReaderWorker {
  /** Answered as soon as the thread is free: a sign of life. */
  ping(): void
  /** Read a manual or QAPI files; kept under `key`. */
  read(key: string, files: readonly ReferenceFile[]): Promise<Result<Reference, string>>
  /**
   * Names for the types of a schema (the return of query-qmp-schema) by the reference of that key. `isSame`: they are of
   * one version; where that is not known, it is told by what they describe.
   */
  names(key: string, raw: Json, isSame: boolean | undefined): Promise<Result<NamedTypes, string>>
  /** Whether the reference of that key is there: a worker that was started again has none. */
  has(key: string): Promise<Result<boolean, string>>
  /** Let the reference of that key go. */
  forget(key: string): Promise<Result<boolean, string>>
  /** Look through a recording: what it is and which machines it has. */
  recording(file: Blob, name: string): Promise<Result<RecordingSummary, string>>
  /** Lay two outlines over each other. Those two places belong together, whatever they are. */
  overlay(a: Outline, b: Outline, aligned: readonly [number, number]): Promise<Result<OverlayRows, string>>
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
  /** Answered as soon as the thread is free: a sign of life. */
  ping(): void
  layOut(graph: LayoutGraph): Promise<Result<GraphLayout, string>>
}
