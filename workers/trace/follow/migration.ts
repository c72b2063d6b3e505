/** The track of a migration: its command, its events where the server was told to send them, and query-migrate. */
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import type { TrackOutcome } from '#record/track.ts'
import type { FollowContext, Events, TrackFollower, Pending } from './context.ts'
import type { EventRow, ReplyRow } from '#record/row.ts'
import type { Live } from './live-tracks.ts'
import type { RunState } from './run-state.ts'
import { amountOf } from '#base/json/members.ts'
import { textOf, wordOf } from './message-values.ts'

/** A migration that begins this long after `migrate` at most is attributed to it, in milliseconds. */
const nearMs = 10_000

const migrationEnds: ReadonlyMap<string, TrackOutcome> = new Map([
  ['completed', 'done'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
])

/** Follows the one migration that a machine may have at a time. */
export class Migration implements TrackFollower {
  readonly #tracks: FollowContext['tracks']
  readonly #ask: FollowContext['ask']
  readonly #run: RunState
  #live: Live | undefined
  #last: { readonly live: Live; readonly toldBy: 'event' | 'query' } | undefined
  /** The command whose migration has not begun. */
  #migrate: Pending | undefined
  readonly events: Events = {
    plain: { MIGRATION_PASS: (row) => this.#pass(row) },
    withData: { MIGRATION: (row, { status }) => this.#migrates(row, status, 'event') },
  }

  constructor(context: FollowContext, run: RunState) {
    this.#tracks = context.tracks
    this.#ask = context.ask
    this.#run = run
  }

  /** Whether it is to be asked how far it is. A machine that waits for one says nothing when it begins, unless told to. */
  get goesOn(): boolean {
    return this.#live !== undefined || this.#run.state === 'inmigrate'
  }

  forget(): void {
    this.#live = undefined
    this.#last = undefined
    this.#migrate = undefined
  }

  lose(live: Live): void {
    if (this.#live === live) this.#live = undefined
  }

  /** The command is on its way. */
  sent(pending: Pending): void {
    this.#migrate = pending
    this.#last = undefined
  }

  /** The command was refused. */
  refused(pending: Pending): void {
    if (this.#migrate === pending) this.#migrate = undefined
  }

  /** `pending` is the command that caused it. */
  #begin(at: number, pending: Pending | undefined): Live {
    const incoming = pending?.name === 'migrate-incoming' || this.#run.state === 'inmigrate'
    const live = this.#tracks.begin('migration', '', at, {
      type: incoming ? 'incoming' : pending === undefined ? undefined : 'outgoing',
      cause: pending === undefined ? undefined : { exec: pending.exec, proof: 'nearness' },
    })
    if (pending !== undefined) {
      pending.lives.push(live)
      this.#tracks.attach(live, pending.seq)
    }
    this.#migrate = undefined
    this.#live = live
    return live
  }

  #nearMigrate(at: number): Pending | undefined {
    return this.#migrate !== undefined && at - this.#migrate.at <= nearMs ? this.#migrate : undefined
  }

  /** The command has succeeded: from now on the progress is queried, also where the machine sends no events of it. */
  asked(row: ReplyRow, pending: Pending): void {
    if (this.#migrate === pending) this.#migrate = undefined
    if (pending.lives.length > 0) return
    if (this.#live !== undefined) {
      // It resumes one that was paused.
      this.#tracks.attach(this.#live, pending.seq)
      this.#tracks.attach(this.#live, row.seq)
    } else if (pending.args.resume !== true) {
      const live = this.#begin(row.at, pending)
      this.#tracks.enter(live, 'setup', row.at, row.seq)
    }
  }

  #migrates(row: EventRow | ReplyRow, state: Json | undefined, toldBy: 'event' | 'query'): void {
    const status = wordOf(state)
    if (status === undefined || status === 'none') return
    const end = migrationEnds.get(status)
    if (this.#live === undefined && end !== undefined) {
      const last = this.#last
      // A query reports the last migration forever; an event may come after the query that reported its end.
      if (toldBy === 'query') return
      if (last?.toldBy === 'query' && last.live.state === status) {
        this.#last = { live: last.live, toldBy }
        this.#tracks.attach(last.live, row.seq)
        return
      }
    }
    const live = this.#live ?? this.#begin(row.at, this.#nearMigrate(row.at))
    if (this.#tracks.enter(live, status, row.at, row.seq)) this.#ask.add('query-status')
    if (end === undefined) return
    this.#tracks.finish(live, row.at, end)
    this.#live = undefined
    this.#last = { live, toldBy }
    // Why it failed, or how much it was.
    if (toldBy === 'event') this.#ask.add('query-migrate')
  }

  #pass(row: EventRow): void {
    if (this.#live !== undefined) this.#tracks.attach(this.#live, row.seq)
  }

  /** The reply of query-migrate. */
  answered(row: ReplyRow, value: Json): void {
    if (!isJsonObject(value)) return
    const status = wordOf(value.status)
    const before = this.#live
    this.#migrates(row, status, 'query')
    const live = this.#live ?? before ?? this.#last?.live
    if (live === undefined || live.state !== status) return
    const ram = value.ram !== undefined && isJsonObject(value.ram) ? value.ram : {}
    const total = amountOf(ram.total)
    const remaining = amountOf(ram.remaining)
    if (total !== undefined && remaining !== undefined) {
      this.#tracks.measure(live, live.end ?? row.at, Math.max(0, total - remaining), total)
    }
    const error = textOf(value['error-desc'])
    if (error !== undefined && live.outcome === 'failed') this.#tracks.mark(live, { error })
  }
}
