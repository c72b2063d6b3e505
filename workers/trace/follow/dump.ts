/** The track of a memory dump: its command, its event, and query-dump. */
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import type { FollowContext, Events, TrackFollower, Pending } from './context.ts'
import type { EventRow, ReplyRow } from '#record/row.ts'
import type { Live } from './live-tracks.ts'
import { amountOf } from '#base/json/members.ts'
import { textOf, wordOf } from './message-values.ts'

/** Follows the one dump that a machine may write at a time. */
export class Dump implements TrackFollower {
  readonly #tracks: FollowContext['tracks']
  readonly #pending: FollowContext['pending']
  #live: Live | undefined
  #last: { readonly live: Live; readonly toldBy: 'event' | 'query' } | undefined
  readonly events: Events = { withData: { DUMP_COMPLETED: (row, data) => this.#dumped(row, data) } }

  constructor(context: FollowContext) {
    this.#tracks = context.tracks
    this.#pending = context.pending
  }

  get goesOn(): boolean {
    return this.#live !== undefined
  }

  forget(): void {
    this.#live = undefined
    this.#last = undefined
  }

  lose(live: Live): void {
    if (this.#live === live) this.#live = undefined
  }

  /** The command is on its way. */
  sent(): void {
    this.#last = undefined
  }

  #begin(at: number): Live {
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

  /** The command was carried out: it has begun, or is over. */
  asked(row: ReplyRow, pending: Pending): void {
    if (pending.lives.length > 0) return
    const live = this.#tracks.begin('dump', '', pending.at, {
      cause: { exec: pending.exec, proof: 'nearness' },
    })
    this.#tracks.attach(live, pending.seq)
    this.#tracks.enter(live, 'active', row.at, row.seq)
    if (pending.args.detach === true) {
      this.#live = live
      return
    }
    // It was answered when all was done; very old servers send no event as well.
    this.#tracks.enter(live, 'completed', row.at, row.seq)
    this.#tracks.finish(live, row.at, 'done')
    this.#last = { live, toldBy: 'query' }
  }

  #dumped(row: EventRow, data: JsonObject): void {
    const last = this.#last
    if (this.#live === undefined && last?.toldBy === 'query') {
      this.#last = { live: last.live, toldBy: 'event' }
      this.#tracks.attach(last.live, row.seq)
      this.#tracks.mark(last.live, { error: textOf(data.error) })
      return
    }
    const result = data.result !== undefined && isJsonObject(data.result) ? data.result : {}
    this.#over(row, wordOf(result.status) ?? 'completed', result, textOf(data.error), 'event')
  }

  #over(
    row: EventRow | ReplyRow,
    status: string,
    result: JsonObject,
    error: string | undefined,
    toldBy: 'event' | 'query',
  ): void {
    const live = this.#live ?? this.#begin(row.at)
    this.#tracks.measure(live, row.at, amountOf(result.completed), amountOf(result.total))
    this.#tracks.enter(live, status, row.at, row.seq)
    this.#tracks.mark(live, { error })
    this.#tracks.finish(live, row.at, status === 'failed' || error !== undefined ? 'failed' : 'done')
    this.#live = undefined
    this.#last = { live, toldBy }
  }

  /** The reply of query-dump. */
  answered(row: ReplyRow, value: Json): void {
    if (!isJsonObject(value)) return
    const status = wordOf(value.status)
    if (status === undefined || status === 'none') return
    if (status === 'completed' || status === 'failed') {
      if (this.#live !== undefined) this.#over(row, status, value, undefined, 'query')
      return
    }
    this.#live ??= this.#begin(row.at)
    this.#tracks.enter(this.#live, status, row.at, row.seq)
    this.#tracks.measure(this.#live, row.at, amountOf(value.completed), amountOf(value.total))
  }
}
