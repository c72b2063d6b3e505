/**
 * Puts together what lasts (track.ts) from rows as they are recorded: events tell of changes, replies to a few
 * queries tell of progress and of what was there before the connection, commands tell what something is due to.
 *
 * Held by the worker of a machine, which calls `add` for every row and asks the queries of `polls` about twice a
 * second. Events may come a million times a second: one that does not matter costs one look by its name.
 *
 * Longer than others, because the kinds of tracks share the commands on their way, the queries and the run state.
 */
import type { ConnectionState } from '#qmp/connection.ts'
import type { ExecId } from '#qmp/report.ts'
import type { LogRow } from '#record/row.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseInput, parseJson } from '#base/json/parse.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { createCauseFinder } from './cause.ts'
import type { CauseFinder } from './cause.ts'
import { LiveTracks } from './live-tracks.ts'
import type { Live } from './live-tracks.ts'
import { deviceName, isQuestion, longestName } from './named-things.ts'
import type { Name } from './named-things.ts'
import type { Track, TrackOutcome } from '#record/track.ts'

/** Follows one machine over all its connections. */
export interface Follower {
  /** A row that was recorded; `text` is its message. Called for every row, in order. */
  add(row: LogRow, text: string | undefined): void
  /** `add` for an event: there may be hundreds of thousands a second. */
  addEvent(row: EventRow): void
  /** What it wants of events of this name now: none (`addEvent` may be left out), the row, or its data as well. */
  wants(name: string): 'nothing' | 'row' | 'data'
  /** Tracks that are new or changed since the last call: all, or `most` at most and the others by the next calls. */
  changed(most?: number): readonly Track[]
  /** All that are kept, in the order of their beginning. At most 5,000: those that ended first go first. */
  tracks(): readonly Track[]
  /** How many jobs, migrations and dumps have failed, those included that are not kept any more. */
  readonly failed: number
  /** How many tracks the bound has dropped. */
  readonly dropped: number
  /** Queries worth asking now, by origin `client`; their replies come back through `add`. */
  polls(): readonly FollowedQuery[]
  /** Forget all tracks. What goes on is asked for again. */
  clear(): void
}

/** Queries that are followed. */
const queries = ['query-status', 'query-jobs', 'query-block-jobs', 'query-migrate', 'query-dump'] as const
/** The name of a query that is followed. */
export type FollowedQuery = (typeof queries)[number]
type Query = FollowedQuery
const isQuery: ReadonlySet<string> = new Set(queries)

/** Longer messages are not read. */
const longestCommand = 256 * 1024
const longestReply = 4 * 1024 * 1024
/** Commands whose replies are waited for. */
const mostPending = 1000
/** A list of jobs that does not have one, this often in a row: its end was not seen. */
const mostMissed = 2
/** How long after `migrate` the beginning of a migration is put down to it, in milliseconds. */
const nearMs = 10_000
/** The states that STOP ends. In any other the machine stands already, and the state says why, which STOP does not. */
const going = new Set(['running', 'colo', 'suspended'])
/** What jobs say of themselves when somebody cancelled them: strerror(ECANCELED). */
const cancelledText = 'Operation canceled'

type EventRow = Extract<LogRow, { kind: 'event' }>
type ReplyRow = Extract<LogRow, { kind: 'return' | 'error' }>
type CommandRow = Extract<LogRow, { kind: 'command' }>

/** A command whose reply matters. */
interface Pending {
  readonly exec: ExecId
  readonly name: string
  readonly at: number
  readonly seq: number
  readonly args: JsonObject
  readonly names: readonly Name[]
  /** What it started or ended, where that was seen before its reply; a transaction starts several. */
  readonly lives: Live[]
}

interface Job {
  readonly live: Live
  aborting: boolean
  cancelAsked: boolean
  /** It has concluded, and a list of jobs has been read since: there is no more to be learnt. */
  explained: boolean
  missed: number
}

const cancels = new Set(['job-cancel', 'block-job-cancel'])

