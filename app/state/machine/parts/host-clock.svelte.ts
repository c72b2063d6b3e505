/** This browser's clock beside the clock of a machine's host, by the stamps of the events that arrive. */
import type { LogRow } from '#record/row.ts'

/** Of how many events the stamps are compared with their arrival. Fewer: one that was late on its way counts for more. */
const lagsKept = 64

/** Compares the clocks. */
export class HostClock {
  /** By how much arrival is later than the server's stamps, the latest ones: milliseconds. */
  #lags: number[] = []
  #lag = $state<number | undefined>(undefined)

  /**
   * By how much this browser's clock is ahead of the clock of the machine's host, in milliseconds: the least that lies
   * between the stamp and the arrival of the latest events, so the way is in it. Undefined before the first event.
   */
  get lag(): number | undefined {
    return this.#lag
  }

  /** Rows that arrived. */
  take(rows: readonly LogRow[]): void {
    const before = this.#lags.length
    for (const row of rows.slice(-lagsKept)) {
      if (row.kind !== 'event' || row.timestamp === undefined || row.timestamp.seconds < 0) continue
      this.#lags.push(row.at - row.timestamp.seconds * 1000 - row.timestamp.microseconds / 1000)
    }
    if (this.#lags.length === before) return
    this.#lags = this.#lags.slice(-lagsKept)
    this.#lag = Math.min(...this.#lags)
  }
}
