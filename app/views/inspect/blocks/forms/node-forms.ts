/** Forms for one node, device or export: size, export, bitmaps, limits, medium, delete. Tested by app/views/inspect/blocks/forms/forms.test.ts. */
import { holdersOf } from '#inside/blocks/holders.ts'
import type { BlockGraph, DeviceNode, DriverNode, ExportNode } from '#inside/blocks/block-model.ts'
import { objectIn } from '#base/json/members.ts'
import { wholeOf } from '#inside/blocks/reading.ts'
import { bytes } from '#words/format.ts'
import type { ActionPlan, ActionStep } from '../../action/action.ts'
import { holderWords } from '../block-words.ts'
import { freeName, jsonWhole, sizeIn, whyNoName } from './block-form.ts'
import type { BlockForm, FormField } from './block-form.ts'
import type { Taken } from './copy-forms.ts'

const noSize = 'A size is a number of bytes, or one with a unit: 512M, 20G.'

function text(name: string, label: string, value: string, help?: string): FormField {
  return { kind: 'text', name, label, value, ...(help === undefined ? {} : { help }) }
}

/** Change the size that the guest sees. */
export function resizeForm(node: DriverNode): BlockForm {
  return {
    ...{ id: 'resize', label: 'Resize…', command: 'block_resize' },
    about: `The guest sees ${node.virtualSize === undefined ? 'a size that is not told' : bytes(node.virtualSize)} now.`,
    fields: [text('size', 'New size', '', 'As 512M or 20G')],
    build: (values): ActionPlan | string => {
      const size = sizeIn(values.get('size') ?? '')
      if (size === undefined) return noSize
      const isLess = node.virtualSize !== undefined && size < node.virtualSize
      return {
        title: `Resize ${node.name} to ${bytes(size)}`,
        about: isLess
          ? 'It becomes smaller: what is beyond the new end is lost.'
          : 'The guest sees the new size at once; its partitions and file systems stay as they are.',
        ...{ verb: 'Resize', isDangerous: isLess },
        steps: [{ name: 'block_resize', args: { 'node-name': node.name, size: jsonWhole(size) } }],
      }
    },
  }
}

/** Where an NBD server is started, as text: `/run/nbd.sock` or `host:port`. */
function serverStep(at: string): ActionStep {
  const [, host = '', port = ''] = /^(.*):(\d{1,5})$/.exec(at) ?? []
  const addr = port === '' ? { type: 'unix', data: { path: at } } : { type: 'inet', data: { host, port } }
  return { name: 'nbd-server-start', args: { addr }, undo: { name: 'nbd-server-stop' } }
}

/** Serve a node over NBD, with the server where it does not run yet. */
export function exportForm(node: DriverNode, taken: Taken): BlockForm {
  return {
    ...{ id: 'export', label: 'Export over NBD…', command: 'block-export-add' },
    about: 'Serves the node to others. Whoever reaches the address may read it.',
    fields: [
      text('id', 'Name of the export', freeName(`${node.name}-nbd`, taken)),
      text(
        'at',
        'Start the server at',
        '',
        'A path of a socket, or host:port. Empty: the server runs already.',
      ),
      { kind: 'tick', name: 'writable', label: 'May be written to', value: '' },
    ],
    build: (values): ActionPlan | string => {
      const id = (values.get('id') ?? '').trim()
      const why = whyNoName(id, 60)
      if (why !== undefined) return why
      const at = (values.get('at') ?? '').trim()
      const writable = values.get('writable') === 'yes'
      return {
        title: `Export ${node.name} over NBD as ${id}`,
        ...{ verb: 'Export', isDangerous: writable },
        steps: [
          ...(at === '' ? [] : [serverStep(at)]),
          {
            name: 'block-export-add',
            args: { type: 'nbd', id, name: id, 'node-name': node.name, ...(writable ? { writable } : {}) },
            undo: { name: 'block-export-del', args: { id } },
          },
        ],
      }
    },
  }
}

/** End an export. */
export function unexportForm(part: ExportNode): BlockForm {
  return {
    ...{ id: 'unexport', label: 'Stop this export…', command: 'block-export-del', fields: [] },
    about: 'Clients that are connected lose it.',
    build: () => ({
      title: `Stop the export ${part.name}`,
      ...{ verb: 'Stop it', isDangerous: true },
      steps: [{ name: 'block-export-del', args: { id: part.name, mode: 'hard' } }],
    }),
  }
}

