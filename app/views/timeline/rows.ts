/** Rows of the record in words: kind, direction, name, and what it says in one line. */
import { assertNever } from '../../../workers/base/assert-never.ts'
import { printJson } from '../../../workers/base/json.ts'
import type { LogRow } from '../../../workers/api.ts'

/** The kind of a row as people call it. */
export function kindOfRow(row: LogRow): string {
  return row.kind === 'return' ? 'reply' : row.kind
}

/** Which way it went: to the server, from it, or neither. */
export function directionOf(row: LogRow): 'sent' | 'received' | 'here' {
  switch (row.kind) {
    case 'command':
    case 'raw':
      return 'sent'
    case 'return':
    case 'error':
    case 'event':
      return 'received'
    case 'problem':
      return row.bytes > 0 ? 'received' : 'here'
    case 'state':
    case 'outcome':
      return 'here'
    default:
      return assertNever(row)
  }
}

/** The name of the command or event, or what stands for one. */
export function nameOfRow(row: LogRow): string {
  switch (row.kind) {
    case 'command':
    case 'return':
    case 'error':
    case 'outcome':
      return row.name === '' ? '(a raw line)' : row.name
    case 'event':
      return row.name === 'QMP' ? 'greeting' : row.name
    case 'state':
      return row.state.kind
    case 'problem':
      return row.problem.kind
    case 'raw':
      return '(a raw line)'
    default:
      return assertNever(row)
  }
}

const longest = 300

/** One line on what it says. */
export function summaryOf(row: LogRow): string {
  switch (row.kind) {
    case 'command':
      return row.oob ? 'out-of-band' : ''
    case 'return':
      return row.late ? 'after its deadline' : ''
    case 'error':
      return row.error === undefined ? '' : `${row.error.class}: ${row.error.desc}`
    case 'event':
      return row.data === undefined ? '' : printJson(row.data).slice(0, longest)
    case 'outcome':
      return row.outcome === 'unknown' ? 'outcome unknown' : 'no reply within its deadline'
    case 'state':
      return 'reason' in row.state ? row.state.reason.kind : ''
    case 'problem':
      return problemText(row.problem)
    case 'raw':
      return ''
    default:
      return assertNever(row)
  }
}

function problemText(problem: Extract<LogRow, { kind: 'problem' }>['problem']): string {
  switch (problem.kind) {
    case 'garbage':
      return `at byte ${problem.offset}: ${problem.excerpt} — ${problem.why}`
    case 'too-large':
      return `a message above the limit of ${problem.limitBytes} bytes, at byte ${problem.offset}`
    case 'truncated':
    case 'discarded':
      return `${problem.bytes} bytes at ${problem.offset}: ${problem.excerpt}`
    case 'server-parse-error':
      return `${problem.error.desc}${problem.repeated > 1 ? ` (${problem.repeated} in a row)` : ''}`
    case 'unknown-id':
      return `a reply that nobody waits for, id ${problem.id}`
    case 'unrecognised':
      return problem.why
    default:
      return assertNever(problem)
  }
}

/** Whether it is an error of some kind. */
export function isBad(row: LogRow): boolean {
  return (
    row.kind === 'error' ||
    row.kind === 'problem' ||
    row.kind === 'outcome' ||
    (row.kind === 'state' && row.state.kind === 'lost')
  )
}

/** Whether it is the page's own traffic, or the client's: nobody asked for it. */
export function isOwn(row: LogRow): boolean {
  return (row.kind === 'command' || row.kind === 'return' || row.kind === 'error') && row.origin !== 'person'
}

/** The number of the command that a row belongs to. */
export function execOf(row: LogRow): number | undefined {
  if (row.kind === 'event') return row.cause?.exec
  return 'exec' in row ? row.exec : undefined
}
