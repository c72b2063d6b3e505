/** The commands of a session that wait to be sent, oldest first. Both sessions have one. */
import { settleUnsent } from './pending.ts'
import type { Entry } from './pending.ts'
import type { NotSentReason, Ticket } from './report.ts'

/** How many commands may wait. More: what a script sends by mistake is kept for longer. Fewer: a large one is refused. */
export const queueLimit = 10_000

/** A queue. Whoever is in it is in the state `queued`. */
export class CommandQueue {
  readonly #changed: () => void
  readonly #entries: Entry[] = []

  /** `changed` is told when a command is taken back or runs out of time here. */
  constructor(changed: () => void) {
    this.#changed = changed
  }

  get entries(): readonly Entry[] {
    return this.#entries
  }

  get isFull(): boolean {
    return this.#entries.length >= queueLimit
  }

  push(entry: Entry): void {
    this.#entries.push(entry)
  }

  /** The next one to be sent. */
  take(): Entry | undefined {
    return this.#entries.shift()
  }

  /** Take back the command of a ticket. False where it is not here. */
  cancel(ticket: Ticket): boolean {
    const entry = this.#entries.find((each) => each.request.ticket === ticket)
    if (entry !== undefined) this.remove(entry, 'cancelled')
    return entry !== undefined
  }

  remove(entry: Entry, why: NotSentReason): void {
    const at = this.#entries.indexOf(entry)
    if (at < 0) return
    this.#entries.splice(at, 1)
    settleUnsent(entry, why)
    this.#changed()
  }

  /** End all that wait. Says nothing: its holder does. */
  clear(why: NotSentReason): void {
    for (const entry of this.#entries.splice(0)) settleUnsent(entry, why)
  }
}
