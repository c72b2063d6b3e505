/**
 * Which rows continue the burst of the row before them, as a sorted list of their places: most rows do not, so a flood of
 * other rows costs nothing here. Places never move: they count what was dropped before them too.
 * Tested by workers/trace/rows/list-lines.test.ts.
 * @adr 0057
 */

/** Places of rows that continue a burst. */
export class BurstPlaces {
  #places = new Float64Array(16)
  /** In use: from the first up to but not including the next. */
  #first = 0
  #next = 0
  #forgotten = 0

  /** Add a place that is larger than all others. */
  add(place: number): void {
    if (this.#next === this.#places.length) this.#makeRoom()
    this.#places[this.#next] = place
    this.#next += 1
  }

  clear(): void {
    this.#forgotten += this.#next - this.#first
    this.#first = 0
    this.#next = 0
  }

  /** Forget those before a place, and none of what was counted. */
  forgetBefore(place: number): void {
    const first = this.#halve(place)
    this.#forgotten += first - this.#first
    this.#first = first
  }

  /** Forget those from a place on. */
  cutAt(place: number): void {
    this.#next = this.#halve(place)
  }

  has(place: number): boolean {
    const at = this.#halve(place)
    return at < this.#next && this.#places[at] === place
  }

  /** How many were ever before a place. */
  countBefore(place: number): number {
    return this.#forgotten + this.#halve(place) - this.#first
  }

  /**
   * The place of the n-th row, from 0, that continues nothing, at `from` or later. `from` itself is the first, whatever it
   * continues.
   */
  headAt(n: number, from: number): number {
    const begin = this.#halve(from + 1)
    let low = begin
    let high = this.#next
    // Before the k-th of them there are as many heads as rows without those k.
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#places[middle] as number) - from - (middle - begin) <= n) low = middle + 1
      else high = middle
    }
    return from + n + low - begin
  }

  /** The first of them at a place or later. */
  #halve(place: number): number {
    let low = this.#first
    let high = this.#next
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#places[middle] as number) < place) low = middle + 1
      else high = middle
    }
    return low
  }

  #makeRoom(): void {
    const kept = this.#places.subarray(this.#first, this.#next)
    const larger =
      kept.length * 2 > this.#places.length ? new Float64Array(this.#places.length * 2) : this.#places
    larger.set(kept)
    this.#places = larger
    this.#next = kept.length
    this.#first = 0
  }
}
