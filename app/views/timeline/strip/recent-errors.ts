/**
 * The newest errors of a machine by name, for the strip: rows of the lanes of failures. Their names are not in the columns
 * and are asked for. Its memory does not depend on how many came.
 */
import { isFailure, isFailureLane, isOwnLane, laneOf } from '#record/lanes.ts'
import type { FoundRows, LogRow } from '#record/row.ts'

/** An error. */
export interface RecentError {
  /** Its row in this tab's record; undefined for one that another tab recorded. */
  readonly seq: number | undefined
  readonly at: number
  /** Undefined until it is known. */
  readonly name: string | undefined
}

/** Errors that are kept: more would not fit beside each other on the widest page. */
const mostErrors = 40

/** The newest errors, oldest first. */
export class RecentErrors {
  #all: readonly RecentError[] = []

  get all(): readonly RecentError[] {
    return this.#all
  }

  append({ at, lane, seq }: Pick<FoundRows, 'at' | 'lane' | 'seq'>): void {
    const found: RecentError[] = []
    for (let index = at.length - 1; index >= 0 && found.length < mostErrors; index -= 1) {
      const code = lane[index] as number
      if (isFailureLane[code] !== 1 || isOwnLane[code] === 1) continue
      found.push({ seq: seq[index], at: at[index] as number, name: undefined })
    }
    this.#keep(found.toReversed())
  }

  /** Add rows that have no columns. */
  add(rows: readonly LogRow[], nameOf: (row: LogRow) => string): void {
    this.#keep(
      rows.flatMap((row) => {
        const lane = laneOf(row, undefined)
        return isFailure(lane) ? [{ seq: undefined, at: row.at, name: nameOf(row) }] : []
      }),
    )
  }

  clear(): void {
    this.#all = []
  }

  /** The rows whose names are not known. */
  get unnamed(): readonly number[] {
    return this.#all.flatMap((each) => (each.name === undefined && each.seq !== undefined ? [each.seq] : []))
  }

  /** Learn names by the numbers of rows. */
  name(names: ReadonlyMap<number, string>): void {
    this.#all = this.#all.map((each) => {
      const name = each.seq === undefined ? undefined : names.get(each.seq)
      return name === undefined ? each : { ...each, name }
    })
  }

  #keep(more: readonly RecentError[]): void {
    if (more.length > 0) this.#all = [...this.#all, ...more].slice(-mostErrors)
  }
}
