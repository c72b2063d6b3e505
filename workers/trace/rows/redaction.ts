/**
 * Rows without secrets, for every form that leaves the page. The caller decides what a secret is: commands and their
 * arguments belong to another room.
 */
import type { LogRow, RowOf } from '#record/row.ts'
import { assertNever } from '#base/assert-never.ts'
import { isJsonObject, jsonObject } from '#base/json/value.ts'
import { parseInput, parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'
import { readError, readProblem, readState } from '../formats/transcript-values.ts'

/** Removes secrets from rows. The caller supplies it (workers/qapi/secrets/secrets.ts). */
export interface Redaction {
  /** The arguments of a command (JSON) without its secrets; the same text where there are none. */
  readonly arguments: (command: string, text: string) => string
  /** Any other text without secrets: passwords in addresses and options, and secrets of commands, which a server may repeat. */
  readonly text?: (text: string) => string
  /** Whether what this command returned is a secret as a whole. */
  readonly isSecretReply?: (exec: number) => boolean
}

/** A row and its text without secrets; `isRedacted` if anything was removed. Used by all forms. */
export function redactRow(
  row: LogRow,
  text: string | undefined,
  redaction: Redaction,
): { readonly row: LogRow; readonly text: string | undefined; readonly isRedacted: boolean } {
  const clean = (each: string): string => redaction.text?.(each) ?? each
  switch (row.kind) {
    case 'command': {
      const own = text === undefined ? undefined : redactCommand(row.name, text, redaction)
      const now = own === undefined ? undefined : clean(own)
      return { row, text: now, isRedacted: now !== text }
    }
    case 'raw':
      return { row, text: undefined, isRedacted: text !== undefined }
    case 'state': {
      // It may contain an address.
      const whole = JSON.stringify(row.state)
      const own = clean(whole)
      if (own === whole) return { row, text, isRedacted: false }
      const parsed = parseJson(own)
      const state = (parsed.ok ? readState(parsed.value) : undefined) ?? ({ kind: 'idle' } as const)
      return { row: { ...row, state }, text, isRedacted: true }
    }
    case 'outcome':
    case 'gap':
      return { row, text, isRedacted: false }
    case 'channel': {
      const why = row.why === undefined ? undefined : clean(row.why)
      return { row: { ...row, why }, text, isRedacted: why !== row.why }
    }
    case 'line': {
      const now = text === undefined ? undefined : clean(text)
      return { row, text: now, isRedacted: now !== text }
    }
    case 'return':
    case 'error':
    case 'event':
    case 'problem': {
      const isSecret = row.kind === 'return' && redaction.isSecretReply?.(row.exec) === true
      const now = text === undefined ? undefined : isSecret ? undefined : clean(text)
      const whole = printJson(ownJson(row))
      const own = clean(whole)
      // The cleaned text may no longer be a row of that kind: then it is left out.
      const made = own === whole ? row : (fromOwnJson(row, own) ?? withoutOwn(row))
      return { row: made, text: now, isRedacted: now !== text || own !== whole }
    }
    default:
      return assertNever(row)
  }
}

/** A command's text with its arguments cleaned. Undefined where it cannot be read, and so not be cleaned. */
function redactCommand(name: string, text: string, redaction: Redaction): string | undefined {
  const parsed = parseInput(text)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const message = parsed.value
  const args = Object.hasOwn(message, 'arguments') ? message.arguments : undefined
  if (args === undefined) return text
  const before = printJson(args)
  const after = redaction.arguments(name, before)
  if (after === before) return text
  const read = parseJson(after)
  if (!read.ok) return undefined
  return printJson(
    jsonObject(
      Object.entries(message).map(([key, value]) => [key, key === 'arguments' ? read.value : value]),
    ),
  )
}

type Received = RowOf<'return' | 'error' | 'event' | 'problem'>

/** The fields of a received row, cleaned apart from its text. */
function ownJson(row: Received): Json {
  if (row.kind === 'problem') return JSON.parse(JSON.stringify(row.problem)) as Json
  if (row.kind === 'event') return row.data ?? null
  return row.error === undefined ? null : { ...row.error }
}

function fromOwnJson(row: Received, text: string): LogRow | undefined {
  const parsed = parseJson(text)
  if (!parsed.ok) return undefined
  const { value } = parsed
  if (row.kind === 'problem') {
    const problem = readProblem(value)
    return problem === undefined ? undefined : { ...row, problem }
  }
  if (row.kind === 'event') return isJsonObject(value) ? { ...row, data: value } : undefined
  const error = readError(value)
  return error === undefined ? undefined : { ...row, error }
}

function withoutOwn(row: Received): LogRow {
  if (row.kind === 'problem') return { ...row, problem: { kind: 'unrecognised', why: 'left out' } }
  if (row.kind === 'event') return { ...row, data: undefined }
  return row.error === undefined ? row : { ...row, error: { class: row.error.class, desc: 'left out' } }
}
