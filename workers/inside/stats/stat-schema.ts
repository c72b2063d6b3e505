/** What statistics a machine offers, from its reply to query-stats-schemas. @qapi StatsSchema */
import type { Json, JsonObject } from '#base/json/value.ts'
import { own } from '#base/own.ts'
import { LeftOutParts, nameOf } from '../blocks/reading.ts'
import { isHistogram, statKey } from './statistic.ts'
import type { Statistic, StatKind, StatUnit } from './statistic.ts'

/** Providers and targets of one reply; QEMU has five pairs. */
const mostSchemas = 64
/** Statistics of one pair. KVM has about 60. */
const mostOfOne = 2000
/** Characters of a name; QEMU’s have at most 40. */
const longestStat = 128
/** SI and IEC end at 10^30 and 2^100: an exponent beyond is none of a unit. */
const largestExponent = { 2: 100, 10: 30 }

const kinds: ReadonlyMap<Json, StatKind> = new Map<Json, StatKind>([
  ['cumulative', 'cumulative'],
  ['instant', 'instant'],
  ['peak', 'peak'],
  ['linear-histogram', 'linear-histogram'],
  ['log2-histogram', 'log2-histogram'],
])
const units: ReadonlyMap<Json, StatUnit> = new Map<Json, StatUnit>([
  ['bytes', 'bytes'],
  ['seconds', 'seconds'],
  ['cycles', 'cycles'],
  ['boolean', 'boolean'],
])

/** The statistics, in the order of the reply, each key once; and what was left out, in sentences. */
export interface StatSchema {
  readonly statistics: readonly Statistic[]
  readonly leftOut: readonly string[]
}

/** Read a reply of query-stats-schemas. A reply of another shape has no statistics. */
export function readStatSchemas(reply: Json | undefined): StatSchema {
  const leftOut = new LeftOutParts()
  const found = new Map<string, Statistic>()
  for (const schema of leftOut.objects(reply, 'provider of statistics', mostSchemas)) {
    const [provider, target] = [shortName(schema, 'provider'), shortName(schema, 'target')]
    if (provider === undefined || target === undefined) {
      leftOut.add('provider of statistics of another shape')
      continue
    }
    for (const each of leftOut.objects(own(schema, 'stats'), 'statistic', mostOfOne)) {
      const statistic = readStatistic(provider, target, each)
      if (statistic === undefined) leftOut.add('statistic of a kind or unit that this page does not know')
      else if (!found.has(statistic.key)) found.set(statistic.key, statistic)
    }
  }
  return { statistics: [...found.values()], leftOut: leftOut.lines() }
}

/** A name without a slash: it is one part of a key. */
function shortName(schema: JsonObject, member: string): string | undefined {
  const name = nameOf(schema, member)
  return name === undefined || name.length > longestStat || name.includes('/') ? undefined : name
}

function readStatistic(provider: string, target: string, stat: JsonObject): Statistic | undefined {
  const name = nameOf(stat, 'name')
  const kind = kinds.get(own(stat, 'type') ?? '')
  const told = own(stat, 'unit')
  const unit = told === undefined ? 'none' : units.get(told)
  const scale = scaleOf(own(stat, 'base'), own(stat, 'exponent'))
  const width = own(stat, 'bucket-size')
  if (name === undefined || name.length > longestStat || kind === undefined) return undefined
  if (unit === undefined || scale === undefined) return undefined
  const isWide = typeof width === 'number' && Number.isSafeInteger(width) && width > 0
  if (kind === 'linear-histogram' && !isWide) return undefined
  return {
    ...{ key: statKey(provider, target, name), provider, target, name, kind, unit, scale },
    ...(isHistogram(kind) && isWide ? { bucketSize: width } : {}),
  }
}

/** `base` to the power of `exponent`; without a base, or with exponent 0, it is 1. */
function scaleOf(base: Json | undefined, exponent: Json | undefined): number | undefined {
  if (base === undefined || exponent === undefined || exponent === 0) return 1
  if (base !== 2 && base !== 10) return undefined
  if (typeof exponent !== 'number' || !Number.isInteger(exponent)) return undefined
  return Math.abs(exponent) <= largestExponent[base] ? base ** exponent : undefined
}
