/**
 * The names in commands and events, each with what it is the name of. A job may be called like a device, a device like
 * a node: only a name of the same kind is the same thing.
 * @adr 0023
 */
import { own } from '#base/own.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'

/** What a name is the name of. `block` are nodes and drives; `any` where it is not known. */
export type NameKind = 'job' | 'device' | 'block' | 'export' | 'netdev' | 'chardev' | 'object' | 'any'

/** A name that a message carries. */
export interface Name {
  readonly kind: NameKind
  readonly name: string
  /** The command makes the thing of that name: its type (of a job) or driver, empty where not known. */
  readonly starts: string | undefined
}

/** Longer ones are no names but a server that plays tricks. */
export const longestName = 1000
/** Names of unknown kind that are shorter prove nothing. */
const shortestName = 2
const mostNames = 200
const deepest = 8

/** What holds a name in messages that are not known here. */
const likelyMembers = ['id', 'device', 'node-name', 'job-id', 'qom-path', 'path', 'name']

/** Commands that start a job, with its type. Where no job-id is given, the job is called as the drive. */
const jobStarters: ReadonlyMap<string, string> = new Map([
  ['drive-mirror', 'mirror'],
  ['blockdev-mirror', 'mirror'],
  ['drive-backup', 'backup'],
  ['blockdev-backup', 'backup'],
  ['block-commit', 'commit'],
  ['block-stream', 'stream'],
  ['blockdev-create', 'create'],
  ['x-blockdev-amend', 'amend'],
  ['snapshot-save', 'snapshot-save'],
  ['snapshot-load', 'snapshot-load'],
  ['snapshot-delete', 'snapshot-delete'],
])

type Members = readonly (readonly [member: string, kind: NameKind])[]

const jobById: Members = [['id', 'job']]
/** Before jobs had ids they went by their device, and the member is still called so. */
const jobByDevice: Members = [['device', 'job']]
const tray: Members = [
  ['id', 'device'],
  ['device', 'block'],
]
const node: Members = [['node-name', 'block']]

/** The members of commands that hold names. */
const commandMembers: ReadonlyMap<string, Members> = new Map<string, Members>([
  ...['job-pause', 'job-resume', 'job-cancel', 'job-complete', 'job-dismiss', 'job-finalize'].map(
    (name) => [name, jobById] as const,
  ),
  ['block-job-dismiss', jobById],
  ['block-job-finalize', jobById],
  ['block-job-change', jobById],
  ...[
    'block-job-set-speed',
    'block-job-cancel',
    'block-job-pause',
    'block-job-resume',
    'block-job-complete',
  ].map((name) => [name, jobByDevice] as const),
  ['device_add', [['id', 'device']]],
  ['device_del', [['id', 'device']]],
  ['device-sync-config', [['id', 'device']]],
  ['qom-set', [['path', 'device']]],
  ['blockdev-del', node],
  ['block-set-write-threshold', node],
  ['x-blockdev-set-iothread', node],
  ['block_resize', [['device', 'block'], ...node]],
  ['block-export-add', [['id', 'export'], ...node]],
  ['block-export-del', [['id', 'export']]],
  [
    'nbd-server-add',
    [
      ['name', 'export'],
      ['device', 'block'],
    ],
  ],
  ['nbd-server-remove', [['name', 'export']]],
  ['netdev_add', [['id', 'netdev']]],
  ['netdev_del', [['id', 'netdev']]],
  ['chardev-add', [['id', 'chardev']]],
  ['chardev-change', [['id', 'chardev']]],
  ['chardev-remove', [['id', 'chardev']]],
  ['object-add', [['id', 'object']]],
  ['object-del', [['id', 'object']]],
  ['eject', tray],
  ['blockdev-open-tray', tray],
  ['blockdev-close-tray', tray],
  ['blockdev-remove-medium', tray],
  ['blockdev-insert-medium', [...tray, ...node]],
  ['blockdev-change-medium', tray],
  ['block_set_io_throttle', tray],
])

/** Commands that make what they name, with the member that says of which sort it is. */
const makers: ReadonlyMap<string, string> = new Map([
  ['device_add', 'driver'],
  ['block-export-add', 'type'],
  ['nbd-server-add', ''],
  ['netdev_add', 'type'],
  ['chardev-add', ''],
  ['object-add', 'qom-type'],
])

const deviceOf: Members = [
  ['device', 'device'],
  ['path', 'device'],
]

