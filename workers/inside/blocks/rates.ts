/** What a disk reads and writes now: from two sums of query-blockstats. Tested by workers/inside/blocks/rates.test.ts. */
import type { IoTotals } from './block-model.ts'
import type { Whole } from './reading.ts'

/** Of one disk, between two answers. */
export interface IoRates {
  /** Bytes a second. */
  readonly readBytes: number
  readonly writtenBytes: number
  /** Operations a second. */
  readonly reads: number
  readonly writes: number
  /** Mean time of an operation in milliseconds; undefined where there was none. */
  readonly readMs: number | undefined
  readonly writeMs: number | undefined
}

/** Sums are uint64: the difference is taken exactly, then it is small enough. */
function grown(before: Whole, after: Whole): number {
  return Number(BigInt(after) - BigInt(before))
}

/** The rates over `ms` milliseconds; undefined where no time passed, or a sum went back: the disk is another one. */
export function ratesBetween(before: IoTotals, after: IoTotals, ms: number): IoRates | undefined {
  if (ms <= 0) return undefined
  const of = (name: keyof IoTotals): number => grown(before[name], after[name])
  const [readBytes, writtenBytes, reads, writes] = [
    of('readBytes'),
    of('writtenBytes'),
    of('reads'),
    of('writes'),
  ]
  if (Math.min(readBytes, writtenBytes, reads, writes) < 0) return undefined
  const each = (count: number): number => (count / ms) * 1000
  return {
    readBytes: each(readBytes),
    writtenBytes: each(writtenBytes),
    reads: each(reads),
    writes: each(writes),
    readMs: reads > 0 ? of('readNs') / reads / 1e6 : undefined,
    writeMs: writes > 0 ? of('writeNs') / writes / 1e6 : undefined,
  }
}

/** Steps of heat, in bytes a second: a trickle, a busy disk, what a hard disk can do, more. */
const heatSteps = [1, 1 << 20, 16 << 20, 128 << 20]

/** How hot: 0 (nothing) to 4. */
export function heatOf(rates: IoRates | undefined): number {
  if (rates === undefined) return 0
  const sum = rates.readBytes + rates.writtenBytes
  return heatSteps.filter((step) => sum >= step).length
}
