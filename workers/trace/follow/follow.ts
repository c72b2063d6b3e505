/**
 * Makes tracks (track.ts) from rows as they are recorded: events report changes, replies to a few queries report
 * progress and jobs that are older than the connection, commands are causes.
 *
 * Held by the worker of a machine, which calls `add` for every row and asks the queries of `polls` about twice a
 * second. Events may come a million times a second: one that does not matter costs one look by its name.
 *
 * Here rows go to the kinds that they matter to: each has a file, and all share a context (context.ts).
 */
import type { ConnectionState } from '#qmp/connection.ts'
import type { ExecId } from '#qmp/report.ts'
import type { EventRow, LogRow, ReplyRow, RowOf } from '#record/row.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import type { Track } from '#record/track.ts'
import { createCauseFinder } from './cause.ts'
import type { CauseFinder } from './cause.ts'
import { queries } from './context.ts'
import type { FollowContext, FollowedQuery, TrackFollower } from './context.ts'
import { Devices } from './devices.ts'
import { Dump } from './dump.ts'
import { cancels, Jobs } from './jobs.ts'
import { LiveTracks } from './live-tracks.ts'
import type { Live } from './live-tracks.ts'
import { Migration } from './migration.ts'
import { isQuestion } from './named-things.ts'
import { RunState } from './run-state.ts'
import { argumentsOf, nameOf, returnOf } from './message-values.ts'

/** Follows one machine over all its connections. */
export interface Follower {
  /**
   * A row that was recorded; `text` is its message, `value` what a command returned, where that was read already. Called
   * for every row, in order.
   */
  add(row: LogRow, text: string | undefined, value?: Json): void
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
  /** Forget all tracks. Everything is queried again. */
  clear(): void
}

const isQuery: ReadonlySet<string> = new Set(queries)
/** Commands whose replies are waited for. More: a server that answers nothing takes more memory. */
const mostPending = 1000

type CommandRow = RowOf<'command'>

