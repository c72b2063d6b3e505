/** This browser's clock beside the clock of a machine's host, by the stamps of the events that arrive. */
import { blockRows } from '#store/columns.ts'
import type { Store } from '#store/store.ts'

/** Of how many events the stamps are compared with their arrival. Fewer: one that was late on its way counts for more. */
const lagsKept = 64

/** Compares the clocks. */
export class HostClock {
  readonly #store: Store
  /** By how much arrival is later than the server's stamps, the latest ones: milliseconds. */
  #lags: number[] = []
  /** The row to be looked at next. */
  #next = 0

  constructor(store: Store) {
    this.#store = store
  }

  /**
   * By how much this browser's clock is ahead of the clock of the machine's host, in milliseconds: the least that lies
   * between the stamp and the arrival of the latest events, so the way is in it. Undefined before the first event.
   */
  lag(): number | undefined {
    const { firstSeq, nextSeq } = this.#store
    for (let seq = Math.max(this.#next, firstSeq, nextSeq - lagsKept); seq < nextSeq; seq += 1) {
      const block = this.#store.block(seq)
      const [at, micros] = [block.at[seq % blockRows] as number, block.stamp[seq % blockRows] as number]
      if (!Number.isNaN(micros)) this.#lags.push(at - micros / 1000)
    }
    this.#next = nextSeq
    this.#lags = this.#lags.slice(-lagsKept)
    return this.#lags.length === 0 ? undefined : Math.min(...this.#lags)
  }
}
