/** How the bins of a latency histogram grew, sample by sample. Tested by workers/inside/blocks/rates.test.ts. */
import type { LatencyHistogram } from './block-model.ts'

/** Samples that are kept: a minute and a half at one a second. */
export const mostSamples = 90

/** The last samples of one histogram. */
export interface LatencyTrail {
  /** The sums of the last sample. */
  readonly sums: readonly bigint[]
  /** How much each bin grew, oldest sample first. */
  readonly samples: readonly (readonly number[])[]
}

/** One more sample. A histogram that was set again, or has other bins, begins a new trail. */
export function extendTrail(
  before: LatencyTrail | undefined,
  { bins }: Pick<LatencyHistogram, 'bins'>,
): LatencyTrail {
  const sums = bins.map(BigInt)
  if (before?.sums.length !== sums.length) return { sums, samples: [] }
  const grown = sums.map((sum, index) => Number(sum - (before.sums[index] ?? 0n)))
  if (grown.some((each) => each < 0)) return { sums, samples: [] }
  return { sums, samples: [...before.samples, grown].slice(-mostSamples) }
}
