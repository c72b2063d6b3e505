/**
 * How busy the vCPUs are, as KVM counts it: the share of the time in which a vCPU was not halted. A halt is a wait, and before
 * it a short poll; both are counted in nanoseconds once they are over. Tested by workers/inside/stats/vcpu-load.test.ts.
 */
import { objectsIn } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import { own } from '#base/own.ts'
import type { StatReading, StatValues } from './stat-reply.ts'
import { statKey } from './statistic.ts'

/** What is asked of KVM. `blocking` is newer than the others, and may be missing. */
export const haltStats = ['halt_wait_ns', 'halt_poll_success_ns', 'halt_poll_fail_ns', 'blocking'] as const

/** How long each vCPU has been halted since it was made. */
export interface HaltTimes {
  /** By the path of the vCPU, in nanoseconds. */
  readonly halted: ReadonlyMap<string, bigint>
  /** Those that are halted at this moment. */
  readonly blocking: ReadonlySet<string>
}

/** Undefined where the machine does not count halts. */
export function haltTimes(reading: StatReading): HaltTimes | undefined {
  const of = (name: string): ReadonlyMap<string, bigint> => {
    const values: StatValues = reading.get(statKey('kvm', 'vcpu', name)) ?? new Map()
    return new Map(
      [...values].flatMap(([path, value]) => (value.kind === 'number' ? [[path, BigInt(value.value)]] : [])),
    )
  }
  const waits = of('halt_wait_ns')
  if (waits.size === 0) return undefined
  const [polls, missed, blocking] = [of('halt_poll_success_ns'), of('halt_poll_fail_ns'), of('blocking')]
  return {
    halted: new Map(
      [...waits].map(([path, ns]) => [path, ns + (polls.get(path) ?? 0n) + (missed.get(path) ?? 0n)]),
    ),
    blocking: new Set([...blocking].flatMap(([path, value]) => (value === 1n ? [path] : []))),
  }
}

/**
 * The load of each vCPU between two answers that are `ms` apart, from 0 to 1. A halt that is not over is not counted yet:
 * a vCPU that is halted now and has no other halts has no load. One whose count went back is left out.
 */
export function vcpuLoads(
  before: HaltTimes,
  after: HaltTimes,
  ms: number,
): readonly { readonly path: string; readonly load: number }[] {
  if (ms <= 0) return []
  return [...after.halted].flatMap(([path, ns]) => {
    const was = before.halted.get(path)
    const grown = was === undefined ? -1 : Number(ns - was)
    if (grown < 0) return []
    const isHalted = grown === 0 && after.blocking.has(path) && before.blocking.has(path)
    return [{ path, load: isHalted ? 0 : Math.min(1, Math.max(0, 1 - grown / (ms * 1e6))) }]
  })
}

/** The names of vCPUs by the path of their object, from a reply of query-cpus-fast. @qapi CpuInfoFast */
export function vcpuNames(reply: Json): ReadonlyMap<string, string> {
  const list = Array.isArray(reply) ? objectsIn(reply as readonly Json[]) : []
  return new Map(
    list.flatMap((each) => {
      const [path, index] = [own(each, 'qom-path'), own(each, 'cpu-index')]
      return typeof path === 'string' && typeof index === 'number' ? [[path, `CPU ${index}`] as const] : []
    }),
  )
}
