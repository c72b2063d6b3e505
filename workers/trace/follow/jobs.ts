/**
 * The tracks of jobs: by their own events (since 3.0), by those of block jobs, and by the lists of both.
 * Tested by workers/trace/follow/follow.test.ts.
 */
import { objectsIn } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import type { TrackOutcome } from '#record/track.ts'
import type { FollowContext, Events, TrackFollower, Pending } from './context.ts'
import type { EventRow, ReplyRow } from '#record/row.ts'
import type { Live } from './live-tracks.ts'
import { amountOf } from '#base/json/members.ts'
import { nameOf, textOf, wordOf } from './message-values.ts'

/** A list of jobs that does not have one, this often in a row: its end was not seen. */
const mostMissed = 2
/** What jobs say of themselves when somebody cancelled them: strerror(ECANCELED). */
const cancelledText = 'Operation canceled'

interface Job {
  readonly live: Live
  aborting: boolean
  cancelAsked: boolean
  /** It has concluded, and a list of jobs has been read since: there is no more to be learnt. */
  explained: boolean
  missed: number
}

/** Commands that end jobs. */
export const cancels: ReadonlySet<string> = new Set(['job-cancel', 'block-job-cancel'])

/** Follows all jobs. */
export class Jobs implements TrackFollower {
  readonly #context: FollowContext
  readonly #tracks: FollowContext['tracks']
  readonly #causes: FollowContext['causes']
  readonly #pending: FollowContext['pending']
  readonly #ask: FollowContext['ask']
  readonly #jobs = new Map<string, Job>()
  readonly events: Events = {
    withData: {
      JOB_STATUS_CHANGE: (row, data) => this.#jobStatus(row, data),
      BLOCK_JOB_READY: (row, data) => this.#blockJob(row, data, 'device'),
      BLOCK_JOB_PENDING: (row, data) => this.#blockJob(row, data, 'id'),
      BLOCK_JOB_ERROR: (row, data) => this.#blockJob(row, data, 'device'),
      BLOCK_JOB_COMPLETED: (row, data) => this.#blockJob(row, data, 'device'),
      BLOCK_JOB_CANCELLED: (row, data) => this.#blockJob(row, data, 'device'),
    },
  }

  constructor(context: FollowContext) {
    this.#context = context
    this.#tracks = context.tracks
    this.#causes = context.causes
    this.#pending = context.pending
    this.#ask = context.ask
  }

