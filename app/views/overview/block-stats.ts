/** The rows of the block statistics, and the rates between two polls. @qapi BlockStats */
import { isJsonObject } from '../../../workers/base/json.ts'
import type { Json } from '../../../workers/base/json.ts'

/** What is counted for each device. */
export const counters = [
  'rd_bytes',
  'wr_bytes',
  'rd_operations',
  'wr_operations',
  'flush_operations',
] as const
export type Counter = (typeof counters)[number]

/** One device. Counters are exact. */
export interface StatsRow {
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
      return typeof counter === 'number' || typeof counter === 'bigint' ? BigInt(counter) : 0n
    }
    const values = Object.fromEntries(counters.map((name) => [name, value(name)])) as Record<Counter, bigint>
    const last = before.find((row) => row.device === device)
    const goesOn =
      last !== undefined && elapsedMs > 0 && counters.every((name) => values[name] >= last.values[name])
    const rates = goesOn
      ? (Object.fromEntries(
          counters.map((name) => [name, (Number(values[name] - last.values[name]) * 1000) / elapsedMs]),
        ) as Record<Counter, number>)
      : undefined
    return [{ device, values, rates }]
  })
}
