/** The run state of a machine's guest: asked for at each connection, and again after events that may have changed it. */
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import type { Result } from '#base/result.ts'
import type { Batch } from '#api/machine.ts'

/** What the guest is doing, as `query-status` says. `status` is RunState. @qapi StatusInfo */
export interface RunStatus {
  readonly status: string
  readonly running: boolean
}

/** Events after which the run state is asked for again, rather than guessed from the event's name. */
const runStateEvents = new Set([
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
])

/** Whether another run state may follow from a batch. In a flood rows are left out, and one may have been such an event. */
export function mayChangeRunStatus({ rows, omitted }: Pick<Batch, 'rows' | 'omitted'>): boolean {
  return omitted > 0 || rows.some((row) => row.kind === 'event' && runStateEvents.has(row.name))
}

/** The run state, and the question for it. */
export class RunStatusOf {
  /** Runs `query-status`; undefined where the machine cannot be asked now. */
  readonly #ask: () => Promise<Result<Json, string>> | undefined
  #value = $state.raw<RunStatus | undefined>(undefined)
  #asking = false
  #askAgain = false

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

  /** Ask for the run state now. Requests made meanwhile are one more request afterwards. */
  async refresh(): Promise<void> {
    if (this.#asking) {
      this.#askAgain = true
      return
    }
    const asked = this.#ask()
    if (asked === undefined) return
    this.#asking = true
    const reply = await asked
    if (reply.ok && isJsonObject(reply.value)) {
      const { status, running } = reply.value
      if (typeof status === 'string') this.#value = { status, running: running === true }
    } else {
      this.#value = undefined
    }
    this.#asking = false
    if (this.#askAgain) {
      this.#askAgain = false
      await this.refresh()
    }
  }
}
