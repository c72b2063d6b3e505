/**
 * How much memory a machine has, where it comes from, and what its balloon tells.
 * Tested by workers/inside/cpus/memory-sizes.test.ts.
 * @qapi query-memory-size-summary, query-balloon, query-memdev
 */
import { own } from '#base/own.ts'
import { isJsonObject, objectsIn } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { linesOf } from '../monitor/monitor-text.ts'

function numberIn(value: Json | undefined, member: string): number | bigint | undefined {
  const found =
    value !== undefined && isJsonObject(value) && Object.hasOwn(value, member) ? value[member] : undefined
  return typeof found === 'number' || typeof found === 'bigint' ? found : undefined
}

/** The memory of the machine, in bytes. */
export interface MemorySizes {
  readonly base: number | bigint
  /** In memory devices; undefined where this machine plugs none. */
  readonly plugged: number | bigint | undefined
}

/** The sizes in a reply; undefined where it has another shape. */
export function readMemorySizes(reply: Json): MemorySizes | undefined {
  const base = numberIn(reply, 'base-memory')
  return base === undefined ? undefined : { base, plugged: numberIn(reply, 'plugged-memory') }
}

/** What the balloon leaves the guest, in bytes; undefined where it is not told. */
export function readBalloon(reply: Json): number | bigint | undefined {
  return numberIn(reply, 'actual')
}

/** One number that the guest told its balloon. */
export interface BalloonStat {
  /** In QEMU's word: `stat-free-memory`. */
  readonly name: string
  readonly label: string
  /** Undefined: not told by this guest. */
  readonly value: number | bigint | undefined
  readonly unit: 'bytes' | 'count'
}

/** The numbers that the guest told last. */
export interface BalloonStats {
  /** Seconds since the epoch; 0: never. */
  readonly at: number
  readonly stats: readonly BalloonStat[]
}

const labels: ReadonlyMap<string, string> = new Map([
  ['stat-total-memory', 'Memory in all'],
  ['stat-free-memory', 'Free'],
  ['stat-available-memory', 'Available without swapping'],
  ['stat-disk-caches', 'Caches of files'],
  ['stat-swap-in', 'Swapped in'],
  ['stat-swap-out', 'Swapped out'],
  ['stat-major-faults', 'Page faults that read a disk'],
  ['stat-minor-faults', 'Other page faults'],
  ['stat-htlb-pgalloc', 'Huge pages given'],
  ['stat-htlb-pgfail', 'Huge pages refused'],
])

/** QEMU writes all ones, 2^64 - 1, where the guest tells nothing. */
const notTold = 0xffff_ffff_ffff_ffffn
const mostStats = 50

/** The value of `guest-stats` of a balloon; undefined where it has another shape. */
export function readBalloonStats(value: Json): BalloonStats | undefined {
  const stats = isJsonObject(value) && Object.hasOwn(value, 'stats') ? value.stats : undefined
  if (stats === undefined || !isJsonObject(stats)) return undefined
  const names = [...labels.keys(), ...Object.keys(stats).filter((name) => !labels.has(name))]
  return {
    at: Number(numberIn(value, 'last-update') ?? 0),
    stats: names
      .filter((name) => Object.hasOwn(stats, name))
      .slice(0, mostStats)
      .map((name) => {
        const told = numberIn(stats, name)
        return {
          name,
          label: labels.get(name) ?? name.slice(0, 100),
          value: told === undefined || BigInt(told) === notTold || Number(told) < 0 ? undefined : told,
          unit: /memory|caches|swap/.test(name) ? 'bytes' : 'count',
        }
      }),
  }
}

/** Memory that a machine or a device is given. */
export interface MemoryBackend {
  readonly id: string
  readonly size: number | bigint
  /** `default`, `bind`, … and the nodes of the host that it names. */
  readonly policy: string
  readonly hostNodes: readonly number[]
  /** What is on of it: shared, merged, prealloc, dump. */
  readonly marks: readonly string[]
}

const markWords: readonly (readonly [member: string, words: string])[] = [
  ['share', 'shared'],
  ['prealloc', 'taken at the start'],
  ['merge', 'may be merged'],
  ['dump', 'in core dumps'],
]

/** The back ends in a reply of query-memdev, at most 1,000. */
export function readBackends(reply: Json): readonly MemoryBackend[] {
  return objectsIn(reply)
    .slice(0, 1000)
    .map((each) => ({
      id: typeof each.id === 'string' ? each.id : '',
      size: numberIn(each, 'size') ?? 0,
      policy: typeof each.policy === 'string' ? each.policy : '',
      hostNodes: Array.isArray(each['host-nodes'])
        ? each['host-nodes'].filter((node): node is number => typeof node === 'number').slice(0, 128)
        : [],
      marks: markWords.filter(([member]) => own(each, member) === true).map(([, words]) => words),
    }))
}

/** One NUMA node of the guest. */
export interface NumaNode {
  readonly node: number
  /** Indexes of CPUs, as they were printed. */
  readonly cpus: string
  /** As they were printed: `128 MB`. */
  readonly size: string
  readonly plugged: string
}

/** The nodes in the text of `info numa`, at most 128, as QEMU allows. */
export function readNuma(text: string): readonly NumaNode[] {
  const nodes = new Map<number, { cpus: string; size: string; plugged: string }>()
  for (const line of linesOf(text)) {
    const [, number, what, value = ''] = /^node (\d{1,3}) (cpus|size|plugged):(.{0,5000})/.exec(line) ?? []
    if (number === undefined) continue
    const node = nodes.get(Number(number)) ?? { cpus: '', size: '', plugged: '' }
    if (what === 'cpus' || what === 'size' || what === 'plugged') node[what] = value.trim()
    if (nodes.size < 128 || nodes.has(Number(number))) nodes.set(Number(number), node)
  }
  return [...nodes].map(([node, each]) => ({ node, ...each }))
}

/** A balloon of the machine. */
export interface BalloonDevice {
  readonly path: string
  /** The guest can tell numbers through it. */
  readonly hasStats: boolean
}

/** The balloons among the properties of a folder of devices. */
export function balloonsIn(path: string, properties: Json): readonly BalloonDevice[] {
  return objectsIn(properties).flatMap(({ name, type }: JsonObject): readonly BalloonDevice[] => {
    if (typeof name !== 'string' || typeof type !== 'string') return []
    const [, of = ''] = /^child<([\w-]{1,60})>$/.exec(type) ?? []
    const hasStats = of.startsWith('virtio-balloon')
    return hasStats || of === 'hv-balloon' ? [{ path: `${path}/${name}`, hasStats }] : []
  })
}
