/** The values of one moment, from replies of query-stats. Tested by workers/inside/stats/stat-reply.test.ts. @qapi StatsResult */
import type { Json } from '#base/json/value.ts'
import { own } from '#base/own.ts'
import { LeftOutParts, nameOf } from '../blocks/reading.ts'
import type { Whole } from '../blocks/reading.ts'
import { statKey } from './statistic.ts'

/** A value as it was told: a number, a flag, or the sums of the bins. A fraction (`mean`) is two sums. */
export type StatValue =
  | { readonly kind: 'number'; readonly value: Whole }
  | { readonly kind: 'bins'; readonly bins: readonly Whole[]; readonly boundaries?: readonly Whole[] }
  | { readonly kind: 'ratio'; readonly sum: Whole; readonly count: Whole }

/** Values by subject: the path of a vCPU, the name of a disk; empty where there is only the machine. */
export type StatValues = ReadonlyMap<string, StatValue>

/** Values by the key of their statistic. */
export type StatReading = ReadonlyMap<string, StatValues>

/** Subjects of one reply: QEMU has at most 4,096 vCPUs. */
export const mostSubjects = 4096
/** Values of one subject. */
const mostValues = 2000
/** Bins of a histogram: KVM’s have 32. */
export const mostBins = 256

/** Read a reply of query-stats that asked about one target. What has another shape is left out. */
export function readStats(reply: Json | undefined, target: string): StatReading {
  const leftOut = new LeftOutParts()
  const found = new Map<string, Map<string, StatValue>>()
  for (const result of leftOut.objects(reply, 'result', mostSubjects)) {
    const provider = nameOf(result, 'provider')
    if (provider === undefined) continue
    const subject = nameOf(result, 'qom-path') ?? ''
    for (const each of leftOut.objects(own(result, 'stats'), 'value', mostValues)) {
      const name = nameOf(each, 'name')
      const value = readValue(own(each, 'value'))
      if (name === undefined || value === undefined) continue
      const key = statKey(provider, target, name)
      const known = found.get(key)
      if (known === undefined) found.set(key, new Map([[subject, value]]))
      else known.set(subject, value)
    }
  }
  return found
}

function readValue(value: Json | undefined): StatValue | undefined {
  if (typeof value === 'boolean') return { kind: 'number', value: value ? 1 : 0 }
  if (isWhole(value)) return { kind: 'number', value }
  const bins = wholesIn(value)
  return bins === undefined ? undefined : { kind: 'bins', bins }
}

/** A list of integers, as they were told; undefined where it is none, or is too long. */
export function wholesIn(list: Json | undefined): readonly Whole[] | undefined {
  if (!Array.isArray(list) || list.length === 0 || list.length > mostBins) return undefined
  const wholes = (list as readonly Json[]).filter((each): each is Whole => isWhole(each))
  return wholes.length === list.length ? wholes : undefined
}

function isWhole(value: Json | undefined): value is Whole {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value))
}
