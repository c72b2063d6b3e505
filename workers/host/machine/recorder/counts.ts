/**
 * What the page is told of rows without the rows: how many errors came, and the events whose names it subscribed to.
 * Counted where everything passes, so that nothing is missed in a flood.
 *
 * Errors of the guest, its disks, its devices and its jobs are each event of the lane `trouble`, and each job, migration
 * and dump that has failed.
 * @adr 0053
 */
import type { EventNews } from '#api/machine.ts'
import { eventNamesABatch } from '#record/flood.ts'
import { fitsName } from '#record/filter/glob.ts'
import { laneOfEvent, mayTellFailure } from '#record/lanes.ts'
import type { EventRow, LogRow } from '#record/row.ts'

/** Names of events that are remembered. A server has some sixty; a hostile one any number. */
const mostNames = 1000

/** What is known of a name. */
interface NameFacts {
  readonly isError: boolean
  readonly isSubscribed: boolean
}

/** The counts of one machine. `failed` is always how many of the follower's tracks have failed. */
export class Counts {
  readonly #names = new Map<string, NameFacts>()
  #subscribed: (name: string) => boolean = () => false
  #news = new Map<string, EventNews>()
  #guest = 0
  /** Failures that were there when counting began. */
  #failedBefore = 0
  #errors = 0

  /** Errors and problems of commands that people sent, and of the connection. */
  get errors(): number {
    return this.#errors
  }

  /** Be told of events of these names from now on: `*` stands for any characters. */
  subscribe(globs: readonly string[]): void {
    this.#subscribed = (name) => globs.some((glob) => fitsName(name, glob))
    this.#names.clear()
  }

  /** A row that is no event. */
  row(row: Exclude<LogRow, EventRow>): void {
    // Errors that the page's own queries run into are none of the machine's.
    if (row.kind === 'problem' || row.kind === 'outcome') this.#errors += 1
    else if (row.kind === 'error' && row.origin === 'person') this.#errors += 1
    else if (row.kind === 'line' && row.failed) this.failedLine()
  }

  /** A line of a serial line that tells of a failure. */
  failedLine(): void {
    this.#guest += 1
  }

  /** An event that is recorded. */
  event(name: string, at: number): void {
    const facts = this.#names.get(name) ?? this.#learn(name)
    if (facts.isError) this.#guest += 1
    if (facts.isSubscribed) this.#tell(name, at)
  }

  /** An event that is not recorded: no track reports its failure. */
  unrecorded({ name, data, at }: Pick<EventRow, 'name' | 'data' | 'at'>): void {
    this.event(name, at)
    if (mayTellFailure(name) && laneOfEvent(name, data) === 'trouble') this.#guest += 1
  }

  guestErrors(failed: number): number {
    // A failure may turn out to have been cancelled.
    return this.#guest + Math.max(0, failed - this.#failedBefore)
  }

  /** The subscribed events since this was last asked, by name. */
  takeNews(): readonly EventNews[] {
    if (this.#news.size === 0) return []
    const news = [...this.#news.values()]
    this.#news = new Map()
    return news
  }

  /** What has come so far is not counted: it was kept from an earlier visit. */
  passOver(failed: number): void {
    this.#failedBefore = failed
  }

  /** Begin again. */
  clear(failed: number): void {
    this.#errors = 0
    this.#guest = 0
    this.#failedBefore = failed
  }

  #learn(name: string): NameFacts {
    if (this.#names.size >= mostNames) this.#names.clear()
    const facts = { isError: laneOfEvent(name) === 'trouble', isSubscribed: this.#subscribed(name) }
    this.#names.set(name, facts)
    return facts
  }

  #tell(name: string, at: number): void {
    const before = this.#news.get(name)
    if (before === undefined && this.#news.size >= eventNamesABatch) return
    this.#news.set(name, {
      name,
      rows: (before?.rows ?? 0) + 1,
      firstAt: before?.firstAt ?? at,
      lastAt: at,
    })
  }
}
