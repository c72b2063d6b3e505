/**
 * Whether a pointer is pressed. Updates that move the page wait until it is released: a press that begins on one element
 * and ends on another does nothing, or the wrong thing.
 */

/**
 * How long something waits for a pointer, in milliseconds. A press takes a tenth of a second. A longer one is
 * a drag, which makes no click. Longer: texts wait while a scroll bar is dragged. Shorter: slow presses are lost.
 */
export const longestPressMs = 1000

/** What is pressed on a page. One is made for the window of the page. */
export class Press {
  readonly #down = new Set<number>()
  #waiting: (() => void)[] = []

  constructor(page: Pick<Window, 'addEventListener'>) {
    page.addEventListener('pointerdown', (event) => this.#down.add(event.pointerId), true)
    for (const kind of ['pointerup', 'pointercancel'] as const) {
      page.addEventListener(kind, (event) => this.#up(event.pointerId), true)
    }
  }

  /** Resolves when no pointer is pressed, or after `longestPressMs`. */
  released(): Promise<void> {
    if (this.#down.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      setTimeout(resolve, longestPressMs)
    })
  }

  #up(pointer: number): void {
    this.#down.delete(pointer)
    if (this.#down.size > 0) return
    const waiting = this.#waiting
    this.#waiting = []
    // The click of the press comes after this event, before the next task.
    setTimeout(() => {
      for (const resolve of waiting) resolve()
    })
  }
}
