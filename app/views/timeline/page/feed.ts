/**
 * The rows of one machine that pass a filter, kept up to date: a query in the worker's record, asked whenever there may
 * be more. It hands over columns. The timeline and the strip read rows this way.
 * @adr 0053
 */
import { coalesce } from '#base/coalesce.ts'
import { highestLoad, loadOf, queryBudgetMs } from '#record/flood.ts'
import type { LoadLevel } from '#record/flood.ts'
import type { Filter } from '#record/filter/filter.ts'
import type { FoundRows } from '#record/row.ts'
import { RowSet } from '#trace/rows/row-set.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'

/** Where the rows of a feed go. */
export interface FeedTarget {
  append(found: FoundRows): void
  /** Forget all rows: those of another record follow. */
  clear(): void
}

/** A feed into a target. `changed` is called when rows came, went, or more was looked through. */
export class FeedInto<Target extends FeedTarget> {
  readonly machine: Machine
  readonly set: Target
  readonly #filter: Filter
  readonly #changed: () => void
  readonly #unwatch: () => void
  #handle = -1
  #generation = -1
  /** Ask for what is new. */
  readonly pump = coalesce(() => this.#ask())
  #closed = false
  /** Rows of the last answer. */
  #came = 0
  /** Rows looked at, and all there are. */
  done = 0
  all = 0
  /** Whether the worker has answered once. */
  answered = false

  constructor(machine: Machine, filter: Filter, set: Target, changed: () => void) {
    this.machine = machine
    this.set = set
    this.#filter = filter
    this.#changed = changed
    this.#unwatch = machine.record.watchBatches(() => void this.pump())
    void this.pump()
  }

  /** How much comes to the page: from the machine, or of rows that were recorded before and are looked through. */
  get load(): LoadLevel {
    return highestLoad([this.machine.record.load, this.done < this.all ? loadOf(this.#came) : 'calm'])
  }

  close(): void {
    this.#closed = true
    this.#unwatch()
    if (this.#handle >= 0) this.machine.record.calls.closeQuery(this.#handle)
  }

  async #ask(): Promise<void> {
    do {
      if (this.#closed) return
      await this.#step()
    } while (this.done < this.all)
  }

  async #step(): Promise<void> {
    const { record } = this.machine
    if (this.#handle < 0 || this.#generation !== record.generation) {
      // Another worker has another record: its numbers are others.
      this.#generation = record.generation
      this.set.clear()
      this.#handle = await record.calls.openQuery(this.#filter)
      if (this.#closed && this.#handle >= 0) record.calls.closeQuery(this.#handle)
    }
    const found =
      this.#handle < 0 || this.#closed ? undefined : await record.calls.readQuery(this.#handle, queryBudgetMs)
    this.answered = true
    if (found === undefined || this.#closed || this.#generation !== record.generation) {
      this.#handle = -1
      this.done = this.all
    } else {
      this.set.append(found)
      this.#came = found.seq.length
      this.done = found.done
      this.all = found.all
    }
    this.#changed()
  }
}

/** The feed of a timeline. */
export class Feed extends FeedInto<RowSet> {
  constructor(machine: Machine, filter: Filter, changed: () => void) {
    super(machine, filter, new RowSet(), changed)
  }
}
