/**
 * Draws a plot over time: its scales, its lines or its heat, and the selected range. A pixel column has at most one stroke
 * of a line, from the least to the most of its samples, so that the cost is that of the picture and not of the samples.
 * Tested by app/ui/plot/plot.test.ts.
 */
import type { Colours } from '../browser/colours.ts'
import { lineLook } from './line-look.ts'
import { plotMargin, plotX } from './plot-scene.ts'
import type { PlotHeat, PlotLine, PlotScene } from './plot-scene.ts'

/** The context of a canvas, as far as it is used. */
export type PlotPen = Pick<
  CanvasRenderingContext2D,
  | 'clearRect'
  | 'fillRect'
  | 'fillText'
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'stroke'
  | 'setLineDash'
  | 'save'
  | 'restore'
  | 'rect'
  | 'clip'
> & {
  fillStyle: CanvasRenderingContext2D['fillStyle']
  strokeStyle: CanvasRenderingContext2D['strokeStyle']
  lineWidth: number
  font: string
  textAlign: CanvasTextAlign
  textBaseline: CanvasTextBaseline
  globalAlpha: number
}

/** Steps of heat, from that of the fullest cell in sight: each is a quarter of the one before. */
const heatSteps = [1, 0.7, 0.45, 0.25]

/** Draw all of it. */
export function paintPlot(pen: PlotPen, scene: PlotScene, colours: Colours): void {
  const { width, height, picture, range } = scene
  const { left, right, top, bottom } = plotMargin
  pen.clearRect(0, 0, width, height)
  pen.font = '11px sans-serif'
  pen.lineWidth = 1
  paintTimes(pen, scene, colours)
  if (picture.heat === undefined) paintValues(pen, scene, colours)
  else paintEdges(pen, scene, picture.heat, colours)
  pen.save()
  pen.beginPath()
  // A line at the edge is not cut in half.
  pen.rect(left, top - 1, Math.max(0, width - left - right), Math.max(0, height - top - bottom + 2))
  pen.clip()
  if (range !== undefined) {
    const [from, to] = [plotX(scene, range.from), plotX(scene, range.to)]
    pen.fillStyle = colours.selected
    pen.fillRect(from, top, Math.max(1, to - from), height - top - bottom)
  }
  if (picture.heat !== undefined) paintHeat(pen, scene, picture.heat, colours)
  for (const [index, line] of picture.lines.entries()) paintLine(pen, scene, line, index, colours)
  pen.restore()
}

function paintTimes(pen: PlotPen, scene: PlotScene, colours: Colours): void {
  const { height, ticks, width } = scene
  const base = height - plotMargin.bottom
  pen.strokeStyle = colours.border
  pen.fillStyle = colours.muted
  pen.textAlign = 'center'
  pen.textBaseline = 'top'
  pen.beginPath()
  for (const { at, label } of ticks) {
    const x = Math.round(plotX(scene, at)) + 0.5
    if (x < plotMargin.left || x > width - plotMargin.right) continue
    pen.moveTo(x, plotMargin.top)
    pen.lineTo(x, base)
    // A word that would be cut off is left out.
    if (x < width - 28) pen.fillText(label, x, base + 4)
  }
  pen.stroke()
}

function valueY({ scale, height }: PlotScene, value: number): number {
  const inside = height - plotMargin.top - plotMargin.bottom
  return plotMargin.top + (1 - (value - scale.min) / (scale.max - scale.min)) * inside
}

function paintValues(pen: PlotPen, scene: PlotScene, colours: Colours): void {
  const { scale, width, format } = scene
  pen.strokeStyle = colours.border
  pen.fillStyle = colours.muted
  pen.textAlign = 'right'
  pen.textBaseline = 'middle'
  pen.beginPath()
  for (const tick of scale.ticks) {
    const y = Math.round(valueY(scene, tick)) + 0.5
    pen.moveTo(plotMargin.left, y)
    pen.lineTo(width - plotMargin.right, y)
    pen.fillText(format(tick), plotMargin.left - 5, y)
  }
  pen.stroke()
}

/** The samples in sight, and one at each side so that lines go to the edge. */
function samplesInSight({ picture, shown }: PlotScene): readonly [first: number, end: number] {
  const { times } = picture
  const place = (at: number): number => {
    let [low, high] = [0, times.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((times[middle] ?? Number.POSITIVE_INFINITY) >= at) high = middle
      else low = middle + 1
    }
    return low
  }
  return [Math.max(0, place(shown.from) - 1), Math.min(times.length, place(shown.to) + 1)]
}

