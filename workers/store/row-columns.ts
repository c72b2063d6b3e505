/**
 * One row to its columns, and back. Held by the record (store.ts), which has the text and the names.
 * Tested by workers/store/store.test.ts.
 */
import { assertNever } from '#base/assert-never.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { JsonObject } from '#base/json/value.ts'
import type { QmpError } from '#qmp/message.ts'
import type { EventCause, ExecId, Ticket } from '#qmp/report.ts'
import type { EventRow, LogRow, ReplyRow } from '#record/row.ts'
import { flag, kinds, originCode, origins } from './columns.ts'
import type { Block } from './columns.ts'

const largest = 0xffff_fffe
/** Microseconds in a second, and the seconds that a double holds as microseconds. */
export const micros = 1_000_000
const mostSeconds = 9_000_000_000
/** The size of a kept object in bytes, beside its strings. An estimate. */
const objectBytes = 256

const outcomeFlags = { 'timed-out': 0, unknown: flag.unknown, dropped: flag.unknown | flag.late } as const

function outcomeOf(flags: number): keyof typeof outcomeFlags {
  if ((flags & flag.unknown) === 0) return 'timed-out'
  return (flags & flag.late) === 0 ? 'unknown' : 'dropped'
}

/** Write the columns of a row's kind. Returns its flags. */
export function fillRow(
  block: Block,
  place: number,
  row: Exclude<LogRow, EventRow>,
  text: string | undefined,
): number {
  switch (row.kind) {
    case 'command':
      block.origin[place] = originCode[row.origin]
      block.exec[place] = row.exec
      block.ticket[place] = row.ticket === undefined ? 0 : row.ticket + 1
      return (
        (row.oob ? flag.oob : 0) |
        (isNumber(row.exec) && (row.ticket === undefined || fits(row.ticket)) ? 0 : flag.odd)
      )
    case 'return':
    case 'error':
      block.origin[place] = originCode[row.origin]
      block.exec[place] = row.exec
      block.latencyMs[place] = row.latencyMs
      return (row.late ? flag.late : 0) | errorFlags(row, text) | (isNumber(row.exec) ? 0 : flag.odd)
    case 'raw':
      block.exec[place] = row.exec
      return isNumber(row.exec) ? 0 : flag.odd
    case 'outcome':
      block.exec[place] = row.exec
      block.latencyMs[place] = row.latencyMs
      return outcomeFlags[row.outcome] | (isNumber(row.exec) ? 0 : flag.odd)
    case 'line':
      return row.failed ? flag.unknown : 0
    case 'state':
    case 'channel':
    case 'problem':
    case 'gap':
      return flag.odd
    default:
      return assertNever(row)
  }
}

/**
 * Make a row an object again that the columns hold. `text` is asked for where the row has more than the columns do.
 */
export function readRow(
  block: Block,
  place: number,
  seq: number,
  name: string,
  text: () => string | undefined,
): LogRow {
  const flags = block.flags[place] as number
  const kind = kinds[block.kind[place] as number] ?? 'raw'
  const numbered = { seq, at: block.at[place] as number, bytes: block.size[place] as number }
  const exec = block.exec[place] as ExecId
  const origin = origins[block.origin[place] as number] ?? 'client'
  switch (kind) {
    case 'command': {
      const ticket = block.ticket[place] as number
      return {
        kind,
        exec,
        ticket: ticket === 0 ? undefined : ((ticket - 1) as Ticket),
        name,
        oob: (flags & flag.oob) !== 0,
        origin,
        ...numbered,
      }
    }
    case 'return':
    case 'error':
      return {
        kind,
        exec,
        name,
        error: (flags & flag.body) === 0 ? undefined : errorIn(readObject(text())),
        latencyMs: block.latencyMs[place] as number,
        late: (flags & flag.late) !== 0,
        origin,
        ...numbered,
      }
    case 'event':
      return {
        kind,
        name,
        data: (flags & flag.body) === 0 ? undefined : dataIn(readObject(text())),
        timestamp: timestampOf(block.stamp[place] as number),
        cause: causeOf(flags, exec, block.ticket[place] as number),
        ...numbered,
      }
    case 'raw':
      return { kind, exec, ...numbered }
    case 'outcome':
      return {
        kind,
        exec,
        name,
        outcome: outcomeOf(flags),
        latencyMs: block.latencyMs[place] as number,
        ...numbered,
      }
    case 'line':
      return { kind, name, failed: (flags & flag.unknown) !== 0, ...numbered }
    case 'state':
    case 'channel':
    case 'problem':
    case 'gap':
      throw new Error(`row ${seq} of kind ${kind} is kept as an object, and is not there`)
    default:
      return assertNever(kind)
  }
}

