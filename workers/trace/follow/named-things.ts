/**
 * The names in commands and events, each with what it is the name of. A job may be called like a device, a device like
 * a node: only a name of the same kind is the same thing.
 * Tested by workers/trace/follow/follow.test.ts.
 * @adr 0023
 */
import { own } from '#base/own.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'

/** What a name is the name of. `block` are nodes and drives; `any` where it is not known. */
export type NameKind = 'job' | 'device' | 'block' | 'export' | 'netdev' | 'chardev' | 'object' | 'any'

/** A name that a message carries. */
export interface NamedThing {
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

/** A table of names, a line for those with the same members: `NAME … = MEMBER:KIND …`, the kinds parted by blanks. */
function membersByName(table: string): ReadonlyMap<string, Members> {
  const lines = table.trim().split('\n')
  return new Map(
    lines.flatMap((line) => {
      const [names = '', members = ''] = line.split('=')
      const parts = members.split(' ').filter((each) => each.includes(':'))
      const read = parts.map((each) => each.split(':') as [string, NameKind])
      return names
        .trim()
        .split(/ +/)
        .map((name) => [name, read] as const)
    }),
  )
}

/**
 * The members of commands that hold names. Before jobs had ids they went by their device, and the member is still called
 * so.
 */
const commandMembers = membersByName(`
job-pause job-resume job-cancel job-complete job-dismiss job-finalize = id:job
block-job-dismiss block-job-finalize block-job-change = id:job
block-job-set-speed block-job-cancel block-job-pause block-job-resume block-job-complete = device:job
device_add device_del device-sync-config = id:device
qom-set = path:device
blockdev-del block-set-write-threshold x-blockdev-set-iothread = node-name:block
block_resize = device:block node-name:block
block-export-add = id:export node-name:block
block-export-del = id:export
nbd-server-add = name:export device:block
nbd-server-remove = name:export
netdev_add netdev_del = id:netdev
chardev-add chardev-change chardev-remove = id:chardev
object-add object-del = id:object
eject blockdev-open-tray blockdev-close-tray blockdev-remove-medium = id:device device:block
blockdev-insert-medium = id:device device:block node-name:block
blockdev-change-medium block_set_io_throttle = id:device device:block
`)

/** Commands that make what they name, with the member that says of which sort it is. */
const makers: ReadonlyMap<string, string> = new Map([
  ['device_add', 'driver'],
  ['block-export-add', 'type'],
  ['nbd-server-add', ''],
  ['netdev_add', 'type'],
  ['chardev-add', ''],
  ['object-add', 'qom-type'],
])

/**
 * The members of events that hold names. An event that is here has no others: what the last two name took part, and did
 * not bring them about.
 */
const eventMembers = membersByName(`
JOB_STATUS_CHANGE BLOCK_JOB_PENDING = id:job
BLOCK_JOB_READY BLOCK_JOB_COMPLETED BLOCK_JOB_CANCELLED BLOCK_JOB_ERROR = device:job
DEVICE_DELETED DEVICE_UNPLUG_GUEST_ERROR = device:device path:device
MEM_UNPLUG_ERROR = device:device
MEMORY_DEVICE_SIZE_CHANGE = id:device qom-path:device
DEVICE_TRAY_MOVED = id:device device:block
BLOCK_EXPORT_DELETED = id:export
BLOCK_WRITE_THRESHOLD QUORUM_REPORT_BAD = node-name:block
BLOCK_IO_ERROR BLOCK_IMAGE_CORRUPTED = device:block node-name:block
QUORUM_FAILURE = reference:block
NIC_RX_FILTER_CHANGED = name:device path:device
NETDEV_STREAM_CONNECTED NETDEV_STREAM_DISCONNECTED NETDEV_VHOST_USER_DISCONNECTED = netdev-id:netdev
NETDEV_VHOST_USER_CONNECTED = netdev-id:netdev chardev-id:chardev
VSERPORT_CHANGE = id:device
FAILOVER_NEGOTIATED UNPLUG_PRIMARY = device-id:device
RTC_CHANGE = qom-path:device
PR_MANAGER_STATUS_CHANGED = id:object
VFU_CLIENT_HANGUP = vfu-id:object dev-id:device
VFIO_MIGRATION MIGRATION =
`)

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
export function namesInCommand(command: string, args: JsonObject | undefined): readonly NamedThing[] {
  if (args === undefined) return []
  const names: NamedThing[] = []
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

function collect(command: string, args: JsonObject, names: NamedThing[]): void {
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
export function namesInEvent(event: string, data: JsonObject | undefined): readonly NamedThing[] {
  if (data === undefined) return []
  const names: NamedThing[] = []
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

function push(names: NamedThing[], kind: NameKind, value: Json | undefined, starts?: string): void {
  if (typeof value !== 'string' || value === '' || value.length > longestName) return
  if (kind === 'any' && value.length < shortestName) return
  names.push({ kind, name: kind === 'device' || kind === 'any' ? deviceName(value) : value, starts })
}

function cutName(value: Json | undefined): string {
  return typeof value === 'string' ? value.slice(0, longestName) : ''
}

/** Strings that are called like names, at any depth: nodes are given inside one another. */
function everywhere(value: Json, members: readonly string[], names: NamedThing[], depth: number): void {
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
