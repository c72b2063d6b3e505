/**
 * The samples of one plot: what is drawn of a statistic, by subject, over time. Bounded: the oldest go first.
 * Counters become amounts a second; one that goes back (another QEMU, a disk that was replaced) begins again, and leaves a
 * gap. Nothing is drawn over a time in which nothing was asked. Tested by workers/inside/stats/plot-data.test.ts.
 */
import type { Whole } from '../blocks/reading.ts'
import { binsOfStatistic } from './histogram-bins.ts'
import type { StatBin } from './histogram-bins.ts'
import { SampleColumn, timesBetween } from './sample-column.ts'
import type { StatValue, StatValues } from './stat-reply.ts'
import { isHistogram } from './statistic.ts'
import type { Statistic } from './statistic.ts'

/**
 * Subjects of one plot. Fewer: the vCPUs of a usual machine are not all drawn. More: nobody tells their lines apart, and a
 * plot takes 29 KB for each.
 */
export const mostLines = 32

/** What was told last of a subject, exactly: differences of sums are taken before they are rounded. */
interface LastTold {
  /** Milliseconds of the clock that measures intervals. */
  readonly at: number
  readonly value: StatValue
}

/** A line of a plot. */
export interface StatLine {
  readonly subject: string
  /** As many as the plot has times; NaN where there is none. In the unit, of rates a second. */
  readonly values: Float64Array
}

/** The samples of one statistic. */
export class PlotData {
  readonly statistic: Statistic
  readonly #times = new SampleColumn()
  readonly #lines = new Map<string, SampleColumn>()
  readonly #last = new Map<string, LastTold>()
  #bins: readonly StatBin[] = []
  #boundaries = ''
  #columns: SampleColumn[] = []
  #resets = 0
  #beyond = 0
  #told = 0

  constructor(statistic: Statistic) {
    this.statistic = statistic
  }

  /** Milliseconds since the epoch, rising; without those that are gaps only. */
  get times(): Float64Array {
    return this.#times.values
  }

  get lines(): readonly StatLine[] {
    return [...this.#lines].map(([subject, column]) => ({ subject, values: column.values }))
  }

  /** Of a histogram: where each bin begins; empty before the first answer. */
  get bins(): readonly StatBin[] {
    return this.#bins
  }

  /** Of a histogram: how much each bin grew, of all subjects together; a column for each bin, as long as `times`. */
  get grown(): readonly Float64Array[] {
    return this.#columns.map((column) => column.values)
  }

  /** How often a counter went back. */
  get resets(): number {
    return this.#resets
  }

  /** Subjects that are not kept, of the last answer. */
  get beyond(): number {
    return this.#beyond
  }

  /** Subjects that have told something in the last answer. */
  get told(): number {
    return this.#told
  }

  /**
   * One answer. `at` is when, in milliseconds since the epoch; `clock` is the same on a clock that does not jump, by
   * which amounts a second are computed. Answers that are not later than the last one are dropped.
   */
  push(at: number, clock: number, values: StatValues): void {
    if (at <= (this.#times.last ?? Number.NEGATIVE_INFINITY)) return
    this.#told = values.size
    if (isHistogram(this.statistic.kind)) this.#pushBins(at, clock, values)
    else this.#pushNumbers(at, clock, values)
  }

  /** Nothing was told at this time: lines end, and counters begin again. */
  gap(at: number): void {
    this.#last.clear()
    const { last } = this.#times
    if (last === undefined || at <= last) return
    this.#times.push(at)
    for (const column of [...this.#lines.values(), ...this.#columns]) column.push(Number.NaN)
  }

  #pushNumbers(at: number, clock: number, values: StatValues): void {
    this.#times.push(at)
    this.#beyond = 0
    for (const [subject, value] of values) {
      let column = this.#lines.get(subject)
      if (column === undefined) {
        if (this.#lines.size >= mostLines) {
          this.#beyond += 1
          continue
        }
        column = new SampleColumn()
        column.fill(this.#times.length - 1)
        this.#lines.set(subject, column)
      }
      column.push(this.#drawn(subject, clock, value))
    }
    for (const [subject, column] of this.#lines) {
      if (values.has(subject)) continue
      this.#last.delete(subject)
      column.push(Number.NaN)
    }
  }

  #drawn(subject: string, clock: number, value: StatValue): number {
    const { kind, scale } = this.statistic
    if (value.kind === 'number' && kind !== 'cumulative') return Number(value.value) * scale
    const before = this.#last.get(subject)
    this.#last.set(subject, { at: clock, value })
    if (before === undefined || clock <= before.at) return Number.NaN
    if (value.kind === 'number' && before.value.kind === 'number') {
      const grown = difference(before.value.value, value.value)
      if (grown < 0) return this.#wentBack()
      return (grown * scale * 1000) / (clock - before.at)
    }
    if (value.kind === 'ratio' && before.value.kind === 'ratio') {
      const [sum, count] = [
        difference(before.value.sum, value.sum),
        difference(before.value.count, value.count),
      ]
      if (sum < 0 || count < 0) return this.#wentBack()
      return count === 0 ? Number.NaN : (sum / count) * scale
    }
    return Number.NaN
  }

  #wentBack(): number {
    this.#resets += 1
    return Number.NaN
  }

  #pushBins(at: number, clock: number, values: StatValues): void {
    const lists = [...values].flatMap(([subject, value]) =>
      value.kind === 'bins' ? [{ subject, value }] : [],
    )
    const [first] = lists
    if (first === undefined) {
      this.gap(at)
      return
    }
    this.#setBins(first.value)
    this.#times.push(at)
    const sums = new Float64Array(this.#bins.length)
    let isKnown = false
    for (const { subject, value } of lists) {
      // Subjects whose bins are others cannot be added to these.
      if (value.bins.length !== this.#bins.length || printBoundaries(value) !== this.#boundaries) continue
      const before = this.#last.get(subject)
      this.#last.set(subject, { at: clock, value })
      if (before?.value.kind !== 'bins') continue
      const sumsBefore = before.value.bins
      const grown = value.bins.map((bin, index) => difference(sumsBefore[index] ?? 0, bin))
      if (grown.some((each) => each < 0)) {
        this.#wentBack()
        continue
      }
      isKnown = true
      for (const [index, each] of grown.entries()) sums[index] = (sums[index] ?? 0) + each
    }
    for (const [index, column] of this.#columns.entries())
      column.push(isKnown ? (sums[index] ?? 0) : Number.NaN)
  }

  /** Other bins begin again: what was counted in the old ones cannot be laid beside. */
  #setBins(value: Extract<StatValue, { readonly kind: 'bins' }>): void {
    const boundaries = printBoundaries(value)
    if (value.bins.length === this.#bins.length && boundaries === this.#boundaries) return
    this.#boundaries = boundaries
    this.#bins = binsOfStatistic(this.statistic, value.bins.length, value.boundaries)
    this.#last.clear()
    this.#columns = this.#bins.map(() => {
      const column = new SampleColumn()
      column.fill(this.#times.length)
      return column
    })
  }

  /** The places of the samples in a stretch of time, both ends included: from the one to below the other. */
  between(from: number, to: number): readonly [first: number, end: number] {
    return timesBetween(this.times, from, to)
  }
}

function printBoundaries(value: Extract<StatValue, { readonly kind: 'bins' }>): string {
  return (value.boundaries ?? []).join(' ')
}

/** Sums are uint64: the difference is taken exactly, then it is small enough. */
function difference(before: Whole, after: Whole): number {
  return typeof before === 'number' && typeof after === 'number'
    ? after - before
    : Number(BigInt(after) - BigInt(before))
}
