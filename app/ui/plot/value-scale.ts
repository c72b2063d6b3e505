/** The scale of values at the left of a plot: round numbers from below the least to above the most. Pure. */
import type { PlotPicture, PlotStretch, ValueScale } from './plot-scene.ts'

/** Below it a step is none: powers of ten of subnormal numbers are 0. */
const smallest = 1e-100
/** The least step, as a share of the values: numbers that are nearer to each other cannot be told apart by their digits. */
const finest = 1e-12

/**
 * A scale for values from `least` to `most` with about `wanted` ticks. It begins at 0 where that is no waste of room.
 * `isBinary`: steps are powers of two, for bytes.
 */
export function valueScale(
  least: number,
  most: number,
  { wanted = 4, isBinary = false }: { readonly wanted?: number; readonly isBinary?: boolean } = {},
): ValueScale {
  const isKnown = Number.isFinite(least) && Number.isFinite(most) && most >= least
  const [low, high] = isKnown ? [least, most] : [0, 1]
  const bottom = low >= 0 && low < high / 2 ? 0 : low
  const top = high > bottom ? high : bottom === 0 ? 1 : bottom + Math.abs(bottom) * 0.1
  const start = low === high && low !== 0 ? low - Math.abs(low) * 0.1 : bottom
  const leastStep = Math.max(Math.abs(start), Math.abs(top)) * finest
  const step = stepFor(Math.max((top - start) / wanted, leastStep), isBinary)
  const [from, to] = [Math.floor(start / step), Math.ceil(top / step)]
  // Multiplied, not added up: sums of 0.1 are not round.
  const ticks = Array.from({ length: Math.min(20, to - from + 1) }, (_, n) => (from + n) * step)
  return { min: from * step, max: Math.max(to * step, (from + 1) * step), ticks }
}

function stepFor(rough: number, isBinary: boolean): number {
  if (!(rough > smallest) || !Number.isFinite(rough)) return 1
  if (isBinary && rough >= 1) return 2 ** Math.ceil(Math.log2(rough))
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].find((each) => each * power >= rough * 0.999) ?? 10
  return step * power
}

/** The least and the most of all lines of a picture in a stretch of time; infinite where there is none. */
export function leastAndMost(
  { times, lines }: Pick<PlotPicture, 'times' | 'lines'>,
  { from, to }: PlotStretch,
): readonly [least: number, most: number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  // The newest times are at the end: from there on back, until it is out of sight.
  for (let place = times.length - 1; place >= 0; place -= 1) {
    const at = times[place] ?? 0
    if (at > to) continue
    if (at < from) break
    for (const { values } of lines) {
      const value = values[place] ?? Number.NaN
      if (value < least) least = value
      if (value > most) most = value
    }
  }
  return [least, most]
}

/** The place of the sample that is nearest to a time, at most `withinMs` away; -1 where there is none. */
export function placeNear(times: ArrayLike<number>, at: number, withinMs: number): number {
  let best = -1
  let distance = withinMs
  // Times rise: the nearest is one of two, found by halving.
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? Number.POSITIVE_INFINITY) >= at) high = middle
    else low = middle + 1
  }
  for (const place of [low - 1, low]) {
    const time = times[place]
    if (time === undefined || Math.abs(time - at) > distance) continue
    distance = Math.abs(time - at)
    best = place
  }
  return best
}