function paintLine(pen: PlotPen, scene: PlotScene, line: PlotLine, index: number, colours: Colours): void {
  const { times } = scene.picture
  const { colour, dash } = lineLook(index)
  const [first, end] = samplesInSight(scene)
  pen.strokeStyle = colours[colour]
  pen.fillStyle = colours[colour]
  pen.lineWidth = 1.5
  pen.setLineDash([...dash])
  pen.beginPath()
  let isOpen = false
  let column = Number.NEGATIVE_INFINITY
  let [low, high, last] = [0, 0, 0]
  // What a pixel column has beyond its first sample is one stroke.
  const closeColumn = (): void => {
    if (!isOpen || low === high) return
    pen.lineTo(column, low)
    pen.lineTo(column, high)
    pen.lineTo(column, last)
  }
  for (let place = first; place < end; place += 1) {
    const value = line.values[place] ?? Number.NaN
    if (Number.isNaN(value)) {
      closeColumn()
      isOpen = false
      continue
    }
    const x = Math.round(plotX(scene, times[place] ?? 0) * 2) / 2
    const y = valueY(scene, value)
    if (isOpen && x === column) {
      low = Math.min(low, y)
      high = Math.max(high, y)
      last = y
      continue
    }
    closeColumn()
    if (isOpen) pen.lineTo(x, y)
    else {
      pen.moveTo(x, y)
      // A sample between two gaps is a dot.
      if (Number.isNaN(line.values[place + 1] ?? Number.NaN)) pen.fillRect(x - 1.5, y - 1.5, 3, 3)
    }
    isOpen = true
    column = x
    low = high = last = y
  }
  closeColumn()
  pen.stroke()
  pen.setLineDash([])
}

/** The bins from the first to below the last that have anything in sight; at least one. */
export function binsInSight(
  scene: Pick<PlotScene, 'picture' | 'shown'>,
): readonly [first: number, end: number] {
  const bins = scene.picture.heat?.bins ?? []
  const [from, to] = samplesInSight(scene as PlotScene)
  const isUsed = (bin: ArrayLike<number>): boolean => {
    for (let place = from; place < to; place += 1) if ((bin[place] ?? 0) > 0) return true
    return false
  }
  const first = bins.findIndex(isUsed)
  return first < 0 ? [0, Math.min(1, bins.length)] : [first, bins.findLastIndex(isUsed) + 1]
}

function paintEdges(pen: PlotPen, scene: PlotScene, heat: PlotHeat, colours: Colours): void {
  const [first, end] = binsInSight(scene)
  const inside = scene.height - plotMargin.top - plotMargin.bottom
  const high = inside / (end - first)
  pen.fillStyle = colours.muted
  pen.textAlign = 'right'
  pen.textBaseline = 'bottom'
  // Words need 13 pixels each.
  const every = Math.max(1, Math.ceil(13 / high))
  for (let bin = first; bin < end; bin += every) {
    const y = plotMargin.top + inside - (bin - first) * high
    pen.fillText(heat.edges[bin] ?? '', plotMargin.left - 5, y + 2)
  }
}

/** A cell of heat: its left and right edge, its bin, and how much is in it. */
interface HeatCell {
  readonly left: number
  readonly right: number
  readonly bin: number
  readonly sum: number
}

/** The cells that have something in them. Samples of one pixel column are one cell. */
function heatCells(scene: PlotScene, heat: PlotHeat): readonly HeatCell[] {
  const { times } = scene.picture
  const [first, end] = binsInSight(scene)
  const [from, to] = samplesInSight(scene)
  const cells: HeatCell[] = []
  for (let bin = first; bin < end; bin += 1) {
    const column = heat.bins[bin] ?? []
    let place = Math.max(from, 1)
    while (place < to) {
      // What is told at a time has grown since the time before.
      const left = Math.floor(plotX(scene, times[place - 1] ?? 0))
      let sum = 0
      let right = left
      while (place < to && right <= left) {
        const value = column[place] ?? Number.NaN
        if (!Number.isNaN(value)) sum += value
        right = Math.floor(plotX(scene, times[place] ?? 0))
        place += 1
      }
      if (sum > 0) cells.push({ left, right, bin, sum })
    }
  }
  return cells
}

function paintHeat(pen: PlotPen, scene: PlotScene, heat: PlotHeat, colours: Colours): void {
  const [first, end] = binsInSight(scene)
  const inside = scene.height - plotMargin.top - plotMargin.bottom
  const high = inside / Math.max(1, end - first)
  const cells = heatCells(scene, heat)
  const fullest = cells.reduce((most, { sum }) => Math.max(most, sum), 1)
  pen.fillStyle = colours.accent
  for (const { left, right, bin, sum } of cells) {
    const step = Math.min(heatSteps.length - 1, Math.floor(Math.log2(fullest / sum) / 2))
    pen.globalAlpha = heatSteps[step] ?? 1
    const y = plotMargin.top + inside - (bin - first + 1) * high
    pen.fillRect(left, y, Math.max(1, right - left), Math.max(1, high - 0.5))
  }
  pen.globalAlpha = 1
}
