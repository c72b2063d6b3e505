/**
 * The devices of a machine and the buses that they stand on, made of what was read of its objects: which device stands on
 * which bus (`parent_bus`), which device has which bus (the object that holds it), and what query-pci tells of each.
 * Whatever the machine says: each device and bus has one place, and none is lost.
 * @qapi query-pci, qom-list, qom-get
 */
import { isJsonObject, objectsIn } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { lastName, parentPath } from '../objects/qom-path.ts'

/** What was read of one object that is a device or a bus. */
export interface DeviceReading {
  readonly path: string
  readonly type: string
  readonly kind: 'device' | 'bus'
  /** Values of its properties, as far as they were read. */
  readonly values: ReadonlyMap<string, Json>
}

/** Which properties of a device are read for the tree, where it has them. */
export const deviceProperties: readonly string[] = [
  ...['parent_bus', 'hotpluggable', 'hotplugged', 'addr'],
  ...['drive', 'netdev', 'chardev', 'memdev', 'iothread'],
]
/** The same of a bus. */
export const busProperties: readonly string[] = ['hotplug-handler', 'acpi-pcihp-bsel']

/** What a device stands on that was made for it: it stays when the device goes. */
export interface DeviceUse {
  readonly kind: 'drive' | 'netdev' | 'chardev' | 'memdev' | 'iothread'
  /** The name that its own commands take. */
  readonly id: string
}

/** A device in its place. */
export interface PlacedDevice {
  readonly kind: 'device'
  readonly path: string
  readonly driver: string
  /** The id that a person gave it; undefined where QEMU made it. */
  readonly id: string | undefined
  /** The path of its bus. */
  readonly bus: string | undefined
  /** Slot and function on its bus: `1f.2`. */
  readonly address: string | undefined
  /** What the guest sees, in QEMU's words: `SATA controller`. */
  readonly about: string | undefined
  /** Whether it can be unplugged while the machine runs; undefined where that is not told. */
  readonly isHotpluggable: boolean | undefined
  readonly wasHotplugged: boolean
  readonly uses: readonly DeviceUse[]
}

/** A bus in its place. */
export interface PlacedBus {
  readonly kind: 'bus'
  readonly path: string
  readonly name: string
  readonly type: string
  /** The driver of the device that has it. */
  readonly owner: string | undefined
  readonly devices: number
  /** Whether a device can be plugged in while the machine runs. */
  readonly room: 'free' | 'taken' | 'fixed' | 'unknown'
}

/** A device or bus, with what is on or in it. */
export interface PlacedNode {
  readonly at: PlacedDevice | PlacedBus
  readonly inside: readonly PlacedNode[]
}

/** Properties of an object, and whether it is a device or a bus; undefined where it is neither. */
export function kindOfObject(properties: ReadonlySet<string>): DeviceReading['kind'] | undefined {
  if (properties.has('parent_bus')) return 'device'
  return properties.has('hotplug-handler') && properties.has('realized') ? 'bus' : undefined
}

/** Parts of objects that hold no device: looking into them would be most of the work. */
const plain: ReadonlySet<string> = new Set(['irq', 'memory-region', 'qemu:memory-region', 'qemu:gpio-in'])

/** Whether an object of a type may have devices in it. */
export function mayHoldDevices(type: string): boolean {
  return !plain.has(type)
}

/** Devices whose one bus has one place. */
const ports: ReadonlySet<string> = new Set([
  ...['pcie-root-port', 'ioh3420', 'xio3130-downstream', 'cxl-rp', 'cxl-downstream', 'virtserialport'],
])

const byName = new Intl.Collator('en', { numeric: true })

/** The devices and buses in their places. `pci` is the return of query-pci, where it was asked for. */
export function placeDevices(
  readings: readonly DeviceReading[],
  pci: Json | undefined,
): readonly PlacedNode[] {
  const all = new Map(readings.map((each) => [each.path, each]))
  const holders = new Map<string, string | undefined>()
  const counts = new Map<string, number>()
  for (const each of readings) {
    const holder = holderOf(each, all)
    holders.set(each.path, holder)
    if (holder !== undefined && all.get(holder)?.kind === 'bus')
      counts.set(holder, (counts.get(holder) ?? 0) + 1)
  }
  // A device that says it stands on a bus of its own is at the top: nothing goes round in circles.
  for (const path of all.keys()) if (isCircle(path, holders)) holders.set(path, undefined)
  const inside = new Map<string | undefined, DeviceReading[]>()
  for (const each of readings) {
    const holder = holders.get(each.path)
    const list = inside.get(holder)
    if (list === undefined) inside.set(holder, [each])
    else list.push(each)
  }
  const seen = pciDevices(pci)
  const node = (each: DeviceReading): PlacedNode => ({
    at:
      each.kind === 'bus'
        ? placedBus(each, all.get(holders.get(each.path) ?? ''), counts.get(each.path) ?? 0)
        : placedDevice(each, seen),
    inside: (inside.get(each.path) ?? []).map(node).sort(inOrder),
  })
  return (inside.get(undefined) ?? []).map(node).sort(inOrder)
}

/** The bus that a device stands on, or else the device or bus that holds the object. */
function holderOf(each: DeviceReading, all: ReadonlyMap<string, DeviceReading>): string | undefined {
  const bus = each.values.get('parent_bus')
  if (typeof bus === 'string' && bus !== each.path && all.get(bus)?.kind === 'bus') return bus
  for (let at = parentPath(each.path); at !== undefined; at = parentPath(at)) if (all.has(at)) return at
  return undefined
}

