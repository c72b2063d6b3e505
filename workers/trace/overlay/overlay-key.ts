/**
 * The subject of a row in words that are the same in two recordings: its kind and name, the states that it reports, and
 * the names of things without their numbers and addresses. Rows of the same key may match.
 * @adr 0029
 */
import { own } from '#base/own.ts'
import type { LogRow } from '#record/row.ts'
import type { JsonObject } from '#base/json/value.ts'
import { namesInEvent } from '../follow/named-things.ts'
import { nameOf } from '#record/row-facts.ts'

/** Members of events that report a state or a result. */
const telling = ['status', 'action', 'operation', 'reason', 'type']

/** The key of a row. Its first two words are kind and name; the name is `-` where it has none. */
export function overlayKey(row: LogRow): string {
  const head = `${row.kind} ${nameOf(row) || '-'}`
  if (row.kind === 'error' && row.error !== undefined) return `${head} ${row.error.class}`
  if (row.kind === 'outcome') return `${head} ${row.outcome}`
  if (row.kind !== 'event' || row.data === undefined) return head
  const { data } = row
  const names = namesInEvent(row.name, data).map(({ name }) => alike(name))
  return [head, ...said(data), ...names].join(' ')
}

function said(data: JsonObject): readonly string[] {
  const words = telling.flatMap((member) => {
    const value = own(data, member)
    return typeof value === 'string' ? [alike(value)] : []
  })
  return Object.hasOwn(data, 'error') ? [...words, 'error'] : words
}

/** A name without the parts that differ in each run. */
function alike(name: string): string {
  return name
    .slice(0, 200)
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, '#')
    .replace(/\d+/g, '#')
    .replace(/\s+/g, '_')
}
