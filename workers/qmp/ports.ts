/** What a session is handed, and what it is to its holder: both protocols have the same doors. */
import type { Json, JsonObject } from '#base/json/value.ts'
import type { ConnectionState } from './connection.ts'
import type { Manners } from './manners.ts'
import type { ExecId, Origin, Outcome, QueueSnapshot, RawOutcome, RowBody, Ticket } from './report.ts'
import type { SourceBytes } from './wire/framing.ts'
import type { PrintedEvent } from './wire/printed-event.ts'

/** The clock and the wire, as a session is handed them: a test hands it its own. */
export interface SessionPorts {
  /** Send one line; the session has put the line end there. */
  send(text: string): void
  /** Send bytes that are no text: the guest agent's 0xFF. */
  sendBytes(bytes: Uint8Array<ArrayBuffer>): void
  /** Milliseconds since the epoch, from a clock that never goes back. */
  now(): number
  /** Call `then` after `ms` milliseconds; the returned function calls it off. */
  after(ms: number, then: () => void): () => void
  /** The next command's number. One counter for a machine, over all its connections. */
  nextExec(): ExecId
  /** A number by chance, from 0 up to but not including 1. */
  random(): number
}

/** What somebody wants to run. */
export interface SessionRequest {
  readonly name: string
  readonly arguments: JsonObject | undefined
  readonly oob: boolean
  readonly deadlineMs: number
  readonly ticket: Ticket | undefined
  readonly origin: Origin
}

/** Where a session tells what happens. Called in order, never from within `execute`'s caller's stack twice. */
export interface SessionSink {
  /** The connection has another state; `ended` asks the holder to close the socket. */
  move(state: ConnectionState): void
  /**
   * A line for the record. `text` is the exact message where there is one, `source` its bytes where they are at hand;
   * `value` is what a command returned, where it was read.
   */
  record(body: RowBody, text: string | undefined, bytes: number, source?: SourceBytes, value?: Json): void
  /** An event of a monitor that is ready or being negotiated with. False: it is wanted as a row. */
  event?(event: PrintedEvent, source: SourceBytes): boolean
  /** What waits has changed. */
  queueChanged(): void
  /** What is known of the server's manners: with its greeting, and when it shows others. */
  manners?(manners: Manners): void
  /** The server does not go on: the holder closes the connection and tries again. `why` is for people. */
  broken?(why: string): void
}

/** The settings of a session, each with its default. */
export interface SessionOptions {
  /** Largest message, in bytes. Default 64 MiB. */
  readonly limitBytes?: number
  /** How long to wait for the greeting before the monitor counts as occupied. Default 3,000 ms. */
  readonly greetingMs?: number
  /** How long `qmp_capabilities` may go unanswered before the connection is given up. Default 30,000 ms. */
  readonly negotiationMs?: number
  /** How long an in-band command may go unanswered before it is said to block the queue. Default 2,000 ms. */
  readonly blockedMs?: number
  /** In-band commands sent and unanswered at most. Default 8. */
  readonly inFlight?: number
  /** What connections to the same server found out before. Default: nothing. */
  readonly manners?: Manners
}

/** One connection, of either protocol. */
export interface Session {
  /** The socket is open. Called once. */
  opened(): void
  /** Bytes from the server, in any pieces. */
  receive(chunk: Uint8Array): void
  /** Nothing has come for a while: messages without a line end are looked for. */
  idle(): void
  /** Bytes that are not a whole message yet. */
  readonly pendingBytes: number
  /** The socket is gone. Settles every command: what was sent is unknown, what was queued was not sent. */
  closed(): void
  /** Run a command. Resolves with its one outcome, never rejects. */
  execute(request: SessionRequest): Promise<Outcome>
  /** Take a queued command back; false when it was sent already or is not known. */
  cancel(ticket: Ticket): boolean
  /** Send a line byte for byte. */
  sendRaw(line: string, deadlineMs: number, ticket: Ticket | undefined): Promise<RawOutcome>
  /** What waits now. */
  queue(): QueueSnapshot
}
