/** The run state of a machine's guest: asked for at each connection, and again after events that may have changed it. */
import { coalesce } from '#base/coalesce.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import type { Result } from '#base/result.ts'

/** What the guest is doing, as `query-status` says. `status` is RunState. @qapi StatusInfo */
export interface RunStatus {
  readonly status: string
  readonly running: boolean
}

/** Events after which the run state is asked for again, rather than guessed from the event's name. */
export const runStateEvents: readonly string[] = [
  'STOP',
  'RESUME',
  'SHUTDOWN',
  'RESET',
  'POWERDOWN',
  'SUSPEND',
  'SUSPEND_DISK',
  'WAKEUP',
  'GUEST_PANICKED',
  'BLOCK_IO_ERROR',
  'WATCHDOG',
  'MIGRATION',
]

/** The run state, and the question for it. */
export class RunStatusOf {
  /** Runs `query-status`; undefined where the machine cannot be asked now. */
  readonly #ask: () => Promise<Result<Json, string>> | undefined
  #value = $state.raw<RunStatus | undefined>(undefined)
  /** Ask for the run state now. Requests made meanwhile are one more request afterwards. */
  readonly refresh = coalesce(() => this.#refresh())

  constructor(ask: () => Promise<Result<Json, string>> | undefined) {
    this.#ask = ask
  }

  get value(): RunStatus | undefined {
    return this.#value
  }

  /** What another tab says, or undefined where it is not known any more. */
  take(value: RunStatus | undefined): void {
    this.#value = value
  }

  async #refresh(): Promise<void> {
    const reply = await this.#ask()
    if (reply === undefined) return
    if (reply.ok && isJsonObject(reply.value)) {
      const { status, running } = reply.value
      if (typeof status === 'string') this.#value = { status, running: running === true }
    } else {
      this.#value = undefined
    }
  }
}
