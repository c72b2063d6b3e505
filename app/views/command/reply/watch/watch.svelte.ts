/**
 * Watching: a query asked again and again, one request at a time. Goes on while other views are open; ends with its
 * result. Numbers that were chosen are kept over time, 3,600 samples of each at most. What all watches hold is
 * bounded: one whose reply does not fit ends and says so.
 */
import { jsonSize } from '#base/json/size.ts'
import { jsonKind } from '#base/json/value.ts'
import { textOf } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { bytes } from '#words/format.ts'
import { compareJson } from '../compare/compare-json.ts'
import type { JsonComparison } from '../compare/compare-json.ts'
import { describeSteps, follow } from '../json-steps.ts'
import type { JsonStep } from '../json-steps.ts'

/** What a watch is doing. */
export type WatchState =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'running' }
  /** The machine cannot be asked: it goes on when it can. */
  | { readonly kind: 'waiting'; readonly why: string }

/** One sample. */
export interface Sample {
  /** When it was asked for, milliseconds since the epoch. */
  readonly at: number
  readonly tookMs: number
  readonly value: Json
}

/** A change between two samples. */
export interface SampleChange {
  readonly at: number
  readonly comparison: JsonComparison
}

/** A number over time; `values` has one for each of the watch's times since it was chosen, undefined where it was not there. */
export interface Series {
  readonly text: string
  readonly steps: readonly JsonStep[]
  readonly isRate: boolean
  readonly points: readonly SeriesPoint[]
}

/** A number at a time. `at` is in milliseconds since the epoch. */
export interface SeriesPoint {
  readonly at: number
  readonly value: Json | undefined
}

/** The shortest and the longest interval, in seconds. */
export const intervals = { shortest: 0.2, longest: 60 } as const
const mostPoints = 3600
const mostSeries = 12
/** Characters of a number that is kept over time as it is. Integers of QMP have 20 at most; longer ones are rounded. */
export const longestPoint = 40
/**
 * Characters of the replies that all watches hold: each the last two, of which the differences are parts. Values take
 * several times of that in memory.
 */
export const mostWatched = 32 * 1024 * 1024
const pollMs = 200
const deadlineMs = 60_000

/** One query that is watched. */
export class Watch {
  readonly #machine: Machine
  readonly #name: string
  readonly #arguments: JsonObject | undefined
  #state = $state.raw<WatchState>({ kind: 'stopped' })
  #intervalSeconds = $state(1)
  #samples = $state(0)
  #failed = $state.raw<string | undefined>(undefined)
  #last = $state.raw<Sample | undefined>(undefined)
  #changes = $state(0)
  #lastChange = $state.raw<SampleChange | undefined>(undefined)
  #changed = $state.raw<ReadonlySet<string>>(new Set())
  #series = $state.raw<readonly Series[]>([])
  /** Counts starts: a loop whose start is not the last one ends. */
  #run = 0
  #loopOver: Promise<void> = Promise.resolve()
  #wake: (() => void) | undefined

  readonly #roomFor: (watch: Watch) => number
  #held = 0

  /** `roomFor` tells how many characters this one may hold. */
  constructor(
    machine: Machine,
    name: string,
    args: JsonObject | undefined,
    roomFor: (watch: Watch) => number = () => mostWatched,
  ) {
    this.#machine = machine
    this.#name = name
    this.#arguments = args
    this.#roomFor = roomFor
  }

  /** Characters of the replies that it holds. */
  get held(): number {
    return this.#held
  }

  get state(): WatchState {
    return this.#state
  }

  get intervalSeconds(): number {
    return this.#intervalSeconds
  }

  /** How many replies there were. */
  get samples(): number {
    return this.#samples
  }

  /** Why the last request failed, or why watching has ended, in a sentence; undefined where neither is so. */
  get failed(): string | undefined {
    return this.#failed
  }

  get last(): Sample | undefined {
    return this.#last
  }

  /** How many replies differed from the one before. */
  get changes(): number {
    return this.#changes
  }

  /** The last reply that differed from the one before, and how. */
  get lastChange(): SampleChange | undefined {
    return this.#lastChange
  }

  /** Paths in the tree of the last reply that differ from the one before. */
  get changed(): ReadonlySet<string> {
    return this.#changed
  }

  get series(): readonly Series[] {
    return this.#series
  }

  get hasRoom(): boolean {
    return this.#series.length < mostSeries
  }

  /** From the next sample on. In seconds; a period that is too short or too long becomes the nearest allowed one. */
  setInterval(seconds: number): void {
    if (!Number.isFinite(seconds)) return
    this.#intervalSeconds = Math.min(intervals.longest, Math.max(intervals.shortest, seconds))
    this.#wake?.()
  }

