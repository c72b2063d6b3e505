/** Lanes of commands: a bar from sending to the reply, and what still waits. */
import { laneCode } from '#record/lanes.ts'
import type { RowSet } from '#trace/rows/row-set.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { RowId } from '../../page/model.svelte.ts'
import type { LaneRow } from '../lane-rows.ts'
import { openDash } from './pen.ts'
import type { Pen } from './pen.ts'
import { countIn, paintRows } from './rows.ts'

/** Commands of a lane that are drawn as bars at most: with more, those wider than a pixel over the picture of all. */
const mostBars = 3000
/** With more bars than this, names that are not held are not asked for. */
const mostAsked = 150
/** Sizes in pixels: the narrowest bar, and the widths from which it is filled lightly and has its name. */
const leastWidth = 2
const widthForLight = 6
const roomForName = 20
const roomForWaiting = 30
const leastWaiting = 3
const rawSize = 3
const rawReach = 4

export function paintCommands(pen: Pen, row: LaneRow<Machine>, set: RowSet, y: number): void {
  const { from, to } = pen.scene
  const { codes } = row.spec
  const a = set.indexAt(from)
  const b = set.indexAt(to)
  const few = countIn(set, codes, a, b) <= mostBars
  // Many: those that are no wider than a pixel are a picture of how many they are.
  if (!few) paintRows(pen, row, set, { y, height: row.height })
  const found = set
    .commands(from, to, few ? 0 : 1 / pen.pixelsAMs, mostBars)
    .filter((index) => codes.includes(set.laneAt(index)))
  for (const index of found) paintBar(pen, row, set, index, y, found.length <= mostAsked)
  if (codes.includes(laneCode.raw)) paintRaw(pen, row, set, y, set.inLanes([laneCode.raw], a, b, mostBars))
}

function paintBar(
  pen: Pen,
  row: LaneRow<Machine>,
  set: RowSet,
  index: number,
  y: number,
  isSparse: boolean,
): void {
  const { colours } = pen
  const { selected, model, viewOf, width } = pen.scene
  const end = set.timeAt(index)
  const start = end - set.latencyAt(index)
  const left = Math.max(-2, pen.x(start))
  const wide = Math.max(leastWidth, Math.min(width + 2, pen.x(end)) - left)
  const top = y + 2 + Math.min(row.bars - 1, set.rowAt(index)) * (row.bar + 2)
  const middle = top + row.bar / 2
  const lane = set.laneAt(index)
  const id: RowId = { machine: row.of, seq: set.seqAt(index) }
  const failed = lane === laneCode.error || lane === laneCode['own-error']
  const silent = lane === laneCode.outcome
  const colour = failed ? colours.danger : silent ? colours.warning : colours.accent
  pen.fill(colour, left, top, wide, row.bar, wide > widthForLight ? 0.35 : 1)
  pen.fill(colour, left, top, Math.min(2, wide), row.bar)
  if (silent) pen.hatch(colours.warning, left, top, wide, row.bar)
  const view = isSparse && wide > roomForName ? viewOf(id) : model.known(id)
  if (wide > roomForName && view !== undefined && 'name' in view.row) {
    const oob = view.sent?.oob === true ? '⇡ ' : ''
    pen.words(colours.text, `${oob}${view.row.name}${failed ? ' ✕' : ''}`, left + 4, middle, wide - 6)
  } else if (failed) {
    pen.cross(colours.danger, left + wide / 2, middle)
  }
  const isSelected =
    selected?.machine === row.of && (selected.seq === id.seq || selected.seq === view?.sent?.seq)
  if (isSelected) pen.ring(left - 2, top - 1, wide + 4, row.bar + 2)
  pen.hits.push({
    ...{ x: left - 1, y: top, width: wide + 2, height: row.bar },
    what: { kind: 'row', id },
    edges: [start, end],
  })
}

/** Lines that are no commands have no end: marks among the bars. */
function paintRaw(pen: Pen, row: LaneRow<Machine>, set: RowSet, y: number, found: readonly number[]): void {
  for (const index of found) {
    const at = set.timeAt(index)
    const x = pen.x(at)
    pen.diamond(pen.colours.accent, x, y + 2 + row.bar / 2, rawSize)
    pen.hits.push({
      ...{ x: x - rawReach, y, width: 2 * rawReach, height: row.bar },
      what: { kind: 'row', id: { machine: row.of, seq: set.seqAt(index) } },
      edges: [at],
    })
  }
}

/** Commands that wait for their reply: open at the right. */
export function paintWaiting(pen: Pen, row: LaneRow<Machine>, y: number): void {
  const { colours } = pen
  const { now, width } = pen.scene
  const own = row.spec.name === 'own'
  let line = 0
  for (const pending of row.of.commands.queue.pending) {
    if ((pending.origin !== 'person') !== own || pending.state === 'queued') continue
    const left = Math.max(-2, pen.x(pending.since))
    const wide = Math.min(width + 2, pen.x(now)) - left
    if (wide <= 0 || left > width) continue
    const top = y + 2 + Math.min(row.bars - 1, line) * (row.bar + 2)
    line += 1
    const colour = pending.state === 'late' ? colours.warning : colours.accent
    pen.dashed(colour, openDash, left, top, Math.max(leastWaiting, wide), row.bar)
    if (wide > roomForWaiting) {
      pen.words(colours.text, `${pending.name} …`, left + 4, top + row.bar / 2, wide - 6)
    }
  }
}
