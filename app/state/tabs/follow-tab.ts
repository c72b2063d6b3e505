/** Asks the tab that holds a monitor what there is, again and again, until it does not answer any more. */
import type { News } from './following.ts'

/** How often it is asked, in milliseconds. */
const askMs = 1000
/** After this many questions without an answer the other tab is gone: closed, frozen, or no longer the holder. */
export const mostUnanswered = 5

/** One tab that is followed. */
export class Following {
  #after = -1
  #unanswered = 0
  readonly #timer: ReturnType<typeof setInterval>

  constructor(ask: (after: number) => void, gone: () => void) {
    const next = (): void => {
      if (this.#unanswered >= mostUnanswered) {
        gone()
        return
      }
      this.#unanswered += 1
      ask(this.#after)
    }
    this.#timer = setInterval(next, askMs)
    next()
  }

  answered(news: News): void {
    this.#unanswered = 0
    this.#after = news.last
  }

  end(): void {
    clearInterval(this.#timer)
  }
}
