/** A bounded window of the rows of all machines: in number and in bytes, the oldest out first. */
import type { LogRow } from '#record/row.ts'
import { BoundedList } from './bounded.ts'

/** A row and the machine it belongs to. */
export interface TimelineEntry {
  readonly machine: string
  readonly row: LogRow
  /** It was told by another tab, which has its record: nothing more is known of it here. */
  readonly followed?: boolean
}

/** How many rows the page keeps over all machines. */
export const windowRows = 20_000
/**
 * Bytes of messages whose data the page keeps over all machines. An event's data is an object of several times its
 * size, so this is some 150 MB of page at most; 20,000 rows of the usual size are 6 MB.
 */
export const windowBytes = 32 * 1024 * 1024
/** Bytes of one message whose data the page keeps. Larger rows stay without it: the worker has their text. */
const largestRow = 1024 * 1024
/** Characters of an error that a row of the page has: it is drawn on one line. */
const longestError = 10_000

/** Rows within both bounds, the oldest out first. Its array is changed in place. */
export class RowWindow {
  readonly #list = new BoundedList<TimelineEntry>({ most: windowRows, mostSize: windowBytes }, sizeOf)

  get entries(): readonly TimelineEntry[] {
    return this.#list.items
  }

  /** Take rows in. Returns how many had to go. */
  push(entries: readonly TimelineEntry[]): number {
    return this.#list.push(entries.map(withinSize))
  }

  /** The newest rows of a machine's own record after that number, oldest first; and how many more there are. */
  after(
    machine: string,
    seq: number,
    most: number,
  ): { readonly rows: readonly LogRow[]; readonly more: number } {
    const rows: LogRow[] = []
    let more = 0
    const { items } = this.#list
    for (let at = items.length - 1; at >= 0; at -= 1) {
      const entry = items[at]
      if (entry?.machine !== machine || entry.followed === true) continue
      if (entry.row.seq <= seq) break
      if (rows.length < most) rows.push(entry.row)
      else more += 1
    }
    return { rows: rows.toReversed(), more }
  }

  /** Keep only the rows that a test is true of. */
  keep(test: (entry: TimelineEntry) => boolean): void {
    this.#list.keep(test)
  }
}

/** What a row holds beside its few fields: the data of an event, the text of an error. Others have none of their message. */
function sizeOf({ row }: TimelineEntry): number {
  if (row.kind === 'event') return row.data === undefined ? 0 : row.bytes
  return row.kind === 'error' ? (row.error?.desc.length ?? 0) : 0
}

function withinSize(entry: TimelineEntry): TimelineEntry {
  const { row } = entry
  if (row.kind === 'event' && row.bytes > largestRow) return { ...entry, row: { ...row, data: undefined } }
  if (row.kind === 'error' && row.error !== undefined && row.error.desc.length > longestError) {
    const desc = `${row.error.desc.slice(0, longestError)}…`
    return { ...entry, row: { ...row, error: { ...row.error, desc } } }
  }
  return entry
}