/** Commands beside those that start jobs whose replies matter. */
const waitedFor = new Set([
  'device_add',
  'device_del',
  ...cancels,
  'migrate',
  'migrate-incoming',
  'dump-guest-memory',
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
  readonly #context: FollowContext
  readonly #run: RunState
  readonly #jobs: Jobs
  readonly #migration: Migration
  readonly #dump: Dump
  readonly #devices: Devices
  readonly #kinds: readonly TrackFollower[]
  /** The connection is in command mode, and is no guest agent's. */
  #ready = false
  /** Queries on their way, and those that the server does not know. */
  readonly #asked = new Map<string, ExecId>()
  readonly #unknown = new Set<string>()
  /** What each event does: without its data, or with it. */
  readonly #plain: ReadonlyMap<string, (row: EventRow) => void>
  readonly #events: ReadonlyMap<string, (row: EventRow, data: JsonObject) => void>

  constructor(causes: CauseFinder) {
    this.#causes = causes
    const context = {
      tracks: this.#tracks,
      causes,
      pending: new Map(),
      ask: new Set<FollowedQuery>(),
      tellsJobs: true,
    }
    this.#context = context
    this.#run = new RunState(context)
    this.#jobs = new Jobs(context)
    this.#migration = new Migration(context, this.#run)
    this.#dump = new Dump(context)
    this.#devices = new Devices(context)
    this.#kinds = [this.#run, this.#jobs, this.#migration, this.#dump, this.#devices]
    this.#plain = new Map(this.#kinds.flatMap(({ events }) => Object.entries(events.plain ?? {})))
    this.#events = new Map([
      ...this.#kinds.flatMap(({ events }) => Object.entries(events.withData ?? {})),
      ['BLOCK_EXPORT_DELETED', (_, { id }) => this.#exportDeleted(id)],
    ])
  }

  get dropped(): number {
    return this.#tracks.dropped
  }

  get failed(): number {
    return this.#tracks.failed
  }

  add(row: LogRow, text: string | undefined, value?: Json): void {
    switch (row.kind) {
      case 'event':
        this.addEvent(row)
        break
      case 'command':
        if (this.#ready) this.#command(row, text)
        break
      case 'return':
        if (this.#ready) this.#returned(row, text, value)
        break
      case 'error':
        if (this.#ready) this.#failed(row)
        break
      case 'outcome':
        if (isQuery.has(row.name)) this.#asked.delete(row.name)
        else if (row.outcome !== 'timed-out') this.#context.pending.delete(row.exec)
        break
      case 'state':
        this.#moved(row.state, row.at)
        break
      case 'gap':
        this.#gap(row.since)
        break
      case 'raw':
      case 'problem':
      case 'line':
      case 'channel':
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
    const jobs = this.#jobs.goesOn
    const goesOn: Record<FollowedQuery, boolean> = {
      'query-status': false,
      'query-jobs': jobs,
      'query-block-jobs': jobs,
      'query-migrate': this.#migration.goesOn,
      'query-dump': this.#dump.goesOn,
    }
    return queries.filter(
      (query) =>
        (goesOn[query] || this.#context.ask.has(query)) &&
        !this.#asked.has(query) &&
        !this.#unknown.has(query),
    )
  }

  clear(): void {
    this.#forget()
    this.#tracks.clear()
    if (this.#ready) this.#askAll()
  }

  // ── connection ──────────────────────────────────────────────────────────────────────────────────────────────────────

  #moved(state: ConnectionState, at: number): void {
    if (state.kind === 'ready') {
      // A guest agent does not greet, and has nothing of all this.
      if (state.greeting === undefined) return
      this.#ready = true
      this.#context.tellsJobs = state.greeting.version.major >= 3
      this.#askAll()
    } else if (state.kind === 'lost' || state.kind === 'ended') {
      const shutDown = state.kind === 'lost' && state.reason.kind === 'shut-down'
      if (shutDown || this.#run.state === 'shutdown') this.#run.shutDown(at)
      for (const live of this.#tracks.open()) this.#tracks.finish(live, at, 'unknown')
      this.#forget()
      this.#causes.clear()
      this.#ready = false
      this.#context.ask.clear()
      this.#asked.clear()
      this.#unknown.clear()
    }
  }

  /** Tracks that were running then may have ended since: everything is queried again. */
  #gap(since: number): void {
    for (const live of this.#tracks.open()) this.#tracks.finish(live, since, 'unknown')
    this.#forget()
    this.#causes.clear()
    if (this.#ready) this.#askAll()
  }

  #askAll(): void {
    for (const query of queries) this.#context.ask.add(query)
  }

  #forget(): void {
    this.#context.pending.clear()
    for (const kind of this.#kinds) kind.forget()
  }

  /** The bound has taken an open track. */
  #lose(live: Live): void {
    for (const kind of this.#kinds) kind.lose?.(live)
  }

  /** An export has no track. Its name is free again. */
  #exportDeleted(id: Json | undefined): void {
    const name = nameOf(id)
    if (name !== undefined) this.#causes.ended('export', name)
  }

  // ── commands and replies ────────────────────────────────────────────────────────────────────────────────────────────

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
    this.#context.pending.set(exec, pending)
    if (this.#context.pending.size > mostPending) {
      const [oldest] = this.#context.pending.keys()
      if (oldest !== undefined) this.#context.pending.delete(oldest)
    }
    if (name === 'migrate' || name === 'migrate-incoming') {
      this.#migration.sent(pending)
    } else if (name === 'dump-guest-memory') {
      this.#dump.sent()
    }
  }

  #returned(row: ReplyRow, text: string | undefined, read: Json | undefined): void {
    if (isQuery.has(row.name)) {
      this.#asked.delete(row.name)
      this.#context.ask.delete(row.name as FollowedQuery)
      const value = read ?? returnOf(text)
      if (value !== undefined) this.#answered(row.name as FollowedQuery, row, value)
      return
    }
    const pending = this.#context.pending.get(row.exec)
    // Unless it is one of those, it may still have named something.
    this.#causes.returned(row.exec)
    if (pending === undefined) return
    this.#context.pending.delete(row.exec)
    for (const live of pending.lives) this.#tracks.attach(live, row.seq)
    switch (pending.name) {
      case 'device_add':
        this.#devices.plugged(row, pending)
        break
      case 'device_del':
        this.#devices.unplugAsked(row, pending)
        break
      case 'job-cancel':
      case 'block-job-cancel':
        this.#jobs.cancelled(row, pending)
        break
      case 'migrate':
      case 'migrate-incoming':
        this.#migration.asked(row, pending)
        break
      case 'dump-guest-memory':
        this.#dump.asked(row, pending)
        break
      default:
        if (!this.#context.tellsJobs) this.#jobs.started(row, pending)
    }
  }

  #failed(row: ReplyRow): void {
    if (isQuery.has(row.name)) {
      this.#asked.delete(row.name)
      this.#context.ask.delete(row.name as FollowedQuery)
      if (row.error?.class === 'CommandNotFound') this.#unknown.add(row.name)
      return
    }
    this.#causes.failed(row.exec)
    const pending = this.#context.pending.get(row.exec)
    if (pending === undefined) return
    this.#context.pending.delete(row.exec)
    this.#migration.refused(pending)
    for (const live of pending.lives) this.#tracks.attach(live, row.seq)
  }

  #answered(query: FollowedQuery, row: ReplyRow, value: Json): void {
    switch (query) {
      case 'query-status':
        this.#run.answered(row, value)
        break
      case 'query-jobs':
        this.#jobs.listed(row, value)
        break
      case 'query-block-jobs':
        this.#jobs.listedBlockJobs(row, value)
        break
      case 'query-migrate':
        this.#migration.answered(row, value)
        break
      case 'query-dump':
        this.#dump.answered(row, value)
        break
    }
  }
}
