/**
 * The meaning of an event in one line of our own words with the machine's data. The texts of QEMU's manual stay in the
 * manual, which also explains the events that are unknown here.
 */
import type { JsonObject } from '#base/json/value.ts'
import { EventData } from './say-data.ts'

type Say = (data: EventData) => string

/** The meaning of an event; undefined for an unknown one. `data` may be anything: it never throws. */
export function sayEvent(name: string, data: JsonObject | undefined): string | undefined {
  return says.get(name)?.(new EventData(data))
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

function whyItEnds(data: EventData): string {
  for (const [reason, words] of reasons) if (data.is('reason', reason)) return ` ${words}`
  if (data.has('reason') && !data.is('reason', 'none')) return ` (${data.text('reason')})`
  return data.is('guest', true)
    ? ' at the request of the guest'
    : data.is('guest', false)
      ? ' from the host'
      : ''
}

/** The progress of a job: `12.0 MB of 64.0 MB`. */
function jobDone(data: EventData): string {
  return data.number('len') === undefined ? '' : `, ${data.bytes('offset')} of ${data.bytes('len')}`
}

function job(data: EventData, member: string): string {
  return `${data.has('type') ? `${data.text('type')} ` : ''}job ${data.text(member)}`
}

/** A drive, or the node where it has no name. */
function disk(data: EventData): string {
  if (data.has('device')) return data.text('device')
  return data.has('node-name') ? `node ${data.text('node-name')}` : `disk ${data.device('qom-path')}`
}

/** Where a display's peer is: `10.0.0.1:50000`. */
function peer(data: EventData, port: string): string {
  const client = data.inner('client')
  return client.has(port) ? `${client.text('host')}:${client.text(port)}` : client.text('host')
}

/** The login of a VNC client, where it is known. */
function login(data: EventData): string {
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

function stateOf(states: ReadonlyMap<string, string>, data: EventData): string | undefined {
  for (const [state, words] of states) if (data.is('status', state)) return words
  return undefined
}

function ioError(data: EventData): string {
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

function panicInfo(data: EventData): string {
  const info = data.inner('info')
  if (info.is('type', 'hyper-v')) return ` (Hyper-V code ${hex(info, 'arg1')})`
  if (info.is('type', 's390')) return ` (core ${info.text('core')}, ${info.text('reason')})`
  if (info.is('type', 'tdx')) return ` (${info.text('message')})`
  return info.has('type') ? ` (${info.text('type')})` : ''
}

function hex(data: EventData, member: string): string {
  const value = data.number(member)
  return value === undefined || !Number.isFinite(value) || value < 0
    ? '…'
    : `0x${Math.floor(value).toString(16)}`
}

function afterPanic(data: EventData): string {
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

function sectors(data: EventData): string {
  const count = data.number('sectors-count')
  return `${data.text('sectors-count')} ${count === 1 ? 'sector' : 'sectors'} from ${data.text('sector-num')} on`
}

/** `+3 s`, `-120 s`. */
function signed(value: number | undefined): string {
  return value === undefined ? '…' : `${value < 0 ? '−' : '+'}${Math.abs(value)} s`
}

function address(data: EventData): string {
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
