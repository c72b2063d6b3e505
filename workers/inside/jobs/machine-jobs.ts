/**
 * The jobs of a machine, from both families of queries: `query-jobs` has all of them, `query-block-jobs` tells more of those
 * that copy blocks. What a machine says is bounded and checked; what does not fit is left out.
 * @qapi JobInfo BlockJobInfo JobStatus
 */
import { amountIn, textIn } from '#base/json/members.ts'
import { own } from '#base/own.ts'
import { objectsIn } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'

/** Jobs that are read at most: a machine with more is none that a person looks after. */
export const mostJobs = 1000

/** One job. Progress is in the unit that QEMU counts in: bytes for most. */
export interface MachineJob {
  readonly id: string
  /** JobType: `mirror`, `backup`, `create`, `snapshot-save` … */
  readonly type: string
  /** JobStatus. */
  readonly status: string
  readonly done: number
  /** 0 at first: then how far it is is not known. */
  readonly total: number
  /** In QEMU's words. */
  readonly error: string | undefined
  /** What only `query-block-jobs` tells; undefined for other jobs. */
  readonly block: BlockJobPart | undefined
}

/** The part of a job that copies blocks. */
export interface BlockJobPart {
  /** The limit in bytes a second; 0 where there is none. */
  readonly speed: number
  /** `ok`, or why it stands still. @qapi BlockDeviceIoStatus */
  readonly ioStatus: string
  readonly finalizesAlone: boolean
  readonly dismissesAlone: boolean
}

/** The jobs in the replies of both queries, in QEMU's order. A reply that is missing or of another shape counts as empty. */
export function readJobs(jobs: Json | undefined, blockJobs: Json | undefined): readonly MachineJob[] {
  const parts = new Map<string, JsonObject>()
  for (const each of objectsIn(blockJobs).slice(0, mostJobs)) {
    const id = own(each, 'device')
    if (typeof id === 'string') parts.set(id, each)
  }
  const read: MachineJob[] = []
  for (const each of objectsIn(jobs).slice(0, mostJobs)) {
    const id = own(each, 'id')
    if (typeof id !== 'string') continue
    const part = parts.get(id)
    read.push({
      id,
      type: textIn(each, 'type') ?? 'job',
      status: textIn(each, 'status') ?? 'unknown',
      done: amountIn(each, 'current-progress') ?? 0,
      total: amountIn(each, 'total-progress') ?? 0,
      error: textIn(each, 'error'),
      block: part === undefined ? undefined : blockPart(part),
    })
  }
  return read
}

/** How far it is, from 0 to 1; undefined before it is known. */
export function shareOf({ done, total }: Pick<MachineJob, 'done' | 'total'>): number | undefined {
  return total > 0 ? Math.min(1, Math.max(0, done / total)) : undefined
}

/** What a job waits for; undefined where it goes on alone. In words that follow its state. */
export function waitsFor(job: MachineJob): string | undefined {
  if (job.block !== undefined && job.block.ioStatus !== 'ok' && job.status === 'paused')
    return `stands still: ${job.block.ioStatus === 'nospace' ? 'no space left' : 'an I/O error'}. It waits for Resume`
  switch (job.status) {
    case 'ready':
      return 'source and copy are the same now. It waits for Complete, and copies what is written meanwhile'
    case 'pending':
      return 'its work is done. It waits for Finalize'
    case 'concluded':
      return 'it has ended. It keeps its name until Dismiss'
    case 'paused':
    case 'standby':
      return 'it waits for Resume'
    default:
      return undefined
  }
}

/** Something that can be done with a job. */
export interface JobAction {
  /** The word on its button. */
  readonly label: string
  readonly command: string
  readonly args: JsonObject
  /** What it does, in a sentence. */
  readonly about: string
  /** What is copied so far is of no use afterwards. */
  readonly isDangerous: boolean
}

const stops = new Set(['created', 'running', 'paused', 'ready', 'standby', 'waiting', 'pending'])

/** What can be done with a job in its state. `job-*` where QEMU has both: the others are deprecated from 11.1 on. */
export function jobActions(job: MachineJob): readonly JobAction[] {
  const { id, status, type } = job
  const by = (label: string, command: string, about: string, isDangerous = false): JobAction => ({
    label,
    command,
    args: { id },
    about,
    isDangerous,
  })
  const actions: JobAction[] = []
  if (status === 'ready' || status === 'standby')
    actions.push(by('Complete', 'job-complete', completeWords(type)))
  if (status === 'pending') actions.push(by('Finalize', 'job-finalize', 'The changes of its graph are made.'))
  if (status === 'concluded')
    actions.push(by('Dismiss', 'job-dismiss', 'It leaves the list, and its name is free again.'))
  if (status === 'running' || status === 'ready' || status === 'created')
    actions.push(by('Pause', 'job-pause', 'It keeps what it has done, and goes on with Resume.'))
  if (status === 'paused' || status === 'standby')
    actions.push(by('Resume', 'job-resume', 'It goes on where it stopped.'))
  if (status === 'ready' && (type === 'mirror' || type === 'commit'))
    actions.push({
      label: 'Stop and keep the copy',
      command: 'block-job-cancel',
      args: { device: id },
      about: 'The copy is as the source is now, and stays. The guest goes on with the source.',
      isDangerous: false,
    })
  if (stops.has(status))
    actions.push(
      by('Give up', 'job-cancel', 'It ends without a result: what was copied so far is not complete.', true),
    )
  return actions
}

function completeWords(type: string): string {
  if (type === 'mirror') return 'The guest goes on with the copy, and no more with the source.'
  if (type === 'commit')
    return 'What was written above is in the base now, and the guest goes on with the base.'
  return 'It ends, with its result in force.'
}

/** A job that is remembered as running. */
export interface RememberedJob {
  readonly id: string
  readonly type: string
}

/** A job that ended while nobody looked. */
export interface AwayJob extends RememberedJob {
  /** `gone`: it left no trace, so how it ended is not known. */
  readonly how: 'gone' | 'done' | 'failed'
  readonly error: string | undefined
}

/** Which of the jobs that were running when somebody last looked have ended since. */
export function endedAway(before: readonly RememberedJob[], now: readonly MachineJob[]): readonly AwayJob[] {
  const byId = new Map(now.map((each) => [each.id, each]))
  return before.flatMap(({ id, type }): readonly AwayJob[] => {
    const job = byId.get(id)
    if (job === undefined) return [{ id, type, how: 'gone', error: undefined }]
    if (job.status !== 'concluded' && job.status !== 'null') return []
    return [{ id, type, how: job.error === undefined ? 'done' : 'failed', error: job.error }]
  })
}

function blockPart(part: JsonObject): BlockJobPart {
  return {
    speed: amountIn(part, 'speed') ?? 0,
    ioStatus: textIn(part, 'io-status') ?? 'ok',
    finalizesAlone: own(part, 'auto-finalize') !== false,
    dismissesAlone: own(part, 'auto-dismiss') !== false,
  }
}
