/** The bins of a histogram: where each begins and ends, by its kind. Tested by workers/inside/stats/plot-data.test.ts. */
import type { Whole } from '../blocks/reading.ts'
import type { Statistic } from './statistic.ts'

/** A bin, in the unit of the statistic: from the one to below the other. */
export interface StatBin {
  readonly from: number
  /** Undefined: without an end. */
  readonly to: number | undefined
}

/**
 * The bins of a histogram with this many. KVM's linear ones are equally wide, its logarithmic ones are 0 to 1 and then
 * doubled; the last one has no end. Those of disks have told boundaries, of which the first bin begins at 0.
 */
export function binsOfStatistic(
  { kind, scale, bucketSize = 1 }: Pick<Statistic, 'kind' | 'scale' | 'bucketSize'>,
  length: number,
  boundaries: readonly Whole[] | undefined,
): readonly StatBin[] {
  const start = (index: number): number => {
    if (kind === 'histogram') return index === 0 ? 0 : Number(boundaries?.[index - 1] ?? index) * scale
    if (kind === 'linear-histogram') return index * bucketSize * scale
    return index === 0 ? 0 : 2 ** (index - 1) * scale
  }
  return Array.from({ length }, (_, index) => ({
    from: start(index),
    to: index + 1 < length ? start(index + 1) : undefined,
  }))
}
