/**
 * A command on its way, as the sessions keep it: settled exactly once, with a deadline that runs from the request on.
 */
import type { Json, JsonObject } from '#base/json/value.ts'
import { isDecimal, numberFrom } from '#base/json/number.ts'
import { printJson } from '#base/json/print.ts'
import type { QmpError } from './message.ts'
import type { SessionRequest } from './ports.ts'
import type { ExecId, NotSentReason, Outcome, PendingCommand, RowBody } from './report.ts'

/** A command on its way. */
export interface Entry {
  readonly exec: ExecId
  readonly request: SessionRequest
  readonly since: number
  /** The line to send, without its end. */
  readonly text: string
  /** The canonical text of its id on the wire; undefined where the line has none. */
  readonly key: string | undefined
  /** `late`: settled as timed out, its reply still owed. */
  state: 'queued' | 'sent' | 'late' | 'done'
  sentAt: number
  /** Counts what was sent on this connection: which of two commands was sent first. */
  order: number
  /** It was sent while another in-band command was unanswered. */
  together: boolean
  stopDeadline: () => void
  settle: (outcome: Outcome) => void
}

/**
 * The canonical text of an id: equal for ids that a server may echo in another form (its objects lose the order of
 * their members, `1.0` comes back as `1`).
 */
export function idKey(id: Json): string {
  // All ids of our own.
  if (typeof id === 'number' && Number.isSafeInteger(id) && id > 0) return String(id)
  return printJson(sorted(id))
}

/** Characters of an id that nobody waits for: the whole of it is in the text of its row. */
const longestShownId = 200

/** An id in a problem's row. */
export function shownId(id: Json | undefined): string {
  if (id === undefined) return 'none'
  const key = idKey(id)
  return key.length > longestShownId ? `${key.slice(0, longestShownId)}…` : key
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(sorted)
  // A server may write a number in another way than it was sent.
  if (isDecimal(value)) return numberFrom(value.valueOf())
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value as JsonObject).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]))
}

/** An entry that waits to be sent. `text` is its line, `key` the canonical text of the id in it. */
export function createEntry(
  exec: ExecId,
  request: SessionRequest,
  text: string,
  key: string | undefined,
  now: number,
  settle: (outcome: Outcome) => void,
): Entry {
  return {
    exec,
    request,
    since: now,
    text,
    key,
    state: 'queued',
    sentAt: 0,
    order: 0,
    together: false,
    stopDeadline: nothing,
    settle,
  }
}

/** The one end of a command: nothing runs any more for it, and who asked is told. */
export function settle(entry: Entry, outcome: Outcome): void {
  entry.state = 'done'
  entry.stopDeadline()
  entry.settle(outcome)
}

/** The end of a command that was not sent. */
export function settleUnsent(entry: Entry, why: NotSentReason): void {
  settle(entry, { kind: 'not-sent', why })
}

/** The row for a command that is sent. */
export function commandRow({ exec, request }: Entry): RowBody {
  const { ticket, name, oob, origin } = request
  return { kind: 'command', exec, ticket, name, oob, origin }
}

/** The row for a reply. `late`: it came after the command's deadline. */
export function replyRow(
  { exec, request }: Entry,
  message: { readonly kind: 'return' } | { readonly kind: 'error'; readonly error: QmpError },
  latencyMs: number,
  late: boolean,
): RowBody {
  const { name, origin } = request
  const error = message.kind === 'error' ? message.error : undefined
  return { kind: message.kind, exec, name, error, latencyMs, late, origin }
}

/** The row for a command that no reply ended. `now` in milliseconds. */
export function outcomeRow(entry: Entry, outcome: 'timed-out' | 'unknown' | 'dropped', now: number): RowBody {
  const { exec, request, sentAt } = entry
  return { kind: 'outcome', exec, name: request.name, outcome, latencyMs: Math.max(0, now - sentAt) }
}

/** The entry as the page sees it. */
export function describeEntry(entry: Entry): PendingCommand {
  return {
    exec: entry.exec,
    ticket: entry.request.ticket,
    name: entry.request.name,
    oob: entry.request.oob,
    origin: entry.request.origin,
    state: entry.state === 'queued' ? 'queued' : entry.state === 'late' ? 'late' : 'sent',
    since: entry.since,
  }
}

/** The size of a text in UTF-8. What we send is ASCII but for strings that people typed. */
export function byteLength(text: string): number {
  let bytes = text.length
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code > 0x7f) bytes += code > 0x7ff ? 2 : 1
    // A surrogate pair is four bytes in two units.
    if (code >= 0xd800 && code <= 0xdbff) bytes -= 2
  }
  return bytes
}

/** The stop of a timer that is not running. */
export function nothing(): void {
  // Nothing runs, so there is nothing to stop.
}
