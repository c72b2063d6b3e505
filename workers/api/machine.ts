/**
 * The boundary between the page and a machine's worker: types only, plain data both ways. One worker holds one machine's
 * connection; comlink carries the calls of `MachineWorker`, and one proxied callback carries the batches back.
 *
 * Failures of QMP cross as values (a thrown error would keep only name, message and stack). Integers that a
 * double cannot hold cross as bigint, other such numbers as `Decimal` (base/json/number.ts).
 * Tested by workers/host/machine/host.test.ts.
 */
import type { LoadLevel } from '#record/flood.ts'
import type { AdoptedRow, FoundRows, LogTotals, RowView, Statistics } from '#record/row.ts'
import type { ConnectionState } from '#qmp/connection.ts'
import type { Manners } from '#qmp/manners.ts'
import type { Filter } from '#record/filter/filter.ts'
import type {
  ChannelPhase,
  GapReason,
  Origin,
  Outcome,
  QueueSnapshot,
  RawOutcome,
  Ticket,
} from '#qmp/report.ts'
import type { JsonObject } from '#base/json/value.ts'
import type { Outline } from '#record/outline.ts'
import type { QemuVersion } from '#qmp/message.ts'
import type { Result } from '#base/result.ts'
import type { Track } from '#record/track.ts'
import type { LineOrder } from './line.ts'

/** How to reach a machine. */
export interface ConnectOptions {
  /** `ws://` or `wss://` address of the bridge as it is recorded and shown: the token without a secret. */
  readonly url: string
  /** The address that is opened, where that holds a secret which `url` has not. Never recorded, never shown. */
  readonly dial?: string
  /** What speaks at the other end. */
  readonly protocol: 'qmp' | 'agent'
  /** Largest message that is accepted, in bytes. Default 64 MiB. */
  readonly limitBytes?: number
  /**
   * The monitor belongs to another program: it is held while a person asks for something, and let go after 2 s of silence.
   * `now`: a person wants to see it; `when-asked`: it is connected for the first command of a person.
   */
  readonly polite?: 'now' | 'when-asked'
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
  /** Who asked; the timeline tells them apart. */
  readonly origin: Origin
}

/** Who the machine is, as far as it says. Undefined members are unknown (the storage daemon has no uuid). */
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

/** What is told only when it changed. */
export interface MachineUpdate {
  readonly state?: ConnectionState
  readonly identity?: Identity
  readonly identityChange?: IdentityChange
  readonly queue?: QueueSnapshot
  /** How the server keeps the protocol, beyond its greeting. */
  readonly manners?: Manners
  readonly keep?: KeepState
  readonly recording?: RecordingState
}

/** What happened since the last batch. At most one a frame. Rows are not in it: queries hand them over. */
export interface Batch extends MachineUpdate {
  /** How much comes. A batch follows when it is calm again. */
  readonly load: LoadLevel
  readonly totals: LogTotals
  /** Errors of commands that people sent and of the connection, and problems, that came to this worker. */
  readonly errors: number
  /** Errors of the guest, its disks, its devices and its jobs that came to this worker. */
  readonly guestErrors: number
  /**
   * By how much this browser's clock is ahead of the clock of the machine's host, in milliseconds. Undefined before the
   * first event.
   */
  readonly clockLag: number | undefined
  /** Subscribed events, by name; 200 names at most. */
  readonly events: readonly EventNews[]
  /** Tracks that are new or changed. */
  readonly tracks: readonly Track[]
  readonly hits: readonly AlertHit[]
}

/** The events of one name since the last batch, recorded or not. Arrival in milliseconds since the epoch. */
export interface EventNews {
  readonly name: string
  readonly rows: number
  readonly firstAt: number
  readonly lastAt: number
}

/** Whether a record is kept over reloads. */
export type KeepState =
  | { readonly kind: 'off' }
  /** `left`: rows that came too fast to be written. */
  | { readonly kind: 'on'; readonly rows: number; readonly bytes: number; readonly left: number }
  /** Keeping has failed. `why` is for people. */
  | { readonly kind: 'failed'; readonly why: string }

