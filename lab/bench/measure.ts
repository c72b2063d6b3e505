/**
 * How benchmarks are measured. A figure in milliseconds says more about the machine than about the code, so a figure is
 * the app's work as a ratio to a baseline: the same work without the app, run by turns with it. What a noisy or slow
 * machine does to one it does to the other. docs/benchmarks.md lists all figures.
 */

/** A figure, as `npm run bench -- --json` prints it. */
export interface Figure {
  readonly value: number
  readonly unit: string
  /** `>= 0.85`, `<= 2`. */
  readonly goal: string
  /** What the work and the baseline took, for people. */
  readonly absolute?: string
}

/** What is known of a figure before it is measured. */
interface Named {
  readonly name: string
  /** What a value of 1 means: `times a bare loop`. */
  readonly unit: string
  /** `>= N`: how fast the work is, in the speed of the baseline. `<= N`: how long it takes, in times of the baseline. */
  readonly goal: string
}

/** A run returns what it took in milliseconds. Where it returns no number, the CPU time of this process is taken. */
type Run<Given> = (given: Given) => unknown

/** A figure that compares. `given` is what the benchmark opened. */
export interface Ratio<Given> extends Named {
  readonly baseline: Run<Given>
  readonly work: Run<Given>
  /** Rounds that count. Default 9. */
  readonly rounds?: number
}

/** A figure that is no ratio: a size, a number of rows, or a limit that a task of the product names. */
export interface Size<Given> extends Named {
  readonly measure: (given: Given) => number | Measured | Promise<number | Measured>
}

/** The value of a figure, and what it is to be compared with, for people. */
export interface Measured {
  readonly value: number
  readonly absolute: string
}

/** Whoever listens to a run. */
interface Told {
  readonly measured: (name: string, figure: Figure) => void
  readonly failed: (name: string, error: unknown) => void
}

/** Figures that share something that has to be opened first. */
export interface Benchmark {
  readonly name: string
  readonly figures: readonly Named[]
  /**
   * Measure the figures that are wanted; nothing is opened where none is. One that fails, or takes longer than two
   * minutes, is told, and the next one gets everything opened again. `signal` ends the run.
   */
  run(isWanted: (name: string) => boolean, told: Told, signal?: AbortSignal): Promise<void>
}

/** Has something ended when the benchmark is over, after a failure too: what was begun last is ended first. */
export type Later = (end: () => unknown) => void

const figureLimitMs = 120_000
const endLimitMs = 10_000

/** Make a benchmark. */
export function benchmark<Given>(
  name: string,
  parts: {
    readonly open: (later: Later) => Given | Promise<Given>
    readonly figures: readonly (Ratio<Given> | Size<Given>)[]
  },
): Benchmark {
  return {
    name,
    figures: parts.figures,
    async run(isWanted, told, signal) {
      const wanted = parts.figures.filter((each) => isWanted(each.name) || isWanted(name))
      let opened: { readonly given: Given } | undefined
      let ends = createEnds()
      for (const each of wanted) {
        if (signal?.aborted === true) break
        try {
          opened ??= { given: await limited(parts.open(ends.later), figureLimitMs, signal) }
          told.measured(each.name, await limited(figureOf(each, opened.given), figureLimitMs, signal))
        } catch (error) {
          told.failed(each.name, error)
          await ends.run().catch(() => undefined)
          opened = undefined
          ends = createEnds()
        }
      }
      await ends.run().catch((error: unknown) => told.failed(name, error))
    },
  }
}

function createEnds(): { readonly later: Later; readonly run: () => Promise<void> } {
  const ends: (() => unknown)[] = []
  let isOver = false
  return {
    later: (end) => {
      if (isOver) end()
      else ends.push(end)
    },
    run: async () => {
      isOver = true
      const problems: unknown[] = []
      for (const end of ends.toReversed()) {
        await limited(end(), endLimitMs).catch((error: unknown) => problems.push(error))
      }
      if (problems.length > 0) throw problems[0]
    },
  }
}

/** What a promise gives; rejects where that takes longer, or the run is ended. */
async function limited<Value>(
  value: Value | Promise<Value>,
  limitMs: number,
  signal?: AbortSignal,
): Promise<Value> {
  const over = new AbortController()
  const ended = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new Error(`it took more than ${limitMs / 1000} s`)), limitMs)
    const abort = (): void => reject(new Error('the run was ended'))
    if (signal?.aborted === true) abort()
    signal?.addEventListener('abort', abort, { signal: over.signal })
    over.signal.addEventListener('abort', () => clearTimeout(timer))
  })
  try {
    return await Promise.race([value, ended])
  } finally {
    over.abort()
  }
}

async function figureOf<Given>(figure: Ratio<Given> | Size<Given>, given: Given): Promise<Figure> {
  const { unit, goal } = figure
  if ('measure' in figure) {
    const measured = await figure.measure(given)
    if (typeof measured === 'number') return { value: rounded(measured), unit, goal }
    return { value: rounded(measured.value), unit, goal, absolute: measured.absolute }
  }
  const pairs = await interleave(
    () => figure.baseline(given),
    () => figure.work(given),
    figure.rounds,
  )
  const isSpeed = parseGoal(goal).comparison === '>='
  const value = median(pairs.map(({ work, baseline }) => (isSpeed ? baseline / work : work / baseline)))
  const [work, baseline] = [pairs.map((each) => each.work), pairs.map((each) => each.baseline)].map(median)
  const absolute = `${rounded(work ?? 0)} ms, the baseline ${rounded(baseline ?? 0)} ms`
  return { value: rounded(value), unit, goal, absolute }
}

const rounded = (value: number): number => Number(value.toPrecision(3))

/** What both took in one round, in milliseconds. */
interface Pair {
  readonly baseline: number
  readonly work: number
}

/**
 * Run both by turns, once to warm up and then `rounds` times. Each goes first in every other round: what one leaves
 * behind in caches does not always meet the same.
 */
export async function interleave(
  baseline: () => unknown,
  work: () => unknown,
  rounds: number = 9,
): Promise<readonly Pair[]> {
  const pairs: Pair[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const early = await taken(round % 2 === 0 ? baseline : work)
    const late = await taken(round % 2 === 0 ? work : baseline)
    const pair = round % 2 === 0 ? { baseline: early, work: late } : { baseline: late, work: early }
    if (round > 0) pairs.push(pair)
  }
  return pairs
}

/** What a run took in milliseconds. */
async function taken(run: () => unknown): Promise<number> {
  // A signal that ends the run is seen between two runs.
  await new Promise((resolve) => setImmediate(resolve))
  const before = process.cpuUsage()
  const own = await run()
  const { user, system } = process.cpuUsage(before)
  return typeof own === 'number' ? own : (user + system) / 1000
}

/** The middle of some numbers; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const high = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2
}

/** Read a goal. Throws where it is not `>= N` or `<= N`. */
export function parseGoal(goal: string): { readonly comparison: '>=' | '<='; readonly limit: number } {
  const [, comparison, limit] = /^(>=|<=) (\d+(?:\.\d+)?)$/.exec(goal) ?? []
  if (comparison === undefined) throw new Error(`“${goal}” is no goal: it is “>= N” or “<= N”`)
  return { comparison: comparison === '>=' ? '>=' : '<=', limit: Number(limit) }
}

/** Whether a figure reaches its goal. One that is no number does not. */
export function reaches({ value, goal }: Figure): boolean {
  const { comparison, limit } = parseGoal(goal)
  return comparison === '>=' ? value >= limit : value <= limit
}
