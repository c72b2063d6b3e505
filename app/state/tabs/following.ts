/**
 * What a tab that holds a monitor tells a tab that follows it: who the machine is, its run state, and rows of the strip.
 * The follower asks, again and again, and each answer is bounded: nobody keeps a list of followers, and following ends
 * with whoever asks. What comes is read by read-news.ts.
 */
import { clip } from '#base/clip.ts'
import { printJson } from '#base/json/print.ts'
import type { Identity } from '#api/machine.ts'
import type { LogRow } from '#record/row.ts'

/** What the holding tab knows. */
export interface News {
  readonly identity: Identity | undefined
  readonly runStatus: { readonly status: string; readonly running: boolean } | undefined
  readonly rows: readonly LogRow[]
  /** Rows that came as well and are left out. */
  readonly omitted: number
  /** The number of the newest row in the other tab; -1 before the first. */
  readonly last: number
}

/** Rows in one answer: the newest. */
export const mostRows = 200
/** Characters of a name, of an error and of an event's data; longer data is left out. */
export const longestName = 200
export const longestText = 2000

/** The answer of the tab that holds the monitor: plain data. `rows` are those after what the follower has, oldest first. */
export function printNews(news: News): unknown {
  const told = news.rows.map(printRow).filter((row) => row !== undefined)
  return {
    identity: news.identity,
    runStatus: news.runStatus,
    rows: told.slice(-mostRows),
    omitted: news.omitted + Math.max(0, told.length - mostRows),
    last: news.last,
  }
}

/** What happened to the machine. What happened to the other tab's connection or record is not this tab's. */
function printRow(row: LogRow): unknown {
  const { kind, seq, at, bytes } = row
  const common = { kind, seq, at, bytes }
  switch (kind) {
    case 'event': {
      const data = row.bytes > longestText || row.data === undefined ? undefined : printJson(row.data)
      return { ...common, name: row.name, data, timestamp: row.timestamp }
    }
    case 'command':
      return { ...common, name: row.name, exec: row.exec, oob: row.oob, origin: row.origin }
    case 'return':
    case 'error': {
      const { name, exec, latencyMs, late, origin, error } = row
      const cut = error && { class: clip(error.class, longestName), desc: clip(error.desc, longestText) }
      return { ...common, name, exec, latencyMs, late, origin, error: cut }
    }
    case 'outcome':
      return { ...common, name: row.name, exec: row.exec, outcome: row.outcome, latencyMs: row.latencyMs }
    default:
      return undefined
  }
}