/** A filter that watches new rows. */
export interface Alert {
  readonly id: string
  readonly filter: Filter
  /** Stop recording at a hit, and keep this many milliseconds before it (0: all). Undefined: only report it. */
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
export interface RecordingState {
  readonly on: boolean
  /** The alert that stopped it; undefined when a person did. */
  readonly stoppedBy: string | undefined
  /** Rows that were not recorded since. */
  readonly missed: number
}

/** A change of a channel that the page knows of. `why` is a sentence. */
export interface ChannelNote {
  readonly name: string
  readonly phase: ChannelPhase
  readonly why: string | undefined
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
  /** The page is hidden or about to close: kept rows are written at once. */
  hurry(): void
  /** Run a command. Resolves with its one outcome; never rejects. */
  execute(request: ExecuteRequest): Promise<Outcome>
  /** Cancel a queued command. False when it is already sent or over. */
  cancel(ticket: Ticket): boolean
  /** Send one line as it is. */
  sendRaw(line: string, deadlineMs: number, ticket: Ticket): Promise<RawOutcome>
  /** The exact text of a row's message. Undefined when it has been dropped or never had one. */
  text(seq: number): string | undefined
  /** Forget the record. */
  clear(): void
  /** Rows by their numbers, in that order; those that are gone are left out. At most 1,000. */
  rows(seqs: readonly number[]): readonly RowView[]
  /** A command's row, what ended it and the events that it caused, oldest first; the first and last 200. */
  family(exec: number): readonly RowView[]
  /**
   * The command that was sent last before a row, and where that only asks or was refused the last one that
   * changes something. At most 2, the newer first; never the page's own.
   */
  commandsBefore(seq: number): readonly RowView[]
  /** Open a query for rows. It also covers later rows, until `closeQuery`. Returns its handle. */
  openQuery(filter: Filter): number
  /** What was found since the last call, after scanning for about `budgetMs` more. Undefined for an unknown handle. */
  readQuery(handle: number, budgetMs: number): FoundRows | undefined
  closeQuery(handle: number): void
  /** Statistics of the rows that pass a filter. */
  statistics(filter: Filter): Statistics
  /** The names of commands and events in the record, at most 1,000. */
  names(): readonly string[]
  /** Keep the record over reloads under a name, and adopt the rows kept before; or stop keeping it. Called before `connect`. */
  keep(machine: string | undefined): Promise<void>
  /**
   * Adopt rows of an earlier record (of a dead worker, or of a file), in order. `gap`: why a gap follows them, if one
   * does.
   */
  adopt(rows: readonly AdoptedRow[], gap: GapReason | undefined): void
  /** Check all rows from now on against these alerts, which replace the former ones. */
  setAlerts(alerts: readonly Alert[]): void
  /** Tell of events of these names (`*` stands for any characters) in each batch. Replaces the former ones. */
  subscribe(names: readonly string[]): void
  /** Record, or leave a gap. */
  setRecording(on: boolean): void
  /** Begin to write the rows of the record as a file, without later ones. Returns its handle. */
  beginSaving(saving: Saving): Promise<number>
  /** The next part of the file, after about `budgetMs`. Undefined for an unknown handle. */
  savedPart(handle: number, budgetMs: number): SavedPart | undefined
  endSaving(handle: number): void
  /** Adopt the rows of one machine of a recording. The failure is a sentence. */
  openRecording(file: Blob, name: string, machine: string): Promise<Result<undefined, string>>
  /** Play the rows of a recording again. Returns the new state of the replay. */
  replay(order: ReplayOrder): ReplayState
  /** Open a serial line; `port` carries its bytes (workers/api/line.ts). One that is open under that name is closed. */
  openLine(order: LineOrder, port: MessagePort): void
  /** Record how the connection of another channel changed. */
  noteChannel(note: ChannelNote): void
  /** The subjects of the rows that pass a filter, for comparing two recordings: the first `most`. */
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
  /** Its tracks, for a Chrome trace. */
  readonly tracks: readonly Track[]
}

/** A part of a file that is being written. */
export interface SavedPart {
  /** UTF-8. Transferred, not copied. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Rows written so far. */
  readonly rows: number
  /** Rows of the record that were dropped before they could be written. */
  readonly gone: number
  /** How far it is: from 0 to 1. */
  readonly progress: number
  readonly over: boolean
}

/** An order to a replay. Times are those of the recording, milliseconds since the epoch. */
export type ReplayOrder =
  /** `speed` 1 is its own pace; Infinity as fast as it can. From the beginning where it is at the end. */
  | { readonly kind: 'play'; readonly speed: number }
  | { readonly kind: 'pause' }
  /** Show the record as it was at a time. */
  | { readonly kind: 'seek'; readonly at: number }
  /** End the replay: everything is shown. */
  | { readonly kind: 'all' }
  /** Only return the state. */
  | { readonly kind: 'look' }

/** The state of a replay. */
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
