/**
 * Keeps a machine's record over reloads: rows in batches in the browser's database, bounded, the oldest gone first.
 *
 * What was received is written within a fifth of a second, and at once when the page is about to go. In a flood, writing takes at most a third of the time, and of
 * what comes between two writes the newest 20,000 rows are kept. Rows are kept without secrets
 * (qapi/secrets/secret-cleaner.ts). Each worker writes under a name of its own and holds a lock of that name while it lives, so
 * that another tab neither restores nor deletes what this one is writing.
 * @adr 0024
 */
import type { KeepState } from '#api/machine.ts'
import { keepMs, keepRowsAWrite, keepShare } from '#record/flood.ts'
import type { LogRow } from '#record/row.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import type { Store } from '#store/store.ts'
import { createSecretCleaner } from '#qapi/secrets/secret-cleaner.ts'
import type { SecretCleaner } from '#qapi/secrets/secret-cleaner.ts'
import { redactWords } from '#qapi/secrets/secrets.ts'
import { redactRow } from '#trace/rows/redaction.ts'

/** A row as it is kept: the data of an event is in its text. */
export interface KeptRow {
  readonly row: LogRow
  readonly text: string | undefined
}

/** Some rows in one record of the database. */
export interface KeptChunk {
  readonly machine: string
  readonly writer: string
  /** Arrival of its first row, milliseconds since the epoch. */
  readonly at: number
  readonly bytes: number
  readonly rows: readonly KeptRow[]
}

/** The summary of a chunk, known without reading it. */
export interface ChunkInfo {
  readonly key: number
  readonly writer: string
  readonly at: number
  readonly bytes: number
  readonly count: number
}

/** The database, as far as it is needed: keep-database.ts has the browser's, tests their own. */
export interface ChunkStore {
  /** The chunks of a machine, oldest first. */
  list(machine: string): Promise<readonly ChunkInfo[]>
  read(key: number): Promise<KeptChunk | undefined>
  /** Rejects when it is full. */
  add(chunk: KeptChunk): Promise<number>
  delete(keys: readonly number[]): Promise<void>
  /** The writers that are alive. */
  living(): Promise<ReadonlySet<string>>
}

/** The limits of keeping, for one machine. */
export interface KeepLimits {
  readonly rows: number
  readonly bytes: number
}

export const keepLimits: KeepLimits = { rows: 100_000, bytes: 32 * 1024 * 1024 }

/** Rows in a chunk at most. */
const chunkRows = 5000
/** A message above this is kept without its text, in bytes. */
const longestText = 1024 * 1024

/** Keeps one record. */
export interface Keeper {
  /** What earlier workers kept, oldest first. */
  restore(): Promise<readonly KeptRow[]>
  /** Rows before this number are not written: they are kept already, or are not to be. */
  begin(seq: number): void
  /** There are new rows: they will be written. */
  changed(): void
  /** Write now what has come: the page may be gone in a moment. */
  hurry(): void
  /** Forget what arrived before a time (milliseconds since the epoch), kept already or still to be. */
  dropBefore(at: number): void
  /** Forget the kept rows of this machine, except those that another tab is writing. */
  clear(): Promise<void>
  /** Write no more. Kept rows stay. */
  close(): void
}

/** What a keeper needs of the thread. */
export interface KeepPorts {
  now(): number
  after(ms: number, then: () => void): () => void
  /** What became of it, when that changes. */
  said(state: KeepState): void
}

/** Keep a record: nothing is written before `begin`. */
export function createKeeper(
  machine: string,
  writer: string,
  store: Store,
  chunks: ChunkStore,
  ports: KeepPorts,
  limits: KeepLimits = keepLimits,
): Keeper {
  return new RecordKeeper(machine, writer, store, chunks, ports, limits)
}

class RecordKeeper implements Keeper {
  readonly #machine: string
  readonly #writer: string
  readonly #store: Store
  readonly #chunks: ChunkStore
  readonly #ports: KeepPorts
  readonly #limits: KeepLimits
  readonly #cleaner = createSecretCleaner()
  #own: ChunkInfo[] = []
  #saved = Number.POSITIVE_INFINITY
  #cancel: (() => void) | undefined
  #writing = false
  /** When the last write ended. */
  #wroteAt = Number.NEGATIVE_INFINITY
  /** The page is about to go, and a write goes on. */
  #isHurried = false
  #closed = false
  /** Rows that came too fast to be written. */
  #left = 0
  /** What arrived before is to be forgotten; undefined where nothing is. */
  #cut: number | undefined

