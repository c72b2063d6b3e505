/**
 * How much happened when: counts in slots of a quarter of a second over the last minutes, for the strip's picture and the
 * words that stand for it. Its memory does not depend on how many rows came.
 */
import type { FoundRows, LogRow } from '#record/row.ts'
import { isFailureLane, isOwnLane, laneCode, laneOf } from '#record/lanes.ts'

/** What fell into one bin. The page's own queries are not counted. */
export interface Bin {
  commands: number
  events: number
  troubles: number
}

/** The bins of a span of time, oldest first, and their sums. */
export interface Density {
  readonly bins: readonly Bin[]
  readonly commands: number
  readonly events: number
  readonly troubles: number
  /** The largest number of commands or events in one bin. */
  readonly peak: number
}

/** What the strip shows, in milliseconds. */
export const spanMs = 5 * 60_000
/** A slot, in milliseconds. Longer: bins of a wide page differ in how many slots they have. */
const slotMs = 250
/** Slots of the span, and some for rows that arrive while it is drawn. */
const slots = spanMs / slotMs + 8

/** The counts of the rows of one machine. */
export class RowCounts {
  /** The number of the slot since the epoch that each place has the counts of. */
  readonly #slot = new Float64Array(slots)
  readonly #commands = new Uint32Array(slots)
  readonly #events = new Uint32Array(slots)
  readonly #troubles = new Uint32Array(slots)

  /** Count rows of a query. */
  append({ at, lane }: Pick<FoundRows, 'at' | 'lane'>): void {
    for (let index = 0; index < at.length; index += 1) this.#add(at[index] as number, lane[index] as number)
  }

  /** Count rows that have no columns. */
  add(rows: readonly LogRow[]): void {
    for (const row of rows) this.#add(row.at, laneCode[laneOf(row, undefined)])
  }

  clear(): void {
    this.#slot.fill(0)
  }

  /** Add what is known of the span before `now` (milliseconds since the epoch) to bins of that span, oldest first. */
  addTo(bins: readonly Bin[], now: number): void {
    const first = Math.floor((now - spanMs) / slotMs)
    for (let place = 0; place < slots; place += 1) {
      const slot = this.#slot[place] as number
      const bin = bins[Math.floor(((slot - first) * slotMs * bins.length) / spanMs)]
      if (slot < first || bin === undefined) continue
      bin.commands += this.#commands[place] as number
      bin.events += this.#events[place] as number
      bin.troubles += this.#troubles[place] as number
    }
  }

  #add(at: number, lane: number): void {
    const slot = Math.floor(at / slotMs)
    const place = slot % slots
    if (this.#slot[place] !== slot) {
      // One of long ago has no place any more.
      if ((this.#slot[place] as number) > slot) return
      this.#slot[place] = slot
      this.#commands[place] = 0
      this.#events[place] = 0
      this.#troubles[place] = 0
    }
    if (isOwnLane[lane] === 1) return
    const counts =
      isFailureLane[lane] === 1
        ? this.#troubles
        : lane === laneCode.command || lane === laneCode.raw
          ? this.#commands
          : lane > laneCode.trouble
            ? this.#events
            : undefined
    if (counts !== undefined) counts[place] = (counts[place] as number) + 1
  }
}

/** The sums of some counts over the span before `now` (milliseconds since the epoch), in `bins` bins. */
export function densityOf(counts: Iterable<RowCounts>, now: number, bins: number): Density {
  const list: Bin[] = Array.from({ length: bins }, () => ({ commands: 0, events: 0, troubles: 0 }))
  for (const each of counts) each.addTo(list, now)
  const sum = (of: keyof Bin): number => list.reduce((all, bin) => all + bin[of], 0)
  const peak = list.reduce((most, bin) => Math.max(most, bin.commands, bin.events), 0)
  return { bins: list, commands: sum('commands'), events: sum('events'), troubles: sum('troubles'), peak }
}

/** A height between 0 and 1 for a count: by its logarithm, so that one is still seen beside a thousand. */
export function heightOf(count: number, peak: number): number {
  if (count <= 0) return 0
  return Math.log2(1 + count) / Math.log2(1 + Math.max(peak, 8))
}
