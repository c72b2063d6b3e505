/** Forms that make a new image in the same flow: mirror, backup and snapshot. @qapi blockdev-mirror, blockdev-snapshot */
import type { DriverNode } from '#inside/blocks/block-model.ts'
import type { Whole } from '#inside/blocks/reading.ts'
import type { ActionPlan, ActionStep } from '../../action/action.ts'
import { freeName, whyNoName } from './block-form.ts'
import type { BlockForm, FormField, FormValues } from './block-form.ts'
import { imageSteps } from './new-image.ts'

/** Names that are taken, of nodes and of jobs. */
export type Taken = (name: string) => boolean

/** The longest name that leaves room for `-file`. */
const longest = 26

function fieldsFor(node: string, more: readonly FormField[] = []): readonly FormField[] {
  return [
    {
      ...{ kind: 'text', name: 'filename', label: 'New file on the host', value: '' },
      help: 'A whole path. What is there already is overwritten.',
    },
    {
      ...{ kind: 'choice', name: 'format', label: 'Format', value: 'qcow2' },
      choices: ['qcow2', 'raw'].map((value) => ({ value, label: value })),
    },
    { kind: 'text', name: 'node', label: 'Name of its node', value: node },
    ...more,
  ]
}

/** What the fields say, or what is wrong. */
function imageIn(
  values: FormValues,
  size: Whole | undefined,
):
  | {
      readonly filename: string
      readonly node: string
      readonly format: 'qcow2' | 'raw'
      readonly size: Whole
    }
  | string {
  const filename = (values.get('filename') ?? '').trim()
  const node = (values.get('node') ?? '').trim()
  if (filename === '') return 'The new file needs a path.'
  if (size === undefined) return 'The size of the node is not told, so no copy can be made of it.'
  const why = whyNoName(node, longest)
  if (why !== undefined) return why
  return { filename, node, format: values.get('format') === 'raw' ? 'raw' : 'qcow2', size }
}

const copyJobs = {
  mirror: {
    label: 'Mirror…',
    command: 'blockdev-mirror',
    about:
      'Copies the node into a new image while the guest goes on. Once both are equal, “Complete” lets the guest go on with the copy.',
    after: 'The mirror runs: its card shows how far it is. When it is ready, complete it there.',
  },
  backup: {
    label: 'Back up…',
    command: 'blockdev-backup',
    about:
      'Copies the node as it is at this moment into a new image. What the guest writes meanwhile is not in it.',
    after: 'The backup runs: its card shows how far it is.',
  },
} as const

/** Copy a node into a new image by a job. */
export function copyForm(kind: keyof typeof copyJobs, node: DriverNode, taken: Taken): BlockForm {
  const { label, command, about, after } = copyJobs[kind]
  return {
    ...{ id: kind, label, command, about },
    fields: fieldsFor(freeName(`${node.name}-${kind === 'mirror' ? 'copy' : 'backup'}`, taken)),
    build: (values): ActionPlan | string => {
      const image = imageIn(values, node.virtualSize)
      if (typeof image === 'string') return image
      const job: ActionStep = {
        name: command,
        args: { 'job-id': `${kind}-${image.node}`, device: node.name, target: image.node, sync: 'full' },
        undo: {
          name: 'job-cancel',
          args: { id: `${kind}-${image.node}` },
          leaves: { kind: 'job', id: `${kind}-${image.node}` },
        },
      }
      return {
        title: `${kind === 'mirror' ? 'Mirror' : 'Back up'} ${node.name} to ${image.filename}`,
        about: `A new ${image.format} image is made at ${image.filename}, on the host of the machine. The file stays there whatever becomes of the copy.`,
        verb: kind === 'mirror' ? 'Mirror' : 'Back up',
        steps: [...imageSteps(image), job],
        after,
      }
    },
  }
}

/** Freeze a node: from now on, writes go into a new overlay. */
export function snapshotForm(node: DriverNode, taken: Taken): BlockForm {
  const fields = fieldsFor(freeName(`${node.name}-snap`, taken)).filter(({ name }) => name !== 'format')
  return {
    ...{ id: 'snapshot', label: 'Snapshot…', command: 'blockdev-snapshot', fields },
    about:
      'From now on writes go into a new overlay, and this node keeps what it has. A commit brings both together again.',
    build: (values): ActionPlan | string => {
      const image = imageIn(values, node.virtualSize)
      if (typeof image === 'string') return image
      const backing =
        node.file === undefined || node.driver === undefined
          ? undefined
          : { file: node.file, format: node.driver }
      const overlay = { ...image, format: 'qcow2' as const, backing, isOverlay: true }
      return {
        title: `Snapshot of ${node.name}: go on in ${image.filename}`,
        about:
          'The way back is a commit of the overlay into this node: it is among the actions of the overlay.',
        verb: 'Snapshot',
        steps: [
          ...imageSteps(overlay),
          { name: 'blockdev-snapshot', args: { node: node.name, overlay: image.node } },
        ],
      }
    },
  }
}
