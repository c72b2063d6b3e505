/** Lanes of tracks: a bar for each job, migration, dump and device, with its progress. */
import type { Track } from '#record/track.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { trackLabel } from '#words/track-words.ts'
import type { LaneRow } from '../lane-rows.ts'
import type { Colours } from '#ui/browser/colours.ts'
import { openDash } from './pen.ts'
import type { Pen } from './pen.ts'

/** Sizes in pixels: the narrowest bar, the width from which it has words, and the ticks of its phases. */
const leastWidth = 3
const roomForLabel = 24
/** Short, so that they do not cross out the words. */
const phaseTick = 4

export function paintTracks(pen: Pen, row: LaneRow<Machine>, y: number): void {
  const { width, now, from, to, tracksOf, rowOf } = pen.scene
  /** By the top of its row: which pixel the last narrow bar is on. Others there could not be told from it. */
  const narrow = new Map<number, number>()
  for (const track of tracksOf(row.of)) {
    if (!row.spec.tracks.includes(track.kind)) continue
    const end = track.end ?? now
    if (track.start > to || end < from) continue
    const x = Math.max(-2, pen.x(track.start))
    const right = Math.min(width + 2, pen.x(end))
    const top = y + 2 + rowOf(track, row.of) * (row.bar + 2)
    if (right - x < 1 && track.outcome !== 'failed') {
      const pixel = Math.floor(x)
      if (narrow.get(top) === pixel) continue
      narrow.set(top, pixel)
    }
    const wide = Math.max(leastWidth, right - x)
    paintBar(pen, track, { x, y: top, width: wide, height: row.bar }, end)
    pen.hits.push({
      ...{ x, y: top, width: wide, height: row.bar },
      what: { kind: 'track', machine: row.of, track },
      edges: [track.start, end, ...track.phases.map((phase) => phase.at)],
    })
  }
}

/** A place in the picture, in pixels. */
interface BarBox {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

function paintBar(pen: Pen, track: Track, box: BarBox, end: number): void {
  const { x, y: top, width: wide, height } = box
  const { context, colours } = pen
  const colour = outcomeColour(track.outcome, colours)
  pen.fill(colour, x, top, wide, height, 0.22)
  context.globalAlpha = 0.5
  paintProgress(pen, track, box, end)
  context.globalAlpha = 1
  pen.dashed(colour, track.end === undefined ? openDash : [], x, top, wide, height)
  for (const phase of track.phases) {
    const at = pen.x(phase.at)
    if (at > 0 && at < pen.scene.width) context.fillRect(at, top, 1, phaseTick)
  }
  if (track.outcome === 'failed') pen.cross(colours.danger, x + wide - 7, top + height / 2)
  if (wide > roomForLabel) pen.words(colours.text, trackLabel(track), x + 4, top + height / 2, wide - 16)
}

/** How far a track was, as a filled curve in its bar. */
function paintProgress(pen: Pen, track: Track, { y: top, height }: BarBox, end: number): void {
  const { progress } = track
  const last = progress.at(-1)
  if (last === undefined) return
  const { context } = pen
  const bottom = top + height
  const heightOf = (current: number, total: number): number =>
    total > 0 ? Math.min(1, Math.max(0, current / total)) * (height - 1) : 0
  context.beginPath()
  context.moveTo(pen.x(track.start), bottom)
  for (const each of progress) {
    context.lineTo(pen.x(each.at), bottom - heightOf(each.current, each.total))
  }
  context.lineTo(pen.x(end), bottom - heightOf(last.current, last.total))
  context.lineTo(pen.x(end), bottom)
  context.fill()
}

function outcomeColour(outcome: Track['outcome'], colours: Colours): string {
  switch (outcome) {
    case 'failed':
      return colours.danger
    case 'cancelled':
    case 'unknown':
      return colours.warning
    case 'done':
      return colours.ok
    default:
      return colours.accent
  }
}
