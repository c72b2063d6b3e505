/**
 * Bytes on their way to the page: handed over as long as the page keeps up, kept while it does not, and beyond a bound skipped
 * and counted. Joined to larger pieces, because each costs a message.
 */

/**
 * Bytes that may be with the page and not shown yet: a terminal works on them for a tenth of a second. Fewer: it has nothing
 * to do whenever this thread has to wait for the processor. More: what a person types into a flood is answered later.
 */
export const mostAheadBytes = 4 * 1024 * 1024
/** Bytes that wait here at most. */
export const mostHeldBytes = 64 * 1024 * 1024
/** A piece is at most this large, in bytes: a terminal takes a few milliseconds for it. */
const pieceBytes = 64 * 1024

/** Where the bytes go. */
export interface OutflowSink {
  bytes(piece: Uint8Array<ArrayBuffer>): void
  skipped(bytes: number): void
}

/** The bytes of one line. */
export class Outflow {
  readonly #sink: OutflowSink
  #held: Uint8Array[] = []
  #heldBytes = 0
  #ahead = 0
  #skipped = 0

  constructor(sink: OutflowSink) {
    this.#sink = sink
  }

  /** Bytes that came. Those given are not used again by the caller. */
  add(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.#held.push(chunk)
    this.#heldBytes += chunk.length
    while (this.#heldBytes > mostHeldBytes) {
      const oldest = this.#held.shift()
      if (oldest === undefined) break
      this.#heldBytes -= oldest.length
      this.#skipped += oldest.length
    }
    this.#flow()
  }

  /** The page has shown this many. */
  taken(bytes: number): void {
    this.#ahead = Math.max(0, this.#ahead - bytes)
    this.#flow()
  }

  #flow(): void {
    while (this.#heldBytes > 0 && this.#ahead < mostAheadBytes) {
      if (this.#skipped > 0) {
        this.#sink.skipped(this.#skipped)
        this.#skipped = 0
      }
      const piece = this.#take()
      this.#ahead += piece.length
      this.#sink.bytes(piece)
    }
  }

  #take(): Uint8Array<ArrayBuffer> {
    const piece = new Uint8Array(Math.min(pieceBytes, this.#heldBytes))
    let filled = 0
    while (filled < piece.length) {
      const first = this.#held[0] as Uint8Array
      const part = first.subarray(0, piece.length - filled)
      piece.set(part, filled)
      filled += part.length
      if (part.length === first.length) this.#held.shift()
      else this.#held[0] = first.subarray(part.length)
    }
    this.#heldBytes -= piece.length
    return piece
  }
}
