/**
 * Which types of devices the page may ask a running QEMU about without a person.
 *
 * `device-list-properties` makes a device of the type to look at it. Where a part of the device is missing, QEMU ends:
 * Debian's 7.2 without its OpenGL modules does so for `virtio-vga-gl`, whose part `virtio-gpu-gl-device` is in a module
 * of another package. And where a type is in a module, the module is loaded: a QEMU whose modules were replaced since it
 * was started, by an upgrade, aborts at the second one. `qom-list-types` loads all of them. So the page asks without a person
 * about two kinds of types only: those that are in no module of any release and whose parts are built with them, and,
 * once a person has had the types listed on this connection (all modules are loaded then), those whose parts are listed.
 * device-types.real.test.ts goes through all types of the QEMUs at hand.
 * @qemu qom/qom-qmp-cmds.c, hw/virtio/virtio-pci.c, util/module.c
 * @adr 0038
 */
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'

/**
 * Types in no module of any release up to 10.0, each in the same file or under the same switch of the build as its
 * parts. None of them takes something of the host for itself.
 */
export const builtInTypes: readonly string[] = [
  ...['net', 'blk', 'scsi', 'serial', 'rng', 'balloon'].flatMap((kind) => [
    `virtio-${kind}-pci`,
    `virtio-${kind}-pci-transitional`,
    `virtio-${kind}-pci-non-transitional`,
    `virtio-${kind}-device`,
  ]),
  ...['virtio-keyboard-pci', 'virtio-mouse-pci', 'virtio-tablet-pci', 'virtserialport', 'virtconsole'],
  ...['scsi-hd', 'scsi-cd', 'ide-hd', 'ide-cd', 'nvme', 'nvme-ns', 'e1000', 'e1000e', 'rtl8139'],
  ...['qemu-xhci', 'usb-storage', 'usb-kbd', 'usb-mouse', 'usb-tablet', 'usb-hub'],
  ...['pcie-root-port', 'pcie-pci-bridge', 'pci-bridge', 'pc-dimm', 'i6300esb', 'pvpanic-pci'],
]

const builtIn: ReadonlySet<string> = new Set(builtInTypes)

/** Whether a type is in no module and is built with all its parts. CPUs are: each program has those of its target. */
export function isBuiltIn(type: string): boolean {
  return builtIn.has(type) || (type.length <= 64 && /^[\w.-]+-(x86_64|i386|arm|riscv|s390x)-cpu$/.test(type))
}

/** A type, as `qom-list-types` gives it. @qapi ObjectTypeInfo */
export interface QomType {
  readonly name: string
  readonly parent: string | undefined
  readonly abstract: boolean
}

/** All types of a machine, by their names. */
export type QomTypes = ReadonlyMap<string, QomType>

/** The types in a reply. */
export function readTypes(reply: Json): QomTypes {
  const types = new Map<string, QomType>()
  for (const each of Array.isArray(reply) ? (reply as readonly Json[]) : []) {
    if (!isJsonObject(each) || typeof each.name !== 'string') continue
    const parent = typeof each.parent === 'string' ? each.parent : undefined
    types.set(each.name, { name: each.name, parent, abstract: each.abstract === true })
  }
  return types
}

/** Chains of parents are a handful long; one that is longer goes round in circles. */
const longestChain = 50

/** Whether a type is or descends from another. */
export function isA(types: QomTypes, name: string, ancestor: string): boolean {
  let at: string | undefined = name
  for (let steps = 0; at !== undefined && steps < longestChain; steps += 1) {
    if (at === ancestor) return true
    at = types.get(at)?.parent
  }
  return false
}

/** The devices of a machine that can be made. */
export function deviceTypes(types: QomTypes): readonly QomType[] {
  return [...types.values()].filter((each) => !each.abstract && isA(types, each.name, 'device'))
}

/** The names that the inner device of a virtio device may have: `virtio-vga-gl` is made with a `virtio-gpu-gl-device`. */
function partsOf(name: string): readonly string[] {
  const stem = name
    .replace(/-(pci|ccw)(-transitional|-non-transitional)?$/, '')
    .replace(/-vga(?=-|$)/, '-gpu')
  return [`${stem}-device`, stem]
}

/**
 * Why a machine is not asked about a device type without a person: a sentence. Undefined where it can be.
 * `types` are all its types, undefined as long as nobody had them listed.
 */
export function whyNotAskAbout(types: QomTypes | undefined, name: string): string | undefined {
  if (isBuiltIn(name)) return undefined
  if (types === undefined) {
    return `${name} is not asked about automatically: QEMU would create one, and a QEMU that lacks a part of it ends.`
  }
  const type = types.get(name)
  if (type === undefined) return `This machine has no type ${name}.`
  if (type.abstract || !isA(types, name, 'device')) return `${name} is no type of a device that can be made.`
  // A device on a bus is made together with its inner device: the one composition across modules there is.
  const isOuter = isA(types, name, 'virtio-pci') || isA(types, name, 'virtio-ccw-device')
  const parts = partsOf(name)
  if (!isOuter || parts.some((part) => part !== name && types.has(part))) return undefined
  return `${name} is made with a part ${parts.join(' or ')}, which this machine does not have: asked about it, QEMU may end.`
}
