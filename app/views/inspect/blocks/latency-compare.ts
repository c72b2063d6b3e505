/** Histograms of several disks bin by bin. Tested by app/views/inspect/blocks/latency-compare.test.ts. */
import type { LatencyHistogram } from '#inside/blocks/block-model.ts'
import { binsOf } from './block-words.ts'

/** One bin. */
export interface ComparedBin {
  /** `10 µs to 50 µs`. */
  readonly name: string
  /** In the order of the histograms. */
  readonly disks: readonly {
    readonly count: number | bigint
    /** Of the fullest share that any disk has in any bin, from 0 to 1: the length of its bar. */
    readonly share: number
    /** Of the operations of this disk: `12 %`. */
    readonly percent: string
  }[]
}

/** All bins between the first and the last that any of them has something in. All have the same boundaries. */
export function comparedBins(histograms: readonly LatencyHistogram[]): readonly ComparedBin[] {
  const [first] = histograms
  if (first === undefined) return []
  const shares = histograms.map(({ bins }) => {
    const sum = bins.reduce<number>((all, each) => all + Number(each), 0)
    return bins.map((each) => (sum === 0 ? 0 : Number(each) / sum))
  })
  const fullest = Math.max(...shares.flat(), Number.MIN_VALUE)
  const rows = binsOf(first).map(({ name }, bin) => ({
    name,
    disks: histograms.map(({ bins }, disk) => {
      const share = shares[disk]?.[bin] ?? 0
      return { count: bins[bin] ?? 0, share: share / fullest, percent: percentOf(share) }
    }),
  }))
  const hasSome = ({ disks }: ComparedBin): boolean => disks.some(({ count }) => Number(count) > 0)
  const from = rows.findIndex(hasSome)
  return from < 0 ? [] : rows.slice(from, rows.findLastIndex(hasSome) + 1)
}

function percentOf(share: number): string {
  const percent = share * 100
  return percent > 0 && percent < 1 ? '< 1 %' : `${Math.round(percent)} %`
}
