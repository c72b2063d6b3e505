/** Which verbs a job can be given in its status. @qapi JobStatus JobVerb */
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

/** The commands that apply to a job now; none to one that is over. A status that is not known offers what most can be given. */
export function jobVerbs(job: Track): readonly string[] {
  if (job.kind !== 'job' || job.end !== undefined) return []
  const status = job.phases.at(-1)?.state
  // One that stands on an error goes on by the same verb as one that a person has paused.
  if (isHeldByError(job)) return ['job-resume', 'job-cancel']
  return verbs.get(status ?? '') ?? ['job-pause', 'job-resume', 'job-cancel', 'job-complete']
}