/** Commands beside those that start jobs whose replies matter. */
const waitedFor = new Set([
  'device_add',
  'device_del',
  ...cancels,
  'migrate',
  'migrate-incoming',
  'dump-guest-memory',
])

const migrationEnds: ReadonlyMap<string, TrackOutcome> = new Map([
  ['completed', 'done'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
])

/**
 * Make one. It tells `causes` of the commands, their replies and the end of a connection; whoever records an event asks
 * it for the cause before the row is added.
 */
export function createFollower(causes: CauseFinder = createCauseFinder()): Follower {
  return new MachineFollower(causes)
}

class MachineFollower implements Follower {
  readonly #causes: CauseFinder
  readonly #tracks = new LiveTracks((live) => this.#lose(live))
  readonly #jobs = new Map<string, Job>()
  readonly #devices = new Map<string, Live>()
  readonly #pending = new Map<ExecId, Pending>()
  #run: Live | undefined
  #migration: Live | undefined
  #lastMigration: { readonly live: Live; readonly toldBy: 'event' | 'query' } | undefined
  #migrate: Pending | undefined
  #dump: Live | undefined
  #lastDump: { readonly live: Live; readonly toldBy: 'event' | 'query' } | undefined
  /** The connection is in command mode, and is no guest agent's. */
  #ready = false
  /** The server tells every change of a job (since 3.0). */
  #tellsJobs = true
  /** To be asked once. */
  readonly #ask = new Set<Query>()
  readonly #asked = new Map<string, ExecId>()
  readonly #unknown = new Set<string>()
  /** What each event does: without its data, or with it. */
  readonly #plain: ReadonlyMap<string, (row: EventRow) => void>
  readonly #events: ReadonlyMap<string, (row: EventRow, data: JsonObject) => void>

  constructor(causes: CauseFinder) {
    this.#causes = causes
    this.#plain = new Map<string, (row: EventRow) => void>([
      ['STOP', (row) => this.#stopped(row)],
      ['RESUME', (row) => this.#runs(row, 'running')],
      ['SHUTDOWN', (row) => this.#runs(row, 'shutdown')],
      ['SUSPEND', (row) => this.#runs(row, 'suspended')],
      ['WAKEUP', (row) => this.#runs(row, 'running')],
      ['RESET', (row) => this.#runs(row, undefined)],
      ['POWERDOWN', (row) => this.#runs(row, undefined)],
      ['SUSPEND_DISK', (row) => this.#runs(row, undefined)],
      ['GUEST_CRASHLOADED', (row) => this.#runs(row, undefined)],
      ['MIGRATION_PASS', (row) => this.#migrationPass(row)],
    ])
    this.#events = new Map<string, (row: EventRow, data: JsonObject) => void>([
      [
        'GUEST_PANICKED',
        (row, { action }) => this.#runs(row, action === 'run' ? undefined : 'guest-panicked'),
      ],
      ['WATCHDOG', (row, { action }) => this.#runs(row, action === 'pause' ? 'watchdog' : undefined)],
      ['BLOCK_IO_ERROR', (row, { action }) => (action === 'stop' ? this.#runs(row, 'io-error') : undefined)],
      ['JOB_STATUS_CHANGE', (row, data) => this.#jobStatus(row, data)],
      ['BLOCK_JOB_READY', (row, data) => this.#blockJob(row, data, 'device')],
      ['BLOCK_JOB_PENDING', (row, data) => this.#blockJob(row, data, 'id')],
      ['BLOCK_JOB_ERROR', (row, data) => this.#blockJob(row, data, 'device')],
      ['BLOCK_JOB_COMPLETED', (row, data) => this.#blockJob(row, data, 'device')],
      ['BLOCK_JOB_CANCELLED', (row, data) => this.#blockJob(row, data, 'device')],
      ['BLOCK_EXPORT_DELETED', (_, { id }) => this.#ended('export', id)],
      ['MIGRATION', (row, { status }) => this.#migrates(row, status, 'event')],
      ['DUMP_COMPLETED', (row, data) => this.#dumped(row, data)],
      ['DEVICE_DELETED', (row, data) => this.#deviceDeleted(row, data)],
      ['DEVICE_UNPLUG_GUEST_ERROR', (row, data) => this.#unplugFailed(row, data)],
      ['MEM_UNPLUG_ERROR', (row, data) => this.#unplugFailed(row, data)],
    ])
  }

  get dropped(): number {
    return this.#tracks.dropped
  }

  get failed(): number {
    return this.#tracks.failed
  }

  add(row: LogRow, text: string | undefined): void {
    switch (row.kind) {
      case 'event':
        this.addEvent(row)
        break
      case 'command':
        if (this.#ready) this.#command(row, text)
        break
      case 'return':
        if (this.#ready) this.#returned(row, text)
        break
      case 'error':
        if (this.#ready) this.#failed(row)
        break
      case 'outcome':
        if (isQuery.has(row.name)) this.#asked.delete(row.name)
        else if (row.outcome !== 'timed-out') this.#pending.delete(row.exec)
        break
      case 'state':
        this.#moved(row.state, row.at)
        break
      case 'gap':
        this.#gap(row.since)
        break
      case 'raw':
      case 'problem':
        break
    }
  }

  addEvent(row: EventRow): void {
    if (!this.#ready) return
    const plain = this.#plain.get(row.name)
    if (plain !== undefined) plain(row)
    else this.#events.get(row.name)?.(row, row.data ?? {})
  }

  wants(name: string): 'nothing' | 'row' | 'data' {
    if (!this.#ready) return 'nothing'
    return this.#events.has(name) ? 'data' : this.#plain.has(name) ? 'row' : 'nothing'
  }

  changed(most: number = Number.POSITIVE_INFINITY): readonly Track[] {
    return this.#tracks.changed(most)
  }

  tracks(): readonly Track[] {
    return this.#tracks.tracks()
  }

  polls(): readonly FollowedQuery[] {
    if (!this.#ready) return []
    const jobs = [...this.#jobs.values()].some((job) => !job.explained)
    const goesOn: Record<Query, boolean> = {
      'query-status': false,
      'query-jobs': jobs,
      'query-block-jobs': jobs,
      // A machine that waits for one says nothing when it begins, unless it was told to say so.
      'query-migrate': this.#migration !== undefined || this.#run?.state === 'inmigrate',
      'query-dump': this.#dump !== undefined,
    }
    return queries.filter(
      (query) =>
        (goesOn[query] || this.#ask.has(query)) && !this.#asked.has(query) && !this.#unknown.has(query),
    )
  }

  clear(): void {
    this.#forget()
    this.#tracks.clear()
    if (this.#ready) this.#askAll()
  }

  // ── connection ───────────────────────────────────────────────────────────────────────────────────────────────

  #moved(state: ConnectionState, at: number): void {
    if (state.kind === 'ready') {
      // A guest agent does not greet, and has nothing of all this.
      if (state.greeting === undefined) return
      this.#ready = true
      this.#tellsJobs = state.greeting.version.major >= 3
      this.#askAll()
    } else if (state.kind === 'lost' || state.kind === 'ended') {
      const shutDown = state.kind === 'lost' && state.reason.kind === 'shut-down'
      if (this.#run !== undefined && (shutDown || this.#run.state === 'shutdown')) {
        this.#tracks.finish(this.#run, at, 'done')
      }
      for (const live of this.#tracks.open()) this.#tracks.finish(live, at, 'unknown')
      this.#forget()
      this.#causes.clear()
      this.#ready = false
      this.#ask.clear()
      this.#asked.clear()
      this.#unknown.clear()
    }
  }

  /** What went on then may have ended since: what still goes on is asked for anew. */
  #gap(since: number): void {
    for (const live of this.#tracks.open()) this.#tracks.finish(live, since, 'unknown')
    this.#forget()
    this.#causes.clear()
    if (this.#ready) this.#askAll()
  }

  #askAll(): void {
    for (const query of queries) this.#ask.add(query)
  }

  #forget(): void {
    this.#jobs.clear()
    this.#devices.clear()
    this.#pending.clear()
    this.#run = undefined
    this.#migration = undefined
    this.#lastMigration = undefined
    this.#migrate = undefined
    this.#dump = undefined
    this.#lastDump = undefined
  }

  /** The bound has taken an open track. */
  #lose(live: Live): void {
    if (this.#jobs.get(live.name)?.live === live) this.#jobs.delete(live.name)
    if (this.#devices.get(live.name) === live) this.#devices.delete(live.name)
    if (this.#migration === live) this.#migration = undefined
    if (this.#dump === live) this.#dump = undefined
  }

  // ── commands and replies ─────────────────────────────────────────────────────────────────────────────────────

  #command(row: CommandRow, text: string | undefined): void {
    const { exec, name, at, seq } = row
    if (isQuery.has(name)) {
      this.#asked.set(name, exec)
      return
    }
    if (isQuestion(name)) return
    const args = argumentsOf(text)
    const names = this.#causes.sent(exec, name, args, at)
    if (!waitedFor.has(name) && !names.some((each) => each.kind === 'job' && each.starts !== undefined))
      return
    const pending = { exec, name, at, seq, args: args ?? {}, names, lives: [] }
    this.#pending.set(exec, pending)
    if (this.#pending.size > mostPending) {
      const [oldest] = this.#pending.keys()
      if (oldest !== undefined) this.#pending.delete(oldest)
    }
    if (name === 'migrate' || name === 'migrate-incoming') {
      this.#migrate = pending
      this.#lastMigration = undefined
    } else if (name === 'dump-guest-memory') {
      this.#lastDump = undefined
    }
  }

  #returned(row: ReplyRow, text: string | undefined): void {
    if (isQuery.has(row.name)) {
      this.#asked.delete(row.name)
      this.#ask.delete(row.name as Query)
      const value = returnOf(text)
      if (value !== undefined) this.#answered(row.name as Query, row, value)
      return
    }
    const pending = this.#pending.get(row.exec)
    // Unless it is one of those, it may still have named something.
    this.#causes.returned(row.exec)
    if (pending === undefined) return
    this.#pending.delete(row.exec)
    for (const live of pending.lives) this.#tracks.attach(live, row.seq)
    switch (pending.name) {
      case 'device_add':
        this.#plugged(row, pending)
        break
      case 'device_del':
        this.#unplugAsked(row, pending)
        break
      case 'job-cancel':
      case 'block-job-cancel':
        for (const { name } of pending.names) {
          const job = this.#jobs.get(name)
          if (job === undefined) continue
          job.cancelAsked = true
          this.#tracks.attach(job.live, pending.seq)
          this.#tracks.attach(job.live, row.seq)
        }
        break
      case 'migrate':
      case 'migrate-incoming':
        this.#migrationAsked(row, pending)
        break
      case 'dump-guest-memory':
        this.#dumpAsked(row, pending)
        break
      default:
        if (!this.#tellsJobs) this.#jobsStarted(row, pending)
    }
  }

  #failed(row: ReplyRow): void {
    if (isQuery.has(row.name)) {
      this.#asked.delete(row.name)
      this.#ask.delete(row.name as Query)
      if (row.error?.class === 'CommandNotFound') this.#unknown.add(row.name)
      return
    }
    this.#causes.failed(row.exec)
    const pending = this.#pending.get(row.exec)
    if (pending === undefined) return
    this.#pending.delete(row.exec)
    if (this.#migrate === pending) this.#migrate = undefined
    for (const live of pending.lives) this.#tracks.attach(live, row.seq)
  }

  #answered(query: Query, row: ReplyRow, value: Json): void {
    switch (query) {
      case 'query-status': {
        const status = isJsonObject(value) ? wordOf(value.status) : undefined
        if (status !== undefined) this.#enterRun(row, status)
        break
      }
      case 'query-jobs':
        this.#listedJobs(row, value)
        break
      case 'query-block-jobs':
        this.#listedBlockJobs(row, value)
        break
      case 'query-migrate':
        if (isJsonObject(value)) this.#migrationAnswer(row, value)
        break
      case 'query-dump':
        if (isJsonObject(value)) this.#dumpAnswer(row, value)
        break
    }
  }

  // ── run state ────────────────────────────────────────────────────────────────────────────────────────────────

  #enterRun(row: EventRow | ReplyRow, state: string): void {
    this.#run ??= this.#tracks.begin('run-state', '', row.at)
    this.#tracks.enter(this.#run, state, row.at, row.seq)
  }

  /** An event of the run state, and the state it leads to where it says so. The exact one is asked for. */
  #runs(row: EventRow, state: string | undefined): void {
    this.#ask.add('query-status')
    if (state !== undefined) this.#enterRun(row, state)
    if (this.#run !== undefined) this.#tracks.attach(this.#run, row.seq)
  }

  #stopped(row: EventRow): void {
    // What made it stop has come before (an I/O error, a panic), or comes with query-status.
    const state = this.#run?.state
    this.#runs(row, state === undefined || going.has(state) ? 'paused' : undefined)
  }

  // ── jobs ─────────────────────────────────────────────────────────────────────────────────────────────────────

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
    const speed = countOf(data.speed)
    this.#tracks.attach(live, row.seq)
    this.#tracks.mark(live, { type: wordOf(data.type), limit: speed })
    this.#tracks.measure(live, row.at, countOf(data.offset), countOf(data.len))
    // Older ones have no other word for their states.
    const enter = (state: string): void => {
      if (!this.#tellsJobs) this.#tracks.enter(live, state, row.at, row.seq)
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
    if (this.#tellsJobs) return
    this.#tracks.enter(job.live, 'concluded', row.at, row.seq)
    this.#endJob(id, job, row.at, 'unknown')
  }

  /** Servers before 3.0 say nothing when a job starts, but that the command was carried out. */
  #jobsStarted(row: ReplyRow, pending: Pending): void {
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

  #listedJobs(row: ReplyRow, value: Json): void {
    const listed = new Set<string>()
    for (const each of objectsOf(value)) {
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
        countOf(each['current-progress']),
        countOf(each['total-progress']),
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

  #listedBlockJobs(row: ReplyRow, value: Json): void {
    const listed = new Set<string>()
    for (const each of objectsOf(value)) {
      const id = nameOf(each.device)
      if (id === undefined) continue
      listed.add(id)
      const job = this.#jobs.get(id) ?? this.#beginJob(id, row.at, false)
      this.#tracks.mark(job.live, { type: wordOf(each.type), limit: countOf(each.speed) })
      if (!this.#tellsJobs) {
        const state = each.paused === true ? 'paused' : each.ready === true ? 'ready' : 'running'
        this.#tracks.enter(job.live, state, row.at, row.seq)
        this.#tracks.measure(job.live, row.at, countOf(each.offset), countOf(each.len))
      }
      // A job that stands still because of an error goes on when that is mended: it has not failed.
      const trouble = wordOf(each['io-status'])
      if (job.live.outcome !== 'open' || trouble === undefined) continue
      if (trouble !== 'ok') this.#tracks.mark(job.live, { error: trouble })
      else if (job.live.error !== undefined) this.#tracks.mark(job.live, { error: null })
    }
    if (!this.#tellsJobs) this.#missing(row, listed)
  }

  #missing(row: ReplyRow, listed: ReadonlySet<string>): void {
    for (const [id, job] of this.#jobs) {
      job.missed = listed.has(id) ? 0 : job.missed + 1
      if (job.missed >= mostMissed) this.#endJob(id, job, row.at, 'unknown')
    }
  }

  #ended(kind: 'export', id: Json | undefined): void {
    const name = nameOf(id)
    if (name !== undefined) this.#causes.ended(kind, name)
  }

  // ── migration ────────────────────────────────────────────────────────────────────────────────────────────────

  /** `pending` is the command that it is put down to. */
  #beginMigration(at: number, pending: Pending | undefined): Live {
    const incoming = pending?.name === 'migrate-incoming' || this.#run?.state === 'inmigrate'
    const live = this.#tracks.begin('migration', '', at, {
      type: incoming ? 'incoming' : pending === undefined ? undefined : 'outgoing',
      cause: pending === undefined ? undefined : { exec: pending.exec, proof: 'nearness' },
    })
    if (pending !== undefined) {
      pending.lives.push(live)
      this.#tracks.attach(live, pending.seq)
    }
    this.#migrate = undefined
    this.#migration = live
    return live
  }

  #nearMigrate(at: number): Pending | undefined {
    return this.#migrate !== undefined && at - this.#migrate.at <= nearMs ? this.#migrate : undefined
  }

  /** Carried out: from now on it is asked how far it is, also where it does not tell by itself. */
  #migrationAsked(row: ReplyRow, pending: Pending): void {
    if (this.#migrate === pending) this.#migrate = undefined
    if (pending.lives.length > 0) return
    if (this.#migration !== undefined) {
      // It resumes one that was paused.
      this.#tracks.attach(this.#migration, pending.seq)
      this.#tracks.attach(this.#migration, row.seq)
    } else if (pending.args.resume !== true) {
      const live = this.#beginMigration(row.at, pending)
      this.#tracks.enter(live, 'setup', row.at, row.seq)
    }
  }

  #migrates(row: EventRow | ReplyRow, state: Json | undefined, toldBy: 'event' | 'query'): void {
    const status = wordOf(state)
    if (status === undefined || status === 'none') return
    const end = migrationEnds.get(status)
    if (this.#migration === undefined && end !== undefined) {
      const last = this.#lastMigration
      // A query tells of the last one for ever; an event may come after the query that told its end.
      if (toldBy === 'query') return
      if (last?.toldBy === 'query' && last.live.state === status) {
        this.#lastMigration = { live: last.live, toldBy }
        this.#tracks.attach(last.live, row.seq)
        return
      }
    }
    const live = this.#migration ?? this.#beginMigration(row.at, this.#nearMigrate(row.at))
    if (this.#tracks.enter(live, status, row.at, row.seq)) this.#ask.add('query-status')
    if (end === undefined) return
    this.#tracks.finish(live, row.at, end)
    this.#migration = undefined
    this.#lastMigration = { live, toldBy }
    // Why it failed, or how much it was.
    if (toldBy === 'event') this.#ask.add('query-migrate')
  }

  #migrationPass(row: EventRow): void {
    if (this.#migration !== undefined) this.#tracks.attach(this.#migration, row.seq)
  }

  #migrationAnswer(row: ReplyRow, value: JsonObject): void {
    const status = wordOf(value.status)
    const before = this.#migration
    this.#migrates(row, status, 'query')
    const live = this.#migration ?? before ?? this.#lastMigration?.live
    if (live === undefined || live.state !== status) return
    const ram = value.ram !== undefined && isJsonObject(value.ram) ? value.ram : {}
    const total = countOf(ram.total)
    const remaining = countOf(ram.remaining)
    if (total !== undefined && remaining !== undefined) {
      this.#tracks.measure(live, live.end ?? row.at, Math.max(0, total - remaining), total)
    }
    const error = textOf(value['error-desc'])
    if (error !== undefined && live.outcome === 'failed') this.#tracks.mark(live, { error })
  }

  // ── dump ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #beginDump(at: number): Live {
    const waits = (each: Pending): boolean => each.name === 'dump-guest-memory' && each.lives.length === 0
    const pending = [...this.#pending.values()].find(waits)
    const live = this.#tracks.begin('dump', '', pending?.at ?? at, {
      cause: pending === undefined ? undefined : { exec: pending.exec, proof: 'nearness' },
    })
    if (pending === undefined) return live
    pending.lives.push(live)
    this.#tracks.attach(live, pending.seq)
    return live
  }

  #dumpAsked(row: ReplyRow, pending: Pending): void {
    if (pending.lives.length > 0) return
    const live = this.#tracks.begin('dump', '', pending.at, {
      cause: { exec: pending.exec, proof: 'nearness' },
    })
    this.#tracks.attach(live, pending.seq)
    this.#tracks.enter(live, 'active', row.at, row.seq)
    if (pending.args.detach === true) {
      this.#dump = live
      return
    }
    // It was answered when all was done; very old servers send no event as well.
    this.#tracks.enter(live, 'completed', row.at, row.seq)
    this.#tracks.finish(live, row.at, 'done')
    this.#lastDump = { live, toldBy: 'query' }
  }

  #dumped(row: EventRow, data: JsonObject): void {
    const last = this.#lastDump
    if (this.#dump === undefined && last?.toldBy === 'query') {
      this.#lastDump = { live: last.live, toldBy: 'event' }
      this.#tracks.attach(last.live, row.seq)
      this.#tracks.mark(last.live, { error: textOf(data.error) })
      return
    }
    const result = data.result !== undefined && isJsonObject(data.result) ? data.result : {}
    this.#dumpOver(row, wordOf(result.status) ?? 'completed', result, textOf(data.error), 'event')
  }

  #dumpOver(
    row: EventRow | ReplyRow,
    status: string,
    result: JsonObject,
    error: string | undefined,
    toldBy: 'event' | 'query',
  ): void {
    const live = this.#dump ?? this.#beginDump(row.at)
    this.#tracks.measure(live, row.at, countOf(result.completed), countOf(result.total))
    this.#tracks.enter(live, status, row.at, row.seq)
    this.#tracks.mark(live, { error })
    this.#tracks.finish(live, row.at, status === 'failed' || error !== undefined ? 'failed' : 'done')
    this.#dump = undefined
    this.#lastDump = { live, toldBy }
  }

  #dumpAnswer(row: ReplyRow, value: JsonObject): void {
    const status = wordOf(value.status)
    if (status === undefined || status === 'none') return
    if (status === 'completed' || status === 'failed') {
      if (this.#dump !== undefined) this.#dumpOver(row, status, value, undefined, 'query')
      return
    }
    this.#dump ??= this.#beginDump(row.at)
    this.#tracks.enter(this.#dump, status, row.at, row.seq)
    this.#tracks.measure(this.#dump, row.at, countOf(value.completed), countOf(value.total))
  }

  // ── devices ──────────────────────────────────────────────────────────────────────────────────────────────────

  #plugged(row: ReplyRow, pending: Pending): void {
    const id = nameOf(pending.args.id) ?? ''
    const before = this.#devices.get(id)
    // Its end went unseen: two of one id cannot be.
    if (before !== undefined) this.#endDevice(id, before, row.at, 'unknown')
    const live = this.#tracks.begin('device', id, row.at, {
      type: wordOf(pending.args.driver),
      cause: { exec: pending.exec, proof: 'id' },
    })
    this.#tracks.attach(live, pending.seq)
    this.#tracks.enter(live, 'plugged', row.at, row.seq)
    if (id !== '') this.#devices.set(id, live)
  }

  #unplugAsked(row: ReplyRow, pending: Pending): void {
    // It is gone already, and was told so before the reply.
    if (pending.lives.length > 0) return
    const id = nameOf(pending.args.id)
    if (id === undefined) return
    const live = this.#deviceToUnplug(deviceName(id), row.at, pending)
    this.#tracks.mark(live, { error: null })
    this.#tracks.attach(live, pending.seq)
    this.#tracks.enter(live, 'unplug-asked', row.at, row.seq)
  }

  /** A device that was there before us begins for us when somebody asks for it. */
  #deviceToUnplug(id: string, at: number, pending: Pending): Live {
    const known = this.#devices.get(id)
    if (known !== undefined) return known
    const live = this.#tracks.begin('device', id, at, { cause: { exec: pending.exec, proof: 'id' } })
    this.#devices.set(id, live)
    return live
  }

  #endDevice(id: string, live: Live, at: number, outcome: TrackOutcome): void {
    this.#tracks.finish(live, at, outcome)
    this.#devices.delete(id)
    this.#causes.ended('device', id)
  }

  /** The device that an event is about: its id, and whether the event is about the device as a whole. */
  #deviceOf(data: JsonObject): { id: string; whole: boolean } | undefined {
    const path = nameOf(data.path)
    const named = nameOf(data.device)
    if (named !== undefined) return { id: deviceName(named), whole: true }
    if (path === undefined) return undefined
    const id = deviceName(path)
    return { id, whole: id === path || path === `/machine/peripheral/${id}` }
  }

  #deviceDeleted(row: EventRow, data: JsonObject): void {
    const device = this.#deviceOf(data)
    if (device === undefined) return
    const { id, whole } = device
    let live = this.#devices.get(id)
    if (!whole) {
      // Something inside it, such as the disk behind a controller: it goes next.
      if (live !== undefined) this.#tracks.attach(live, row.seq)
      return
    }
    for (const pending of this.#pending.values()) {
      if (pending.name !== 'device_del' || pending.lives.length > 0) continue
      if (!pending.names.some((each) => each.kind === 'device' && each.name === id)) continue
      live ??= this.#deviceToUnplug(id, pending.at, pending)
      pending.lives.push(live)
      this.#tracks.enter(live, 'unplug-asked', pending.at, pending.seq)
    }
    // What is inside another device has a path, and nobody plugged it.
    if (live === undefined && nameOf(data.device) === undefined) return
    if (live === undefined && this.#tracks.passesOver()) {
      this.#causes.ended('device', id)
      return
    }
    live ??= this.#tracks.begin('device', id, row.at)
    this.#tracks.enter(live, 'deleted', row.at, row.seq)
    this.#endDevice(id, live, row.at, 'done')
  }

  #unplugFailed(row: EventRow, data: JsonObject): void {
    const device = this.#deviceOf(data)
    if (device === undefined) return
    let live = this.#devices.get(device.id)
    if (live === undefined) {
      live = this.#tracks.begin('device', device.id, row.at)
      this.#devices.set(device.id, live)
    }
    if (!this.#tracks.enter(live, 'unplug-failed', row.at, row.seq)) this.#tracks.attach(live, row.seq)
    this.#tracks.mark(live, { error: textOf(data.msg) })
  }
}

// ── what servers say, of the right type or not at all ──────────────────────────────────────────────────────────

/** The arguments in the text of a command, which a person may have typed. */
function argumentsOf(text: string | undefined): JsonObject | undefined {
  if (text === undefined || text.length > longestCommand) return undefined
  const strict = parseJson(text)
  const parsed = strict.ok ? strict : parseInput(text)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const args = parsed.value.arguments
  return args !== undefined && isJsonObject(args) ? args : undefined
}

function returnOf(text: string | undefined): Json | undefined {
  if (text === undefined || text.length > longestReply) return undefined
  const parsed = parseJson(text)
  return parsed.ok && isJsonObject(parsed.value) ? parsed.value.return : undefined
}

function objectsOf(value: Json): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter(isJsonObject) : []
}

function nameOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= longestName ? value : undefined
}

function wordOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** A count of bytes; one beyond 2^53 loses its last digits. */
function countOf(value: Json | undefined): number | undefined {
  const count = typeof value === 'bigint' ? Number(value) : value
  return typeof count === 'number' && Number.isFinite(count) && count >= 0 ? count : undefined
}
