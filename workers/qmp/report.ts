/**
 * What a session says of itself: commands and their outcomes, what waits, problems on the wire, and the lines of
 * the record. Plain data: workers/api.ts hands these types on to the page.
 * Tested by workers/qmp/session.test.ts.
 * @adr 0004
 */
import type { Brand } from '#base/brand.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import type { ConnectionState } from './connection.ts'
import type { FramingProblem } from './wire/framing.ts'
import type { QmpError, Timestamp } from './message.ts'

/** A command's number in one worker, from 1. It is also the `id` on the wire. Made by the session's counter only. */
export type ExecId = Brand<number, 'ExecId'>

/** The page's own number for a request, by which it can cancel it and find it in rows. Made by the link only. */
export type Ticket = Brand<number, 'Ticket'>

/** Who asked for a command: a person, the page for its own views, or the client itself (negotiation, identity). */
export type Origin = 'person' | 'page' | 'client'

/** How a command ended. Exactly one for each command. Times in milliseconds. */
export type Outcome =
  | {
      readonly kind: 'returned'
      readonly exec: ExecId
      /** Null where `text` stands for it. */
      readonly value: Json
      /**
       * The message of a large reply, which crosses to the page as text: to read it there takes half the time of a copy
       * of its value. The link reads it: above the link it is never there.
       */
      readonly text?: string
      readonly latencyMs: number
    }
  | {
      readonly kind: 'failed'
      readonly exec: ExecId
      readonly error: QmpError
      readonly latencyMs: number
    }
  /** Sent, and no reply within the deadline. A late reply is still recorded. */
  | { readonly kind: 'timed-out'; readonly exec: ExecId; readonly afterMs: number }
  /** Sent, and then it could not be known what became of it. It may have run. */
  | {
      readonly kind: 'unknown'
      readonly exec: ExecId
      readonly why: 'connection-lost' | 'reply-unreadable' | 'worker-died' | 'worker-silent'
    }
  /** A guest agent's command that answers only on failure, and did not fail within the limit. */
  | { readonly kind: 'sent'; readonly exec: ExecId }
  /** Never sent: it certainly did not run. */
  | { readonly kind: 'not-sent'; readonly why: NotSentReason }

/** Why a command was never sent (the last: it was sent, and the server says that it dropped it unread). */
export type NotSentReason =
  | 'cancelled'
  | 'deadline'
  | 'not-connected'
  | 'connection-lost'
  | 'oob-not-negotiated'
  | 'queue-full'
  /** A line that is no command, for a server that would answer nothing any more. */
  | 'no-command'
  | 'dropped-by-server'

/** What a line that was sent as it is led to. */
export type RawOutcome =
  /** The line was a command. `reply` is the exact text of its reply, where one came in time. */
  | { readonly kind: 'command'; readonly outcome: Outcome; readonly reply: string | undefined }
  /** The line was something else: it is sent, and whatever comes back is in the record. */
  | { readonly kind: 'sent' }
  | { readonly kind: 'not-sent'; readonly why: NotSentReason }

/** A command that waits: in the queue, or sent and not answered (`late`: not answered within its deadline). */
export interface PendingCommand {
  readonly exec: ExecId
  readonly ticket: Ticket | undefined
  readonly name: string
  readonly oob: boolean
  readonly origin: Origin
  readonly state: 'queued' | 'sent' | 'late'
  /** When it was asked for, milliseconds since the epoch. */
  readonly since: number
}

/** What waits now, oldest first. */
export interface QueueSnapshot {
  readonly pending: readonly PendingCommand[]
  /** Set while an in-band command has blocked the queue for more than two seconds. */
  readonly blockedBy: PendingCommand | undefined
}

/** What went wrong on the wire, with evidence. */
export type WireProblem =
  | FramingProblem
  /** An error without an id that belongs to no one command. `repeated` counts such errors in a row. */
  | { readonly kind: 'server-parse-error'; readonly error: QmpError; readonly repeated: number }
  /** A reply whose id nobody waits for. `id` is its JSON. */
  | { readonly kind: 'unknown-id'; readonly id: string }
  | { readonly kind: 'unrecognised'; readonly why: string }

/** One line of the record, without its number and time. */
export type RowBody =
  | {
      readonly kind: 'command'
      readonly exec: ExecId
      readonly ticket: Ticket | undefined
      readonly name: string
      readonly oob: boolean
      readonly origin: Origin
    }
  | {
      readonly kind: 'return' | 'error'
      readonly exec: ExecId
      readonly name: string
      readonly error: QmpError | undefined
      readonly latencyMs: number
      /** Came after the command's deadline. */
      readonly late: boolean
      readonly origin: Origin
    }
  | {
      readonly kind: 'event'
      readonly name: string
      readonly data: JsonObject | undefined
      readonly timestamp: Timestamp | undefined
      /** The command that most likely caused it, and why that is believed; undefined where nothing says so. */
      readonly cause?: EventCause | undefined
    }
  /** A line that a person sent and that is no command. */
  | { readonly kind: 'raw'; readonly exec: ExecId }
  | { readonly kind: 'state'; readonly state: ConnectionState }
  /** The outcome of a command that no reply ended. */
  | {
      readonly kind: 'outcome'
      readonly exec: ExecId
      readonly name: string
      /** `dropped`: the server said that it threw the command away unread, so it did not run. */
      readonly outcome: 'timed-out' | 'unknown' | 'dropped'
      /** How long it had waited, in milliseconds. */
      readonly latencyMs: number
    }
  /** Nothing was recorded for a time: what there was then is not known. */
  | {
      readonly kind: 'gap'
      readonly why: GapReason
      /** When the gap began, milliseconds since the epoch. It ends with this row. */
      readonly since: number
      /** Rows that were not recorded, where they were counted. */
      readonly rows: number | undefined
    }
  | { readonly kind: 'problem'; readonly problem: WireProblem }
  /**
   * A line that a serial line printed; its text is the row's text. `name` is the channel. `failed`: it tells of a failure of the
   * guest, such as a kernel panic.
   */
  | { readonly kind: 'line'; readonly name: string; readonly failed: boolean }
  /** The connection of another channel (a screen, a serial line) changed. `why`: a sentence, where somebody says. */
  | {
      readonly kind: 'channel'
      readonly name: string
      readonly phase: ChannelPhase
      readonly why: string | undefined
    }

/** How the connection of a channel without QMP is, as far as the record has it. */
export type ChannelPhase = 'ready' | 'occupied' | 'lost' | 'ended'

/** Why nothing was recorded: recording was paused, the page was closed, its worker died, the record was imported with one. */
export type GapReason = 'paused' | 'closed' | 'worker-died' | 'imported'

/**
 * The command that caused an event: proved by an `id`, or only near in time (`nearness`). Of a job it is the one that
 * started it.
 */
export interface EventCause {
  readonly exec: ExecId
  readonly proof: 'id' | 'nearness'
  /** Of a job: the verb that led to this change, `job-cancel` for example; undefined where it came without one. */
  readonly verb?: ExecId | undefined
}
