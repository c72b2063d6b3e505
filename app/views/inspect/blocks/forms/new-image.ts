/** Steps that make a new image and a node for it: create, wait for the job, dismiss it, add. @qapi blockdev-create */
import type { JsonObject } from '#base/json/value.ts'
import type { Whole } from '#inside/blocks/reading.ts'
import type { ActionStep } from '../../action/action.ts'
import { jsonWhole } from './block-form.ts'

/** The image that is to be made. */
export interface NewImage {
  /** Of the format; the node of the file is called NODE-file. */
  readonly node: string
  /** On the host. */
  readonly filename: string
  readonly format: 'qcow2' | 'raw'
  readonly size: Whole
  /** Written into the image: who opens it later finds what it stands on. */
  readonly backing?: { readonly file: string; readonly format: string } | undefined
  /** The node that is its base, where it is opened already; else its header names the file. */
  readonly backingNode?: string | undefined
  /** It is opened without anything below: a snapshot puts it above its node. */
  readonly isOverlay?: boolean
}

function create(job: string, options: JsonObject): readonly ActionStep[] {
  const dismiss = { name: 'job-dismiss', args: { id: job } }
  return [
    {
      name: 'blockdev-create',
      args: { 'job-id': job, options },
      waits: { job, until: 'concluded' },
      cleanUp: dismiss,
    },
    dismiss,
  ]
}

function add(node: string, options: JsonObject): ActionStep {
  return {
    name: 'blockdev-add',
    args: { 'node-name': node, ...options },
    undo: { name: 'blockdev-del', args: { 'node-name': node } },
  }
}

/** The steps. The file itself stays on the host, whatever is taken back. */
export function imageSteps({
  node,
  filename,
  format,
  size,
  backing,
  backingNode,
  isOverlay,
}: NewImage): readonly ActionStep[] {
  const file = `${node}-file`
  const isRaw = format === 'raw'
  const below = backing === undefined ? {} : { 'backing-file': backing.file, 'backing-fmt': backing.format }
  return [
    ...create(`create-${file}`, { driver: 'file', filename, size: isRaw ? jsonWhole(size) : 0 }),
    add(file, { driver: 'file', filename }),
    ...(isRaw ? [] : create(`create-${node}`, { driver: format, file, size: jsonWhole(size), ...below })),
    add(node, {
      ...{ driver: format, file },
      ...(isOverlay === true ? { backing: null } : backingNode === undefined ? {} : { backing: backingNode }),
    }),
  ]
}
