/**
 * What of the bytes of a line is on the screen, as the worker is told: it sends more for it. Together for many pieces, because
 * each message costs both threads; at once when nothing waits any more.
 */

/** Bytes that are told together, far below what may be ahead. Smaller: more messages. Larger: more comes too late. */
const tellBytes = 256 * 1024

/** The bytes of one line. */
export class WritingPace {
  readonly #tell: (bytes: number) => void
  #waiting = 0
  #untold = 0

  constructor(tell: (bytes: number) => void) {
    this.#tell = tell
  }

  /** Bytes are given to the screen. */
  came(bytes: number): void {
    this.#waiting += bytes
  }

  /** Bytes that were given are on the screen. */
  shown(bytes: number): void {
    this.#waiting -= bytes
    this.#untold += bytes
    if (this.#waiting > 0 && this.#untold < tellBytes) return
    this.#tell(this.#untold)
    this.#untold = 0
  }
}