  /** Whether there is one of which more is to be learnt. */
  get goesOn(): boolean {
    for (const job of this.#jobs.values()) if (!job.explained) return true
    return false
  }

  forget(): void {
    this.#jobs.clear()
  }

  lose(live: Live): void {
    if (this.#jobs.get(live.name)?.live === live) this.#jobs.delete(live.name)
  }

  /** Jobs were told to end, and that was carried out. */
  cancelled(row: ReplyRow, pending: Pending): void {
    for (const { name } of pending.names) {
      const job = this.#jobs.get(name)
      if (job === undefined) continue
      job.cancelAsked = true
      this.#tracks.attach(job.live, pending.seq)
      this.#tracks.attach(job.live, row.seq)
    }
  }

  /** A job that is seen for the first time. With `starter` its command is looked for: it began while we looked. */
  #beginJob(id: string, at: number, starter: boolean): Job {
    const started = starter ? this.#causes.starterOf('job', id) : undefined
    const live = this.#tracks.begin('job', id, at, {
      type: started?.type,
      cause: started === undefined ? undefined : { exec: started.exec, proof: 'id' },
    })
    const pending = started === undefined ? undefined : this.#pending.get(started.exec)
    if (pending !== undefined) {
      pending.lives.push(live)
      this.#tracks.attach(live, pending.seq)
    }
    const job = { live, aborting: false, cancelAsked: false, explained: false, missed: 0 }
    this.#jobs.set(id, job)
    return job
  }

  #endJob(id: string, job: Job, at: number, outcome: TrackOutcome): void {
    this.#tracks.finish(job.live, at, outcome)
    this.#jobs.delete(id)
    this.#causes.ended('job', id)
  }

  #jobStatus(row: EventRow, data: JsonObject): void {
    const id = nameOf(data.id)
    const status = wordOf(data.status)
    if (id === undefined || status === undefined) return
    let job = this.#jobs.get(id)
    if (status === 'null') {
      this.#causes.ended('job', id)
      if (job === undefined) return
      this.#tracks.attach(job.live, row.seq)
      this.#endJob(id, job, row.at, job.aborting ? 'failed' : 'unknown')
      return
    }
    const state = job?.live.state
    if (job !== undefined && status === 'created' && state !== 'created' && state !== 'undefined') {
      // The last one of this id went unseen.
      this.#endJob(id, job, row.at, 'unknown')
      job = undefined
    }
    job ??= this.#beginJob(id, row.at, true)
    this.#jobState(job, status, row)
  }

  #jobState(job: Job, status: string, row: EventRow | ReplyRow): void {
    const isFirst = job.live.state === undefined
    if (!this.#tracks.enter(job.live, status, row.at, row.seq)) return
    if (status === 'aborting') job.aborting = true
    if (status !== 'concluded') return
    // How it ended is asked for, where the job stays until it is dismissed; one that is gone by then has aborted or not.
    this.#ask.add('query-jobs')
    if (job.live.outcome === 'open' && !isFirst) {
      this.#tracks.mark(job.live, {
        outcome: job.aborting ? (this.#isCancelled(job) ? 'cancelled' : 'failed') : 'done',
      })
    }
  }

  /** Whether somebody cancelled it: the reply to that may come after the end. */
  #isCancelled(job: Job): boolean {
    if (job.cancelAsked) return true
    for (const pending of this.#pending.values()) {
      if (!cancels.has(pending.name) || pending.lives.length > 0) continue
      if (pending.names.some((each) => each.name === job.live.name)) {
        pending.lives.push(job.live)
        this.#tracks.attach(job.live, pending.seq)
        return true
      }
    }
    return false
  }

  #blockJob(row: EventRow, data: JsonObject, member: 'id' | 'device'): void {
    const id = nameOf(data[member])
    if (id === undefined) return
    const job = this.#jobs.get(id) ?? this.#beginJob(id, row.at, true)
    const { live } = job
    const speed = amountOf(data.speed)
    this.#tracks.attach(live, row.seq)
    this.#tracks.mark(live, { type: wordOf(data.type), limit: speed })
    this.#tracks.measure(live, row.at, amountOf(data.offset), amountOf(data.len))
    // Older ones have no other word for their states.
    const enter = (state: string): void => {
      if (!this.#context.tellsJobs) this.#tracks.enter(live, state, row.at, row.seq)
    }
    switch (row.name) {
      case 'BLOCK_JOB_READY':
        enter('ready')
        break
      case 'BLOCK_JOB_PENDING':
        enter('pending')
        break
      case 'BLOCK_JOB_COMPLETED': {
        const error = textOf(data.error)
        this.#tracks.mark(live, { outcome: error === undefined ? 'done' : 'failed', error: error ?? null })
        this.#blockJobOver(id, job, row)
        break
      }
      case 'BLOCK_JOB_CANCELLED':
        this.#tracks.mark(live, { outcome: 'cancelled', error: null })
        this.#blockJobOver(id, job, row)
        break
    }
  }

  #blockJobOver(id: string, job: Job, row: EventRow): void {
    if (this.#context.tellsJobs) return
    this.#tracks.enter(job.live, 'concluded', row.at, row.seq)
    this.#endJob(id, job, row.at, 'unknown')
  }

  /** Servers before 3.0 say nothing when a job starts, but that the command was carried out. */
  started(row: ReplyRow, pending: Pending): void {
    for (const { kind, name, starts } of pending.names) {
      if (kind !== 'job' || starts === undefined || this.#jobs.has(name)) continue
      // A short one is over by now, and was seen.
      if (this.#causes.starterOf('job', name)?.exec !== pending.exec) continue
      const live = this.#tracks.begin('job', name, row.at, {
        type: starts,
        cause: { exec: pending.exec, proof: 'id' },
      })
      this.#jobs.set(name, { live, aborting: false, cancelAsked: false, explained: false, missed: 0 })
      this.#tracks.attach(live, pending.seq)
      this.#tracks.enter(live, 'running', row.at, row.seq)
    }
  }

  /** The reply of query-jobs. */
  listed(row: ReplyRow, value: Json): void {
    const listed = new Set<string>()
    for (const each of objectsIn(value)) {
      const id = nameOf(each.id)
      const status = wordOf(each.status)
      if (id === undefined || status === undefined || status === 'null') continue
      listed.add(id)
      // Its beginning would have been told, had it begun since the connection.
      const job = this.#jobs.get(id) ?? this.#beginJob(id, row.at, false)
      this.#tracks.mark(job.live, { type: wordOf(each.type) })
      this.#jobState(job, status, row)
      this.#tracks.measure(
        job.live,
        row.at,
        amountOf(each['current-progress']),
        amountOf(each['total-progress']),
      )
      const error = textOf(each.error)
      if (error !== undefined && status === 'concluded') {
        if (error === cancelledText) this.#tracks.mark(job.live, { outcome: 'cancelled', error: null })
        else this.#tracks.mark(job.live, { outcome: 'failed', error })
      } else if (status === 'concluded' && job.live.outcome === 'open') {
        this.#tracks.mark(job.live, { outcome: 'done' })
      }
      job.explained = status === 'concluded'
    }
    this.#missing(row, listed)
  }

  /** The reply of query-block-jobs. */
  listedBlockJobs(row: ReplyRow, value: Json): void {
    const listed = new Set<string>()
    for (const each of objectsIn(value)) {
      const id = nameOf(each.device)
      if (id === undefined) continue
      listed.add(id)
      const job = this.#jobs.get(id) ?? this.#beginJob(id, row.at, false)
      this.#tracks.mark(job.live, { type: wordOf(each.type), limit: amountOf(each.speed) })
      if (!this.#context.tellsJobs) {
        const state = each.paused === true ? 'paused' : each.ready === true ? 'ready' : 'running'
        this.#tracks.enter(job.live, state, row.at, row.seq)
        this.#tracks.measure(job.live, row.at, amountOf(each.offset), amountOf(each.len))
      }
      // A job that stands still because of an error goes on when that is mended: it has not failed.
      const trouble = wordOf(each['io-status'])
      if (job.live.outcome !== 'open' || trouble === undefined) continue
      if (trouble !== 'ok') this.#tracks.mark(job.live, { error: trouble })
      else if (job.live.error !== undefined) this.#tracks.mark(job.live, { error: null })
    }
    if (!this.#context.tellsJobs) this.#missing(row, listed)
  }

  #missing(row: ReplyRow, listed: ReadonlySet<string>): void {
    for (const [id, job] of this.#jobs) {
      job.missed = listed.has(id) ? 0 : job.missed + 1
      if (job.missed >= mostMissed) this.#endJob(id, job, row.at, 'unknown')
    }
  }
}
