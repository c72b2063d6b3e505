/**
 * Places for CPUs and memory, and what is left over of a device that is gone.
 * Tested by workers/inside/devices/device-tree.test.ts.
 * @qapi query-hotpluggable-cpus, query-memory-devices
 */
import { isJsonObject, objectsIn } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { printJson } from '#base/json/print.ts'
import { lastName } from '../objects/qom-path.ts'
import type { DeviceUse } from './device-tree.ts'

/** A place for a CPU. */
export interface CpuPlace {
  /** The driver of the CPU that fits. */
  readonly type: string
  /** What device_add takes to name the place: `{"core-id": 1, …}`. */
  readonly props: JsonObject
  /** The place in words: `socket 0, core 1, thread 0`. */
  readonly words: string
  /** The path of the CPU that is there; undefined where the place is free. */
  readonly path: string | undefined
}

/** Places that are read: QEMU allows 4,096 CPUs at most. */
const mostPlaces = 4096

/** The places of CPUs, in the order of their numbers. */
export function cpuPlaces(reply: Json): readonly CpuPlace[] {
  const places: CpuPlace[] = []
  for (const each of objectsIn(reply).slice(0, mostPlaces)) {
    const { type, props = null, 'qom-path': path } = each
    if (typeof type !== 'string' || !isJsonObject(props)) continue
    places.push({ type, props, words: placeWords(props), path: typeof path === 'string' ? path : undefined })
  }
  return places.sort((a, b) => orderOf(a) - orderOf(b))
}

const levels = ['node', 'drawer', 'book', 'socket', 'die', 'cluster', 'module', 'core', 'thread'] as const

function numberOf(props: JsonObject, level: (typeof levels)[number]): number {
  const value = props[`${level}-id`]
  return typeof value === 'number' ? value : 0
}

function orderOf({ props }: CpuPlace): number {
  return levels.reduce((sum, level) => (level === 'node' ? sum : sum * 4096 + numberOf(props, level)), 0)
}

/** A place in words; as JSON where it has no level that is known. */
export function placeWords(props: JsonObject): string {
  const words = levels
    .filter((level) => level !== 'node' && typeof props[`${level}-id`] === 'number')
    .map((level) => `${level} ${numberOf(props, level)}`)
  return words.length > 0 ? words.join(', ') : printJson(props)
}

/** A memory device. */
export interface MemoryDevice {
  readonly id: string | undefined
  readonly kind: string
  /** In bytes. */
  readonly size: number | bigint
  /** What the guest is asked for, of a device that grows and shrinks; in bytes. */
  readonly requested: number | bigint | undefined
  readonly slot: number | undefined
  /** The NUMA node of the guest that it belongs to. */
  readonly node: number | undefined
  /** The name of the object that holds its memory. */
  readonly memdev: string | undefined
  readonly wasHotplugged: boolean
}

/** The memory devices in a reply, at most 1,000. */
export function memoryDevices(reply: Json): readonly MemoryDevice[] {
  const devices: MemoryDevice[] = []
  for (const { type, data = null } of objectsIn(reply).slice(0, 1000)) {
    if (typeof type !== 'string' || !isJsonObject(data)) continue
    const { id, size = 0, slot, node, memdev, hotplugged, 'requested-size': requested } = data
    devices.push({
      id: typeof id === 'string' ? id : undefined,
      kind: type,
      size: typeof size === 'number' || typeof size === 'bigint' ? size : 0,
      requested: typeof requested === 'number' || typeof requested === 'bigint' ? requested : undefined,
      slot: typeof slot === 'number' ? slot : undefined,
      node: typeof node === 'number' ? node : undefined,
      memdev: typeof memdev === 'string' ? lastName(memdev) : undefined,
      wasHotplugged: hotplugged === true,
    })
  }
  return devices
}

/** What `-m` of the machine allows. @qapi MemorySizeConfiguration */
export interface MemoryRoom {
  readonly slots: number
  readonly size: number | bigint
  readonly most: number | bigint
}

/** The room for memory, of the property `memory` of the machine; undefined where an older QEMU does not tell it. */
export function memoryRoom(value: Json | undefined): MemoryRoom | undefined {
  if (value === undefined || !isJsonObject(value)) return undefined
  const { slots = 0, size, 'max-size': most } = value
  const isSize = (each: Json | undefined): each is number | bigint =>
    typeof each === 'number' || typeof each === 'bigint'
  if (!isSize(size)) return undefined
  return { slots: typeof slots === 'number' ? slots : 0, size, most: isSize(most) ? most : size }
}

/** The names of network backends in what `info network` says. Lines and names are bounded. */
export function netdevsIn(text: string): ReadonlySet<string> {
  const names = new Set<string>()
  for (const line of text.slice(0, 100_000).split(/\r?\n/)) {
    const [, name, rest = ''] = /^[ \\]*([^\s:]{1,200}): (.{0,300})/.exec(line) ?? []
    // Front ends are of the type nic; each backend is named on a line of its own.
    if (name !== undefined && !/\btype=nic\b/.test(rest)) names.add(name)
  }
  return names
}

/** What is there, by its kind. */
export interface Backends {
  readonly netdevs: ReadonlySet<string>
  readonly nodes: ReadonlySet<string>
  readonly chardevs: ReadonlySet<string>
  readonly objects: ReadonlySet<string>
}

/** Something that a device used and that is still there, with the command that removes it. */
export interface LeftOver extends DeviceUse {
  readonly command: string
  readonly args: JsonObject
}

/** What is left over of a device that is gone. An iothread is shared on purpose and stays. */
export function leftOver(uses: readonly DeviceUse[], there: Backends): readonly LeftOver[] {
  return uses.flatMap((use): readonly LeftOver[] => {
    const { kind, id } = use
    switch (kind) {
      case 'netdev':
        return there.netdevs.has(id) ? [{ ...use, command: 'netdev_del', args: { id } }] : []
      case 'chardev':
        return there.chardevs.has(id) ? [{ ...use, command: 'chardev-remove', args: { id } }] : []
      case 'drive':
        return there.nodes.has(id) ? [{ ...use, command: 'blockdev-del', args: { 'node-name': id } }] : []
      case 'memdev':
        return there.objects.has(id) ? [{ ...use, command: 'object-del', args: { id } }] : []
      case 'iothread':
        return []
    }
  })
}

/** What a person can do while a device that was asked to go is still there, and why it is. */
export function whyStillThere(about: {
  readonly isPaused: boolean
  readonly isPci: boolean
  readonly isMemory: boolean
  /** The guest said that it will not. */
  readonly isRefused: boolean
  readonly seconds: number
}): string {
  const { isPaused, isPci, isMemory, isRefused, seconds } = about
  const reset = isPci ? ' A reset of the machine (system_reset) completes it.' : ''
  if (isRefused) return `The guest refused: it uses the device, or cannot give it up.${reset}`
  if (isPaused) return `The guest is paused and cannot answer: let it run (cont).${reset}`
  if (seconds < 5) return 'The guest is asked to let go of it. That takes a moment.'
  if (isMemory)
    return 'The guest has not let go of it: it moves what is in this memory elsewhere first, and may be unable to. A running guest with memory hot-plug is needed.'
  return `The guest has not answered: it may still be starting, have no support for hot-plug, or use the device.${reset}`
}
