/**
 * The statistics of one machine: what it offers, and the samples of what is on the board. It asks while somebody looks; what
 * was sampled stays while other views are open, and what is taken off the board is forgotten.
 * Tested by app/views/inspect/stats/stats-board.test.ts.
 */
import { readDirtyRate } from '#inside/stats/device-counters.ts'
import { PlotData } from '#inside/stats/plot-data.ts'
import type { StatReading } from '#inside/stats/stat-reply.ts'
import type { Statistic } from '#inside/stats/statistic.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { askerOf } from '../asking.ts'
import { recordedSamples } from './recorded-samples.ts'
import { askQuestion, noCatalogue, questionsFor, readCatalogue } from './stat-sources.ts'
import type { StatCatalogue, StatQueries } from './stat-sources.ts'

/** Where the time comes from. */
export interface StatClock {
  /** Milliseconds since the epoch, as the rows of the record. */
  readonly now: () => number
  /** Milliseconds of a clock that does not jump. */
  readonly monotonic: () => number
}

/** What it asks of its machine. */
export interface BoardMachine {
  readonly queries: StatQueries
  /** When the present connection began: another one may be another QEMU. */
  readonly since: () => number
  readonly clock: StatClock
}

/** Longer than this many intervals without an answer is a gap. */
const gapIntervals = 3
/** In a recording, a longer time between two replies is a gap, in milliseconds: three of the longest interval. */
const recordedGapMs = 30_000
/** An answer that takes longer is told while it is awaited, in milliseconds. */
const slowMs = 2000

/** The samples of a machine's board. */
export class StatsBoard {
  readonly #machine: BoardMachine
  #catalogue = $state.raw<StatCatalogue>(noCatalogue)
  #readSince: number | undefined
  #keys = $state.raw<readonly string[]>([])
  readonly #data = new Map<string, PlotData>()
  #version = $state(0)
  #problems = $state.raw<readonly string[]>([])
  #isSlow = $state(false)
  #tookMs = $state<number | undefined>(undefined)
  #lastAt = 0
  #dirtyAt: unknown
  #dirtyStatus = $state('')

  constructor(machine: BoardMachine) {
    this.#machine = machine
  }

  get catalogue(): StatCatalogue {
    return this.#catalogue
  }

  /** Whether the machine has told what it offers. */
  get isRead(): boolean {
    return this.#catalogue !== noCatalogue
  }

  /** Counts up with each answer: what is drawn may be the same object. */
  get version(): number {
    return this.#version
  }

  /** Why something was not answered, in sentences. */
  get problems(): readonly string[] {
    return this.#problems
  }

  /** An answer is awaited for long. */
  get isSlow(): boolean {
    return this.#isSlow
  }

  /** How long the last answers took, all together. */
  get tookMs(): number | undefined {
    return this.#tookMs
  }

  /** The state of the last measurement of the dirty rate, in QEMU's word; empty before it was asked. */
  get dirtyStatus(): string {
    return this.#dirtyStatus
  }

  /** The newest sample's time, 0 before the first. */
  get lastAt(): number {
    return this.#version < 0 ? 0 : this.#lastAt
  }

  /** The samples of a statistic on the board; undefined where the machine does not have it. */
  dataOf(key: string): PlotData | undefined {
    return this.#version < 0 ? undefined : this.#data.get(key)
  }

  /** All that is on the board and offered, in its order. */
  get plots(): readonly PlotData[] {
    return this.#keys.flatMap((key) => this.dataOf(key) ?? [])
  }

