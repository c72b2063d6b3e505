/** The track of the machine's run state: events tell that it changes, and query-status tells the exact state. */
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import type { FollowContext, Events, TrackFollower } from './context.ts'
import type { EventRow, ReplyRow } from '#record/row.ts'
import type { Live } from './live-tracks.ts'
import { wordOf } from './message-values.ts'

/** The states that STOP ends. In any other the machine stands already, and the state says why, which STOP does not. */
const going = new Set(['running', 'colo', 'suspended'])

/** Follows the run state. */
export class RunState implements TrackFollower {
  readonly #tracks: FollowContext['tracks']
  readonly #ask: FollowContext['ask']
  #run: Live | undefined
  readonly events: Events = {
    plain: {
      STOP: (row) => this.#stopped(row),
      RESUME: (row) => this.#tells(row, 'running'),
      SHUTDOWN: (row) => this.#tells(row, 'shutdown'),
      SUSPEND: (row) => this.#tells(row, 'suspended'),
      WAKEUP: (row) => this.#tells(row, 'running'),
      RESET: (row) => this.#tells(row, undefined),
      POWERDOWN: (row) => this.#tells(row, undefined),
      SUSPEND_DISK: (row) => this.#tells(row, undefined),
      GUEST_CRASHLOADED: (row) => this.#tells(row, undefined),
    },
    withData: {
      GUEST_PANICKED: (row, { action }) => this.#tells(row, action === 'run' ? undefined : 'guest-panicked'),
      WATCHDOG: (row, { action }) => this.#tells(row, action === 'pause' ? 'watchdog' : undefined),
      BLOCK_IO_ERROR: (row, { action }) => {
        if (action === 'stop') this.#tells(row, 'io-error')
      },
    },
  }

  constructor(context: FollowContext) {
    this.#tracks = context.tracks
    this.#ask = context.ask
  }

  get state(): string | undefined {
    return this.#run?.state
  }

  /** The reply of query-status. */
  answered(row: ReplyRow, value: Json): void {
    const status = isJsonObject(value) ? wordOf(value.status) : undefined
    if (status !== undefined) this.#enter(row, status)
  }

  /** The machine has shut down, and does not only go out of sight. */
  shutDown(at: number): void {
    if (this.#run !== undefined) this.#tracks.finish(this.#run, at, 'done')
  }

  forget(): void {
    this.#run = undefined
  }

  #enter(row: EventRow | ReplyRow, state: string): void {
    this.#run ??= this.#tracks.begin('run-state', '', row.at)
    this.#tracks.enter(this.#run, state, row.at, row.seq)
  }

  /** An event of the run state, and the state it leads to where it says so. The exact one is asked for. */
  #tells(row: EventRow, state: string | undefined): void {
    this.#ask.add('query-status')
    if (state !== undefined) this.#enter(row, state)
    if (this.#run !== undefined) this.#tracks.attach(this.#run, row.seq)
  }

  #stopped(row: EventRow): void {
    // What made it stop has come before (an I/O error, a panic), or comes with query-status.
    const state = this.#run?.state
    this.#tells(row, state === undefined || going.has(state) ? 'paused' : undefined)
  }
}
