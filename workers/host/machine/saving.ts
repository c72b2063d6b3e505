/**
 * Writes rows of a record as a file, part by part, so that the worker reads from the wire in between and the page gets
 * bytes that it only has to put together. One saving is of one machine; the page writes what stands before and after.
 * @adr 0028
 */
import type { SavedPart, Saving } from '#api/machine.ts'
import { createSecretCleaner } from '#qapi/secrets/secret-cleaner.ts'
import { createScan } from '#store/scan/scan.ts'
import type { Scan } from '#store/scan/scan.ts'
import type { Store } from '#store/store.ts'
import { createChromeTrace } from '#trace/formats/chrome-trace.ts'
import { csvLine } from '#trace/formats/row-csv.ts'
import { redactRow } from '#trace/rows/redaction.ts'
import type { Redaction } from '#trace/rows/redaction.ts'
import { transcriptLine } from '#trace/formats/transcript.ts'
import type { LogRow } from '#record/row.ts'

/** A part has this many characters at most, and a message more. */
const partChars = 4 * 1024 * 1024
/** Rows between two looks at the clock. */
const rowsALook = 32

/** The files that are being written. One for each record. */
export interface Savings {
  begin(saving: Saving): number
  part(handle: number, budgetMs: number): SavedPart | undefined
  end(handle: number): void
}

/** Make it. `now` is a clock in milliseconds. */
export function createSavings(store: Store, now: () => number): Savings {
  const open = new Map<number, Writing>()
  let handles = 0
  return {
    begin(saving) {
      handles += 1
      open.set(handles, new Writing(store, saving, now))
      return handles
    },
    part(handle, budgetMs) {
      const writing = open.get(handle)
      const part = writing?.part(budgetMs)
      if (part?.over === true) open.delete(handle)
      return part
    },
    end(handle) {
      open.delete(handle)
    },
  }
}

class Writing {
  readonly #store: Store
  readonly #saving: Saving
  readonly #now: () => number
  readonly #secrets = createSecretCleaner()
  readonly #redaction: Redaction | undefined
  /** Commands are looked through first: what repeats a secret may be saved without the command that had it. */
  #commands: Scan | undefined
  readonly #scan: Scan
  readonly #write: (row: LogRow, text: string | undefined) => string
  readonly #finish: () => string
  #head: string
  #found = new Float64Array()
  #next = 0
  #rows = 0
  #gone = 0

  constructor(store: Store, saving: Saving, now: () => number) {
    this.#store = store
    this.#saving = saving
    this.#now = now
    const range = { toSeq: store.nextSeq }
    this.#scan = createScan(store, saving.filter, now, range)
    if (saving.withoutSecrets) {
      this.#redaction = this.#secrets
      this.#commands = createScan(store, { kinds: ['command'] }, now, range)
    }
    const { machine, format } = saving
    switch (format) {
      case 'transcript':
        this.#head = ''
        this.#write = (row, text) => `${transcriptLine(machine, row, text, this.#redaction)}\n`
        this.#finish = () => ''
        break
      case 'csv':
        this.#head = ''
        this.#write = (row, text) => {
          const clean = this.#clean(row, text)
          return csvLine(machine, clean.row, clean.text)
        }
        this.#finish = () => ''
        break
      case 'chrome-trace': {
        const writer = createChromeTrace(saving.place)
        this.#head = writer.machine(machine)
        this.#write = (row, text) => {
          const clean = this.#clean(row, text)
          return writer.row(clean.row, clean.text)
        }
        this.#finish = () => this.#tracks(writer) + writer.machineEnd()
        break
      }
    }
  }

  part(budgetMs: number): SavedPart {
    const until = this.#now() + budgetMs
    const parts = [this.#head]
    this.#head = ''
    if (this.#learn(until)) this.#look(until)
    let chars = 0
    while (this.#next < this.#found.length && chars < partChars) {
      if (this.#next % rowsALook === 0 && this.#now() >= until) break
      const seq = this.#found[this.#next] as number
      this.#next += 1
      const row = this.#store.row(seq)
      if (row === undefined) {
        this.#gone += 1
        continue
      }
      const said = this.#write(row, this.#store.text(seq))
      parts.push(said)
      chars += said.length
      this.#rows += 1
    }
    const { done, all } = this.#scan.progress
    const over = this.#commands === undefined && done >= all && this.#next >= this.#found.length
    if (over) parts.push(this.#finish())
    return {
      bytes: new TextEncoder().encode(parts.join('')),
      rows: this.#rows,
      gone: this.#gone,
      progress: over || all === 0 ? 1 : this.#progress(),
      over,
    }
  }

  #progress(): number {
    const { done, all } = this.#scan.progress
    // Looking costs little beside writing.
    const written = this.#found.length === 0 ? 0 : this.#next / this.#found.length
    return Math.min(0.99, (done / all) * (0.1 + 0.9 * written))
  }

  /** Find the secrets of all commands. True when all are known. */
  #learn(until: number): boolean {
    if (this.#commands === undefined) return true
    const isOver = this.#commands.step(Math.max(1, until - this.#now()))
    for (const seq of this.#commands.take()) {
      const row = this.#store.row(seq)
      if (row?.kind === 'command') this.#secrets.learn(row.exec, row.name, this.#store.text(seq))
    }
    if (isOver) this.#commands = undefined
    return isOver
  }

  #look(until: number): void {
    if (this.#next < this.#found.length) return
    this.#scan.step(Math.max(1, until - this.#now()))
    this.#found = this.#scan.take()
    this.#next = 0
  }

  #clean(row: LogRow, text: string | undefined): { readonly row: LogRow; readonly text: string | undefined } {
    const redaction = this.#redaction
    return redaction === undefined ? { row, text } : redactRow(row, text, redaction)
  }

  #tracks(writer: ReturnType<typeof createChromeTrace>): string {
    const { filter, tracks } = this.#saving
    const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = filter
    const clean = (text: string): string => this.#redaction?.text?.(text) ?? text
    return tracks
      .filter((each) => each.start < toMs && (each.end ?? Number.POSITIVE_INFINITY) >= fromMs)
      .map((each) =>
        writer.track({
          ...each,
          name: clean(each.name),
          error: each.error === undefined ? undefined : clean(each.error),
        }),
      )
      .join('')
  }
}
