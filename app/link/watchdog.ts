/**
 * Notices that a worker has stopped answering: an endless loop, memory that runs out, a worker that closed itself. The
 * browser reports none of them.
 *
 * Time is counted in ticks of the page's own timer. A page that was frozen, throttled or asleep has had no ticks, so its
 * workers are not blamed for that time; nor is one that answers while the page is busy, because a late tick counts once.
 * @adr 0025
 */

/** How long a tick is, in milliseconds. Shorter: wake-ups of an idle page. Longer: a death is found later. */
export const tickMs = 1000

/** What is watched, and who is told. */
export interface WatchdogParts {
  /** Ask for a sign of life; resolves, or rejects, when there is one. */
  ping(): Promise<unknown>
  /** How long it may take to answer, in milliseconds of a page that runs. */
  readonly silentMs: number
  /** The same until its first answer: its script is loaded meanwhile. */
  readonly startMs: number
  /** It is dead. `why` is for people, without an end point. Called once. */
  dead(why: string): void
  /** Call `then` every `ms` milliseconds; the returned function ends that. */
  every?(ms: number, then: () => void): () => void
}

/** Watches one worker, from its start to `stop`. */
export class Watchdog {
  readonly #parts: WatchdogParts
  readonly #stopTicks: () => void
  readonly #limits = new Set<{ leftMs: number; readonly over: () => void }>()
  #started = false
  #waiting = false
  #silentMs = 0

  constructor(parts: WatchdogParts) {
    this.#parts = parts
    this.#stopTicks = (parts.every ?? every)(tickMs, () => this.#tick())
    this.#ping()
  }

  /** Call `over` unless the returned function is called first; `ms` counts only while the page runs. */
  limit(ms: number, over: () => void): () => void {
    const limit = { leftMs: ms, over }
    this.#limits.add(limit)
    return () => this.#limits.delete(limit)
  }

  stop(): void {
    this.#stopTicks()
    this.#limits.clear()
  }

  #ping(): void {
    this.#waiting = true
    const answered = (): void => {
      this.#started = true
      this.#waiting = false
      this.#silentMs = 0
    }
    this.#parts.ping().then(answered, answered)
  }

  #tick(): void {
    for (const limit of [...this.#limits]) {
      limit.leftMs -= tickMs
      if (limit.leftMs > 0) continue
      this.#limits.delete(limit)
      limit.over()
    }
    if (!this.#waiting) {
      this.#ping()
      return
    }
    this.#silentMs += tickMs
    const { silentMs, startMs } = this.#parts
    const most = this.#started ? silentMs : startMs
    if (this.#silentMs < most) return
    this.stop()
    this.#parts.dead(
      this.#started
        ? `it has not answered for ${most / 1000} s`
        : `it has not started within ${most / 1000} s`,
    )
  }
}

function every(ms: number, then: () => void): () => void {
  const timer = setInterval(then, ms)
  return () => clearInterval(timer)
}
