/** What of the guest's own errors is counted beside its machine. Errors of commands are counted apart. */
import { laneOfEvent } from '../../workers/trace/lanes.ts'
import type { LogRow } from '../../workers/api.ts'

/** Run states in which something went wrong with the guest or its storage. @qapi RunState */
export const troubledStates: ReadonlySet<string> = new Set([
  'guest-panicked',
  'internal-error',
  'io-error',
  'watchdog',
])

/** Events of jobs that have ended: with `error` where they failed. */
const jobEnds = new Set(['BLOCK_JOB_COMPLETED', 'DUMP_COMPLETED'])

/** Whether a row tells of an error of the guest, its disks, its devices or a job. */
export function isGuestError(row: LogRow): boolean {
  if (row.kind !== 'event') return false
  if (laneOfEvent(row.name) === 'trouble') return true
  if (row.name === 'MIGRATION') return row.data?.status === 'failed'
  return jobEnds.has(row.name) && typeof row.data?.error === 'string'
}

/** How many to show: a machine that stands in a state of trouble has one at least, though its event was not seen. */
export function guestErrorsShown(counted: number, status: { readonly status: string } | undefined): number {
  return status !== undefined && troubledStates.has(status.status) ? Math.max(1, counted) : counted
}

/** `2 errors of the guest`. */
export function guestErrorWords(errors: number, text: string): string {
  return `${text} ${errors === 1 ? 'error' : 'errors'} of the guest`
}
