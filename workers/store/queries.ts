/**
 * The page's queries of a record: rows as a list shows them, the rows of one command, and filters that stay open.
 * @adr 0021
 */
import type { EndView, FoundRows, LogRow, RowView, Statistics } from '#record/row.ts'
import type { Filter } from '#record/filter/filter.ts'
import { rowsAnAnswer } from '#record/flood.ts'
import { laneCode } from '#record/lanes.ts'
import { BurstFinder } from './bursts.ts'
import { blockRows, flag, kindCode } from './columns.ts'
import { createScan } from './scan/scan.ts'
import type { Scan } from './scan/scan.ts'
import type { Store } from './store.ts'

/** Messages up to this size go with their rows, in bytes: for a line of summary. */
const shortText = 2048
const mostRows = 1000
/** How many rows of a command are given from each end. */
const familyEnd = 200
const mostNames = 200

/** The questions. One for each record. */
export interface Queries {
  rows(seqs: readonly number[]): RowView[]
  family(exec: number): RowView[]
  /**
   * The command that was sent last before a row, and where that is a question or was refused the last one that is neither:
   * the page's own are not among them. The newest first.
   */
  commandsBefore(seq: number, isQuestion: (name: string) => boolean): RowView[]
  /** `fromSeq`: where to begin; the oldest row when it is not given. */
  openQuery(filter: Filter, fromSeq?: number): number
  /** What was found since the last call. While `done` is less than `all`, there is more. */
  readQuery(handle: number, budgetMs: number): FoundRows | undefined
  closeQuery(handle: number): void
  statistics(filter: Filter): Statistics
}

/** Make the questions to a record. `now` is a clock in milliseconds. */
export function createQueries(store: Store, now: () => number): Queries {
  return new RecordQueries(store, now)
}

class RecordQueries implements Queries {
  readonly #store: Store
  readonly #now: () => number
  readonly #opened = new Map<number, { readonly scan: Scan; readonly bursts: BurstFinder }>()
  #handles = 0

  constructor(store: Store, now: () => number) {
    this.#store = store
    this.#now = now
  }

