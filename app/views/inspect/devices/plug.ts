/**
 * Plugging and unplugging as plans of commands: back end first, then the device that stands on it; each step has its way
 * back. Pure. Tested by app/views/inspect/devices/plug.test.ts.
 */
import type { JsonObject } from '#base/json/value.ts'
import type { CpuPlace, LeftOver } from '#inside/devices/slots.ts'
import type { ActionPlan, ActionStep } from '../action/action.ts'

/** What can be plugged in by a form. */
export type PlugKind = 'disk' | 'nic' | 'usb' | 'cpu' | 'memory'

/** What a person chose. Members that its kind does not have are left out of account. */
export interface PlugChoice {
  readonly id: string
  /** The name of the bus; '' lets QEMU choose. */
  readonly bus: string
  readonly driver: string
  /** Disk: the image on the host, its format, and whether it is only read. */
  readonly file: string
  readonly format: string
  readonly isReadOnly: boolean
  /** NIC: the type of its back end. */
  readonly net: string
  readonly cpu: CpuPlace | undefined
  /** Memory: MiB, as typed. */
  readonly mebibytes: string
}

/** What the machine has. */
export interface PlugFacts {
  /** Ids and names that are taken, of devices, nodes and objects. */
  readonly taken: ReadonlySet<string>
  /** Before QEMU 6.0 the properties of an object are in an object of their own. */
  readonly hasProps: boolean
}

/** Drivers that each form offers, the usual one first. */
export const plugDrivers: Readonly<Record<PlugKind, readonly string[]>> = {
  disk: ['virtio-blk-pci', 'scsi-hd', 'usb-storage'],
  nic: ['virtio-net-pci', 'e1000e', 'e1000', 'rtl8139', 'usb-net'],
  usb: ['usb-tablet', 'usb-kbd', 'usb-mouse', 'usb-hub'],
  cpu: [],
  memory: ['pc-dimm'],
}

/** The type of bus that a driver wants; undefined where it has none. */
export function busWanted(driver: string): RegExp | undefined {
  if (driver.startsWith('usb-')) return /^usb-bus$/
  if (driver.startsWith('scsi-')) return /^SCSI$/
  return driver === 'pc-dimm' || driver === '' ? undefined : /^PCIE?$/
}

/** All names that a device of this id has: its own, and those of what it stands on. */
function namesOf(kind: PlugKind, id: string): readonly string[] {
  if (kind === 'disk') return [id, `${id}-file`, `${id}-node`]
  if (kind === 'nic') return [id, `${id}-net`]
  return kind === 'memory' ? [id, `${id}-mem`] : [id]
}

/** An id that is free: `disk1`, `nic2`. */
export function freeId(kind: PlugKind, taken: ReadonlySet<string>): string {
  const stem = kind === 'memory' ? 'dimm' : kind
  for (let n = 1; n < 10_000; n += 1) {
    const id = `${stem}${n}`
    if (!namesOf(kind, id).some((each) => taken.has(each))) return id
  }
  return stem
}

/** An id as QEMU takes it. */
const wellFormed = /^[A-Za-z][\w.-]{0,100}$/

/** What is wrong with a choice, in a sentence; undefined where nothing is. */
export function whyNotPlug(kind: PlugKind, choice: PlugChoice, { taken }: PlugFacts): string | undefined {
  const { id, file, cpu } = choice
  if (!wellFormed.test(id)) return 'An id begins with a letter, and has letters, digits, “-”, “.” and “_”.'
  const double = namesOf(kind, id).find((each) => taken.has(each))
  if (double !== undefined) return `${double} is taken.`
  if (kind === 'disk' && file.trim() === '') return 'Write the path of the image, as the host has it.'
  if (kind === 'cpu' && cpu === undefined) return 'Choose a free place.'
  if (kind === 'memory' && sizeOf(choice) === undefined)
    return 'Write a size in MiB: a whole number from 1 on.'
  return undefined
}

function sizeOf({ mebibytes }: PlugChoice): number | undefined {
  if (!/^\d{1,8}$/.test(mebibytes.trim())) return undefined
  const size = Number(mebibytes) * 1024 * 1024
  return size > 0 ? size : undefined
}

