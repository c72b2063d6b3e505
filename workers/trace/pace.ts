/** How fast something goes on, and when it will be there: from the samples of a track's progress. */
import type { Progress } from '#record/track.ts'

/** Over how long the rate that is said is taken, in milliseconds. */
const rateMs = 5000
/**
 * The time left is made of a rate that forgets: a sample counts half after this long, in milliseconds. Shorter: the time
 * left jumps with each slow write. Longer: a job that was slowed down promises its old end for minutes.
 */
const halfLifeMs = 8000

/** Bytes a second from one sample to the next; `at` is that of the later one. */
export interface RateSample {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly rate: number
}

/** The rate from each sample to the next, oldest first. Where the count goes back (a new pass) there is none. */
export function ratesOf(progress: readonly Progress[]): readonly RateSample[] {
  const rates: RateSample[] = []
  let before: Progress | undefined
  for (const each of progress) {
    if (before !== undefined && each.at > before.at && each.current >= before.current)
      rates.push({ at: each.at, rate: ((each.current - before.current) / (each.at - before.at)) * 1000 })
    before = each
  }
  return rates
}

/** Bytes a second over the last five seconds; undefined before there are two samples. */
export function rateOf(progress: readonly Progress[]): number | undefined {
  const last = progress.at(-1)
  if (last === undefined) return undefined
  let first: Progress | undefined
  for (let index = progress.length - 2; index >= 0; index -= 1) {
    const sample = progress[index]
    if (sample === undefined || (first !== undefined && last.at - sample.at > rateMs)) break
    first = sample
  }
  if (first === undefined || last.at <= first.at) return undefined
  return ((last.current - first.current) / (last.at - first.at)) * 1000
}

/** Milliseconds until the end at a smoothed rate; undefined where nothing moves, and before there are two samples. */
export function timeLeftMs(progress: readonly Progress[]): number | undefined {
  const last = progress.at(-1)
  if (last === undefined) return undefined
  let weighted = 0
  let weights = 0
  let from = progress[0]?.at ?? last.at
  for (const { at, rate } of ratesOf(progress)) {
    // A long sample counts as the many short ones would that it stands for.
    const weight = 2 ** ((at - last.at) / halfLifeMs) - 2 ** ((from - last.at) / halfLifeMs)
    weighted += rate * weight
    weights += weight
    from = at
  }
  const rate = weights > 0 ? weighted / weights : 0
  return rate > 0 ? (Math.max(0, last.total - last.current) / rate) * 1000 : undefined
}
