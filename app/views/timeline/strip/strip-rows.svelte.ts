/**
 * What the strip shows of the rows: how many came when, of each machine, and the last one that is none of the page's own. While
 * it is paused nothing of that moves; what comes is counted.
 */
import { highestLoad, paces } from '#record/flood.ts'
import type { FoundRows, LogRow } from '#record/row.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { FeedInto } from '../page/feed.ts'
import { nameOf } from '#words/row-words.ts'
import { RowCounts, spanMs } from './density.ts'
import { RecentErrors } from './recent-errors.ts'
import type { RecentError } from './recent-errors.ts'

/** The last row, and the machine that it is of. */
export interface LastRow {
  readonly machine: Machine
  readonly row: LogRow
}

/** An error, and the machine that it is of. */
export interface StripError extends RecentError {
  readonly machine: Machine
}

/** What the strip reads. */
export class StripRows {
  readonly #machines: () => readonly Machine[]
  #counts: readonly RowCounts[] = []
  #errors: readonly { readonly machine: Machine; readonly errors: RecentErrors }[] = []
  #version = $state(0)
  /** Rows that there were when it was paused; undefined while it is not. */
  #pausedAt = $state<number | undefined>(undefined)

  constructor(machines: () => readonly Machine[]) {
    this.#machines = machines
  }

  /** Counts up when rows came. Reading it subscribes. */
  get version(): number {
    return this.#version
  }

  get counts(): readonly RowCounts[] {
    return this.#counts
  }

  /** The newest errors of all machines, by time. */
  get errors(): readonly StripError[] {
    return this.#errors
      .flatMap(({ machine, errors }) => errors.all.map((each) => ({ ...each, machine })))
      .toSorted((a, b) => a.at - b.at)
  }

  get paused(): boolean {
    return this.#pausedAt !== undefined
  }

  /** Rows that came while it was paused. */
  get heldCount(): number {
    return this.#pausedAt === undefined ? 0 : Math.max(0, this.#all - this.#pausedAt)
  }

  get last(): LastRow | undefined {
    let last: LastRow | undefined
    for (const machine of this.#machines()) {
      for (const { last: row } of [machine.record.newest, machine.tabs.followed]) {
        if (row !== undefined && row.at >= (last?.row.at ?? 0)) last = { machine, row }
      }
    }
    return last
  }

  /** From one picture to the next, in milliseconds. */
  get paceMs(): number {
    return paces[highestLoad(this.#machines().map(({ record }) => record.load))].stripMs
  }

  pause(): void {
    this.#pausedAt = this.#all
  }

  resume(): void {
    this.#pausedAt = undefined
  }

  /** Count the rows of all machines, until the returned function is called. Run in an effect. */
  follow(): () => void {
    const changed = (): void => {
      this.#version += 1
    }
    const ends: (() => void)[] = []
    const known: { readonly machine: Machine; readonly errors: RecentErrors }[] = []
    this.#counts = this.#machines()
      .filter(({ fromFile }) => !fromFile)
      .flatMap((machine) => {
        const [own, followed] = [new RowCounts(), new RowCounts()]
        const { newest } = machine.record
        const { followed: rows } = machine.tabs
        // A record that is cleared, and a tab that is followed again, begin with nothing.
        if (newest.clears + rows.clears < 0) return []
        const errors = new RecentErrors()
        known.push({ machine, errors })
        const target = {
          append(found: FoundRows): void {
            own.append(found)
            errors.append(found)
            void learnNames(machine, errors).then(changed)
          },
          clear(): void {
            own.clear()
            errors.clear()
          },
        }
        const feed = new FeedInto(machine, { own: false, fromMs: Date.now() - spanMs }, target, changed)
        const add = (more: readonly LogRow[]): void => {
          followed.add(more)
          errors.add(more, nameOf)
        }
        add(rows.rows)
        const unwatch = rows.watch((more) => {
          add(more)
          changed()
        })
        ends.push(() => feed.close(), unwatch)
        return [own, followed]
      })
    this.#errors = known
    return () => {
      for (const end of ends) end()
    }
  }

  get #all(): number {
    return this.#machines().reduce((sum, { record }) => sum + record.totals.rows, 0)
  }
}

/** The names of errors are in their rows. */
async function learnNames(machine: Machine, errors: RecentErrors): Promise<void> {
  const { unnamed } = errors
  if (unnamed.length === 0) return
  const views = await machine.record.calls.rows(unnamed)
  errors.name(new Map(views.map(({ row }) => [row.seq, nameOf(row)])))
}
