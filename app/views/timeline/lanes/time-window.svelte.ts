/** The stretch of time that the lanes show: zoomed, panned, or following what happens now. Milliseconds since the epoch. */

/** Two microseconds: the clock has no more. */
const narrowest = 0.002
const widest = 400 * 24 * 3_600_000
/** How much of the width is left free at the right while following. */
const ahead = 0.04

/** The window. */
export class TimeWindow {
  #from = $state(Date.now() - 60_000)
  #to = $state(Date.now())
  #following = $state(true)

  get from(): number {
    return this.#from
  }

  get to(): number {
    return this.#to
  }

  get width(): number {
    return this.#to - this.#from
  }

  /** Whether the window moves with the time. */
  get following(): boolean {
    return this.#following
  }

  follow(on: boolean): void {
    this.#following = on
  }

  /** Show from one time to another, and hold still. */
  show(from: number, to: number): void {
    this.#following = false
    this.#set(from, to)
  }

  /** Show as much as before with `now` at the right, while following. */
  advance(now: number): void {
    if (!this.#following) return
    const width = this.width
    this.#to = now + width * ahead
    this.#from = this.#to - width
  }

  /** Zoom by a factor (below 1: closer) around a time. While following, around the right edge. */
  zoom(factor: number, around: number): void {
    const width = Math.min(widest, Math.max(narrowest, this.width * factor))
    const still = this.#following ? this.#to : around
    const share = this.width === 0 ? 0.5 : (still - this.#from) / this.width
    this.#from = still - width * share
    this.#to = this.#from + width
  }

  /** Move by a number of milliseconds, and hold still. */
  pan(ms: number): void {
    this.#following = false
    this.#from += ms
    this.#to += ms
  }

  /** Bring a stretch into sight with the same width, if it is not; wider only where it must be. Holds still. */
  reveal(from: number, to: number): void {
    if (from >= this.#from && to <= this.#to) return
    const width = Math.max(this.width, (to - from) * 1.5)
    const middle = (from + to) / 2
    this.show(middle - width / 2, middle + width / 2)
  }

  #set(from: number, to: number): void {
    const middle = (from + to) / 2
    const width = Math.min(widest, Math.max(narrowest, to - from))
    this.#from = middle - width / 2
    this.#to = middle + width / 2
  }
}