const bitmapVerbs: ReadonlyMap<string, string> = new Map(
  ['add', 'clear', 'enable', 'disable', 'remove'].map((verb) => [verb, `block-dirty-bitmap-${verb}`]),
)

/** Add, clear, switch or remove a dirty bitmap. */
export function bitmapForm(node: DriverNode): BlockForm {
  const first = node.bitmaps.find((each) => each.name !== undefined)?.name
  return {
    ...{ id: 'bitmap', label: 'Dirty bitmaps…', command: 'block-dirty-bitmap-add' },
    about: 'A bitmap remembers what was written, for a backup of the changes only.',
    fields: [
      {
        ...{ kind: 'choice', name: 'what', label: 'Do', value: first === undefined ? 'add' : 'clear' },
        choices: [...bitmapVerbs.keys()].map((value) => ({ value, label: value })),
      },
      text('name', 'Name of the bitmap', first ?? 'bitmap0'),
      { kind: 'tick', name: 'persistent', label: 'Kept in the image (only for add)', value: '' },
    ],
    build: (values): ActionPlan | string => {
      const name = (values.get('name') ?? '').trim()
      const what = values.get('what') ?? ''
      const command = bitmapVerbs.get(what)
      if (name === '' || command === undefined) return 'The bitmap needs a name.'
      const isAdd = what === 'add'
      const args = { node: node.name, name }
      return {
        title: `${what} the bitmap ${name} of ${node.name}`,
        verb: what,
        isDangerous: what === 'clear' || what === 'remove',
        steps: [
          {
            name: command,
            args: { ...args, ...(isAdd && values.get('persistent') === 'yes' ? { persistent: true } : {}) },
            ...(isAdd ? { undo: { name: 'block-dirty-bitmap-remove', args } } : {}),
          },
        ],
      }
    },
  }
}

/** An event when something is written beyond a place. */
export function thresholdForm(node: DriverNode): BlockForm {
  const name = 'block-set-write-threshold'
  const old = node.writeThreshold ?? 0
  return {
    ...{ id: 'threshold', label: 'Write threshold…', command: name },
    about: `An event (BLOCK_WRITE_THRESHOLD) tells once when something is written beyond it. Now: ${old === 0 ? 'none' : bytes(old)}.`,
    fields: [text('size', 'Threshold', '', 'As 10G; 0 for none')],
    build: (values): ActionPlan | string => {
      const size = sizeIn(values.get('size') ?? '')
      if (size === undefined) return noSize
      const args = (threshold: bigint | number) => ({
        'node-name': node.name,
        'write-threshold': jsonWhole(threshold),
      })
      return {
        title:
          size === 0n
            ? `No write threshold for ${node.name}`
            : `Write threshold of ${node.name}: ${bytes(size)}`,
        verb: 'Set it',
        steps: [{ name, args: args(size), undo: { name, args: args(old) } }],
      }
    },
  }
}

/** Take a node out of the machine. */
export function deleteForm(graph: BlockGraph, node: DriverNode): BlockForm {
  const { direct, isNamedByQemu } = holdersOf(graph, node.id)
  const held =
    direct.length > 0
      ? `held by ${holderWords(direct)}`
      : isNamedByQemu
        ? 'QEMU named it: it goes with the node above it'
        : undefined
  return {
    ...{ id: 'delete', label: 'Delete…', command: 'blockdev-del', fields: [], why: held },
    about: 'Takes the node out of the machine. Its file stays on the host.',
    build: () => ({
      title: `Delete the node ${node.name}`,
      about: 'The file stays on the host; what has not been written goes out first.',
      ...{ verb: 'Delete', isDangerous: true },
      steps: [{ name: 'blockdev-del', args: { 'node-name': node.name } }],
    }),
  }
}

const limits = ['bps', 'bps_rd', 'bps_wr', 'iops', 'iops_rd', 'iops_wr'] as const

