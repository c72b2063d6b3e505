/**
 * Counts of a record over time, for its overview: how many rows of each kind arrived in each of some bins.
 *
 * Arrival only goes up, so a bin is the rows between two places, each found by halving; and the store notes the counts
 * by kind every 64 rows, so a bin costs the same whether it holds one row or a million. There is no table of bins of
 * fixed widths to keep: any range, in any number of bins, is exact, and rows that are dropped are gone at once.
 */
import { blockRows, isFailure, kinds, strideRows } from './columns.ts'
import type { Store } from './store.ts'

/** Counts for equal parts of a range of time. */
export interface Bins {
  /** Rows in each bin. */
  readonly total: Uint32Array
  /** Of them: errors, commands that no reply ended, problems on the wire. */
  readonly errors: Uint32Array
  /** Rows of each kind: bin times the number of `kinds`, plus the kind's number. */
  readonly byKind: Uint32Array
}

/**
 * Count the kept rows from `fromMs` up to but not including `toMs` (arrival, milliseconds since the epoch) in `count`
 * bins. Bin n begins at `fromMs + (toMs - fromMs) * n / count`.
 */
export function countBins(store: Store, fromMs: number, toMs: number, count: number): Bins {
  const lanes = kinds.length
  const total = new Uint32Array(count)
  const errors = new Uint32Array(count)
  const byKind = new Uint32Array(count * lanes)
  let before = new Uint32Array(lanes)
  let after = new Uint32Array(lanes)
  /** The row that `before` counts up to. */
  let counted = -1
  let seq = store.seqAt(fromMs)
  for (let bin = 0; bin < count; bin += 1) {
    const next = store.seqAt(bin + 1 === count ? toMs : fromMs + ((toMs - fromMs) * (bin + 1)) / count, seq)
    if (next <= seq) continue
    total[bin] = next - seq
    const first = bin * lanes
    if (next - seq <= strideRows / 2) {
      // So few are sooner counted one by one.
      for (let each = seq; each < next; each += 1) {
        const at = first + (store.block(each).kind[each % blockRows] as number)
        byKind[at] = (byKind[at] as number) + 1
      }
    } else {
      if (counted !== seq) store.countsBefore(seq, before)
      store.countsBefore(next, after)
      for (let code = 0; code < lanes; code += 1) {
        byKind[first + code] = ((after[code] as number) - (before[code] as number)) >>> 0
      }
      ;[before, after] = [after, before]
      counted = next
    }
    let failed = 0
    for (let code = 0; code < lanes; code += 1) {
      failed += (byKind[first + code] as number) * (isFailure[code] as number)
    }
    errors[bin] = failed
    seq = next
  }
  return { total, errors, byKind }
}
