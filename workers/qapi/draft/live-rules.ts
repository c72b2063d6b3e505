/**
 * Decides which kind of thing of the machine a member names, by the member's name and by the command or type that has it.
 * A member that names a new thing has no kind; one that refers to an existing thing has its kind.
 * Tested by workers/qapi/draft/live-values.real.test.ts.
 * @adr 0036
 */

/** Of which members a kind is. */
interface RuleLine {
  readonly kind: string
  readonly member: RegExp
  /** The command, or the type by its real name. Undefined: any. */
  readonly of?: RegExp
  /** Not for these: there the member names a new thing, or something else. */
  readonly not?: RegExp
}

/** The commands that take a medium out or put one in. */
const media = /^(eject|blockdev-(open-tray|close-tray|remove-medium|insert-medium|change-medium))$/
/** The commands whose `device` is only the name of a block device: that of a node is refused. */
const devicesOnly =
  /^(block_resize|block_set_io_throttle|block_passwd|blockdev-snapshot-sync|BlockdevSnapshotSync|BlockIOThrottle)$/

const table = [
  {
    kind: 'bitmap',
    member: /^(name|target|bitmap|bitmaps)$/,
    of: /bitmap/i,
    not: /dirty-?bitmap-?add/i,
  },
  { kind: 'bitmap', member: /^(bitmap|bitmaps)$/, of: /backup|mirror|nbd|export/i },
  { kind: 'QOM property', member: /^property$/, of: /^qom-/ },
  { kind: 'QOM path', member: /^(path|paths)$/, of: /^qom-|^cxl-|^(x-)?query-virtio/ },
  { kind: 'removable drive', member: /^id$/, of: media },
  {
    kind: 'drive',
    member: /^id$/,
    of: /^(block_set_io_throttle|BlockIOThrottle|block-latency-histogram-set)$/,
  },
  { kind: 'QOM type', member: /^(implements|typename)$/ },
  { kind: 'device type', member: /^driver$/, of: /^device_add/ },
  { kind: 'bus', member: /^bus$/, of: /^device_add/ },
  { kind: 'CPU', member: /^(cpu-index|cpu)$/ },
  { kind: 'free CPU slot', member: /^(socket|die|cluster|core|thread|node)-id$/, of: /^device_add/ },
  { kind: 'CPU model', member: /^name$/, of: /cpu-?model/i },
  { kind: 'trace event', member: /^name$/, of: /^trace-event/ },
  {
    kind: 'snapshot',
    member: /^(tag|snapshot|name)$/,
    of: /snapshot-(load|delete)|snapshot-delete-internal/,
  },
  { kind: 'snapshot id', member: /^id$/, of: /snapshot-delete-internal/ },
  { kind: 'node', member: /^vmstate$|^devices$/, of: /^snapshot-/ },
  { kind: 'export', member: /^id$/, of: /^block-export-del$/ },
  { kind: 'export', member: /^name$/, of: /^nbd-server-remove$/ },
  { kind: 'job', member: /^id$/, of: /^job-/ },
  { kind: 'block job', member: /^device$/, of: /^block-job-/ },
  { kind: 'device', member: /^id$/, of: /^(device_del|device-sync-config)$/ },
  { kind: 'object', member: /^id$/, of: /^object-del$/ },
  { kind: 'chardev', member: /^id$/, of: /^chardev-(remove|change|send-break)$/ },
  { kind: 'chardev', member: /^device$/, of: /^ringbuf-/ },
  { kind: 'chardev', member: /^chardev$/ },
  { kind: 'netdev', member: /^id$/, of: /^netdev_del$/ },
  { kind: 'netdev', member: /^(netdev|peer)$/ },
  { kind: 'network client', member: /^name$/, of: /^set_link$/ },
  { kind: 'NIC', member: /^name$/, of: /^query-rx-filter$/ },
  { kind: 'NIC', member: /^interfaces$/, of: /^(announce-self|AnnounceParameters)$/ },
  { kind: 'node', member: /^drive$/, of: /^device_add/ },
  { kind: 'random source', member: /^rng$/, of: /^device_add/ },
  { kind: 'CAN bus', member: /^canbus\d*$/ },
  { kind: 'crypto device', member: /^cryptodev$/, of: /^device_add/ },
  { kind: 'iothread', member: /^iothread$/ },
  { kind: 'memory backend', member: /^memdev$/ },
  { kind: 'secret', member: /secret$|^secretid$/ },
  { kind: 'TLS credentials', member: /^tls-creds$/ },
  { kind: 'authorization', member: /^(tls-|sasl-)?authz$/ },
  { kind: 'throttle group', member: /^throttle-group$/ },
  { kind: 'file descriptor set', member: /^fdset-id$/ },
  // Its node exists already, and it is found by that.
  { kind: 'node', member: /^node-name$/, of: /^(x-)?blockdev-reopen$/ },
  {
    kind: 'node',
    member: /^(node-name|node|image-node-name)$/,
    not: /^(blockdev-add|BlockdevOptions|arguments of blockdev-add|query-|blockdev-create|drive-mirror|DriveMirror|device_add|NumaOptions|set-numa|cxl-)|\bdrive-mirror variant/,
  },
  {
    kind: 'node',
    member:
      /^(top-node|base-node|backing|overlay|replaces|parent|file|data-file|test|raw|bottom|image|children|log|metadata-file)$/,
    of: /block|Blockdev|BlockDirty|drive|mirror|commit|stream|export|snapshot|^transaction$/i,
    not: /^(BlockdevOptionsFile|BlockdevCreateOptionsFile)$|rbd|iscsi|drive-?backup|vhdx-log/i,
  },
  // Of drive-backup and drive-mirror it is the name of a file.
  { kind: 'node', member: /^target$/, of: /blockdev-?(backup|mirror)|OptionsCbw$|copy-before-write/i },
  { kind: 'removable block device', member: /^device$/, of: media },
  { kind: 'block device', member: /^device$/, of: devicesOnly },
  {
    kind: 'block device or node',
    member: /^device$/,
    of: /block|drive|nbd|commit|stream|mirror|backup|snapshot|^change-backing-file$/i,
    not: /^(device_add|block_latency)/,
  },
] as const satisfies readonly RuleLine[]