  /** These are on the board now, in this order. */
  show(keys: readonly string[]): void {
    this.#keys = keys
    for (const key of this.#data.keys()) if (!keys.includes(key)) this.#data.delete(key)
    this.#begin()
  }

  /** Ask for all that is on the board, once. `intervalMs` is how often that is done. */
  async ask(intervalMs: number): Promise<void> {
    const { clock, queries, since } = this.#machine
    const connection = since()
    if (this.#readSince !== connection) {
      const catalogue = await readCatalogue(queries)
      if (since() !== connection) return
      this.#readSince = connection
      this.#catalogue = catalogue
      this.#begin()
      // What another QEMU counted is no beginning.
      for (const each of this.#data.values()) each.gap(this.#lastAt + 1)
    }
    const began = clock.monotonic()
    if (clock.now() - this.#lastAt > gapIntervals * intervalMs)
      for (const each of this.#data.values()) each.gap(this.#lastAt + 1)
    const slow = setTimeout(() => (this.#isSlow = true), slowMs)
    const questions = questionsFor(this.#keys, this.#catalogue)
    const answers = await Promise.all(
      questions.map(async (question) => {
        const reply = await askQuestion(queries, question)
        return { question, reply, at: clock.monotonic() }
      }),
    )
    clearTimeout(slow)
    this.#isSlow = false
    if (since() !== connection) return
    const at = clock.now()
    const problems: string[] = []
    for (const { question, reply, at: answeredAt } of answers) {
      if (!reply.ok) problems.push(`${question.name}: ${reply.error}`)
      this.#take(question.keys, reply.ok ? this.#reading(question, reply.value) : undefined, at, answeredAt)
    }
    this.#problems = [...new Set(problems)]
    this.#tookMs = questions.length === 0 ? undefined : clock.monotonic() - began
    this.#lastAt = at
    this.#version += 1
  }

  /** Take what a recording has of the statistics on the board. */
  async replay(calls: Parameters<typeof recordedSamples>[0]): Promise<void> {
    if (!this.isRead) {
      this.#catalogue = await readCatalogue(this.#machine.queries)
    }
    this.#data.clear()
    this.#begin()
    for (const { keys, reading, at } of await recordedSamples(calls, this.#keys, this.#catalogue)) {
      for (const key of keys) {
        const data = this.#data.get(key)
        const last = data?.times.at(-1)
        if (last !== undefined && at - last > recordedGapMs) data?.gap(last + 1)
      }
      this.#take(keys, reading, at, at)
      this.#lastAt = Math.max(this.#lastAt, at)
    }
    this.#version += 1
  }

  #begin(): void {
    for (const key of this.#keys) {
      const statistic: Statistic | undefined = this.#catalogue.statistics.get(key)
      const known = this.#data.get(key)
      if (statistic === undefined) this.#data.delete(key)
      else if (known === undefined || !isSame(known.statistic, statistic))
        this.#data.set(key, new PlotData(statistic))
    }
    this.#version += 1
  }

  #reading(
    { name, read }: ReturnType<typeof questionsFor>[number],
    reply: Parameters<ReturnType<typeof questionsFor>[number]['read']>[0],
  ): ReturnType<typeof read> | 'as before' {
    if (name !== 'query-dirty-rate') return read(reply)
    const dirty = readDirtyRate(reply)
    this.#dirtyStatus = dirty?.status ?? ''
    // The same measurement is told until the next one: it is one sample.
    if (dirty?.status !== 'measured' || dirty.startTime === this.#dirtyAt) return 'as before'
    this.#dirtyAt = dirty.startTime
    return dirty.reading
  }

  #take(
    keys: readonly string[],
    reading: StatReading | 'as before' | undefined,
    at: number,
    clock: number,
  ): void {
    if (reading === 'as before') return
    for (const key of keys) {
      const values = reading?.get(key)
      const data = this.#data.get(key)
      if (values === undefined || values.size === 0) data?.gap(at)
      else data?.push(at, clock, values)
    }
  }
}

function isSame(a: Statistic, b: Statistic): boolean {
  return a.kind === b.kind && a.unit === b.unit && a.scale === b.scale && a.bucketSize === b.bucketSize
}

/** Those of a machine. */
export function makeStatsBoard(machine: Machine): StatsBoard {
  return new StatsBoard({
    queries: askerOf(machine),
    since: () => machine.connectionSince,
    clock: {
      now: () => performance.timeOrigin + performance.now(),
      monotonic: () => performance.now(),
    },
  })
}
