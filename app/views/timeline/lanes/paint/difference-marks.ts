/**
 * In lanes that are compared with others: what only these have, as a flag and a line through the lane, and commands that
 * took much longer here, as a line under their bars.
 */
import { lanes } from '#record/lanes.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { LaneRow } from '../lane-rows.ts'
import type { Pen } from './pen.ts'
import { axisHeight } from './scene.ts'
import type { LaneDifferences } from './scene.ts'

/** Sizes in pixels: of a flag, of the line under it and under slow commands, and between two flags that are both drawn. */
const flagWidth = 8
const flagHeight = 8
const lineWidth = 2
const slowHeight = 3
const leastApart = 3

/** Draw those that are in sight. `colour` is that of the side. */
export function paintDifferences(pen: Pen, differences: LaneDifferences, colour: string): void {
  const { rows, from, to, top } = pen.scene
  const byCode = rowsByCode(rows)
  /** By lane: where its last flag is. Others on that pixel could not be told from it. */
  const last = new Map<LaneRow<Machine>, number>()
  const { at, lane, slowerMs } = differences
  for (let index = firstAt(at, from); index < at.length; index += 1) {
    const end = at[index] as number
    const ms = slowerMs[index] as number
    // A slow command that ends after the picture may begin in it.
    if (end > to && !(end - ms < to)) continue
    const row = byCode[lane[index] as number]
    if (row === undefined) continue
    const x = pen.x(end)
    const y = axisHeight + row.y - top
    if (ms >= 0) {
      const left = Math.max(-1, pen.x(end - ms))
      pen.fill(colour, left, y + row.height - slowHeight - 1, Math.max(slowHeight, x - left), slowHeight)
      continue
    }
    if (x - (last.get(row) ?? Number.NEGATIVE_INFINITY) < leastApart) continue
    last.set(row, x)
    pen.fill(colour, x - lineWidth / 2, y + 1, lineWidth, row.height - 2)
    pen.flag(colour, x, y + 1, flagWidth, flagHeight)
  }
}

/** For each lane of rows the one that it is drawn in. */
function rowsByCode(rows: readonly LaneRow<Machine>[]): readonly (LaneRow<Machine> | undefined)[] {
  return lanes.map((_, code) => rows.find(({ spec }) => spec.codes.includes(code)))
}

/** The first of times in order that is not before another. */
function firstAt(times: Float64Array, ms: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] as number) < ms) low = middle + 1
    else high = middle
  }
  return low
}
