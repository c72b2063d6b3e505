/**
 * Draws the lanes on a canvas, and says what is where: the same pass makes the picture and the places that can be
 * pointed at. The cost goes with the pixels, not with the rows.
 */
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { LaneRow } from '../lane-rows.ts'
import { paintAxis, paintCursor, paintGrid, paintMarks, paintRange } from './axis.ts'
import type { Colours } from '#ui/browser/colours.ts'
import { paintCommands, paintWaiting } from './command-bars.ts'
import { paintDifferences } from './difference-marks.ts'
import { Pen } from './pen.ts'
import { paintRows } from './rows.ts'
import { axisHeight } from './scene.ts'
import type { HitTarget, Scene } from './scene.ts'
import { paintGaps, paintStates } from './states.ts'
import { paintTracks } from './tracks.ts'

/** Rows along the lower edge of lanes that hold bars as well: their height in pixels. */
const lowInStates = 5
const lowInTracks = 6

/** Draw, and return what is where: later ones lie above earlier ones. */
export function drawLanes(context: CanvasRenderingContext2D, scene: Scene, colours: Colours): HitTarget[] {
  const { width, height, rows, top } = scene
  const pen = new Pen(context, scene, colours)
  context.clearRect(0, 0, width, height)
  context.save()
  context.beginPath()
  context.rect(0, axisHeight, width, height - axisHeight)
  context.clip()
  paintGrid(pen)
  for (const row of rows) {
    const y = axisHeight + row.y - top
    if (y + row.height >= axisHeight && y <= height) paintLane(pen, row, y)
  }
  const { compared } = scene
  if (compared?.differences !== undefined) paintDifferences(pen, compared.differences, colours[compared.tone])
  paintRange(pen)
  context.restore()
  paintAxis(pen)
  paintMarks(pen)
  paintCursor(pen)
  return pen.hits
}

function paintLane(pen: Pen, row: LaneRow<Machine>, y: number): void {
  const { colours, scene } = pen
  const { height } = row
  if (row.spec.style === 'machine') pen.fill(colours.sunken, 0, y, scene.width, height)
  if (row === scene.focused) pen.fill(colours.selected, 0, y, scene.width, height, 0.6)
  pen.fill(colours.border, 0, y + height - 1, scene.width, 1)
  const set = scene.model.setOf(row.of)
  if (row.folded) {
    if (set !== undefined) paintRows(pen, row, set, { y, height })
    return
  }
  switch (row.spec.style) {
    case 'machine':
      break
    case 'state':
      paintStates(pen, row, y)
      if (set === undefined) break
      paintGaps(pen, row, set, y)
      paintRows(pen, row, set, { y, height, low: lowInStates })
      break
    case 'marks':
      if (set !== undefined) paintRows(pen, row, set, { y, height })
      break
    case 'tracks':
      if (set !== undefined) paintRows(pen, row, set, { y, height, low: lowInTracks })
      paintTracks(pen, row, y)
      break
    case 'commands':
      if (set !== undefined) paintCommands(pen, row, set, y)
      paintWaiting(pen, row, y)
      break
  }
}
