/** The commands of each thing that is done with snapshots. Tested by e2e/inspect-snapshots.spec.ts. */
import type { JsonObject } from '#base/json/value.ts'
import { isPlainTag } from '#inside/snapshots/snapshots.ts'
import type { ChainImage, SavePlan, SnapshotDisk, SnapshotTag } from '#inside/snapshots/snapshots.ts'
import type { ActionPlan, ActionStep } from '../action/action.ts'
import { imageSteps } from '../blocks/forms/new-image.ts'

/** Which way a server has: jobs of QMP (6.0 on), or lines of the human monitor. */
export type SnapshotWay = 'jobs' | 'human'

/** A job that stays until it is dismissed; what it ended with is its outcome. */
function jobSteps(name: string, args: JsonObject, job: string): readonly ActionStep[] {
  return [
    {
      name,
      args: { 'job-id': job, ...args },
      waits: { job, until: 'concluded' },
      cleanUp: { name: 'job-dismiss', args: { id: job } },
    },
    { name: 'job-dismiss', args: { id: job } },
  ]
}

function humanSteps(line: string): readonly ActionStep[] {
  return [{ name: 'human-monitor-command', args: { 'command-line': line } }]
}

/** Save a snapshot of the chosen disks and the machine. `job` is a name that no job has. */
export function savePlan(way: SnapshotWay, { tag, nodes, stateNode }: SavePlan, job: string): ActionPlan {
  return {
    title: `Save snapshot “${tag}”`,
    about:
      'The guest stands still while its memory is written. The outcome is that of the job: the command itself answers before.',
    verb: 'Save',
    steps:
      way === 'jobs'
        ? jobSteps('snapshot-save', { tag, vmstate: stateNode ?? '', devices: [...nodes] }, job)
        : humanSteps(`savevm ${tag}`),
    after: `“${tag}” is saved.`,
  }
}

/** Load one: disks and machine go back to it. */
export function loadPlan(way: SnapshotWay, { name, nodes, stateNode }: SnapshotTag, job: string): ActionPlan {
  return {
    title: `Load snapshot “${name}”`,
    about: 'The disks, the memory and the devices go back to it. What happened since is lost.',
    verb: 'Load',
    isDangerous: true,
    steps:
      way === 'jobs'
        ? jobSteps('snapshot-load', { tag: name, vmstate: stateNode ?? '', devices: [...nodes] }, job)
        : humanSteps(`loadvm ${name}`),
    after: `The machine is as it was at “${name}”.`,
  }
}

/** Delete one from all of its disks. */
export function deletePlan(way: SnapshotWay, { name, nodes }: SnapshotTag, job: string): ActionPlan {
  return {
    title: `Delete snapshot “${name}”`,
    about: `It leaves ${nodes.join(', ')}. The disks themselves stay as they are.`,
    verb: 'Delete',
    isDangerous: true,
    steps:
      way === 'jobs'
        ? jobSteps('snapshot-delete', { tag: name, devices: [...nodes] }, job)
        : humanSteps(`delvm ${name}`),
  }
}

/** Why a name cannot be given to a snapshot; undefined where it can. */
export function whyNoTag(way: SnapshotWay, tag: string): string | undefined {
  if (tag === '') return 'it needs a name'
  if (way === 'human' && !isPlainTag(tag)) return 'a name of letters, digits, dots, - and _'
  return tag.length > 255 ? 'at most 255 characters' : undefined
}

/** A new image above each of some disks. */
export interface OverlayPlan {
  /** Disks with the files of their new images. */
  readonly overlays: readonly { readonly disk: SnapshotDisk; readonly file: string }[]
  /** The agent makes the file systems of the guest still meanwhile. */
  readonly isQuiesced: boolean
  /** Names the new nodes: `NODE-SUFFIX`. */
  readonly suffix: string
}

/** The longest name of a node. */
const longestNode = 31