/** The members of events that hold names. An event that is here has no others. */
const eventMembers: ReadonlyMap<string, Members> = new Map<string, Members>([
  ['JOB_STATUS_CHANGE', jobById],
  ['BLOCK_JOB_PENDING', jobById],
  ['BLOCK_JOB_READY', jobByDevice],
  ['BLOCK_JOB_COMPLETED', jobByDevice],
  ['BLOCK_JOB_CANCELLED', jobByDevice],
  ['BLOCK_JOB_ERROR', jobByDevice],
  ['DEVICE_DELETED', deviceOf],
  ['DEVICE_UNPLUG_GUEST_ERROR', deviceOf],
  ['MEM_UNPLUG_ERROR', [['device', 'device']]],
  [
    'MEMORY_DEVICE_SIZE_CHANGE',
    [
      ['id', 'device'],
      ['qom-path', 'device'],
    ],
  ],
  ['DEVICE_TRAY_MOVED', tray],
  ['BLOCK_EXPORT_DELETED', [['id', 'export']]],
  ['BLOCK_WRITE_THRESHOLD', node],
  ['BLOCK_IO_ERROR', [['device', 'block'], ...node]],
  ['BLOCK_IMAGE_CORRUPTED', [['device', 'block'], ...node]],
  ['QUORUM_FAILURE', [['reference', 'block']]],
  ['QUORUM_REPORT_BAD', node],
  [
    'NIC_RX_FILTER_CHANGED',
    [
      ['name', 'device'],
      ['path', 'device'],
    ],
  ],
  ['NETDEV_STREAM_CONNECTED', [['netdev-id', 'netdev']]],
  ['NETDEV_STREAM_DISCONNECTED', [['netdev-id', 'netdev']]],
  [
    'NETDEV_VHOST_USER_CONNECTED',
    [
      ['netdev-id', 'netdev'],
      ['chardev-id', 'chardev'],
    ],
  ],
  ['NETDEV_VHOST_USER_DISCONNECTED', [['netdev-id', 'netdev']]],
  ['VSERPORT_CHANGE', [['id', 'device']]],
  ['FAILOVER_NEGOTIATED', [['device-id', 'device']]],
  ['UNPLUG_PRIMARY', [['device-id', 'device']]],
  ['RTC_CHANGE', [['qom-path', 'device']]],
  ['PR_MANAGER_STATUS_CHANGED', [['id', 'object']]],
  [
    'VFU_CLIENT_HANGUP',
    [
      ['vfu-id', 'object'],
      ['dev-id', 'device'],
    ],
  ],
  // What they name took part, and did not bring them about.
  ['VFIO_MIGRATION', []],
  ['MIGRATION', []],
])

const questions = new Set([
  'qmp_capabilities',
  'device-list-properties',
  'qom-get',
  'qom-list',
  'qom-list-get',
  'qom-list-properties',
  'qom-list-types',
  'ringbuf-read',
  'trace-event-get-state',
])

/** Whether a command only asks: it changes nothing, and so causes nothing. */
export function isQuestion(command: string): boolean {
  return command.startsWith('query-') || command.startsWith('x-query-') || questions.has(command)
}

/** The names in a command's arguments, at most 200. */
export function namesInCommand(command: string, args: JsonObject | undefined): readonly Name[] {
  if (args === undefined) return []
  const names: Name[] = []
  if (command === 'transaction') {
    const actions = Array.isArray(args.actions) ? (args.actions as readonly Json[]) : []
    for (const action of actions) {
      if (names.length >= mostNames) break
      if (!isJsonObject(action) || typeof action.type !== 'string') continue
      if (action.data !== undefined && isJsonObject(action.data)) collect(action.type, action.data, names)
    }
  } else {
    collect(command, args, names)
  }
  return names.length > mostNames ? names.slice(0, mostNames) : names
}

function collect(command: string, args: JsonObject, names: Name[]): void {
  const job = jobStarters.get(command)
  if (job !== undefined) {
    push(names, 'job', args['job-id'] ?? args.device, job)
    for (const member of ['device', 'target', 'node-name']) push(names, 'block', own(args, member))
    return
  }
  const members = commandMembers.get(command)
  if (members === undefined) {
    everywhere(args, command.startsWith('blockdev-') ? ['node-name'] : likelyMembers, names, 0)
    return
  }
  const sort = makers.get(command)
  members.forEach(([member, kind], index) => {
    const type = sort === undefined || index > 0 ? undefined : own(args, sort)
    push(names, kind, own(args, member), sort === undefined || index > 0 ? undefined : cutName(type))
  })
  // An export goes by its node where it has no name.
  if (command === 'nbd-server-add' && args.name === undefined) push(names, 'export', args.device, '')
}

/** The names in an event's data. */
export function namesInEvent(event: string, data: JsonObject | undefined): readonly Name[] {
  if (data === undefined) return []
  const names: Name[] = []
  if (event === 'ACPI_DEVICE_OST') {
    if (data.info !== undefined && isJsonObject(data.info)) push(names, 'device', data.info.device)
    return names
  }
  const members = eventMembers.get(event)
  if (members !== undefined) {
    for (const [member, kind] of members) push(names, kind, own(data, member))
  } else {
    for (const member of likelyMembers) push(names, 'any', own(data, member))
  }
  return names
}

function push(names: Name[], kind: NameKind, value: Json | undefined, starts?: string): void {
  if (typeof value !== 'string' || value === '' || value.length > longestName) return
  if (kind === 'any' && value.length < shortestName) return
  names.push({ kind, name: kind === 'device' || kind === 'any' ? deviceName(value) : value, starts })
}

function cutName(value: Json | undefined): string {
  return typeof value === 'string' ? value.slice(0, longestName) : ''
}

/** Strings that are called like names, at any depth: nodes are given inside one another. */
function everywhere(value: Json, members: readonly string[], names: Name[], depth: number): void {
  if (depth > deepest || names.length >= mostNames) return
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) everywhere(item, members, names, depth + 1)
  } else if (isJsonObject(value)) {
    for (const [member, each] of Object.entries(value)) {
      if (typeof each !== 'string') everywhere(each, members, names, depth + 1)
      else if (members.includes(member)) push(names, member === 'node-name' ? 'block' : 'any', each)
    }
  }
}

/**
 * A device by its id or its path in the object tree: the id, where it has one, also for the things inside it
 * (`/machine/peripheral/disk0/virtio-backend` is `disk0`); else the path of the device itself.
 */
export function deviceName(idOrPath: string): string {
  const parts = /^\/machine\/(peripheral|peripheral-anon)\/([^/]+)/.exec(idOrPath)
  if (parts === null) return idOrPath
  return parts[1] === 'peripheral' ? (parts[2] ?? idOrPath) : parts[0]
}
