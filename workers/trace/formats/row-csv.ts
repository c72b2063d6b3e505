/**
 * Rows as a table for spreadsheets: CSV (RFC 4180), UTF-8, lines ended by CR LF.
 *
 *     machine     its name or id
 *     time        arrival, ISO 8601 in UTC, to the microsecond
 *     direction   sent, received, here (nothing was on the wire)
 *     kind, name  as in the transcript
 *     id          the number of the command that the row belongs to
 *     latency_ms  of a reply; or how long a command waited without one
 *     size        of the message, in bytes
 *     outcome     returned, failed, timed-out, unknown; `late` after the first two where the deadline was over
 *     message     the exact text; of a state, a problem or a gap its JSON
 *
 * A text that a spreadsheet would run as a formula (it begins with = + - @, a tab or a line end) has an apostrophe
 * before it: such cells are not exact, the transcript is. Some spreadsheets cut cells at 32,767 characters.
 */
import type { LogRow } from '#record/row.ts'
import { csvQuoted, guardFormula } from '#base/csv.ts'
import { directionOf, execOf, nameOf, roundSpan, timeText } from '#record/row-facts.ts'

const columns = 'machine,time,direction,kind,name,id,latency_ms,size,outcome,message'

/** The line of headings, with its line end. */
export function csvHeader(): string {
  return `${columns}\r\n`
}

/** A row as a line, with its line end. `text` is its exact message, where there is one. */
export function csvLine(machine: string, row: LogRow, text: string | undefined): string {
  const exec = execOf(row)
  return `${[
    cell(machine),
    timeText(row.at),
    directionOf(row),
    row.kind,
    cell(nameOf(row)),
    exec === undefined ? '' : String(exec),
    'latencyMs' in row ? String(roundSpan(row.latencyMs)) : '',
    String(row.bytes),
    outcomeOf(row),
    cell(text ?? ownText(row)),
  ].join(',')}\r\n`
}

function outcomeOf(row: LogRow): string {
  if (row.kind === 'outcome') return row.outcome
  if (row.kind !== 'return' && row.kind !== 'error') return ''
  return `${row.kind === 'return' ? 'returned' : 'failed'}${row.late ? ' late' : ''}`
}

function ownText(row: LogRow): string {
  if (row.kind === 'state') return JSON.stringify(row.state)
  if (row.kind === 'channel') return JSON.stringify({ phase: row.phase, why: row.why })
  if (row.kind === 'gap') return JSON.stringify({ since: timeText(row.since), rows: row.rows })
  return row.kind === 'problem' ? JSON.stringify(row.problem) : ''
}

function cell(text: string): string {
  return csvQuoted(guardFormula(text))
}