/** Limits of a disk. */
export function throttleForm(device: DeviceNode): BlockForm {
  const name = 'block_set_io_throttle'
  const now = objectIn(device.record, 'inserted') ?? {}
  const id = device.qdev
  const old = limits.map((each) => [each, wholeOf(now, each) ?? 0] as const)
  return {
    ...{ id: 'throttle', label: 'Limit its speed…', command: name },
    about: 'Limits count for the whole group of the disk.',
    why:
      id === undefined ? 'no device of the guest uses it' : device.isEmpty ? 'it has no medium' : undefined,
    fields: [
      text('bps', 'Bytes a second', String(old[0]?.[1] ?? 0), 'As 10M; 0 for no limit'),
      text('iops', 'Operations a second', String(old[3]?.[1] ?? 0), '0 for no limit'),
    ],
    build: (values): ActionPlan | string => {
      const [bps, iops] = [sizeIn(values.get('bps') ?? ''), sizeIn(values.get('iops') ?? '')]
      if (bps === undefined || iops === undefined || id === undefined) return noSize
      const wanted = limits.map((each) => [each, each === 'bps' ? bps : each === 'iops' ? iops : 0n] as const)
      const args = (list: readonly (readonly [string, bigint | number])[]) => ({
        id,
        ...Object.fromEntries(list.map(([each, value]) => [each, jsonWhole(value)])),
      })
      return {
        title: `Limit ${device.name}`,
        verb: 'Limit',
        steps: [{ name, args: args(wanted), undo: { name, args: args(old) } }],
      }
    },
  }
}

/** Another medium, or none. */
export function mediumForm(device: DeviceNode): BlockForm {
  const name = 'blockdev-change-medium'
  const id = device.qdev
  return {
    ...{ id: 'medium', label: 'Change the medium…', command: name },
    about: 'Opens the tray, takes out what is in it, puts the file in and closes the tray.',
    why: id === undefined || !device.isRemovable ? 'its medium cannot be changed' : undefined,
    fields: [
      text('filename', 'File on the host', '', 'Empty: only take the medium out'),
      { kind: 'tick', name: 'force', label: 'Even if the guest has locked the tray', value: '' },
    ],
    build: (values): ActionPlan | string => {
      const filename = (values.get('filename') ?? '').trim()
      const more = values.get('force') === 'yes' ? { force: true } : {}
      if (id === undefined) return 'No device of the guest uses it.'
      return {
        title:
          filename === '' ? `Take the medium out of ${device.name}` : `Put ${filename} into ${device.name}`,
        ...{ verb: filename === '' ? 'Eject' : 'Change', isDangerous: true },
        steps: [
          filename === ''
            ? { name: 'eject', args: { id, ...more } }
            : { name, args: { id, filename, ...more } },
        ],
      }
    },
  }
}

/**
 * Boundaries of latency in nanoseconds: from a cache (10 µs) over flash and disks to what a guest takes for a failure (10 s),
 * six for each.
 */
const boundaries = [10, 20, 50, 100, 200, 500]
  .flatMap((each) => [each * 1e3, each * 1e6])
  .sort((a, b) => a - b)

/** Begin to count how long operations take, begin again, or end it. */
export function histogramForm(device: DeviceNode): BlockForm {
  const name = 'block-latency-histogram-set'
  const id = device.qdev
  const isSet = device.histograms.length > 0
  return {
    ...{ id: 'histogram', label: 'Latency histogram…', command: name },
    about: isSet
      ? 'Setting it again begins at zero.'
      : 'QEMU counts how long each read, write and flush takes, from now on. It costs hardly anything.',
    why: id === undefined ? 'no device of the guest uses it' : undefined,
    fields: [
      {
        ...{ kind: 'choice', name: 'what', label: 'Do', value: 'set' },
        choices: [
          { value: 'set', label: isSet ? 'begin again at zero' : 'count from now on' },
          { value: 'end', label: 'end it' },
        ],
      },
    ],
    build: (values): ActionPlan | string => {
      if (id === undefined) return 'No device of the guest uses it.'
      const end = { name, args: { id } }
      if (values.get('what') === 'end') {
        return { title: `No latency histogram of ${device.name}`, verb: 'End it', steps: [end] }
      }
      return {
        title: `Latency histogram of ${device.name}`,
        verb: 'Set it',
        steps: [{ name, args: { id, boundaries }, ...(isSet ? {} : { undo: end }) }],
      }
    },
  }
}
