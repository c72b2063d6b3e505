/**
 * The meaning of an event and the state of a track, in one line of our own words with the machine's data. The texts of
 * QEMU's manual stay in the manual, which also explains the events that are unknown here.
 */
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { deviceName } from './follow/named-things.ts'
import type { Progress, Track } from '#record/track.ts'

/** Words of a machine are cut to this. */
const longestWord = 80
/** Over how long the rate of a track is taken, in milliseconds. */
const rateMs = 5000

type Say = (data: Data) => string

/** The meaning of an event; undefined for an unknown one. `data` may be anything: it never throws. */
export function sayEvent(name: string, data: JsonObject | undefined): string | undefined {
  return says.get(name)?.(new Data(data))
}

/** The status of a job's device in words. @qapi BlockDeviceIoStatus */
const ioWords: ReadonlyMap<string, string> = new Map([
  ['failed', 'I/O error'],
  ['nospace', 'no space left'],
])

/** The error of a track in words. A running job never counts as failed because of its device. */
export function errorWords(track: Track): string | undefined {
  const { error } = track
  if (error === undefined) return undefined
  return track.outcome === 'open' ? (ioWords.get(error) ?? error) : error
}

/** Whether a job is paused by an error, and continues with `job-resume` once the error is repaired. */
export function isHeldByError(track: Track): boolean {
  const status = track.phases.at(-1)?.state
  return (
    track.kind === 'job' &&
    track.outcome === 'open' &&
    track.error !== undefined &&
    (status === 'paused' || status === 'standby')
  )
}

