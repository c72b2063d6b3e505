/** The rows of the block statistics, and the rates between two polls. @qapi BlockStats */
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'

/** The counters of each device. */
export const counters = [
  'rd_bytes',
  'wr_bytes',
  'rd_operations',
  'wr_operations',
  'flush_operations',
] as const
export type Counter = (typeof counters)[number]

/** The columns that sort the table. */
export type SortColumn = Counter | 'device'

/** Whether a counter counts bytes, not operations. */
export function isBytes(name: Counter): boolean {
  return name.endsWith('_bytes')
}

/** One device. Counters are exact. */
export interface StatsRow {
  /** Unique among the rows of a reply: two devices may go by one name. */
  readonly key: string
  readonly device: string
  readonly values: Readonly<Record<Counter, bigint>>
  /** Per second since the poll before; undefined at the first. */
  readonly rates: Readonly<Record<Counter, number>> | undefined
}

/** Read a reply of query-blockstats. `before` and `elapsedMs` give the rates; a counter that went back gives none. */
export function readBlockStats(
  reply: Json,
  before: readonly StatsRow[],
  elapsedMs: number,
): readonly StatsRow[] {
  if (!Array.isArray(reply)) return []
  return (reply as readonly Json[]).flatMap((each, index) => {
    if (!isJsonObject(each)) return []
    const { stats } = each
    if (stats === undefined || !isJsonObject(stats)) return []
    const named = [each.device, each.qdev, each['node-name']].find(
      (name) => typeof name === 'string' && name !== '',
    )
    const device = typeof named === 'string' ? named : `device ${index}`
    const value = (name: Counter): bigint => {
      const counter = Object.hasOwn(stats, name) ? stats[name] : undefined
      if (typeof counter === 'bigint') return counter
      // A counter with a fraction is none.
      return typeof counter === 'number' && Number.isSafeInteger(counter) ? BigInt(counter) : 0n
    }
    const values = Object.fromEntries(counters.map((name) => [name, value(name)])) as Record<Counter, bigint>
    const key = `${index} ${device}`
    const last = before.find((row) => row.key === key)
    const goesOn =
      last !== undefined && elapsedMs > 0 && counters.every((name) => values[name] >= last.values[name])
    const rates = goesOn
      ? (Object.fromEntries(
          counters.map((name) => [name, (Number(values[name] - last.values[name]) * 1000) / elapsedMs]),
        ) as Record<Counter, number>)
      : undefined
    return [{ key, device, values, rates }]
  })
}

/** The rows in order of a column; equal ones keep the server's order. */
export function sortStats(
  rows: readonly StatsRow[],
  by: SortColumn,
  descending: boolean,
): readonly StatsRow[] {
  const sign = descending ? -1 : 1
  return rows.toSorted((a, b) => {
    const [left, right] = by === 'device' ? [a.device, b.device] : [a.values[by], b.values[by]]
    return left === right ? 0 : left < right ? -sign : sign
  })
}
