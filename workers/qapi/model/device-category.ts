/**
 * What a device is for, and whether one can be added while the machine runs: for the list of `device_add`. QEMU tells
 * neither by QMP, and the human monitor's `info qdm` loads modules, so both are tables of names and of parents, checked
 * against all types of a real QEMU. A guess that is wrong moves a driver in the list, and forbids nothing.
 * @qemu hw/core/qdev.c, system/qdev-monitor.c
 */
import { isA } from './device-types.ts'
import type { QomTypes } from './device-types.ts'

/** What devices are for, in the order of a list. */
export const deviceCategories = [
  'Storage',
  'Network',
  'Input and serial',
  'USB controllers',
  'Display',
  'Sound',
  'Memory',
  'CPUs',
  'Devices of the host',
  'Ports and bridges',
  'Other',
] as const

/** What a device is for. */
export type DeviceCategory = (typeof deviceCategories)[number]

/** By the name of the driver; the first that fits counts. */
const byName: readonly (readonly [category: DeviceCategory, driver: RegExp])[] = [
  ['CPUs', /-cpu$/],
  ['Memory', /^(?:pc-dimm|nvdimm|sgx-epc|virtio-(?:mem|pmem)(?:-pci)?|virtio-balloon[\w-]{0,30}|cxl-type3)$/],
  ['Devices of the host', /^(?:vfio-|usb-(?:host|redir)$|u2f-passthru$|vhost-vdpa-)/],
  [
    'Sound',
    /^(?:AC97|ES1370|hda-|(?:ich9-)?intel-hda|sb16|adlib|gus|cs4231a|usb-audio|virtio-(?:sound|snd)|vhost-user-(?:sound|snd))/,
  ],
  [
    'Display',
    /^(?:VGA|secondary-vga|(?:isa-)?cirrus-vga|isa-vga|ati-vga|qxl|bochs-display|vmware-svga|virtio-(?:gpu|vga)|vhost-user-(?:gpu|vga)|ramfb|sga|apple-gfx)/,
  ],
  [
    'USB controllers',
    /^(?:qemu-xhci|nec-usb-xhci|usb-(?:ehci|hub|xhci)|ich9-usb-|piix[34]-usb-uhci|vt82c686b-usb-uhci|pci-ohci)/,
  ],
  [
    'Input and serial',
    /^(?:virtio-(?:keyboard|mouse|tablet|input|serial|multitouch)|vhost-user-(?:input|gpio|i2c|spi)|usb-(?:kbd|mouse|tablet|wacom|serial|braille|ccid)|virt(?:serialport|console)|pci-serial|isa-(?:serial|parallel)|ccid-card|i8042|vmmouse|tpci200|ipoctal)/,
  ],
  [
    'Network',
    /^(?:virtio-net|vhost-(?:user-)?vsock|e1000|igb|rtl8139|vmxnet3|i8255\d|i82562|i82801$|ne2k|pcnet|tulip|rocker|usb-net|pvrdma)/,
  ],
  [
    'Storage',
    /^(?:virtio-(?:blk|scsi|9p)|vhost-(?:user-)?(?:blk|scsi|fs)|scsi-|ide-|nvme|usb-(?:storage|bot|uas|mtp)|megasas|mptsas|lsi53|pvscsi|am53c974|dc390|ich9-ahci|sdhci-pci|sd-card|emmc|ufs|floppy|isa-(?:fdc|ide)|piix[34]-ide)/,
  ],
  ['Ports and bridges', /^(?:pcie?-(?!testdev)|ioh3420|x3130|xio3130|cxl-|pxb|i82801b11|vmbus-bridge)/],
]

/** By what a type descends from, for drivers whose name no line knows. */
const byParent: readonly (readonly [parent: string, category: DeviceCategory])[] = [
  ['cpu', 'CPUs'],
  ['scsi-device', 'Storage'],
  ['ide-device', 'Storage'],
  ['hda-codec', 'Sound'],
  ['pci-bridge', 'Ports and bridges'],
  ['pcie-port', 'Ports and bridges'],
  ['virtio-serial-port', 'Input and serial'],
]

/** What devices have to descend from that can be added while a machine runs: their buses take some. */
const pluggableParents = [
  'pci-device',
  'usb-device',
  'scsi-device',
  'virtio-serial-port',
  'ccid-card',
  'pc-dimm',
  'virtio-ccw-device',
  'cpu',
]

/** The same by names, where nobody has listed the types. */
const pluggableNames =
  /^(?:[\w-]{1,60}-pci(?:-(?:non-)?transitional)?|pcie?-[\w-]{1,60}|nvme|e1000e?|e1000-\w{1,9}|igb|rtl8139|vmxnet3|i8255\w{1,4}|i82562|ne2k_pci|pcnet|tulip|qemu-xhci|nec-usb-xhci|usb-[\w-]{1,40}|u2f-[\w-]{1,20}|scsi-\w{1,20}|virt(?:serialport|console)|ccid-card-\w{1,20}|pc-dimm|nvdimm|bochs-display|secondary-vga|qxl|AC97|ES1370|(?:ich9-)?intel-hda|i6300esb|edu|megasas(?:-gen2)?|mptsas1068|lsi53c8\w{1,4}|pvscsi|am53c974|dc390|ich9-ahci|ioh3420|x3130-upstream|xio3130-downstream|i82801b11-bridge|[\w.-]{1,60}-cpu)$/

/** Drivers that say they cannot, although their bus could take them; parts of chipsets among them. */
const fixed =
  /^(?:pxb(?:-\w{1,10})?|cxl-rp|vfio-pci-(?:nohotplug|igd-lpc-bridge)|ich9-usb-\w{1,10}|pci-ohci|piix[34]-ide(?:-xen)?|(?:ati-|cirrus-|qxl-|vhost-user-)?vga|VGA|vmware-svga|virtio-(?:gpu|vga)[\w-]{0,40}|vhost-user-gpu[\w-]{0,10}|acpi-erst|ICH9-\w{1,5}|PIIX[34](?:_PM|-xen)?|piix4-isa|i440FX|mch|gpex-root|virtio-iommu-pci)$/

/** What a driver is for. `types` are all types of the machine, undefined where nobody had them listed. */
export function deviceCategory(name: string, types: QomTypes | undefined): DeviceCategory {
  const named = byName.find(([, driver]) => driver.test(name))
  if (named !== undefined) return named[0]
  const descends = types === undefined ? undefined : byParent.find(([parent]) => isA(types, name, parent))
  return descends?.[1] ?? 'Other'
}

/** Whether a driver can be added while the machine runs, where its bus has a place. */
export function isPluggable(name: string, types: QomTypes | undefined): boolean {
  if (name.length > 100 || fixed.test(name)) return false
  return types === undefined
    ? pluggableNames.test(name)
    : pluggableParents.some((parent) => isA(types, name, parent))
}