  start(): void {
    if (this.#state.kind !== 'stopped') return
    this.#state = { kind: 'running' }
    this.#run += 1
    const run = this.#run
    // A request of the run before may still be open: never two at once.
    this.#loopOver = this.#loopOver.then(() => this.#loop(run))
  }

  stop(): void {
    this.#run += 1
    this.#state = { kind: 'stopped' }
    this.#wake?.()
  }

  /** Keep a number over time from now on. */
  plot(steps: readonly JsonStep[]): void {
    const text = describeSteps(steps)
    if (!this.hasRoom || this.#series.some((each) => each.text === text)) return
    const points = this.#last === undefined ? [] : [pointOf(this.#last, steps)]
    this.#series = [...this.#series, { text, steps, isRate: false, points }]
  }

  unplot(text: string): void {
    this.#series = this.#series.filter((each) => each.text !== text)
  }

  /** Show a series as its value, or as its change a second. */
  setRate(text: string, isRate: boolean): void {
    this.#series = this.#series.map((each) => (each.text === text ? { ...each, isRate } : each))
  }

  async #loop(run: number): Promise<void> {
    while (this.#run === run) {
      if (!this.#machine.isReady) {
        this.#state = { kind: 'waiting', why: `${this.#machine.name} is not connected` }
        await this.#sleep(pollMs)
        continue
      }
      if (this.#state.kind !== 'running') this.#state = { kind: 'running' }
      const at = Date.now()
      const started = performance.now()
      const reply = await this.#machine.commands.callAgain(this.#name, this.#arguments, deadlineMs)
      if (this.#run !== run) return
      if (reply.ok) this.#take({ at, tookMs: performance.now() - started, value: reply.value })
      else this.#failed = `The last request failed: ${reply.error}`
      // The interval may be changed meanwhile: it counts from when this sample was asked for.
      for (let left = this.#left(started); left > 0 && this.#run === run; left = this.#left(started)) {
        await this.#sleep(left)
      }
    }
  }

  #left(started: number): number {
    return started + this.#intervalSeconds * 1000 - performance.now()
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #take(sample: Sample): void {
    const size = 2 * jsonSize(sample.value)
    if (size > this.#roomFor(this)) {
      this.stop()
      this.#failed = `The reply has ${bytes(size / 2)}: all watched queries together may hold ${bytes(mostWatched)}, two replies of each. Watching has ended.`
      return
    }
    this.#held = size
    this.#failed = undefined
    this.#samples += 1
    if (this.#last !== undefined) {
      const comparison = compareJson(this.#last.value, sample.value)
      this.#changed = new Set(comparison.differences.map((each) => each.where))
      if (comparison.differences.length > 0) {
        this.#changes += 1
        this.#lastChange = { at: sample.at, comparison }
      }
    }
    this.#last = sample
    if (this.#series.length === 0) return
    this.#series = this.#series.map((each) => ({
      ...each,
      points: [...each.points, pointOf(sample, each.steps)].slice(-mostPoints),
    }))
  }
}

function pointOf(sample: Sample, steps: readonly JsonStep[]): SeriesPoint {
  const value = follow(sample.value, steps)
  if (value === undefined || jsonKind(value) !== 'number') return { at: sample.at, value: undefined }
  const text = textOf(value)
  return { at: sample.at, value: text.length > longestPoint ? Number(text) : value }
}

/** The drawn values of a series: its own, or their change a second; undefined where there is none. */
export function drawn({ points, isRate }: Series): readonly (number | undefined)[] {
  return points.map((point, index) => {
    if (!isRate) return point.value === undefined ? undefined : Number(textOf(point.value))
    const before = points[index - 1]
    if (before?.value === undefined || point.value === undefined || point.at <= before.at) return undefined
    return (difference(point.value, before.value) * 1000) / (point.at - before.at)
  })
}

/** Integers beyond 2^53 are subtracted before they are rounded: a rate is small where its numbers are not. */
function difference(a: Json, b: Json): number {
  if (typeof a === 'bigint' || typeof b === 'bigint') {
    const [x, y] = [textOf(a), textOf(b)]
    if (/^-?\d+$/.test(x) && /^-?\d+$/.test(y)) return Number(BigInt(x) - BigInt(y))
  }
  return Number(textOf(a)) - Number(textOf(b))
}

/** The watches of all results. */
export class Watches {
  #byNumber = $state.raw<ReadonlyMap<number, Watch>>(new Map())

  /** The watch of a result, by the result's number; undefined where it is not watched. */
  of(number: number): Watch | undefined {
    return this.#byNumber.get(number)
  }

  /** Begin to watch the query of a result. */
  begin(number: number, machine: Machine, name: string, args: JsonObject | undefined): void {
    const watch = new Watch(machine, name, args, (asking) => this.#roomFor(asking))
    this.#byNumber = new Map(this.#byNumber).set(number, watch)
    watch.start()
  }

  #roomFor(asking: Watch): number {
    let room = mostWatched
    for (const each of this.#byNumber.values()) if (each !== asking) room -= each.held
    return room
  }

  /** The result is gone. */
  end(number: number): void {
    const watch = this.#byNumber.get(number)
    if (watch === undefined) return
    watch.stop()
    const rest = new Map(this.#byNumber)
    rest.delete(number)
    this.#byNumber = rest
  }
}

/** Those of an app. */
export const makeWatches = (): Watches => new Watches()
