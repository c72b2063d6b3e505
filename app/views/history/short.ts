/** Short texts for narrow places; the exact ones are in titles. */
import { printJson } from '#base/json/print.ts'
import type { JsonObject } from '#base/json/value.ts'
import type { SavedCommand } from '#qapi/collections/collection.ts'
import { argumentsOf } from '#state/library/history-entry.ts'
import type { StoredEntry } from '#state/library/database.ts'
import { escapePlaceholders } from '#qapi/collections/collection.ts'

/** When something was: the time of day, with the date in front where it was another day. Local time. */
export function shortTime(at: number, now: number): string {
  const [date, today] = [new Date(at), new Date(now)]
  const pad = (value: number): string => String(value).padStart(2, '0')
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(pad).join(':')
  if (date.toDateString() === today.toDateString()) return time
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${time}`
}

const longest = 200

/** Arguments in one line, cut. */
export function shortArguments(args: JsonObject | string | undefined): string {
  if (args === undefined) return ''
  const text = typeof args === 'string' ? args : printJson(args)
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

/** An entry of the history as a command of a collection: what looks like a placeholder in it is none. */
export function savedOf(entry: StoredEntry): SavedCommand {
  const args = argumentsOf(entry)
  return {
    name: entry.name,
    title: '',
    note: '',
    oob: entry.oob,
    arguments: args === undefined ? undefined : escapePlaceholders(args),
  }
}