  constructor(
    machine: string,
    writer: string,
    store: Store,
    chunks: ChunkStore,
    ports: KeepPorts,
    limits: KeepLimits,
  ) {
    this.#machine = machine
    this.#writer = writer
    this.#store = store
    this.#chunks = chunks
    this.#ports = ports
    this.#limits = limits
  }

  async restore(): Promise<readonly KeptRow[]> {
    try {
      const living = await this.#chunks.living()
      this.#own = (await this.#chunks.list(this.#machine)).filter(
        (each) => each.writer === this.#writer || !living.has(each.writer),
      )
      await this.#trim()
      const rows: KeptRow[] = []
      for (const { key } of this.#own) {
        const chunk = await this.#chunks.read(key)
        if (chunk !== undefined) rows.push(...chunk.rows.map(restored))
      }
      this.#say()
      return rows
    } catch (why) {
      this.#stop(why)
      return []
    }
  }

  begin(seq: number): void {
    this.#saved = seq
    this.#say()
  }

  changed(): void {
    // After a pause it is written at once: a page that goes a moment later has not to wait for it.
    this.#schedule(this.#ports.now() - this.#wroteAt >= keepMs ? 0 : keepMs)
  }

  hurry(): void {
    // What comes while a write goes on is not in it: another one follows at once.
    this.#isHurried = this.#writing
    if (this.#cancel === undefined) return
    this.#cancel()
    this.#cancel = undefined
    void this.#flush()
  }

  dropBefore(at: number): void {
    this.#cut = Math.max(this.#cut ?? 0, at)
    // Rows that are no longer in the record are not written, and do not count as rows that came too fast.
    this.#saved = Math.max(this.#saved, this.#store.firstSeq)
    this.#schedule(0)
  }

  async clear(): Promise<void> {
    const gone = this.#own.map(({ key }) => key)
    this.#own = []
    this.#left = 0
    this.#saved = this.#store.nextSeq
    try {
      await this.#chunks.delete(gone)
      if (!this.#closed) this.#say()
    } catch (why) {
      this.#stop(why)
    }
  }

  close(): void {
    this.#closed = true
    this.#cancel?.()
    this.#ports.said({ kind: 'off' })
  }

  #say(): void {
    const rows = this.#own.reduce((sum, each) => sum + each.count, 0)
    const bytes = this.#own.reduce((sum, each) => sum + each.bytes, 0)
    this.#ports.said({ kind: 'on', rows, bytes, left: this.#left })
  }

  #stop(why: unknown): void {
    if (this.#closed) return
    this.#closed = true
    this.#cancel?.()
    this.#ports.said({ kind: 'failed', why: reason(why) })
  }

  #schedule(ms: number): void {
    if (this.#closed || this.#writing || this.#cancel !== undefined) return
    this.#cancel = this.#ports.after(ms, () => {
      this.#cancel = undefined
      void this.#flush()
    })
  }

  async #flush(): Promise<void> {
    if (this.#closed || this.#writing) return
    this.#writing = true
    const begun = this.#ports.now()
    try {
      await this.#write()
      await this.#dropCut()
      await this.#trim()
      this.#say()
    } catch (why) {
      this.#stop(why)
    }
    this.#writing = false
    this.#wroteAt = this.#ports.now()
    const isHurried = this.#isHurried
    this.#isHurried = false
    if (this.#saved === this.#store.nextSeq && this.#cut === undefined) return
    if (isHurried) void this.#flush()
    else this.#schedule(Math.max(keepMs, (this.#ports.now() - begun) * (keepShare - 1)))
  }

  /** Write the new rows. */
  async #write(): Promise<void> {
    // What came last matters most when the tab closes: a flood is kept in pieces, and what lies between is counted.
    const from = Math.max(
      this.#saved,
      this.#store.firstSeq,
      this.#store.nextSeq - Math.min(this.#limits.rows, keepRowsAWrite),
    )
    this.#left += from - this.#saved
    this.#saved = from
    const until = this.#store.nextSeq
    while (this.#saved < until && !this.#closed) {
      const next: KeptRow[] = []
      let bytes = 0
      while (this.#saved + next.length < until && next.length < chunkRows && bytes < this.#limits.bytes / 4) {
        const seq = this.#saved + next.length
        const row = this.#store.row(seq)
        // Dropped meanwhile: the next round begins after the dropped rows.
        if (row === undefined) break
        const kept = keptRow(row, this.#store.text(seq), this.#cleaner)
        next.push(kept)
        bytes += (kept.text?.length ?? 0) + 100
      }
      const first = next[0]
      if (first === undefined) {
        this.#left += Math.max(1, this.#store.firstSeq - this.#saved)
        this.#saved = Math.max(this.#saved + 1, this.#store.firstSeq)
        continue
      }
      const chunk: KeptChunk = {
        machine: this.#machine,
        writer: this.#writer,
        at: first.row.at,
        bytes,
        rows: next,
      }
      const key = await this.#add(chunk)
      this.#own.push({ key, writer: this.#writer, at: chunk.at, bytes, count: next.length })
      this.#saved += next.length
    }
  }

  /** Add a chunk; a full database first deletes the older half of the kept rows of this machine. */
  async #add(chunk: KeptChunk): Promise<number> {
    try {
      return await this.#chunks.add(chunk)
    } catch (why) {
      const half = this.#own.slice(0, Math.ceil(this.#own.length / 2))
      if (half.length === 0) throw why
      await this.#chunks.delete(half.map(({ key }) => key))
      this.#own = this.#own.slice(half.length)
      return this.#chunks.add(chunk)
    }
  }

  async #trim(): Promise<void> {
    let rows = this.#own.reduce((sum, each) => sum + each.count, 0)
    let bytes = this.#own.reduce((sum, each) => sum + each.bytes, 0)
    const gone: number[] = []
    // A chunk goes as a whole, so a little less than the bound may be left.
    for (const each of this.#own) {
      if (rows <= this.#limits.rows && bytes <= this.#limits.bytes) break
      gone.push(each.key)
      rows -= each.count
      bytes -= each.bytes
    }
    if (gone.length === 0) return
    await this.#chunks.delete(gone)
    this.#own = this.#own.filter(({ key }) => !gone.includes(key))
  }

  /** A chunk that is older goes as a whole; of one that is partly older the rest is written in its place. */
  async #dropCut(): Promise<void> {
    const from = this.#cut
    this.#cut = undefined
    if (from === undefined) return
    const older = this.#own.filter((each) => each.at < from)
    const rest = this.#own.filter((each) => each.at >= from)
    const parts: ChunkInfo[] = []
    for (const info of older) {
      const chunk = await this.#chunks.read(info.key)
      const rows = chunk?.rows.filter(({ row }) => row.at >= from) ?? []
      const [first] = rows
      if (chunk === undefined || first === undefined) continue
      const bytes = rows.reduce((sum, { text }) => sum + (text?.length ?? 0) + 100, 0)
      const part: KeptChunk = { ...chunk, at: first.row.at, bytes, rows }
      parts.push({ ...info, key: await this.#chunks.add(part), at: part.at, bytes, count: rows.length })
    }
    await this.#chunks.delete(older.map(({ key }) => key))
    this.#own = [...parts, ...rest]
  }
}

