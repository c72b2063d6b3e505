/** The rows of one machine that pass a filter, kept up to date: asks the worker whenever there may be more. */
import type { Filter } from '#record/filter/filter.ts'
import { RowSet } from '#trace/rows/row-set.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'

/** How long the worker may look before it answers, in milliseconds: it reads from the wire in between. */
const budgetMs = 12

/** A feed. `changed` is called when rows came, went, or more was looked through. */
export class Feed {
  readonly machine: Machine
  readonly set = new RowSet()
  readonly #filter: Filter
  readonly #changed: () => void
  readonly #unwatch: () => void
  #handle = -1
  #generation = -1
  #busy = false
  #again = false
  #closed = false
  /** Rows looked at, and all there are. */
  done = 0
  all = 0
  /** Whether the worker has answered once. */
  answered = false

  constructor(machine: Machine, filter: Filter, changed: () => void) {
    this.machine = machine
    this.#filter = filter
    this.#changed = changed
    this.#unwatch = machine.record.watchRows(() => this.pump())
    this.pump()
  }

  /** Ask for what is new. */
  pump(): void {
    if (this.#busy) this.#again = true
    else void this.#ask()
  }

  close(): void {
    this.#closed = true
    this.#unwatch()
    if (this.#handle >= 0) this.machine.record.calls.close(this.#handle)
  }

  async #ask(): Promise<void> {
    this.#busy = true
    this.#again = true
    while (this.#wantsMore()) {
      this.#again = false
      await this.#step()
    }
    this.#busy = false
  }

  #wantsMore(): boolean {
    return !this.#closed && (this.#again || this.done < this.all)
  }

  async #step(): Promise<void> {
    const { machine } = this
    if (this.#handle < 0 || this.#generation !== machine.record.generation) {
      // Another worker has another record: its numbers are others.
      this.#generation = machine.record.generation
      this.set.clear()
      this.#handle = await machine.record.calls.open(this.#filter)
      if (this.#closed && this.#handle >= 0) machine.record.calls.close(this.#handle)
    }
    const found =
      this.#handle < 0 || this.#closed ? undefined : await machine.record.calls.found(this.#handle, budgetMs)
    this.answered = true
    if (found === undefined || this.#closed || this.#generation !== machine.record.generation) {
      this.#handle = -1
      this.done = this.all
    } else {
      this.set.append(found)
      this.done = found.done
      this.all = found.all
    }
    this.#changed()
  }
}
