/** How much happened when: the bins behind the strip's picture and behind the words that stand for it. */
import type { TimelineEntry } from '#state/machine/row-window.ts'
import { isTrouble } from '#words/row-words.ts'

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

/**
 * Count the rows of the last `spanMs` before `now` (milliseconds since the epoch) into `bins` bins. Rows are in order
 * of arrival; only those inside the span are looked at.
 */
export function densityOf(
  entries: readonly TimelineEntry[],
  now: number,
  spanMs: number,
  bins: number,
): Density {
  const list: Bin[] = Array.from({ length: bins }, () => ({ commands: 0, events: 0, troubles: 0 }))
  const from = now - spanMs
  let commands = 0
  let events = 0
  let troubles = 0
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const row = entries[index]?.row
    if (row === undefined || row.at < from - slackMs) break
    if (row.at < from || row.at > now) continue
    if ('origin' in row && row.origin !== 'person') continue
    const bin = list[Math.min(bins - 1, Math.floor(((row.at - from) / spanMs) * bins))]
    if (bin === undefined) continue
    if (isTrouble(row)) {
      bin.troubles += 1
      troubles += 1
    } else if (row.kind === 'command' || row.kind === 'raw') {
      bin.commands += 1
      commands += 1
    } else if (row.kind === 'event') {
      bin.events += 1
      events += 1
    }
  }
  const peak = list.reduce((most, bin) => Math.max(most, bin.commands, bin.events), 0)
  return { bins: list, commands, events, troubles, peak }
}

/** Rows of different machines may arrive slightly out of the order of their times. */
const slackMs = 2000

/** A height between 0 and 1 for a count: by its logarithm, so that one is still seen beside a thousand. */
export function heightOf(count: number, peak: number): number {
  if (count <= 0) return 0
  return Math.log2(1 + count) / Math.log2(1 + Math.max(peak, 8))
}
