/**
 * Collections to begin with: jobs that most labs do, with parameters for what differs. A person adds one to the
 * collections of this browser, and changes it there.
 */
import { jsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import type { Collection, Parameter, SavedCommand } from './collection.ts'

const command = (
  name: string,
  title: string,
  args?: Readonly<Record<string, Json>>,
  note = '',
): SavedCommand => ({
  ...{ name, title, note, oob: false },
  arguments: args === undefined ? undefined : jsonObject(Object.entries(args)),
})

const parameter = (name: string, description: string, value?: string): Parameter => ({
  ...{ name, description },
  default: value,
})

/** The starters, in the order in which they are offered. Each command is known to QEMU 5.2 and later. */
export const starters: readonly Collection[] = [
  {
    name: 'Hot-plug a disk',
    note: 'Needs a free slot: in a q35 machine a pcie-root-port. qemu-img create -f qcow2 FILE SIZE makes the file. To take the disk out: device_del with its id, then blockdev-del after DEVICE_DELETED.',
    parameters: [
      parameter('file', 'The image on the host'),
      parameter('format', 'Its format: qcow2, raw, …', 'qcow2'),
      parameter('id', 'Name of the disk', 'hot0'),
      parameter('bus', 'The free slot, by its id'),
    ],
    commands: [
      command('blockdev-add', 'Open the image', {
        driver: '${format}',
        'node-name': '${id}-node',
        file: { driver: 'file', filename: '${file}' },
      }),
      command('device_add', 'Plug the disk in', {
        driver: 'virtio-blk-pci',
        id: '${id}',
        drive: '${id}-node',
        bus: '${bus}',
      }),
      command('query-block', 'See it'),
    ],
  },
  {
    name: 'Hot-plug a qcow2 disk with a speed limit',
    note: 'Adds a qcow2 disk over a throttled file: the limits belong to a throttle group, and qom-set of its limits changes them later. Needs a free slot: in a q35 machine a pcie-root-port. qemu-img create -f qcow2 FILE SIZE makes the file.',
    parameters: [
      parameter('file', 'The image on the host'),
      parameter('bus', 'The free slot, by its id'),
      parameter('speed', 'Bytes a second at most; 0: no limit', '10M'),
      parameter('requests', 'Requests a second at most; 0: no limit', '0'),
      parameter('id', 'Name of the disk', 'slow0'),
    ],
    commands: [
      command('object-add', 'Make the limits', {
        'qom-type': 'throttle-group',
        id: '${id}-limits',
        limits: { 'bps-total': '${speed:int}', 'iops-total': '${requests:int}' },
      }),
      command('blockdev-add', 'Open the image under them', {
        driver: 'qcow2',
        'node-name': '${id}-node',
        file: {
          driver: 'throttle',
          'node-name': '${id}-throttle',
          'throttle-group': '${id}-limits',
          file: { driver: 'file', filename: '${file}' },
        },
      }),
      command('device_add', 'Plug the disk in', {
        driver: 'virtio-blk-pci',
        id: '${id}',
        drive: '${id}-node',
        bus: '${bus}',
      }),
      command('query-block', 'See it'),
    ],
  },
  {
    name: 'Live backup of a disk',
    note: 'Copies the disk as it is now, while the guest goes on. The target must exist and be as large: qemu-img create -f qcow2 FILE SIZE. Follow the job in the timeline until BLOCK_JOB_COMPLETED, then blockdev-del closes the target.',
    parameters: [
      parameter('node', 'The node of the disk, of query-named-block-nodes'),
      parameter('file', 'The image that takes the copy, on the host'),
      parameter('format', 'Its format', 'qcow2'),
      parameter('job', 'Name of the job', 'backup0'),
      parameter('speed', 'Bytes a second at most; 0: no limit', '0'),
    ],
    commands: [
      command('blockdev-add', 'Open the target', {
        driver: '${format}',
        'node-name': '${job}-target',
        file: { driver: 'file', filename: '${file}' },
      }),
      command('blockdev-backup', 'Start the copy', {
        'job-id': '${job}',
        device: '${node}',
        target: '${job}-target',
        sync: 'full',
        speed: '${speed:int}',
      }),
      command('query-block-jobs', 'See how far it is'),
    ],
  },
  {
    name: 'Snapshot of a disk',
    note: 'An external snapshot: the guest writes into a new file from now on, and the old one stays as it is. block-commit of the new node merges it back.',
    parameters: [
      parameter('node', 'The node of the disk, of query-named-block-nodes'),
      parameter('file', 'The new file on the host'),
      parameter('overlay', 'Name of the new node', 'overlay0'),
    ],
    commands: [
      command('blockdev-snapshot-sync', 'Write into a new file', {
        'node-name': '${node}',
        'snapshot-file': '${file}',
        'snapshot-node-name': '${overlay}',
        format: 'qcow2',
      }),
      command('query-named-block-nodes', 'See the chain', { flat: true }),
    ],
  },
  {
    name: 'Live migration',
    note: 'The other QEMU waits with the same command line and -incoming URI. Afterwards this machine stands in “postmigrate”: do not continue it, or the guest runs twice.',
    parameters: [
      parameter('uri', 'Where the other QEMU waits: tcp:HOST:PORT or unix:PATH'),
      parameter('downtime', 'Longest pause of the guest, milliseconds', '300'),
    ],
    commands: [
      command('migrate-set-capabilities', 'Tell of each step by an event', {
        capabilities: [{ capability: 'events', state: true }],
      }),
      command('migrate-set-parameters', 'Limit the pause', { 'downtime-limit': '${downtime:int}' }),
      command('migrate', 'Start', { uri: '${uri}' }),
      command('query-migrate', 'See how far it is'),
    ],
  },
]
