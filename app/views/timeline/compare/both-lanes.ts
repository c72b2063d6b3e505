/** The lanes of two runs that are laid over each other: the same lanes for both, at the same heights. Pure. */
import { layOut } from '../lanes/lane-rows.ts'
import type { LaneContent, LaneLayout } from '../lanes/lane-rows.ts'
import type { Stretch } from '../lanes/scale.ts'

/** Lay out the lanes of each: a lane that only one has something in is there for both. `room`: of each, in pixels. */
export function layOutBoth<Of>(
  a: LaneContent<Of>,
  b: LaneContent<Of>,
  folded: ReadonlySet<string>,
  pinned: readonly string[],
  room: number,
): readonly [LaneLayout<Of>, LaneLayout<Of>] {
  const counts = a.counts.map((count, lane) => count + (b.counts[lane] ?? 0))
  const joined = (of: Of): LaneContent<Of> => ({
    of,
    counts: counts.length === 0 ? b.counts : counts,
    trackRows: (kinds) => Math.max(a.trackRows(kinds), b.trackRows(kinds)),
    commandRows: (own) => Math.max(a.commandRows(own), b.commandRows(own)),
  })
  return [layOut([joined(a.of)], folded, pinned, room), layOut([joined(b.of)], folded, pinned, room)]
}

/** A run: when its rows are, in order, and when the one is that it is aligned at. Milliseconds since the epoch. */
export interface AlignedRun {
  readonly at: Float64Array
  readonly start: number
}

/** How long a margin is, of the whole. */
const margin = 0.02
/** At least this is shown, in milliseconds. */
const leastMs = 1

/** All of both, counted from where they are aligned, with a margin. */
export function extentOf(runs: readonly AlignedRun[]): Stretch {
  const from = Math.min(...runs.map(({ at, start }) => (at[0] ?? start) - start))
  const to = Math.max(...runs.map(({ at, start }) => (at.at(-1) ?? start) - start), from + leastMs)
  return { from: from - (to - from) * margin, to: to + (to - from) * margin }
}
