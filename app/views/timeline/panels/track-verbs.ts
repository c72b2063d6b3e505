/** Which verbs a job or a migration can be given in its status. @qapi JobStatus JobVerb MigrationStatus */
import type { JsonObject } from '#base/json/value.ts'
import { isHeldByError } from '#trace/say-track.ts'
import type { Track } from '#record/track.ts'

/** As QEMU's own table of verbs has it (job.c, JobVerbTable); `dismiss` and `finalize` are for jobs that wait for them. */
const verbs: ReadonlyMap<string, readonly string[]> = new Map([
  ['created', ['job-pause', 'job-resume', 'job-cancel']],
  ['running', ['job-pause', 'job-cancel']],
  ['paused', ['job-resume', 'job-cancel']],
  ['ready', ['job-pause', 'job-complete', 'job-cancel']],
  ['standby', ['job-resume', 'job-complete', 'job-cancel']],
  ['waiting', ['job-cancel']],
  ['pending', ['job-finalize', 'job-cancel']],
  ['concluded', ['job-dismiss']],
  ['aborting', []],
  ['null', []],
])

/**
 * Those of a migration that need no argument that a person has to think of: to recover needs an address, and whether it
 * may go over to postcopy depends on its capabilities.
 */
const migrationVerbs: ReadonlyMap<string, readonly string[]> = new Map([
  ['setup', ['migrate_cancel']],
  ['wait-unplug', ['migrate_cancel']],
  ['active', ['migrate_cancel']],
  ['device', ['migrate_cancel']],
  ['pre-switchover', ['migrate-continue', 'migrate_cancel']],
  ['postcopy-active', ['migrate-pause']],
  ['postcopy-recover', ['migrate-pause']],
])

/** A command that applies to a track now. */
export interface TrackVerb {
  readonly command: string
  readonly args: JsonObject | undefined
}

/** The commands that apply to a track now, with their arguments. */
export function trackVerbs(track: Track): readonly TrackVerb[] {
  if (track.kind === 'job') return jobVerbs(track).map((command) => ({ command, args: { id: track.name } }))
  if (track.kind !== 'migration' || track.end !== undefined) return []
  const state = track.phases.at(-1)?.state ?? ''
  return (migrationVerbs.get(state) ?? []).map((command) => ({
    command,
    args: command === 'migrate-continue' ? { state } : undefined,
  }))
}

/** The commands that apply to a job now; none to one that is over. A status that is not known offers what most can be given. */
export function jobVerbs(job: Track): readonly string[] {
  if (job.kind !== 'job' || job.end !== undefined) return []
  const status = job.phases.at(-1)?.state
  // One that stands on an error goes on by the same verb as one that a person has paused.
  if (isHeldByError(job)) return ['job-resume', 'job-cancel']
  return verbs.get(status ?? '') ?? ['job-pause', 'job-resume', 'job-cancel', 'job-complete']
}
