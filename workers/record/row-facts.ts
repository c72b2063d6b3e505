/** What every form of a row says in the same words: which way its message went, its name, its command, its time. */
import type { LogRow } from './row.ts'
import { assertNever } from '#base/assert-never.ts'

/** A row that has no number in a record yet. */
export type BareRow = LogRow extends infer Row ? (Row extends LogRow ? Omit<Row, 'seq'> : never) : never

/** A row and the exact text of its message, where there is one. */
export interface BareLine {
  readonly row: BareRow
  readonly text: string | undefined
}

/** Which way a message went. `here`: nothing was on the wire. */
export type Direction = 'sent' | 'received' | 'here'

/** Which way the message of a row went. */
export function directionOf(row: BareRow): Direction {
  switch (row.kind) {
    case 'command':
    case 'raw':
      return 'sent'
    case 'return':
    case 'error':
    case 'event':
    case 'problem':
    case 'line':
      return 'received'
    case 'state':
    case 'channel':
    case 'outcome':
    case 'gap':
      return 'here'
    default:
      return assertNever(row)
  }
}

/** The name of the command, event, state or problem, or why there is a gap. Empty for raw lines and what answers them. */
export function nameOf(row: BareRow): string {
  switch (row.kind) {
    case 'command':
    case 'return':
    case 'error':
    case 'outcome':
    case 'event':
    case 'line':
    case 'channel':
      return row.name
    case 'raw':
      return ''
    case 'state':
      return row.state.kind
    case 'problem':
      return row.problem.kind
    case 'gap':
      return row.why
    default:
      return assertNever(row)
  }
}

/** The number of the command that the row belongs to. An event's cause is no such belonging. */
export function execOf(row: BareRow): number | undefined {
  return 'exec' in row ? row.exec : undefined
}

/** A time (milliseconds since the epoch) in whole microseconds: below 2^53 for the next two centuries. */
export function microsOf(at: number): number {
  return Math.round(at * 1000)
}

/** A span of milliseconds to the microsecond. */
export function roundSpan(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

/** The time of arrival, ISO 8601 in UTC, with six digits of a second. Throws where `at` is no time: that is a bug. */
export function timeText(at: number): string {
  const micros = microsOf(at)
  const ms = Math.floor(micros / 1000)
  return new Date(ms).toISOString().replace('Z', `${String(micros - ms * 1000).padStart(3, '0')}Z`)
}

const timePattern = /^([+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/

/** Read what `timeText` wrote: milliseconds since the epoch, exact to the microsecond. Undefined for anything else. */
export function readTime(text: string): number | undefined {
  const [, seconds, fraction = ''] = timePattern.exec(text) ?? []
  if (seconds === undefined) return undefined
  const ms = Date.parse(`${seconds}Z`)
  if (Number.isNaN(ms)) return undefined
  return (ms * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6))) / 1000
}

/** The size of a text in UTF-8, in bytes. */
export function byteLength(text: string): number {
  // ASCII is what nearly every message is.
  return /^[\u0000-\u007f]*$/.test(text) ? text.length : new TextEncoder().encode(text).length
}

/** The greeting is recorded as an event without the time stamp that every real event has. */
export function isGreeting(row: BareRow): boolean {
  return row.kind === 'event' && row.name === 'QMP' && row.timestamp === undefined
}
