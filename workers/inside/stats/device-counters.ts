/**
 * Statistics that have no schema of their own: what query-blockstats, query-balloon and query-dirty-rate tell, and what
 * the guest's balloon driver tells. Each is offered where the server has the command.
 * Tested by workers/inside/stats/device-counters.test.ts. @qapi BlockDeviceStats DirtyRateInfo BalloonInfo
 */
import { isJsonObject } from '#base/json/value.ts'
import { objectIn } from '#base/json/members.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { LeftOutParts, nameOf, wholeOf } from '../blocks/reading.ts'
import type { Whole } from '../blocks/reading.ts'
import { mostSubjects, wholesIn } from './stat-reply.ts'
import type { StatReading, StatValue, StatValues } from './stat-reply.ts'
import { statKey } from './statistic.ts'
import type { Statistic, StatKind, StatUnit } from './statistic.ts'

const nano = 1e-9
const mebi = 1 << 20

function statistic(
  place: readonly [provider: string, target: string],
  name: string,
  kind: StatKind,
  unit: StatUnit,
  scale = 1,
): Statistic {
  const [provider, target] = place
  return { key: statKey(provider, target, name), provider, target, name, kind, unit, scale }
}

const block = ['block', 'device'] as const
const operations = ['rd', 'wr', 'flush', 'unmap'] as const

/** What each disk tells: rates, mean times, histograms where somebody has set boundaries. */
export const blockStatistics: readonly Statistic[] = [
  ...['rd_bytes', 'wr_bytes', 'unmap_bytes'].map((name) => statistic(block, name, 'cumulative', 'bytes')),
  ...operations.map((each) => statistic(block, `${each}_operations`, 'cumulative', 'none')),
  // Not a member of the reply: the time by the operations, which is what people ask for.
  ...operations.map((each) => statistic(block, `${each}_mean_time`, 'mean', 'seconds', nano)),
  ...operations.map((each) => statistic(block, `${each}_total_time_ns`, 'cumulative', 'seconds', nano)),
  ...['rd', 'wr', 'flush'].map((each) =>
    statistic(block, `${each}_latency_histogram`, 'histogram', 'seconds', nano),
  ),
  ...['rd_merged', 'wr_merged', 'unmap_merged'].map((name) => statistic(block, name, 'cumulative', 'none')),
  ...['failed', 'invalid'].flatMap((how) =>
    operations.map((each) => statistic(block, `${how}_${each}_operations`, 'cumulative', 'none')),
  ),
  statistic(block, 'wr_highest_offset', 'instant', 'bytes'),
  statistic(block, 'idle_time_ns', 'instant', 'seconds', nano),
]

/** What QEMU knows of the balloon, and what the guest tells through it. */
export const balloonStatistics: readonly Statistic[] = [
  statistic(['balloon', 'vm'], 'actual', 'instant', 'bytes'),
]

/** The statistics of a guest's memory, by their names in `guest-stats`. */
const guestStats: readonly (readonly [name: string, kind: StatKind, unit: StatUnit])[] = [
  ['stat-total-memory', 'instant', 'bytes'],
  ['stat-free-memory', 'instant', 'bytes'],
  ['stat-available-memory', 'instant', 'bytes'],
  ['stat-disk-caches', 'instant', 'bytes'],
  ['stat-swap-in', 'cumulative', 'bytes'],
  ['stat-swap-out', 'cumulative', 'bytes'],
  ['stat-major-faults', 'cumulative', 'none'],
  ['stat-minor-faults', 'cumulative', 'none'],
  ['stat-htlb-pgalloc', 'cumulative', 'none'],
  ['stat-htlb-pgfail', 'cumulative', 'none'],
  ['stat-oom-kills', 'cumulative', 'none'],
]
/** What the guest's balloon driver tells where it is asked every few seconds. */
export const guestMemoryStatistics: readonly Statistic[] = guestStats.map(([name, kind, unit]) =>
  statistic(['balloon', 'guest'], name, kind, unit),
)

/** How fast the guest writes its memory, one value for each measurement. */
export const dirtyStatistics: readonly Statistic[] = [
  statistic(['dirty-rate', 'vm'], 'dirty-rate', 'instant', 'bytes', mebi),
  statistic(['dirty-rate', 'vcpu'], 'vcpu-dirty-rate', 'instant', 'bytes', mebi),
].map((each) => ({ ...each, perSecond: true }))

