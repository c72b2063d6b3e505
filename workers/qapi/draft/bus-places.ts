/**
 * The buses of a machine, out of its device tree (`info qtree`), and whether a device can still be put on each: free ones
 * first, what is taken by name, and those that take nothing while the machine runs last.
 * @qemu qdev-monitor.c, `info qtree`
 */
import { clip } from '#base/clip.ts'

/** A device in the tree; `id` is '' where it has none. */
interface TreeDevice {
  readonly driver: string
  readonly id: string
}

/** A bus in the tree. */
export interface TreeBus {
  readonly name: string
  readonly type: string
  /** The device that has the bus; undefined for the first bus of all. */
  readonly owner: TreeDevice | undefined
  readonly devices: readonly TreeDevice[]
}

/** A bus as it is offered. */
export interface BusPlace {
  readonly value: string
  readonly note: string
  readonly group: string
}

/** Characters of the tree that are read: that of a large machine has some 100,000. */
const longestTree = 1_000_000
/** Characters of a line of it: names have at most 127. */
const longestLine = 1000
/** Levels of the tree: a bridge over a bridge over a bridge has 8. */
const deepest = 100
/** Characters of a name inside a note. */
const longestName = 60

interface OpenBus {
  readonly name: string
  type: string
  readonly owner: TreeDevice | undefined
  readonly devices: TreeDevice[]
}

/** The buses in what `info qtree` says, in its order. */
export function readTree(text: string): readonly TreeBus[] {
  const buses: OpenBus[] = []
  /** The buses and devices around the line, by their indent. */
  const around: { readonly indent: number; readonly bus?: OpenBus; readonly device?: TreeDevice }[] = []
  for (const long of text.slice(0, longestTree).split(/\r?\n/)) {
    const line = long.slice(0, longestLine)
    const said = line.trimStart()
    const indent = line.length - said.length
    const name = /^bus: (\S+)/.exec(said)?.[1]
    const [, driver, id = ''] = /^dev: ([^\s,]+), id "([^"]*)"/.exec(said) ?? []
    const type = /^type (\S+)/.exec(said)?.[1]
    if (name === undefined && driver === undefined && type === undefined) continue
    while ((around.at(-1)?.indent ?? -1) >= indent) around.pop()
    const last = around.at(-1)
    if (type !== undefined) {
      if (last?.bus?.type === '') last.bus.type = type
    } else if (around.length < deepest) {
      if (name !== undefined) {
        const bus: OpenBus = { name, type: '', owner: last?.device, devices: [] }
        buses.push(bus)
        around.push({ indent, bus })
      } else if (driver !== undefined) {
        const device = { driver, id }
        last?.bus?.devices.push(device)
        around.push({ indent, device })
      }
    }
  }
  return buses
}

/** Devices whose bus has one place. */
const ports = /^(?:pcie-root-port|ioh3420|xio3130-downstream|cxl-rp|cxl-downstream)$/
/** Buses with one place, by their type: a virtio device is two, one in the other. */
const single = /^virtio-(?:pci-|mmio-|ccw-)?bus$/
/** Buses that take no device while the machine runs, by their type. */
const fixed = /^(?:System|ISA|IDE|HDA|nvme-bus|i2c-bus|floppy-bus|sd-bus|SSI)$/
/** Devices whose bus takes none: host bridges of PCI Express and the inner side of a switch. */
const fixedOwner = /^(?:q35-pcihost|gpex-pcihost|x3130-upstream|cxl-upstream|i82801b11-bridge)$/

const groups = ['Free', 'Taken', 'Take no device while the machine runs'] as const

/** How a bus is offered, and its rank: lower is better. */
function placeOf({ name, type, owner, devices }: TreeBus): {
  readonly place: BusPlace
  readonly rank: number
} {
  const isFixed = fixed.test(type) || (owner !== undefined && fixedOwner.test(owner.driver))
  const isSingle = single.test(type) || (owner !== undefined && ports.test(owner.driver))
  const [first] = devices
  const isTaken = isSingle && first !== undefined
  const group = groups[isFixed ? 2 : isTaken ? 1 : 0]
  const on =
    first === undefined
      ? 'nothing on it'
      : isTaken
        ? `taken by ${wordsOf(first)}`
        : devices.length === 1
          ? '1 device on it'
          : `${devices.length} devices on it`
  const note = [type, on].filter((each) => each !== '').join(', ')
  return { place: { value: name, note, group }, rank: isFixed ? 3 : isTaken ? 2 : isSingle ? 0 : 1 }
}

function wordsOf({ driver, id }: TreeDevice): string {
  return id === '' ? clip(driver, longestName) : `${clip(id, longestName)} (${clip(driver, longestName)})`
}

/** The buses that fit, those with room first. */
export function busPlaces(tree: readonly TreeBus[], fits: (type: string) => boolean): readonly BusPlace[] {
  return tree
    .filter(({ type }) => fits(type))
    .map(placeOf)
    .sort((a, b) => a.rank - b.rank)
    .map(({ place }) => place)
}
