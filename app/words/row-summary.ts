/** The summary of a row: how its command ended, how long it took, one line of content. Pure. */
import { isJsonObject } from '#base/json/value.ts'
import { parseInput, parseJson } from '#base/json/parse.ts'
import type { Json } from '#base/json/value.ts'
import type { EndView, LogRow, RowView } from '#record/row.ts'
import { sayEvent } from '#trace/say.ts'
import { isFailureLane, isOwnLane } from '#record/lanes.ts'
import { bytes } from './format.ts'
import { beginning, compact } from './compact.ts'
import { ownSummary } from './row-words.ts'

/** How a command ended, as one word for its badge. */
export type EndWord = 'ok' | 'error' | 'late' | 'no reply' | 'unknown' | 'not run' | 'waiting'

/** The verdict on a command or a reply; undefined for rows that have none. */
export function verdictOf({ row, end }: RowView): EndWord | undefined {
  switch (row.kind) {
    case 'command':
      return end === undefined ? 'waiting' : verdictOfEnd(end)
    case 'raw':
      return end === undefined ? undefined : verdictOfEnd(end)
    case 'return':
      return row.late ? 'late' : 'ok'
    case 'error':
      return 'error'
    case 'outcome':
      return verdictOfKind(row.outcome, false)
    default:
      return undefined
  }
}

/** What came for an event, to be read beside its meaning: its data as it is. Undefined for other rows. */
export function rawSummaryOf({ row }: RowView): string | undefined {
  return row.kind === 'event' && row.data !== undefined ? beginning(ownSummary(row) ?? '') : undefined
}

function verdictOfEnd({ kind, late }: EndView): EndWord {
  return verdictOfKind(kind, late)
}

function verdictOfKind(kind: EndView['kind'], late: boolean): EndWord {
  switch (kind) {
    case 'return':
      return late ? 'late' : 'ok'
    case 'error':
      return 'error'
    case 'timed-out':
      return 'no reply'
    case 'unknown':
      return 'unknown'
    case 'dropped':
      return 'not run'
  }
}

/** How long the reply of a row's command took, in milliseconds; undefined where none came. */
export function latencyOf({ row, end }: RowView): number | undefined {
  if (row.kind === 'return' || row.kind === 'error') return row.latencyMs
  return end === undefined || (end.kind !== 'return' && end.kind !== 'error') || !(end.latencyMs >= 0)
    ? undefined
    : end.latencyMs
}

/** Whether a row is marked as a failure. */
export function isTrouble(view: RowView): boolean {
  return isFailureLane[view.lane] === 1 || view.end?.kind === 'error'
}

/** Whether it is the traffic of the page itself. */
export function isOwn(view: RowView): boolean {
  return isOwnLane[view.lane] === 1
}

/** One line with the content of the row: of an event what it means, where that is known. */
export function summaryOf(view: RowView): string {
  const { row, text } = view
  const whole = ownSummary(row)
  if (whole !== undefined) {
    // An error may be as long as a server likes.
    const own = beginning((row.kind === 'event' ? sayEvent(row.name, row.data) : undefined) ?? whole)
    return row.kind === 'error' && row.late ? `after its deadline: ${own}` : own
  }
  if (text !== undefined) return summarise(row, text)
  return row.bytes > 0 ? `(${bytes(row.bytes)}: select it to read it)` : ''
}

function summarise(row: LogRow, text: string): string {
  if (row.kind === 'line') return beginning(text)
  // People may send the dialect that QEMU accepts; QEMU sends JSON.
  const parsed = row.kind === 'return' ? parseJson(text) : parseInput(text)
  if (!parsed.ok || !isJsonObject(parsed.value)) return beginning(text)
  if (row.kind === 'raw') return compact(parsed.value)
  const member = row.kind === 'command' ? 'arguments' : 'return'
  const value: Json | undefined = Object.hasOwn(parsed.value, member) ? parsed.value[member] : undefined
  if (value === undefined) return ''
  const late = row.kind === 'return' && row.late ? 'after its deadline ' : ''
  return Array.isArray(value) && value.length > 1
    ? `${late}${value.length} items ${compact(value)}`
    : `${late}${compact(value)}`.trimEnd()
}
