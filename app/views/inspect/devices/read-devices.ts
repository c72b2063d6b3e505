/**
 * Reads all devices and buses of a machine out of its objects, and the places for CPUs and memory: what may be or hold a
 * device is looked at, level by level.
 * Tested by app/views/inspect/devices/devices-of.test.ts.
 */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import {
  busProperties,
  deviceProperties,
  kindOfObject,
  mayHoldDevices,
  placeDevices,
} from '#inside/devices/device-tree.ts'
import type { DeviceReading, PlacedNode } from '#inside/devices/device-tree.ts'
import { cpuPlaces, memoryDevices, memoryRoom } from '#inside/devices/slots.ts'
import type { CpuPlace, MemoryDevice, MemoryRoom } from '#inside/devices/slots.ts'
import { readProperties } from '#inside/objects/qom-object.ts'
import type { QomProperty } from '#inside/objects/qom-object.ts'
import { childPath } from '#inside/objects/qom-path.ts'
import type { OwnQuery } from '#qapi/check/own-queries.ts'
import { eachOf } from '../objects/each-of.ts'

/** Objects that are looked at: a machine of 6 devices has 60 that may be or hold one. More take seconds. */
const mostLooked = 5000
/** Objects in each other. */
const mostLevels = 20

/** What it asks with. */
export interface DeviceQueries {
  readonly own: (name: OwnQuery, args?: JsonObject) => Promise<Result<Json, string>>
  readonly get: (path: string, property: string) => Promise<Result<Json, string>>
  readonly offers: (name: string) => boolean | undefined
  readonly now: () => number
}

/** All that was read at one time. */
export interface DevicesRead {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly nodes: readonly PlacedNode[]
  /** Undefined where the machine has no such question, or refuses it: not every machine plugs CPUs. */
  readonly cpus: readonly CpuPlace[] | undefined
  readonly memory: readonly MemoryDevice[] | undefined
  readonly room: MemoryRoom | undefined
  /** Names in /machine/peripheral and /objects. */
  readonly ids: ReadonlySet<string>
  /** Whether objects were left out because there are too many. */
  readonly isCut: boolean
}

/** An object to look at. */
interface HeldObject {
  readonly path: string
  readonly type: string
}

/** The names of the objects in another one; none where it cannot be read. */
export async function namesIn({ own }: Pick<DeviceQueries, 'own'>, path: string): Promise<readonly string[]> {
  const reply = await own('qom-list', { path })
  if (!reply.ok) return []
  return readProperties(reply.value)
    .list.filter(({ kind }) => kind === 'child')
    .map(({ name }) => name)
}

/** Read it all. The failure is a sentence. */
export async function readDevices(queries: DeviceQueries): Promise<Result<DevicesRead, string>> {
  const { own, get, offers, now } = queries
  const top = await own('qom-list', { path: '/machine' })
  if (!top.ok) return err(top.error)
  const found: DeviceReading[] = []
  let looked = 0
  let level: readonly HeldObject[] = [{ path: '/machine', type: '' }]
  for (let depth = 0; level.length > 0 && depth < mostLevels; depth += 1) {
    const below: HeldObject[] = []
    const look = async ({ path, type }: HeldObject): Promise<void> => {
      const reply = await own('qom-list', { path })
      if (!reply.ok) return
      const { list } = readProperties(reply.value)
      const reading = await readingOf(queries, path, type, list)
      if (reading !== undefined) found.push(reading)
      for (const { kind, name, of = '' } of list) {
        const at = kind === 'child' && mayHoldDevices(of) ? childPath(path, name) : undefined
        if (at === undefined) continue
        looked += 1
        if (looked <= mostLooked) below.push({ path: at, type: of })
      }
    }
    await eachOf(level, 2, look, () => false)
    level = below
  }
  const asked = async (name: OwnQuery): Promise<Json | undefined> => {
    const reply = offers(name) === false ? undefined : await own(name)
    return reply?.ok === true ? reply.value : undefined
  }
  const [pci, cpus] = [await asked('query-pci'), await asked('query-hotpluggable-cpus')]
  const memory = await asked('query-memory-devices')
  const room = await get('/machine', 'memory')
  return ok({
    at: now(),
    nodes: placeDevices(found, pci),
    cpus: cpus === undefined ? undefined : cpuPlaces(cpus),
    memory: memory === undefined ? undefined : memoryDevices(memory),
    room: room.ok ? memoryRoom(room.value) : undefined,
    ids: new Set([
      ...(await namesIn(queries, '/machine/peripheral')),
      ...(await namesIn(queries, '/objects')),
    ]),
    isCut: looked > mostLooked,
  })
}

/** What is needed of an object that is a device or a bus; undefined where it is neither. */
async function readingOf(
  { get }: DeviceQueries,
  path: string,
  type: string,
  list: readonly QomProperty[],
): Promise<DeviceReading | undefined> {
  const has = new Set(list.map(({ name }) => name))
  const kind = kindOfObject(has)
  if (kind === undefined) return undefined
  const values = new Map<string, Json>()
  for (const name of kind === 'bus' ? busProperties : deviceProperties) {
    const value = has.has(name) ? await get(path, name) : undefined
    if (value?.ok === true) values.set(name, value.value)
  }
  return { path, type, kind, values }
}
