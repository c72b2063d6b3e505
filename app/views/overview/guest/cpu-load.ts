/**
 * The load of a guest's CPUs, from what its kernel counts. All of it comes from the guest: checked and bounded. Pure.
 * @qapi GuestCpuStats
 */
import { amountIn } from '#base/json/members.ts'
import { objectsIn } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'

/** CPUs that are shown. */
export const mostCpus = 64

/** How long a CPU has been busy and idle since the guest was started, in milliseconds. */
export interface CpuTimes {
  readonly cpu: number
  readonly busy: number
  readonly idle: number
}

/** Members of a reply that count as work; waiting for disks counts as idle. */
const work = ['user', 'nice', 'system', 'irq', 'softirq', 'steal'] as const
const rest = ['idle', 'iowait'] as const

/** Read a reply of guest-get-cpustats. Undefined where it is no list of CPUs of Linux. */
export function readCpuTimes(reply: Json): readonly CpuTimes[] | undefined {
  if (!Array.isArray(reply)) return undefined
  const found = objectsIn(reply)
    .slice(0, mostCpus)
    .flatMap((each): CpuTimes[] => {
      const cpu = amountIn(each, 'cpu')
      const idle = sum(each, rest)
      const busy = sum(each, work)
      return cpu === undefined || idle === undefined || busy === undefined ? [] : [{ cpu, busy, idle }]
    })
  return found.length === 0 ? undefined : found
}

/** The share of the time between two looks in which each CPU worked, from 0 to 1. One without time between them is left out. */
export function cpuLoads(
  before: readonly CpuTimes[],
  after: readonly CpuTimes[],
): readonly { readonly cpu: number; readonly load: number }[] {
  const earlier = new Map(before.map((each) => [each.cpu, each]))
  return after.flatMap(({ cpu, busy, idle }) => {
    const was = earlier.get(cpu)
    const worked = busy - (was?.busy ?? busy)
    const rested = idle - (was?.idle ?? idle)
    // A guest that was started again counts from 0.
    if (worked < 0 || rested < 0 || worked + rested === 0) return []
    return [{ cpu, load: worked / (worked + rested) }]
  })
}

function sum(object: JsonObject, names: readonly string[]): number | undefined {
  let total: number | undefined
  // Older kernels do not count all of them.
  for (const name of names) {
    const value = amountIn(object, name)
    if (value !== undefined) total = (total ?? 0) + value
  }
  return total
}