/** A kind of thing that machines have. */
export type LiveKind = (typeof table)[number]['kind']

/** The first rule that fits is taken. */
export const rules: readonly (RuleLine & { readonly kind: LiveKind })[] = table

/** The buses that a family of devices fits on: by the QOM type that they implement. */
export const busesOf: readonly (readonly [implemented: string, bus: RegExp])[] = [
  ['pci-device', /^PCIE?$/],
  ['usb-device', /^usb-bus$/],
  ['scsi-device', /^SCSI$/],
  ['virtio-serial-port', /^virtio-serial-bus$/],
  ['virtio-device', /^virtio-(pci-|mmio-|ccw-)?bus$/],
  ['isa-device', /^ISA$/],
  ['ide-device', /^IDE$/],
  ['hda-codec', /^HDA$/],
  ['ccid-card', /^ccid-bus$/],
  ['i2c-slave', /^i2c-bus$/],
]

/**
 * The same by the names of drivers, for a machine whose types nobody has listed; the first that fits counts. A driver that
 * no line knows is offered no bus: any would be a guess. Checked against the types of a real QEMU.
 */
export const busesByName: readonly (readonly [driver: RegExp, bus: RegExp])[] = [
  [/^(?:[\w-]{1,60}-pci|pcie?-[\w-]{1,60}|ioh3420|cxl-\w{1,20}|pxb(?:-pcie|-cxl)?)$/, /^PCIE?$/],
  [
    /^(?:x3130-upstream|xio3130-downstream|i82801b11-bridge|vfio-pci-nohotplug|ich9-(?:ahci|usb|intel)[\w-]{0,20})$/,
    /^PCIE?$/,
  ],
  [/^[\w-]{1,60}-pci-(?:non-)?transitional$/, /^PCIE?$/],
  [
    /^(?:nvme|e1000e?|e1000-\w{1,9}|rtl8139|vmxnet3|i8255\w{1,4}|i82562|tulip|pcnet|ne2k_pci|igb)$/,
    /^PCIE?$/,
  ],
  [/^(?:qemu-xhci|nec-usb-xhci|usb-ehci|piix[34]-usb-uhci|intel-hda|AC97|ES1370|i6300esb|edu)$/, /^PCIE?$/],
  [
    /^(?:VGA|cirrus-vga|secondary-vga|bochs-display|ati-vga|qxl|qxl-vga|vmware-svga|virtio-vga(?:-gl)?)$/,
    /^PCIE?$/,
  ],
  [/^(?:megasas(?:-gen2)?|mptsas1068|lsi53c8\w{1,4}|pvscsi|am53c974|dc390)$/, /^PCIE?$/],
  [/^(?:usb-|u2f-)/, /^usb-bus$/],
  [/^scsi-/, /^SCSI$/],
  [/^ide-/, /^IDE$/],
  [/^hda-/, /^HDA$/],
  [/^ccid-card-/, /^ccid-bus$/],
  [/^isa-/, /^ISA$/],
  [/^virt(?:serialport|console)$/, /^virtio-serial-bus$/],
]