/** The plan of a choice that nothing is wrong with. */
export function plugPlan(kind: PlugKind, choice: PlugChoice, facts: PlugFacts): ActionPlan {
  const { id, bus } = choice
  const on = bus === '' ? {} : { bus }
  const steps: ActionStep[] = [...backEnd(kind, choice, facts)]
  const device: JsonObject =
    kind === 'disk'
      ? { driver: choice.driver, id, drive: `${id}-node`, ...on }
      : kind === 'nic'
        ? { driver: choice.driver, id, netdev: `${id}-net`, ...on }
        : kind === 'usb'
          ? { driver: choice.driver, id, ...on }
          : kind === 'cpu'
            ? { driver: choice.cpu?.type ?? '', id, ...choice.cpu?.props }
            : { driver: 'pc-dimm', id, memdev: `${id}-mem` }
  steps.push({
    name: 'device_add',
    args: device,
    undo: { name: 'device_del', args: { id }, leaves: { kind: 'device', id } },
  })
  const parts =
    steps.length > 1
      ? 'What it stands on is made first; where a step fails, those before it are taken back.'
      : ''
  return {
    title: `Plug in ${id}`,
    about: parts,
    verb: 'Plug in',
    steps,
    after: 'The guest sees it as soon as its system looks.',
  }
}

function backEnd(kind: PlugKind, choice: PlugChoice, { hasProps }: PlugFacts): readonly ActionStep[] {
  const { id, file, format, isReadOnly, net } = choice
  if (kind === 'disk') {
    const readOnly = isReadOnly ? { 'read-only': true } : {}
    const [below, node] = [`${id}-file`, `${id}-node`]
    return [
      {
        name: 'blockdev-add',
        args: { driver: 'file', 'node-name': below, filename: file.trim(), ...readOnly },
        undo: { name: 'blockdev-del', args: { 'node-name': below } },
      },
      {
        name: 'blockdev-add',
        args: { driver: format, 'node-name': node, file: below, ...readOnly },
        undo: { name: 'blockdev-del', args: { 'node-name': node } },
      },
    ]
  }
  if (kind === 'nic') {
    const name = `${id}-net`
    return [
      {
        name: 'netdev_add',
        args: { type: net, id: name },
        undo: { name: 'netdev_del', args: { id: name } },
      },
    ]
  }
  if (kind !== 'memory') return []
  const [name, size] = [`${id}-mem`, sizeOf(choice) ?? 0]
  return [
    {
      name: 'object-add',
      args: {
        'qom-type': 'memory-backend-ram',
        id: name,
        ...(hasProps ? { props: { size } } : { size }),
      },
      undo: { name: 'object-del', args: { id: name } },
    },
  ]
}

/** The plan that asks a guest to give up a device. */
export function unplugPlan(id: string, driver: string, ondone: () => void): ActionPlan {
  return {
    title: `Unplug ${id}`,
    about: `The guest is asked to give up ${id} (${driver}). What uses it there fails. It is gone only when the guest has let go of it.`,
    verb: 'Unplug',
    isDangerous: true,
    steps: [{ name: 'device_del', args: { id } }],
    after: 'The guest is asked. Devices shows how it goes on.',
    ondone,
  }
}

/** The plan that removes what a device left over: the last made first. */
export function removePlan(of: string, left: readonly LeftOver[], ondone: () => void): ActionPlan {
  return {
    title: `Remove what ${of} left over`,
    about: 'The device that used it is gone. QEMU refuses where something else uses it.',
    verb: 'Remove',
    steps: left.map(({ command, args }) => ({ name: command, args })),
    ondone,
  }
}

/** A plan of one command that helps a device on its way out. */
export function helpPlan(command: 'cont' | 'system_reset', name: string, ondone: () => void): ActionPlan {
  const isReset = command === 'system_reset'
  return {
    title: isReset ? `Reset ${name}` : `Let ${name} run on`,
    about: isReset
      ? 'The guest starts again, as by its reset button: what it has not written is lost. Devices that were asked to go are gone then.'
      : 'The guest runs on from where it was paused.',
    verb: isReset ? 'Reset' : 'Continue',
    isDangerous: isReset,
    steps: [{ name: command }],
    ondone,
  }
}
