/** Draws the strip's picture: bands of the run state, commands up, events down, minutes. Tested by e2e/timeline.spec.ts. */
import type { Colours } from '#ui/browser/colours.ts'
import { heightOf } from './density.ts'
import type { Density } from './density.ts'
import type { MinuteMark, StateBand } from './strip-scale.ts'

/** Pixels at the lower edge for the times. */
export const scaleHeight = 14
/** A band has its state in words from this width on, in pixels. */
const roomForState = 52
const faint = 0.18
const fainter = 0.32

/** What is drawn. */
export interface StripPicture {
  readonly width: number
  readonly height: number
  readonly density: Density
  readonly bands: readonly StateBand[]
  readonly minutes: readonly MinuteMark[]
}

/** Draw it. The context's unit is a CSS pixel, and nothing is drawn yet. */
export function drawStrip(context: CanvasRenderingContext2D, picture: StripPicture, colours: Colours): void {
  const { width, height, density, bands, minutes } = picture
  const bottom = height - scaleHeight
  context.font = `11px ${getComputedStyle(context.canvas).fontFamily}`
  for (const { x, width: wide, state } of bands) {
    const isRunning = state === 'running'
    context.globalAlpha = isRunning ? faint : fainter
    context.fillStyle = colourOf(state, colours)
    context.fillRect(x, 0, wide, bottom)
    context.globalAlpha = 1
    // Not by its colour alone: what does not run has an edge and its word.
    if (!isRunning) context.fillRect(x, 0, wide, 2)
  }
  drawBins(context, density, width, bottom, colours)
  context.textBaseline = 'middle'
  for (const { x, width: wide, state } of bands) {
    if (wide < roomForState || state === 'running') continue
    context.fillStyle = colours.text
    context.save()
    context.beginPath()
    context.rect(x, 0, wide - 4, bottom)
    context.clip()
    context.fillText(state, x + 4, 9)
    context.restore()
  }
  for (const { x, text } of minutes) {
    context.fillStyle = colours.strong
    context.fillRect(x, bottom, 1, 4)
    context.fillStyle = colours.muted
    if (x + 36 < width) context.fillText(text, x + 4, bottom + scaleHeight / 2)
  }
}

function drawBins(
  context: CanvasRenderingContext2D,
  density: Density,
  width: number,
  bottom: number,
  colours: Colours,
): void {
  const middle = Math.floor(bottom / 2)
  const step = width / density.bins.length
  context.fillStyle = colours.strong
  context.fillRect(0, middle, width, 1)
  context.fillRect(0, bottom, width, 1)
  density.bins.forEach((bin, index) => {
    const x = index * step
    const up = heightOf(bin.commands, density.peak) * (middle - 2)
    const down = heightOf(bin.events, density.peak) * (bottom - middle - 2)
    context.fillStyle = colours.accent
    if (up > 0) context.fillRect(x, middle - up, Math.max(2, step - 1), up)
    context.fillStyle = colours.info
    if (down > 0) context.fillRect(x, middle + 1, Math.max(2, step - 1), down)
    if (bin.troubles > 0) {
      // A line through both halves with a flag on top: to be told apart without its colour.
      const centre = x + step / 2
      context.fillStyle = colours.danger
      context.fillRect(centre - 1, 0, 2, bottom)
      context.beginPath()
      context.moveTo(centre - 5, 0)
      context.lineTo(centre + 5, 0)
      context.lineTo(centre, 7)
      context.fill()
    }
  })
}

function colourOf(state: string, colours: Colours): string {
  if (state === 'running') return colours.ok
  if (/panicked|error|watchdog/.test(state)) return colours.danger
  return /migrate|restore|save|colo/.test(state) ? colours.info : colours.warning
}
