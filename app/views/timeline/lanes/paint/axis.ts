/** The scale of time above the lanes, and what lies over all of them: grid, range, marks and cursor. */
import { ticksOf, ticksSince } from '../scale.ts'
import type { Tick } from '../scale.ts'
import type { Pen } from './pen.ts'
import { axisHeight } from './scene.ts'
import type { Scene } from './scene.ts'

/** Sizes in pixels. */
const tickHeight = 6
const labelMiddle = 9
const flag = { top: 2, width: 9, height: 8 }
/** A mark has its note where the next one is so far away; no more of it than this. In pixels. */
const roomForNote = 50
const mostNote = 240
/** What can be pointed at of a mark: its flag and a little more. */
const markReach = { left: 4, width: 14 }

function ticksIn({ from, to, width, compared }: Scene): readonly Tick[] {
  return compared === undefined ? ticksOf(from, to, width) : ticksSince(compared.zero, from, to, width)
}

/** A line at each tick, under the lanes. */
export function paintGrid(pen: Pen): void {
  const { height } = pen.scene
  for (const tick of ticksIn(pen.scene)) {
    const x = Math.round(pen.x(tick.at))
    pen.fill(pen.colours.border, x, axisHeight, 1, height - axisHeight, tick.major ? 0.9 : 0.45)
  }
}

/** The scale, and a line at the present. */
export function paintAxis(pen: Pen): void {
  const { context, colours } = pen
  const { width, height, now, compared } = pen.scene
  pen.fill(colours.sunken, 0, 0, width, axisHeight)
  for (const tick of ticksIn(pen.scene)) {
    const x = Math.round(pen.x(tick.at))
    pen.fill(colours.strong, x, axisHeight - tickHeight, 1, tickHeight)
    context.fillStyle = tick.major ? colours.text : colours.muted
    context.fillText(tick.label, x + 3, labelMiddle)
  }
  pen.fill(colours.border, 0, axisHeight - 1, width, 1)
  // In a comparison it is the other line that counts: where both are aligned.
  const end = pen.x(compared?.zero ?? now)
  if (end >= 0 && end < width)
    pen.fill(compared === undefined ? colours.ok : colours.strong, Math.round(end), 0, 1, height)
}

/** The selected stretch of time. */
export function paintRange(pen: Pen): void {
  const { range, height } = pen.scene
  if (range === undefined) return
  const { accent } = pen.colours
  const left = pen.x(range.from)
  const right = pen.x(range.to)
  pen.fill(accent, left, axisHeight, right - left, height, 0.13)
  pen.fill(accent, left, axisHeight, 1, height)
  pen.fill(accent, right - 1, axisHeight, 1, height)
}

/** A person's marks: a flag on the scale, a line through the lanes. */
export function paintMarks(pen: Pen): void {
  const { marks, height, width } = pen.scene
  const { focus } = pen.colours
  for (const mark of marks) {
    const x = pen.x(mark.at)
    if (x < -markReach.left || x > width + markReach.left) continue
    pen.fill(focus, x, axisHeight, 1, height, 0.6)
    pen.flag(focus, x, flag.top, flag.width, flag.height)
    pen.fill(focus, x, flag.top, 1, axisHeight - flag.top)
    const next = Math.min(width, ...marks.flatMap((each) => (each.at > mark.at ? [pen.x(each.at)] : [])))
    if (mark.text !== '' && next - x > roomForNote) {
      // On the ground of the scale, so that its labels do not show through.
      const room = Math.min(next - x - flag.width - 6, mostNote)
      pen.pill(pen.colours.sunken, focus, mark.text, x + flag.width + 2, labelMiddle, room)
    }
    pen.hits.push({
      x: x - markReach.left,
      y: 0,
      width: markReach.width,
      height: axisHeight,
      what: { kind: 'mark', mark },
      edges: [mark.at],
    })
  }
}

/** The time that the pointer or the keys are on. */
export function paintCursor(pen: Pen): void {
  const { cursor, height } = pen.scene
  if (cursor !== undefined) pen.fill(pen.colours.focus, Math.round(pen.x(cursor)), 0, 1, height)
}
