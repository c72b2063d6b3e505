/**
 * How many errors of the guest, its disks, its devices and its jobs came to a worker: each event of the lane `trouble`,
 * and each job, migration and dump that has failed. Counted where everything passes: in a flood the page gets a part.
 */
import type { LogRow } from '#record/row.ts'
import { laneOfEvent, mayTellFailure } from '#record/lanes.ts'

type EventRow = Extract<LogRow, { kind: 'event' }>

/** Names of events of which it is remembered whether they are errors. A server has some sixty; a hostile one any. */
const mostNames = 1000

/** The count of one machine. `failed` is always how many of the follower's tracks have failed. */
export class GuestErrors {
  readonly #isError = new Map<string, boolean>()
  #events = 0
  /** Failures that were there when counting began. */
  #before = 0

  /** An event that is recorded. */
  event(name: string): void {
    let is = this.#isError.get(name)
    if (is === undefined) {
      if (this.#isError.size >= mostNames) this.#isError.clear()
      is = laneOfEvent(name) === 'trouble'
      this.#isError.set(name, is)
    }
    if (is) this.#events += 1
  }

  /** An event that is not recorded: no track tells of its failure. */
  unrecorded({ name, data }: Pick<EventRow, 'name' | 'data'>): void {
    if (mayTellFailure(name) && laneOfEvent(name, data) === 'trouble') this.#events += 1
    else this.event(name)
  }

  total(failed: number): number {
    // A failure may turn out to have been cancelled.
    return this.#events + Math.max(0, failed - this.#before)
  }

  /** What has failed so far is not counted: it was kept from an earlier visit. */
  passOver(failed: number): void {
    this.#before = failed
  }

  /** Begin again. */
  clear(failed: number): void {
    this.#events = 0
    this.#before = failed
  }
}
