/** What a disk reads and writes now: from two sums of query-blockstats. Tested by workers/inside/blocks/rates.test.ts. */
import type { BlockEdge, IoTotals } from './block-model.ts'
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

/** Steps of heat, in milliseconds an operation: a cache, a fast disk, a seek, somebody waits. */
const latencySteps = [0, 1, 10, 100]

/** What the heat of the graph is: how much is read and written, or how long an operation takes. */
export type HeatKind = 'bytes' | 'latency'

/** How hot: 0 (nothing) to 4. The slower of reads and writes counts. */
export function heatOf(rates: IoRates | undefined, by: HeatKind = 'bytes'): number {
  if (rates === undefined) return 0
  if (by === 'latency') {
    const slowest = slowestMs(rates)
    return slowest === undefined ? 0 : latencySteps.filter((step) => slowest >= step).length
  }
  const sum = rates.readBytes + rates.writtenBytes
  return heatSteps.filter((step) => sum >= step).length
}

/** The mean time of an operation in milliseconds, of reads or writes, whichever is longer; undefined where there was none. */
export function slowestMs({ readMs, writeMs }: IoRates): number | undefined {
  if (readMs === undefined) return writeMs
  return writeMs === undefined ? readMs : Math.max(readMs, writeMs)
}

/** An edge that all that a device does goes through: which reads come from a backing image is not told. */
export function carriesAll({ role }: Pick<BlockEdge, 'role'>): boolean {
  return role !== 'backing'
}

/**
 * The heat of each part: of a device its own, of what it stands on that of the hottest device above. QEMU counts at devices
 * only. By the ids of parts; cold ones are left out.
 */
export function heatsOf(
  edges: readonly Pick<BlockEdge, 'from' | 'to' | 'role'>[],
  rates: ReadonlyMap<string, IoRates>,
  by: HeatKind,
): ReadonlyMap<string, number> {
  const heats = new Map<string, number>()
  for (const [id, each] of rates) {
    const heat = heatOf(each, by)
    if (heat > 0) heats.set(id, heat)
  }
  if (heats.size === 0) return heats
  const below = new Map<string, string[]>()
  for (const edge of edges) {
    if (!carriesAll(edge)) continue
    const list = below.get(edge.from)
    if (list === undefined) below.set(edge.from, [edge.to])
    else list.push(edge.to)
  }
  // The hottest first: a part that has its heat is not looked at again.
  const waiting = [...heats].toSorted(([, a], [, b]) => b - a)
  const seen = new Set(waiting.map(([id]) => id))
  for (let next = 0; next < waiting.length; next += 1) {
    const [id, heat] = waiting[next] ?? ['', 0]
    for (const each of below.get(id) ?? []) {
      if (seen.has(each)) continue
      seen.add(each)
      heats.set(each, heat)
      waiting.push([each, heat])
    }
  }
  return heats
}