/** A row as it is kept: without secrets, and without what its text says again. `cleaner` knows the rows before it. */
export function keptRow(
  row: LogRow,
  text: string | undefined,
  cleaner: SecretCleaner = createSecretCleaner(),
): KeptRow {
  const kept = text !== undefined && text.length > longestText ? undefined : text
  // A line that is no JSON may hold anything.
  if (row.kind === 'raw') return { row, text: kept && mayHoldSecret(kept) ? undefined : kept }
  if (row.kind === 'command') cleaner.learn(row.exec, row.name, kept)
  if (row.kind === 'event' && kept !== undefined)
    return { row: { ...row, data: undefined }, text: cleaner.text(kept) }
  const clean = redactRow(row, kept, cleaner)
  return { row: clean.row, text: clean.text }
}

function mayHoldSecret(text: string): boolean {
  return /pass|secret|token|key/i.test(text) || redactWords(text).text !== text
}

/** A kept row as it was. */
function restored({ row, text }: KeptRow): KeptRow {
  if (row.kind !== 'event' || text === undefined) return { row, text }
  const parsed = parseJson(text)
  const data = parsed.ok && isJsonObject(parsed.value) ? parsed.value.data : undefined
  return { row: { ...row, data: data !== undefined && isJsonObject(data) ? data : undefined }, text }
}

function reason(why: unknown): string {
  if (why instanceof Error) {
    return why.name === 'QuotaExceededError'
      ? 'the storage that the browser gives this page is full'
      : why.message || why.name
  }
  return String(why)
}
