/**
 * The newest rows of one machine on the page: the consoles print them, other tabs of this browser are told of them, the
 * strip shows the last one, and a worker that replaces a dead one adopts them. The record itself is in the worker.
 * @adr 0053
 */
import { newestDataBytes, newestRows } from '#record/flood.ts'
import type { LogRow } from '#record/row.ts'
import { isGreeting } from '#record/row-facts.ts'

/** Characters of an error that are held: it is drawn on one line. */
const longestError = 10_000

/** Told of rows that came, and of how many others came before them and are only in the record. */
export type RowWatcher = (rows: readonly LogRow[], more: number) => void

/** A window of rows, the oldest out first. */
export class NewestRows {
  #rows: readonly LogRow[] = []
  #last = $state.raw<LogRow | undefined>(undefined)
  #clears = $state(0)
  readonly #watchers = new Set<RowWatcher>()

  get rows(): readonly LogRow[] {
    return this.#rows
  }

  /** The last row that is not the page's own traffic. Reading it subscribes. */
  get last(): LogRow | undefined {
    return this.#last
  }

  /** Counts up when all rows are forgotten. Reading it subscribes. */
  get clears(): number {
    return this.#clears
  }

  take(rows: readonly LogRow[], more: number): void {
    const held = rows.map(withinSize)
    this.#rows = [...this.#rows, ...held].slice(-newestRows)
    this.#last = held.findLast(isTold) ?? this.#last
    for (const watcher of this.#watchers) watcher(held, more)
  }

  /** The newest of the rows after a number, oldest first, `most` at most; and how many more are held. */
  after(seq: number, most: number): { readonly rows: readonly LogRow[]; readonly more: number } {
    const later = this.#rows.filter((row) => row.seq > seq)
    return { rows: later.slice(-most), more: Math.max(0, later.length - most) }
  }

  clear(): void {
    this.#rows = []
    this.#last = undefined
    this.#clears += 1
  }

  /** Be told of rows as they come. Returns the function that ends it. */
  watch(watcher: RowWatcher): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }
}

function isTold(row: LogRow): boolean {
  return !isGreeting(row) && !('origin' in row && row.origin !== 'person')
}

/** A row without the large parts of its message. */
function withinSize(row: LogRow): LogRow {
  if (row.kind === 'event' && row.bytes > newestDataBytes) return { ...row, data: undefined }
  if (row.kind === 'error' && row.error !== undefined && row.error.desc.length > longestError) {
    const desc = `${row.error.desc.slice(0, longestError)}…`
    return { ...row, error: { ...row.error, desc } }
  }
  return row
}