  #view(row: LogRow): RowView {
    const block = this.#store.block(row.seq)
    const place = row.seq % blockRows
    const wantsText =
      row.kind === 'command' || row.kind === 'return' || row.kind === 'raw' || row.kind === 'line'
    return {
      row,
      lane: block.lane[place] as number,
      text: wantsText && (block.length[place] as number) <= shortText ? this.#store.text(row.seq) : undefined,
      end: row.kind === 'command' || row.kind === 'raw' ? this.#endOf(row.exec) : undefined,
      sent:
        row.kind === 'return' || row.kind === 'error' || row.kind === 'outcome'
          ? this.#sentOf(row.exec)
          : undefined,
      order: this.#store.stampOrder(row.seq),
    }
  }

  #sentOf(exec: number): RowView['sent'] {
    const span = this.#store.spans.of(exec)
    if (span === undefined) return undefined
    const oob = ((this.#store.block(span.seq).flags[span.seq % blockRows] as number) & flag.oob) !== 0
    return { seq: span.seq, oob }
  }

  #endOf(exec: number): EndView | undefined {
    const span = this.#store.spans.of(exec)
    if (span === undefined || span.end === 'pending') return undefined
    const kept = span.endSeq >= this.#store.firstSeq
    const block = kept ? this.#store.block(span.endSeq) : undefined
    const row = this.#store.row(span.endSeq)
    return {
      kind: span.end === 'returned' ? 'return' : span.end === 'failed' ? 'error' : span.end,
      seq: span.endSeq,
      latencyMs: block === undefined ? Number.NaN : (block.latencyMs[span.endSeq % blockRows] as number),
      late: row !== undefined && 'late' in row && row.late,
    }
  }

  #viewsOf(seqs: Iterable<number>): RowView[] {
    const views: RowView[] = []
    for (const seq of seqs) {
      const row = this.#store.row(seq)
      if (row !== undefined) views.push(this.#view(row))
    }
    return views
  }

  rows(seqs: readonly number[]): RowView[] {
    return this.#viewsOf(seqs.slice(0, mostRows))
  }

  family(exec: number): RowView[] {
    const scan = createScan(this.#store, { execs: [exec] }, this.#now)
    while (!scan.step(1000));
    const seqs = [...scan.found()]
    return this.#viewsOf(
      seqs.length <= 2 * familyEnd ? seqs : [...seqs.slice(0, familyEnd), ...seqs.slice(-familyEnd)],
    )
  }

  commandsBefore(seq: number, isQuestion: (name: string) => boolean): RowView[] {
    const { command, raw } = laneCode
    const found: number[] = []
    for (let at = Math.min(seq, this.#store.nextSeq) - 1; at >= this.#store.firstSeq; at -= 1) {
      const block = this.#store.block(at)
      const place = at % blockRows
      const lane = block.lane[place]
      if (lane !== command && lane !== raw) continue
      const asks = lane === command && isQuestion(this.#store.names.name(block.name[place] as number))
      const changes = !asks && this.#store.spans.of(block.exec[place] as number)?.end !== 'failed'
      if (changes || found.length === 0) found.push(at)
      if (changes) break
    }
    return this.#viewsOf(found)
  }

  openQuery(filter: Filter, fromSeq = this.#store.firstSeq): number {
    this.#handles += 1
    const scan = createScan(this.#store, filter, this.#now, { fromSeq })
    this.#opened.set(this.#handles, { scan, bursts: new BurstFinder(this.#store) })
    return this.#handles
  }

  readQuery(handle: number, budgetMs: number): FoundRows | undefined {
    const opened = this.#opened.get(handle)
    if (opened === undefined) return undefined
    const { scan, bursts } = opened
    scan.extend()
    scan.step(budgetMs, rowsAnAnswer)
    const first = this.#store.firstSeq
    let seq = scan.take()
    // Some may have been dropped while others were looked for.
    let gone = 0
    while (gone < seq.length && (seq[gone] as number) < first) gone += 1
    if (gone > 0) seq = seq.slice(gone)
    const { done, all } = scan.progress
    return { ...this.#columnsOf(seq), continues: bursts.find(seq), done, all, firstSeq: first }
  }

  closeQuery(handle: number): void {
    this.#opened.delete(handle)
  }

  statistics(filter: Filter): Statistics {
    const scan = createScan(this.#store, filter, this.#now)
    while (!scan.step(1000));
    return statisticsOf(this.#store, scan.found())
  }

  #columnsOf(seq: Float64Array): Pick<FoundRows, 'seq' | 'at' | 'lane' | 'latencyMs'> {
    const at = new Float64Array(seq.length)
    const lane = new Uint8Array(seq.length)
    const latencyMs = new Float32Array(seq.length).fill(Number.NaN)
    for (let index = 0; index < seq.length; index += 1) {
      const number = seq[index] as number
      const block = this.#store.block(number)
      const place = number % blockRows
      // Consecutive rows of one block, as in a flood, are copied in one piece.
      const run = Math.min(blockRows - place, seq.length - index)
      if (run > 1 && seq[index + run - 1] === number + run - 1) {
        at.set(block.at.subarray(place, place + run), index)
        lane.set(block.lane.subarray(place, place + run), index)
        latencyMs.set(block.latencyMs.subarray(place, place + run), index)
        index += run - 1
        continue
      }
      at[index] = block.at[place] as number
      lane[index] = block.lane[place] as number
      if (block.kind[place] !== kindCode.event) latencyMs[index] = block.latencyMs[place] as number
    }
    return { seq, at, lane, latencyMs }
  }
}

/** Add up some rows of a record. Their numbers are in order, and kept. */
function statisticsOf(store: Store, seqs: Float64Array): Statistics {
  /** Rows by name and lane: the name's number times 256 plus the lane. */
  const counts = new Map<number, number>()
  const latencies = new Float64Array(seqs.length)
  /** By the number of a command's name: what its rows took. */
  const byCommand = new Map<number, number[]>()
  let commands = 0
  let sum = 0
  let bytes = 0
  let gap: { ms: number; after: number } | undefined
  let before = Number.NaN
  for (let index = 0; index < seqs.length; index += 1) {
    const seq = seqs[index] as number
    const block = store.block(seq)
    const place = seq % blockRows
    const key = (block.name[place] as number) * 256 + (block.lane[place] as number)
    counts.set(key, (counts.get(key) ?? 0) + 1)
    bytes += block.size[place] as number
    const latency = block.latencyMs[place] as number
    if (latency >= 0) {
      latencies[commands] = latency
      const name = block.name[place] as number
      const those = byCommand.get(name)
      if (those === undefined) byCommand.set(name, [latency])
      else those.push(latency)
      commands += 1
      sum += latency
    }
    const at = block.at[place] as number
    if (at - before > (gap?.ms ?? -1)) gap = { ms: at - before, after: seqs[index - 1] as number }
    before = at
  }
  const names = [...counts].toSorted((a, b) => b[1] - a[1])
  const sorted = latencies.subarray(0, commands).sort()
  const rank = (share: number): number => nearestRank(sorted, share)
  return {
    rows: seqs.length,
    bytes,
    names: names.slice(0, mostNames).map(([key, rows]) => ({
      name: store.names.name(Math.floor(key / 256)),
      lane: key % 256,
      rows,
    })),
    moreNames: Math.max(0, names.length - mostNames),
    latency:
      commands === 0
        ? undefined
        : {
            commands,
            min: rank(0),
            mean: sum / commands,
            median: rank(0.5),
            p90: rank(0.9),
            p99: rank(0.99),
            max: rank(1),
          },
    commands: [...byCommand]
      .map(([name, each]) => commandStatistics(store.names.name(name), each))
      .toSorted((a, b) => b.totalMs - a.totalMs)
      .slice(0, mostNames),
    gap,
  }
}

/** The value at a share of sorted ones, by the nearest rank; 0 where there is none. */
function nearestRank(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
}

function commandStatistics(name: string, latencies: readonly number[]): Statistics['commands'][number] {
  const totalMs = latencies.reduce((sum, each) => sum + each, 0)
  const sorted = Float64Array.from(latencies).sort()
  const { length: count } = sorted
  return { name, count, totalMs, meanMs: totalMs / count, p99Ms: nearestRank(sorted, 0.99) }
}
