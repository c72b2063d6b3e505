/**
 * Lanes: what a row is about, as one number. The record has it in a column and counts by it; the page draws a lane for
 * each. An event that is not known here goes by the parts of its name, and otherwise to `other`: nothing is left out.
 */
import type { LogRow } from './row.ts'
import type { Origin } from '#qmp/report.ts'
import { assertNever } from '#base/assert-never.ts'
import type { JsonObject } from '#base/json/value.ts'

/** The lanes in the order of their numbers in the column. New ones go to the end. */
export const lanes = [
  'command',
  'reply',
  'error',
  'own-command',
  'own-reply',
  'own-error',
  'raw',
  'connection',
  'outcome',
  'problem',
  'trouble',
  'run-state',
  'jobs',
  'block',
  'migration',
  'devices',
  'network',
  'display',
  'guest',
  'machine',
  'other',
  'serial',
  'serial-trouble',
] as const

/** A lane. `own-…` is the traffic of the page itself and of the connection. `trouble` are events of errors, `serial-trouble` lines that tell of one. */
export type Lane = (typeof lanes)[number]

/** The number of each lane. */
export const laneCode: Readonly<Record<Lane, number>> = Object.fromEntries(
  lanes.map((lane, code) => [lane, code]),
) as Record<Lane, number>

const failures: ReadonlySet<Lane> = new Set(['error', 'outcome', 'problem', 'trouble', 'serial-trouble'])

/** Whether rows of a lane tell of a failure. */
export function isFailure(lane: Lane): boolean {
  return failures.has(lane)
}

/** By the number of a lane, 1 where something failed: error replies, commands without an answer, problems, trouble. */
export const isFailureLane: Readonly<Uint8Array> = Uint8Array.from(lanes, (lane) =>
  failures.has(lane) ? 1 : 0,
)

/** By the number of a lane, 1 where the guest, its disks, devices or jobs tell of an error: not the refusal of a command. */
export const isGuestErrorLane: Readonly<Uint8Array> = Uint8Array.from(lanes, (lane) =>
  lane === 'trouble' || lane === 'serial-trouble' ? 1 : 0,
)

/** By the number of a lane, 1 for the traffic of the page itself. */
export const isOwnLane: Readonly<Uint8Array> = Uint8Array.from(lanes, (lane) =>
  lane.startsWith('own-') ? 1 : 0,
)

const byName: readonly (readonly [RegExp, Lane])[] = [
  [
    /^(BLOCK_IO_ERROR|BLOCK_IMAGE_CORRUPTED|BLOCK_JOB_ERROR|GUEST_PANICKED|GUEST_CRASHLOADED|GUEST_PVSHUTDOWN|WATCHDOG|MEMORY_FAILURE|QUORUM_(FAILURE|REPORT_BAD)|MEM_UNPLUG_ERROR|DEVICE_UNPLUG_GUEST_ERROR|PR_MANAGER_STATUS_CHANGED|COLO_EXIT|.*_(ERROR|FAILURE|CORRUPTED|PANICKED))$/,
    'trouble',
  ],
  [/^(STOP|RESUME|SHUTDOWN|RESET|POWERDOWN|SUSPEND|SUSPEND_DISK|WAKEUP)$/, 'run-state'],
  [/^(JOB_|BLOCK_JOB_).*$/, 'jobs'],
  [/^(MIGRATION|MIGRATION_PASS|DUMP_COMPLETED|UNPLUG_PRIMARY|VFIO_MIGRATION|COLO_.*)$/, 'migration'],
  [/^(BLOCK_|QUORUM_|DEVICE_TRAY_MOVED|BLOCK_EXPORT_).*$/, 'block'],
  [/^(DEVICE_|MEM_|MEMORY_DEVICE_|ACPI_DEVICE_|CPU_PLUG).*$/, 'devices'],
  [/^(NIC_|NETDEV_|FAILOVER_|RDMA_).*$/, 'network'],
  [/^(VNC_|SPICE_|DISPLAY_).*$/, 'display'],
  [/^(BALLOON_CHANGE|HV_BALLOON_.*|VSERPORT_CHANGE|GUEST_.*)$/, 'guest'],
  [/^(RTC_CHANGE|CPU_.*|MEMORY_.*|ACPI_.*|HV_.*|SEV_.*)$/, 'machine'],
]

/** Events that tell of an end, and by their data of a failure. @qapi BLOCK_JOB_COMPLETED DUMP_COMPLETED MIGRATION */
const ends: ReadonlySet<string> = new Set(['BLOCK_JOB_COMPLETED', 'DUMP_COMPLETED', 'MIGRATION'])

/** Whether the lane of an event of that name depends on its data. */
export function mayTellFailure(name: string): boolean {
  return ends.has(name)
}

/** The lane of an event. `data` decides for those that tell of an end. */
export function laneOfEvent(name: string, data?: JsonObject): Lane {
  if (data !== undefined && ends.has(name)) {
    if (name === 'MIGRATION' ? data.status === 'failed' : typeof data.error === 'string') return 'trouble'
  }
  return byName.find(([pattern]) => pattern.test(name))?.[1] ?? 'other'
}

/** The lane of a row. `origin` is who asked for the command of an outcome: its row does not say. */
export function laneOf(row: LogRow, origin: Origin | undefined): Lane {
  switch (row.kind) {
    case 'command':
      return row.origin === 'person' ? 'command' : 'own-command'
    case 'return':
      return row.origin === 'person' ? 'reply' : 'own-reply'
    case 'error':
      return row.origin === 'person' ? 'error' : 'own-error'
    case 'event':
      // The greeting is recorded as an event without a stamp.
      return row.name === 'QMP' && row.timestamp === undefined
        ? 'connection'
        : laneOfEvent(row.name, row.data)
    case 'raw':
      return 'raw'
    case 'state':
    case 'channel':
    case 'gap':
      return 'connection'
    case 'outcome':
      return origin === undefined || origin === 'person' ? 'outcome' : 'own-error'
    case 'problem':
      return 'problem'
    case 'line':
      return row.failed ? 'serial-trouble' : 'serial'
    default:
      return assertNever(row)
  }
}