function isCircle(path: string, holders: ReadonlyMap<string, string | undefined>): boolean {
  const passed = new Set([path])
  for (let at = holders.get(path); at !== undefined; at = holders.get(at)) {
    if (at === path) return true
    // A circle further up, which this one is no part of.
    if (passed.has(at)) return false
    passed.add(at)
  }
  return false
}

function placedBus(
  { path, type, values }: DeviceReading,
  owner: DeviceReading | undefined,
  devices: number,
): PlacedBus {
  const handler = values.get('hotplug-handler')
  const room =
    typeof handler !== 'string'
      ? 'unknown'
      : handler === '' || (/^PCIE?$/.test(type) && !mayPlug(path, handler, values))
        ? 'fixed'
        : devices > 0 && owner !== undefined && ports.has(owner.type)
          ? 'taken'
          : 'free'
  return { kind: 'bus', path, name: lastName(path), type, owner: owner?.type, devices, room }
}

/**
 * Whether devices come to a PCI bus that has a handler: one of its own bridge, or ACPI's where that counts the bus. From QEMU
 * 9 on pcie.0 of q35 has ACPI's as well, and takes no device.
 */
function mayPlug(path: string, handler: string, values: ReadonlyMap<string, Json>): boolean {
  return values.has('acpi-pcihp-bsel') || path.startsWith(`${handler}/`)
}

const peripheral = '/machine/peripheral/'

function placedDevice({ path, type, values }: DeviceReading, seen: readonly PciDevice[]): PlacedDevice {
  const below = path.startsWith(peripheral) ? path.slice(peripheral.length) : ''
  const id = below === '' || below.includes('/') ? undefined : below
  const bus = values.get('parent_bus')
  const onBus = typeof bus === 'string' && bus !== '' ? bus : undefined
  const addr = values.get('addr')
  const isPci =
    typeof addr === 'number' && Number.isInteger(addr) && addr >= 0 && addr < 256 && onBus !== undefined
  const [slot, fn] = isPci ? [addr >> 3, addr & 7] : [-1, -1]
  const found = !isPci
    ? undefined
    : seen.find((each) =>
        id === undefined
          ? each.id === '' && each.bus === 0 && each.slot === slot && each.fn === fn && onBus.endsWith('.0')
          : each.id === id,
      )
  const hotpluggable = values.get('hotpluggable')
  return {
    ...{ kind: 'device', path, driver: type, id, bus: onBus },
    address: isPci ? `${slot.toString(16).padStart(2, '0')}.${fn.toString(16)}` : undefined,
    about: found?.about,
    isHotpluggable: typeof hotpluggable === 'boolean' ? hotpluggable : undefined,
    wasHotplugged: values.get('hotplugged') === true,
    uses: usesOf(values),
  }
}

function usesOf(values: ReadonlyMap<string, Json>): readonly DeviceUse[] {
  const uses: DeviceUse[] = []
  for (const kind of ['drive', 'netdev', 'chardev', 'memdev', 'iothread'] as const) {
    const value = values.get(kind)
    if (typeof value !== 'string' || value === '') continue
    uses.push({ kind, id: kind === 'memdev' || kind === 'iothread' ? lastName(value) : value })
  }
  return uses
}

/** A device as query-pci tells of it. */
interface PciDevice {
  readonly bus: number
  readonly slot: number
  readonly fn: number
  readonly id: string
  readonly about: string | undefined
}

/** Bridges over bridges that are followed: QEMU's own are a few deep. */
const deepest = 30
/** Devices that are read of the reply. */
const mostPci = 5000

function pciDevices(reply: Json | undefined): readonly PciDevice[] {
  const found: PciDevice[] = []
  const walk = (devices: readonly JsonObject[], depth: number): void => {
    for (const each of devices) {
      if (found.length >= mostPci) return
      const {
        bus,
        slot,
        function: fn,
        qdev_id: id = '',
        class_info: info = null,
        pci_bridge: bridge = null,
      } = each
      const desc = isJsonObject(info) ? info.desc : undefined
      if (
        typeof bus === 'number' &&
        typeof slot === 'number' &&
        typeof fn === 'number' &&
        typeof id === 'string'
      ) {
        found.push({ bus, slot, fn, id, about: typeof desc === 'string' ? desc : undefined })
      }
      if (isJsonObject(bridge) && depth < deepest) walk(objectsIn(bridge.devices), depth + 1)
    }
  }
  for (const bus of objectsIn(reply)) walk(objectsIn(bus.devices), 0)
  return found
}

/** Devices before buses; by address, then what a person named, then by name. */
function inOrder({ at: a }: PlacedNode, { at: b }: PlacedNode): number {
  const [first, second] = [rankOf(a), rankOf(b)]
  if (first !== second) return first < second ? -1 : 1
  return byName.compare(nameOf(a), nameOf(b))
}

function rankOf(at: PlacedDevice | PlacedBus): string {
  if (at.kind === 'bus') return '3'
  return at.address === undefined ? (at.id === undefined ? '2' : '1') : `0 ${at.address}`
}

function nameOf(at: PlacedDevice | PlacedBus): string {
  return at.kind === 'bus' ? `${at.name} ${at.path}` : (at.id ?? at.path)
}

/** All buses of the tree, in its order. */
export function busesIn(nodes: readonly PlacedNode[]): readonly PlacedBus[] {
  return nodes.flatMap(({ at, inside }) => [...(at.kind === 'bus' ? [at] : []), ...busesIn(inside)])
}

/** All devices of the tree, in its order. */
export function devicesIn(nodes: readonly PlacedNode[]): readonly PlacedDevice[] {
  return nodes.flatMap(({ at, inside }) => [...(at.kind === 'device' ? [at] : []), ...devicesIn(inside)])
}