/** The state of a track: kind and name, progress, speed, time left, and how it ended. */
export function sayTrack(track: Track): string {
  const title = titleOf(track)
  const state = track.phases.at(-1)?.state
  if (track.outcome === 'failed') return `${title}: failed${because(track.error)}`
  if (track.kind === 'run-state')
    return `${title}: ${state === undefined ? 'not known' : cut(state)}${goneFrom(track)}`
  if (track.outcome === 'cancelled') return `${title}: cancelled${reached(track)}`
  if (track.kind === 'device') return `${title}: ${sayDevice(track, state)}`
  if (track.outcome === 'done') return `${title}: done${took(track)}${reached(track)}`
  if (track.outcome === 'unknown') return `${title}: its end was not seen${reached(track)}`
  const error = errorWords(track)
  if (isHeldByError(track))
    return `${title}: paused on an error (${cut(error ?? '')}), can be resumed${reached(track)}`
  const parts = [
    state === undefined || state === 'running' || state === 'active' ? '' : cut(state),
    ...pace(track, state),
  ]
  const said = parts.filter((each) => each !== '').join(', ')
  const trouble = error === undefined ? '' : ` (${cut(error)})`
  return `${title}: ${said === '' ? 'running' : said}${trouble}`
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']

/** A size in bytes, to three digits: `120 MiB`. */
function sayBytes(size: number): string {
  let value = size
  let unit = 0
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  const text = unit === 0 || Math.abs(value) >= 999.5 ? String(Math.round(value)) : value.toPrecision(3)
  return `${text} ${units[unit] ?? ''}`
}

// ── tracks ─────────────────────────────────────────────────────────────────────────────────────────────────────

function titleOf(track: Track): string {
  const name = cut(track.name)
  const type = cut(track.type)
  switch (track.kind) {
    case 'run-state':
      return 'machine'
    case 'job':
      return type === '' ? `job ${name}` : `${type} job ${name}`
    case 'migration':
      return type === '' ? 'migration' : `${type} migration`
    case 'dump':
      return 'memory dump'
    case 'device':
      if (name === '') return type === '' ? 'device without a name' : `${type} without a name`
      return type === '' ? `device ${name}` : `${type} ${name}`
  }
}

function sayDevice(track: Track, state: string | undefined): string {
  const words: Readonly<Record<string, string>> = {
    plugged: 'plugged',
    'unplug-asked': 'asked to be unplugged',
    'unplug-failed': `not unplugged${because(track.error)}`,
    deleted: 'unplugged',
  }
  const said =
    state === undefined ? 'not known' : Object.hasOwn(words, state) ? (words[state] ?? '') : cut(state)
  return `${said}${goneFrom(track)}`
}

/** Added to the last known state after the connection was lost. */
function goneFrom(track: Track): string {
  return track.outcome === 'unknown' ? ', not known since' : ''
}

/** Progress, speed and time left. */
function pace(track: Track, state: string | undefined): string[] {
  const last = track.progress.at(-1)
  if (last === undefined) return []
  const share = `${Math.floor(Math.min(1, last.current / last.total) * 100)} %`
  const rate = rateOf(track)
  // A ready mirror and a waiting job copy only what changes.
  const stands = state === 'paused' || state === 'standby' || state === 'pending' || state === 'waiting'
  if (rate === undefined || stands) return [share]
  if (rate <= 0) return [share, 'no progress']
  const left = Math.max(0, last.total - last.current)
  return [share, `${sayBytes(rate)}/s`, ...(left === 0 ? [] : [`${sayDuration((left / rate) * 1000)} left`])]
}

/** Bytes a second over the last seconds; undefined before there are two samples. */
function rateOf(track: Track): number | undefined {
  const last = track.progress.at(-1)
  if (last === undefined) return undefined
  let first: Progress | undefined
  for (let index = track.progress.length - 2; index >= 0; index -= 1) {
    const sample = track.progress[index]
    if (sample === undefined || (first !== undefined && last.at - sample.at > rateMs)) break
    first = sample
  }
  if (first === undefined || last.at <= first.at) return undefined
  return ((last.current - first.current) / (last.at - first.at)) * 1000
}

function took(track: Track): string {
  return track.end === undefined ? '' : ` in ${sayDuration(track.end - track.start)}`
}

function reached(track: Track): string {
  const last = track.progress.at(-1)
  if (last === undefined) return ''
  if (track.outcome === 'done') return `, ${sayBytes(last.total)}`
  return `, ${Math.floor(Math.min(1, last.current / last.total) * 100)} % of ${sayBytes(last.total)}`
}

function because(error: string | undefined): string {
  return error === undefined || error === '' ? '' : `: ${cut(error)}`
}

function sayDuration(ms: number): string {
  if (ms < 1000) return ms < 1 ? 'less than 1 ms' : `${Math.round(ms)} ms`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return ms < 9950 ? `${Number((ms / 1000).toFixed(1))} s` : `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  return `${Math.round(minutes / 1440)} days`
}

// ── events ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** The members of an event, each as text that fits in a line. A missing member, or one of another type, is an ellipsis. */
class Data {
  readonly #data: JsonObject

  constructor(data: Json | undefined) {
    this.#data = data !== undefined && isJsonObject(data) ? data : {}
  }

  #get(member: string): Json | undefined {
    return Object.hasOwn(this.#data, member) ? this.#data[member] : undefined
  }

  /** Whether there is a text that is not empty. */
  has(member: string): boolean {
    const value = this.#get(member)
    return typeof value === 'string' && value !== ''
  }

  is(member: string, value: Json): boolean {
    return this.#get(member) === value
  }

  text(member: string): string {
    const value = this.#get(member)
    if (typeof value === 'string' && value !== '') return cut(value)
    return typeof value === 'number' || typeof value === 'bigint' ? cut(String(value)) : '…'
  }

  /** The first of these members that is present. */
  first(...members: readonly string[]): string {
    return this.text(members.find((each) => this.has(each)) ?? '')
  }

  /** A device by its id or its path. */
  device(...members: readonly string[]): string {
    const member = members.find((each) => this.has(each))
    const value = member === undefined ? undefined : this.#get(member)
    return typeof value === 'string' ? cut(deviceName(value)) : '…'
  }

  number(member: string): number | undefined {
    const value = this.#get(member)
    if (typeof value === 'bigint') return Number(value)
    return typeof value === 'number' ? value : undefined
  }

  bytes(member: string): string {
    const value = this.number(member)
    return value === undefined ? '…' : sayBytes(value)
  }

  inner(member: string): Data {
    return new Data(this.#get(member))
  }

  /** `before`, the text and `after`; nothing where the text is missing or empty. */
  when(member: string, before: string, after = ''): string {
    return this.has(member) ? `${before}${this.text(member)}${after}` : ''
  }
}

/** Line breaks, control characters, and marks that change the direction of the text. */
const unprintable = /[\s\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g

/** A text on one line, cut to `longestWord`. */
function cut(text: string): string {
  if (text.length <= longestWord) return text.replace(unprintable, ' ')
  // Never cut a surrogate pair.
  const start = text.slice(0, longestWord - 1).replace(/[\ud800-\udbff]$/, '')
  return `${start.replace(unprintable, ' ')}…`
}

/** The cause of a shutdown or a reset: ShutdownCause. */
const reasons: ReadonlyMap<string, string> = new Map([
  ['host-error', 'after an error on the host'],
  ['host-qmp-quit', 'by the command quit'],
  ['host-qmp-system-reset', 'by the command system_reset'],
  ['host-signal', 'by a signal to QEMU'],
  ['host-ui', 'from the window of QEMU'],
  ['guest-shutdown', 'at the request of the guest'],
  ['guest-reset', 'at the request of the guest'],
  ['guest-panic', 'because the guest panicked'],
  ['subsystem-reset', 'for a part of the machine'],
  ['snapshot-load', 'to load a snapshot'],
])

function whyItEnds(data: Data): string {
  for (const [reason, words] of reasons) if (data.is('reason', reason)) return ` ${words}`
  if (data.has('reason') && !data.is('reason', 'none')) return ` (${data.text('reason')})`
  return data.is('guest', true)
    ? ' at the request of the guest'
    : data.is('guest', false)
      ? ' from the host'
      : ''
}

/** The progress of a job: `12.0 MB of 64.0 MB`. */
function jobDone(data: Data): string {
  return data.number('len') === undefined ? '' : `, ${data.bytes('offset')} of ${data.bytes('len')}`
}

function job(data: Data, member: string): string {
  return `${data.has('type') ? `${data.text('type')} ` : ''}job ${data.text(member)}`
}

/** A drive, or the node where it has no name. */
function disk(data: Data): string {
  if (data.has('device')) return data.text('device')
  return data.has('node-name') ? `node ${data.text('node-name')}` : `disk ${data.device('qom-path')}`
}

/** Where a display's peer is: `10.0.0.1:50000`. */
function peer(data: Data, port: string): string {
  const client = data.inner('client')
  return client.has(port) ? `${client.text('host')}:${client.text(port)}` : client.text('host')
}

/** The login of a VNC client, where it is known. */
function login(data: Data): string {
  const client = data.inner('client')
  return `${client.when('sasl_username', ' as ')}${client.when('x509_dname', ' with certificate ')}`
}

const jobStates: ReadonlyMap<string, string> = new Map([
  ['created', 'is created'],
  ['running', 'runs'],
  ['paused', 'is paused'],
  ['ready', 'is ready to be completed'],
  ['standby', 'is ready, and paused'],
  ['waiting', 'has done its work and waits for the other jobs of its transaction'],
  ['pending', 'waits to be finalized'],
  ['aborting', 'is being undone'],
  ['concluded', 'has ended, and stays until it is dismissed'],
  ['null', 'is gone'],
])

const migrationStates: ReadonlyMap<string, string> = new Map([
  ['none', 'no migration'],
  ['setup', 'migration is being prepared'],
  ['cancelling', 'migration is being cancelled'],
  ['cancelled', 'migration is cancelled'],
  ['active', 'migration is under way: memory is being sent'],
  ['postcopy-device', 'migration: the devices are being sent, the rest of the memory follows'],
  ['postcopy-active', 'migration: the machine runs on the other side, the rest of its memory follows'],
  [
    'postcopy-paused',
    'migration is paused: the connection broke after the machine had moved to the other side',
  ],
  ['postcopy-recover-setup', 'migration: the recovery is being prepared'],
  ['postcopy-recover', 'migration recovers after its connection broke'],
  ['completed', 'migration is complete'],
  ['failing', 'migration is failing'],
  ['failed', 'migration has failed'],
  ['colo', 'migration: both machines run in lockstep (COLO)'],
  ['pre-switchover', 'migration waits for the command to switch over'],
  ['device', 'migration: the state of the devices is being sent'],
  ['wait-unplug', 'migration waits for the guest to give devices back'],
])

function stateOf(states: ReadonlyMap<string, string>, data: Data): string | undefined {
  for (const [state, words] of states) if (data.is('status', state)) return words
  return undefined
}

function ioError(data: Data): string {
  const what = data.is('operation', 'read')
    ? 'reading from'
    : data.is('operation', 'write')
      ? 'writing to'
      : 'using'
  const why = data.is('nospace', true)
    ? 'no space left'
    : data.has('reason')
      ? data.text('reason')
      : 'an error'
  const then = data.is('action', 'stop')
    ? '; the machine is stopped'
    : data.is('action', 'report')
      ? '; the guest gets the error'
      : data.is('action', 'ignore')
        ? '; it is ignored'
        : ''
  return `${what} ${disk(data)} failed: ${why}${then}`
}

function panicInfo(data: Data): string {
  const info = data.inner('info')
  if (info.is('type', 'hyper-v')) return ` (Hyper-V code ${hex(info, 'arg1')})`
  if (info.is('type', 's390')) return ` (core ${info.text('core')}, ${info.text('reason')})`
  if (info.is('type', 'tdx')) return ` (${info.text('message')})`
  return info.has('type') ? ` (${info.text('type')})` : ''
}

function hex(data: Data, member: string): string {
  const value = data.number(member)
  return value === undefined || !Number.isFinite(value) || value < 0
    ? '…'
    : `0x${Math.floor(value).toString(16)}`
}

function afterPanic(data: Data): string {
  if (data.is('action', 'pause')) return '; the machine is stopped'
  if (data.is('action', 'poweroff')) return '; the machine is switched off'
  return data.is('action', 'run') ? '; the machine keeps running' : ''
}

const watchdogActions: ReadonlyMap<string, string> = new Map([
  ['reset', 'the machine is reset'],
  ['shutdown', 'the guest is asked to shut down'],
  ['poweroff', 'the machine is switched off'],
  ['pause', 'the machine is stopped'],
  ['debug', 'it is logged on the host'],
  ['none', 'no action'],
  ['inject-nmi', 'the guest gets an NMI'],
])

function sectors(data: Data): string {
  const count = data.number('sectors-count')
  return `${data.text('sectors-count')} ${count === 1 ? 'sector' : 'sectors'} from ${data.text('sector-num')} on`
}

/** `+3 s`, `-120 s`. */
function signed(value: number | undefined): string {
  return value === undefined ? '…' : `${value < 0 ? '−' : '+'}${Math.abs(value)} s`
}

function address(data: Data): string {
  const addr = data.inner('addr')
  if (addr.has('path')) return addr.text('path')
  if (addr.has('host')) return `${addr.text('host')}:${addr.text('port')}`
  return addr.has('cid') ? `vsock ${addr.text('cid')}:${addr.text('port')}` : addr.first('str', 'type')
}

const says: ReadonlyMap<string, Say> = new Map<string, Say>([
  // The machine.
  ['STOP', () => 'the machine is stopped'],
  ['RESUME', () => 'the machine runs again'],
  ['SHUTDOWN', (data) => `the machine shuts down${whyItEnds(data)}`],
  ['RESET', (data) => `the machine is reset${whyItEnds(data)}`],
  ['POWERDOWN', () => 'the power button is pressed: the guest may shut down'],
  ['SUSPEND', () => 'the guest sleeps (in memory)'],
  ['SUSPEND_DISK', () => 'the guest sleeps (to disk), and the machine shuts down'],
  ['WAKEUP', () => 'the guest wakes up'],
  ['RTC_CHANGE', (data) => `the guest sets its clock: ${signed(data.number('offset'))} from the host’s`],
  ['GUEST_PANICKED', (data) => `the guest panicked${panicInfo(data)}${afterPanic(data)}`],
  ['GUEST_CRASHLOADED', (data) => `the guest panicked and writes its own dump${panicInfo(data)}`],
  ['GUEST_PVSHUTDOWN', () => 'the guest says that it shuts down'],
  [
    'WATCHDOG',
    (data) => {
      const then = [...watchdogActions].find(([action]) => data.is('action', action))?.[1]
      return `the watchdog was not fed: ${then ?? data.text('action')}`
    },
  ],
  [
    'MEMORY_FAILURE',
    (data) =>
      `faulty memory of the host, found by ${data.is('recipient', 'guest') ? 'the guest' : 'QEMU itself'}: ${data.text('action')}${data.inner('flags').is('action-required', true) ? ', and it needs that page' : ''}`,
  ],
  ['BALLOON_CHANGE', (data) => `the balloon leaves the guest ${data.bytes('actual')} of memory`],
  [
    'HV_BALLOON_STATUS_REPORT',
    (data) =>
      `the guest has ${data.bytes('available')} of memory free, and has committed ${data.bytes('committed')}`,
  ],
  [
    'MEMORY_DEVICE_SIZE_CHANGE',
    (data) => `memory device ${data.device('id', 'qom-path')} now gives ${data.bytes('size')}`,
  ],
  [
    'CPU_POLARIZATION_CHANGE',
    (data) => `the guest asks for ${data.text('polarization')} polarization of its CPUs`,
  ],
  ['SCLP_CPI_INFO_AVAILABLE', () => 'the guest has identified itself (control-program identification)'],
  // Jobs.
  [
    'JOB_STATUS_CHANGE',
    (data) => `job ${data.text('id')} ${stateOf(jobStates, data) ?? `is ${data.text('status')}`}`,
  ],
  ['BLOCK_JOB_READY', (data) => `${job(data, 'device')} is ready to be completed${jobDone(data)}`],
  ['BLOCK_JOB_PENDING', (data) => `${job(data, 'id')} waits to be finalized`],
  [
    'BLOCK_JOB_COMPLETED',
    (data) =>
      data.has('error')
        ? `${job(data, 'device')} failed: ${data.text('error')}${jobDone(data)}`
        : `${job(data, 'device')} is complete${jobDone(data)}`,
  ],
  ['BLOCK_JOB_CANCELLED', (data) => `${job(data, 'device')} was cancelled${jobDone(data)}`],
  [
    'BLOCK_JOB_ERROR',
    (data) => {
      const then = data.is('action', 'stop')
        ? 'it is paused'
        : data.is('action', 'ignore')
          ? 'it continues'
          : 'it fails'
      return `job ${data.text('device')} could not ${data.text('operation')}: ${then}`
    },
  ],
  // Disks.
  ['BLOCK_IO_ERROR', ioError],
  [
    'BLOCK_IMAGE_CORRUPTED',
    (data) =>
      `the image of ${disk(data)} is damaged: ${data.text('msg')}${data.number('offset') === undefined ? '' : ` at byte ${data.text('offset')}`}${data.is('fatal', true) ? '; it is no longer used' : ''}`,
  ],
  [
    'BLOCK_WRITE_THRESHOLD',
    (data) =>
      `node ${data.text('node-name')} is written beyond its threshold of ${data.bytes('write-threshold')}, by ${data.bytes('amount-exceeded')}`,
  ],
  ['BLOCK_EXPORT_DELETED', (data) => `export ${data.text('id')} is gone`],
  [
    'DEVICE_TRAY_MOVED',
    (data) =>
      `the tray of ${data.device('id', 'device')} is ${data.is('tray-open', true) ? 'open' : 'closed'}`,
  ],
  ['QUORUM_FAILURE', (data) => `quorum ${data.text('reference')} has no majority: ${sectors(data)}`],
  [
    'QUORUM_REPORT_BAD',
    (data) =>
      `quorum: node ${data.text('node-name')} differs or failed at ${data.text('type')}${data.when('error', ' (', ')')}: ${sectors(data)}`,
  ],
  [
    'PR_MANAGER_STATUS_CHANGED',
    (data) =>
      `the helper for persistent reservations ${data.text('id')} is ${data.is('connected', true) ? 'connected' : 'lost'}`,
  ],
  // Devices.
  [
    'DEVICE_DELETED',
    (data) =>
      data.has('device') ? `device ${data.text('device')} is unplugged` : `${data.text('path')} is gone`,
  ],
  [
    'DEVICE_UNPLUG_GUEST_ERROR',
    (data) => `the guest does not release device ${data.device('device', 'path')}`,
  ],
  ['MEM_UNPLUG_ERROR', (data) => `memory ${data.text('device')} is not unplugged: ${data.text('msg')}`],
  [
    'ACPI_DEVICE_OST',
    (data) => {
      const info = data.inner('info')
      const what = info.has('device') ? info.text('device') : `slot ${info.text('slot')}`
      return `the guest reports on ${info.text('slot-type')} ${what}: status ${info.text('status')}, event ${info.text('source')}`
    },
  ],
  ['UNPLUG_PRIMARY', (data) => `device ${data.text('device-id')} is unplugged for the migration`],
  ['VFU_CLIENT_HANGUP', (data) => `the client of device ${data.text('dev-id')} (vfio-user) hung up`],
  // Network.
  [
    'NIC_RX_FILTER_CHANGED',
    (data) => `the guest changed the receive filters of ${data.device('name', 'path')}`,
  ],
  ['FAILOVER_NEGOTIATED', (data) => `the guest can use ${data.text('device-id')} as a standby`],
  ['NETDEV_STREAM_CONNECTED', (data) => `netdev ${data.text('netdev-id')} is connected to ${address(data)}`],
  ['NETDEV_STREAM_DISCONNECTED', (data) => `netdev ${data.text('netdev-id')} has lost its connection`],
  [
    'NETDEV_VHOST_USER_CONNECTED',
    (data) => `netdev ${data.text('netdev-id')} is connected by ${data.text('chardev-id')} (vhost-user)`,
  ],
  [
    'NETDEV_VHOST_USER_DISCONNECTED',
    (data) => `netdev ${data.text('netdev-id')} has lost its vhost-user backend`,
  ],
  [
    'RDMA_GID_STATUS_CHANGED',
    (data) =>
      `RDMA: an address of ${data.text('netdev')} is ${data.is('gid-status', true) ? 'added' : 'removed'}`,
  ],
  // Displays and ports.
  ['VNC_CONNECTED', (data) => `VNC: ${peer(data, 'service')} connects`],
  ['VNC_INITIALIZED', (data) => `VNC: ${peer(data, 'service')} is logged in${login(data)}`],
  ['VNC_DISCONNECTED', (data) => `VNC: ${peer(data, 'service')} disconnected${login(data)}`],
  ['SPICE_CONNECTED', (data) => `SPICE: ${peer(data, 'port')} connects`],
  [
    'SPICE_INITIALIZED',
    (data) =>
      `SPICE: ${peer(data, 'port')} is logged in${data.inner('client').is('tls', true) ? ', encrypted' : ''}`,
  ],
  ['SPICE_DISCONNECTED', (data) => `SPICE: ${peer(data, 'port')} disconnected`],
  ['SPICE_MIGRATE_COMPLETED', () => 'SPICE: the clients have moved to the other machine'],
  [
    'VSERPORT_CHANGE',
    (data) => `the guest has ${data.is('open', true) ? 'opened' : 'closed'} port ${data.text('id')}`,
  ],
  // Migration and dumps.
  ['MIGRATION', (data) => stateOf(migrationStates, data) ?? `migration: ${data.text('status')}`],
  ['MIGRATION_PASS', (data) => `migration: pass ${data.text('pass')} over the memory begins`],
  [
    'VFIO_MIGRATION',
    (data) =>
      `device ${data.device('device-id', 'qom-path')} (VFIO) is in state ${data.text('device-state')}`,
  ],
  [
    'COLO_EXIT',
    (data) =>
      `COLO ends on the ${data.text('mode')} side: ${data.is('reason', 'request') ? 'it was asked to' : data.text('reason')}`,
  ],
  [
    'DUMP_COMPLETED',
    (data) => {
      const result = data.inner('result')
      return data.has('error') || result.is('status', 'failed')
        ? `the memory dump failed: ${data.text('error')}`
        : `the memory dump is complete: ${result.bytes('completed')}`
    },
  ],
  ['COMMAND_DROPPED', (data) => `the server dropped a command unread: ${data.text('reason')}`],
])