/** Put a new image above each disk, all in one transaction: the old ones are not written to any more. */
export function overlayPlan({ overlays, isQuiesced, suffix }: OverlayPlan): ActionPlan {
  const to = { kind: 'agent' } as const
  const thaw = { name: 'guest-fsfreeze-thaw', to }
  const actions = overlays.map(({ disk: { node }, file }) => ({
    type: 'blockdev-snapshot-sync',
    data: {
      'node-name': node,
      'snapshot-file': file,
      'snapshot-node-name': overlayName(node, suffix),
      format: 'qcow2',
    },
  }))
  return {
    title: `External snapshot of ${overlays.map(({ disk }) => disk.node).join(', ')}`,
    about:
      'The guest goes on in new images; those of now keep the state of now, and are their base. A file that exists is replaced.',
    verb: 'Take the snapshot',
    steps: [
      ...(isQuiesced ? [{ name: 'guest-fsfreeze-freeze', to, undo: thaw }] : []),
      { name: 'transaction', args: { actions } },
      ...(isQuiesced ? [thaw] : []),
    ],
    after: 'The images before are not written to any more: they are the snapshot.',
  }
}

/** A free name for the node above another one. */
function overlayName(node: string, suffix: string): string {
  return `${node.slice(0, longestNode - suffix.length - 1)}-${suffix}`
}

/** Merge the image that is written to into its base: what is above is not needed any more. */
export function mergePlan({ node, chain }: SnapshotDisk, job: string): ActionPlan {
  const base = chain[1]?.file ?? 'its base'
  return {
    title: `Merge ${node} into its base`,
    about: `What the guest wrote since the snapshot goes into ${base}, and the guest goes on with that. The state of the snapshot is lost.`,
    verb: 'Merge',
    isDangerous: true,
    steps: [
      {
        name: 'block-commit',
        args: {
          'job-id': job,
          device: node,
          ...(chain[1]?.node === undefined ? {} : { 'base-node': chain[1].node }),
          'auto-dismiss': false,
        },
        waits: { job, until: 'ready' },
      },
      {
        name: 'job-complete',
        args: { id: job },
        waits: { job, until: 'concluded' },
        cleanUp: { name: 'job-dismiss', args: { id: job } },
      },
      { name: 'job-dismiss', args: { id: job } },
    ],
    after: `The file ${chain[0]?.file ?? 'above'} is not used any more: it can be deleted on the host.`,
  }
}

/** Why a disk cannot go back to an image of its chain; undefined where it can. */
export function whyNotBack({ path }: SnapshotDisk, { file, size }: ChainImage): string | undefined {
  if (path === undefined) return 'no device has this drive'
  if (size === undefined) return 'QEMU does not tell the size of this image'
  return file.startsWith('/') ? undefined : 'its file has no path on the host'
}

/**
 * Go back to an image of the chain: a new, empty one stands above it, and the device gets that. What was written since stays
 * in its own file. A guest that runs would not know of it: it is stopped meanwhile, and reset. QEMU gives a device another
 * drive from 6.1 on; one before refuses, and what was done is taken back. `name`: of the new node and in its file, free.
 * @qapi qom-set
 */
export function backPlan(
  disk: SnapshotDisk,
  { file, format, node: backingNode, size }: ChainImage,
  { name, isRunning }: { readonly name: string; readonly isRunning: boolean },
): ActionPlan {
  const dot = file.lastIndexOf('.')
  const filename = `${dot > file.lastIndexOf('/') ? file.slice(0, dot) : file}.${name}.qcow2`
  const cont = { name: 'cont' }
  const overlay = {
    ...{ node: name, filename, format: 'qcow2' as const, size: size ?? 0 },
    ...{ backing: { file, format }, backingNode },
  }
  return {
    title: `Take ${disk.node} back to ${file}`,
    about: `The guest is reset, and goes on in the new image ${filename}, which is empty and stands above ${file}. What was written since stays in ${disk.chain[0]?.file ?? 'its file'}, which nothing uses any more.`,
    verb: 'Go back',
    isDangerous: true,
    isForGood: true,
    steps: [
      ...(isRunning ? [{ name: 'stop', undo: cont }] : []),
      ...imageSteps(overlay),
      { name: 'qom-set', args: { path: disk.path ?? '', property: 'drive', value: name } },
      { name: 'system_reset' },
      ...(isRunning ? [cont] : []),
    ],
    after: `The disk is as it was when ${file} was left.`,
  }
}