function readObject(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined
  const parsed = parseJson(text)
  return parsed.ok && isJsonObject(parsed.value) ? parsed.value : undefined
}

function dataIn(message: JsonObject | undefined): JsonObject | undefined {
  if (message === undefined || !Object.hasOwn(message, 'data')) return undefined
  const { data } = message
  return data !== undefined && isJsonObject(data) ? data : undefined
}

/** The error of a reply, as the session reads it (qmp/message.ts). */
function errorIn(message: JsonObject | undefined): QmpError | undefined {
  if (message === undefined || !Object.hasOwn(message, 'error')) return undefined
  const { error } = message
  if (error === undefined || !isJsonObject(error)) return undefined
  return {
    class: typeof error.class === 'string' ? error.class : 'GenericError',
    desc: typeof error.desc === 'string' ? error.desc : printJson(error),
  }
}

/** An error that the text repeats is read from there; any other row is kept as an object. Errors are few, so each is compared. */
function errorFlags(row: ReplyRow, text: string | undefined): number {
  if (row.error === undefined) return 0
  const inText = errorIn(readObject(text))
  return inText?.class === row.error.class && inText.desc === row.error.desc ? flag.body : flag.odd
}

/** Write the cause of an event. Returns its flag. */
export function fillCause(block: Block, place: number, cause: EventCause): number {
  block.exec[place] = cause.exec
  // Events have no ticket.
  block.ticket[place] = cause.verb ?? 0
  return cause.proof === 'id' ? flag.causeById : flag.causeByNearness
}

/** Whether the columns hold a cause. */
export function fitsCause({ exec, verb }: EventCause): boolean {
  return isNumber(exec) && (verb === undefined || isNumber(verb))
}

function causeOf(flags: number, exec: ExecId, verb: number): EventCause | undefined {
  if ((flags & (flag.causeById | flag.causeByNearness)) === 0) return undefined
  const proof = (flags & flag.causeById) === 0 ? 'nearness' : 'id'
  return verb === 0 ? { exec, proof } : { exec, proof, verb: verb as ExecId }
}

function timestampOf(stamp: number): EventRow['timestamp'] {
  if (Number.isNaN(stamp)) return undefined
  const seconds = Math.floor(stamp / micros)
  return { seconds, microseconds: stamp - seconds * micros }
}

/** Whether a stamp is a time that one double holds: not -1, not a fraction, not beyond all bounds. */
export function isStamp(seconds: number, microseconds: number): boolean {
  return (
    Number.isInteger(seconds) &&
    seconds >= 0 &&
    seconds <= mostSeconds &&
    Number.isInteger(microseconds) &&
    microseconds >= 0 &&
    microseconds < micros
  )
}

/** Whether a column holds a number (and the number plus one). */
export function fits(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= largest
}

/** Whether a column holds the number of a command, which is never 0. */
export function isNumber(exec: number): boolean {
  return fits(exec) && exec > 0
}

/** The memory of a kept row, estimated by its strings. */
export function weight(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 0
  let sum = objectBytes
  for (const each of Object.values(value)) sum += weight(each)
  return sum
}