/** Disks as query-blockstats names them: unique in one reply. */
export function readBlockCounters(reply: Json | undefined): StatReading {
  const leftOut = new LeftOutParts()
  const found = new Map<string, Map<string, StatValue>>()
  const names = new Set<string>()
  for (const entry of leftOut.objects(reply, 'disk', mostSubjects)) {
    const stats = objectIn(entry, 'stats')
    const subject = nameOf(entry, 'device') ?? nameOf(entry, 'qdev') ?? nameOf(entry, 'node-name')
    if (stats === undefined || subject === undefined || names.has(subject)) continue
    names.add(subject)
    for (const { key, name } of blockStatistics) {
      const value = blockValue(stats, name)
      if (value === undefined) continue
      const known = found.get(key)
      if (known === undefined) found.set(key, new Map([[subject, value]]))
      else known.set(subject, value)
    }
  }
  return found
}

function blockValue(stats: JsonObject, name: string): StatValue | undefined {
  if (name.endsWith('_latency_histogram')) {
    const told = objectIn(stats, name) ?? {}
    const [boundaries, bins] = [wholesIn(told.boundaries), wholesIn(told.bins)]
    return boundaries === undefined || bins?.length !== boundaries.length + 1
      ? undefined
      : { kind: 'bins', bins, boundaries }
  }
  if (name.endsWith('_mean_time')) {
    const of = name.slice(0, -'_mean_time'.length)
    const [sum, count] = [wholeOf(stats, `${of}_total_time_ns`), wholeOf(stats, `${of}_operations`)]
    return sum === undefined || count === undefined ? undefined : { kind: 'ratio', sum, count }
  }
  return numberValue(wholeOf(stats, name))
}

function numberValue(value: Whole | undefined): StatValue | undefined {
  return value === undefined ? undefined : { kind: 'number', value }
}

/** One value of the whole machine; none where it is unknown. */
function ofMachine(key: string, value: Whole | undefined): (readonly [string, StatValues])[] {
  const told = numberValue(value)
  return told === undefined ? [] : [[key, new Map([['', told]])]]
}

/** Read a reply of query-balloon. */
export function readBalloon(reply: Json | undefined): StatReading {
  const actual = reply !== undefined && isJsonObject(reply) ? wholeOf(reply, 'actual') : undefined
  return new Map(ofMachine(statKey('balloon', 'vm', 'actual'), actual))
}

/** 2^64-1 stands for what the guest did not tell; the parser may have it as a number that was rounded. */
const notTold = 2n ** 64n - 1n

/** Read a `guest-stats` of a balloon device. What the guest did not tell is left out. */
export function readGuestMemory(reply: Json | undefined): StatReading {
  const stats = objectIn(reply, 'stats') ?? {}
  return new Map(
    guestMemoryStatistics.flatMap(({ key, name }) => {
      const value = wholeOf(stats, name)
      return ofMachine(key, value === undefined || BigInt(value) >= notTold || value < 0 ? undefined : value)
    }),
  )
}

/** A measurement of the dirty rate, from a reply of query-dirty-rate. */
export interface DirtyRate {
  readonly status: string
  /** When it began, in seconds of the host's clock since it was started; another one is another measurement. */
  readonly startTime: Whole | undefined
  readonly reading: StatReading
}

/** Read a reply of query-dirty-rate; undefined where it is none. */
export function readDirtyRate(reply: Json | undefined): DirtyRate | undefined {
  if (reply === undefined || !isJsonObject(reply)) return undefined
  const status = nameOf(reply, 'status')
  if (status === undefined) return undefined
  const rate = wholeOf(reply, 'dirty-rate')
  const vcpus = new LeftOutParts()
    .objects(reply['vcpu-dirty-rate'], 'vCPU', mostSubjects)
    .flatMap((each): (readonly [string, StatValue])[] => {
      const [id, value] = [wholeOf(each, 'id'), wholeOf(each, 'dirty-rate')]
      return id === undefined || value === undefined || value < 0
        ? []
        : [[`CPU ${id}`, { kind: 'number', value }]]
    })
  return {
    status,
    startTime: wholeOf(reply, 'start-time'),
    reading: new Map<string, StatValues>([
      // -1 stands for a rate that is not known yet.
      ...ofMachine(
        statKey('dirty-rate', 'vm', 'dirty-rate'),
        rate === undefined || rate < 0 ? undefined : rate,
      ),
      ...(vcpus.length === 0
        ? []
        : [[statKey('dirty-rate', 'vcpu', 'vcpu-dirty-rate'), new Map(vcpus)] as const]),
    ]),
  }
}
