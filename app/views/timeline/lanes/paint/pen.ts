/**
 * What all painters of the lanes draw with: the scale of the picture, its colours, and the shapes that they share.
 * Tested by app/views/timeline/lanes/paint/draw.test.ts.
 */
import type { RowSet } from '#trace/rows/row-set.ts'
import type { Colours } from '#ui/browser/colours.ts'
import type { HitTarget, Scene } from './scene.ts'

const font = '11px ui-monospace, "DejaVu Sans Mono", monospace'
/** The width of a character of the font, in pixels: a little more than it is, so that no text runs over its place. */
const charWidth = 6.7
/** Words stay so far from the left edge of the picture, in pixels, when their bar begins before it. */
const leastLeft = 4
/** Pixels between two lines of a hatched place. */
const hatchStep = 7
/** Of the ground of words that have one, in pixels: its height, and what it is wider than they on each side. */
const pillHeight = 14
const pillPad = 4
/** Half the width of a cross, in pixels. */
const crossSize = 3

/** A dash for what is still open, in pixels: line and gap. */
export const openDash = [4, 3]

/** Draws on a canvas, and keeps what can be pointed at: later ones lie above earlier ones. */
export class Pen {
  readonly hits: HitTarget[] = []
  /** Rows in bins of a few pixels, counted once for all lanes of a set. */
  readonly bins = new Map<RowSet, ReturnType<RowSet['bins']>>()
  readonly context: CanvasRenderingContext2D
  readonly scene: Scene
  readonly colours: Colours
  readonly pixelsAMs: number

  constructor(context: CanvasRenderingContext2D, scene: Scene, colours: Colours) {
    this.context = context
    this.scene = scene
    this.colours = colours
    this.pixelsAMs = scene.width / (scene.to - scene.from)
    context.font = font
    context.textBaseline = 'middle'
  }

  /** The pixel of a time. */
  x(ms: number): number {
    return (ms - this.scene.from) * this.pixelsAMs
  }

  fill(colour: string, x: number, y: number, width: number, height: number, alpha = 1): void {
    const { context } = this
    context.fillStyle = colour
    context.globalAlpha = alpha
    context.fillRect(x, y, width, height)
    context.globalAlpha = 1
  }

  /** The edge of a place whose ends are not known. */
  dashed(colour: string, dash: number[], x: number, y: number, width: number, height: number): void {
    const { context } = this
    context.strokeStyle = colour
    context.setLineDash(dash)
    context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1)
    context.setLineDash([])
  }

  /** Lines across a place, so that it is told apart without its colour. */
  hatch(colour: string, x: number, y: number, width: number, height: number): void {
    const { context } = this
    context.save()
    context.beginPath()
    context.rect(x, y, width, height)
    context.clip()
    context.strokeStyle = colour
    context.globalAlpha = 0.55
    context.beginPath()
    const first = Math.floor(Math.max(x, 0) / hatchStep) * hatchStep - height
    for (let at = first; at < Math.min(x + width, this.scene.width); at += hatchStep) {
      context.moveTo(at, y + height)
      context.lineTo(at + height, y)
    }
    context.stroke()
    context.restore()
  }

  /** Around what is selected. */
  ring(x: number, y: number, width: number, height: number): void {
    this.context.strokeStyle = this.colours.focus
    this.context.lineWidth = 2
    this.context.strokeRect(x, y, width, height)
    this.context.lineWidth = 1
  }

  /** Write as much of a text as has room. Returns how wide it is. */
  words(colour: string, text: string, x: number, y: number, room: number): number {
    if (room < 8) return 0
    const start = Math.max(x, leastLeft)
    const left = room - (start - x)
    const most = Math.floor(left / charWidth)
    if (most < 2) return 0
    const shown = text.length <= most ? text : `${text.slice(0, most - 1)}…`
    this.context.fillStyle = colour
    this.context.fillText(shown, start, y)
    return shown.length * charWidth + start - x
  }

  /** Words on a ground of their own, for what one looks for first. Returns how wide they are. */
  pill(ground: string, colour: string, text: string, x: number, y: number, room: number): number {
    if (room < 8 + 2 * pillPad) return 0
    const start = Math.max(x, leastLeft)
    const shown = Math.min(text.length, Math.floor((room - (start - x) - 2 * pillPad) / charWidth))
    if (shown < 2) return 0
    this.fill(ground, start, y - pillHeight / 2, shown * charWidth + 2 * pillPad, pillHeight)
    return this.words(colour, text, start + pillPad, y, room - pillPad) + 2 * pillPad
  }

  diamond(colour: string, x: number, y: number, size: number): void {
    this.#polygon(colour, [
      [x, y - size],
      [x + size, y],
      [x, y + size],
      [x - size, y],
    ])
  }

  /** A triangle with a point upwards: what failed is told apart without its colour. */
  triangle(colour: string, x: number, y: number, size: number): void {
    this.#polygon(colour, [
      [x, y - size],
      [x + size, y + size],
      [x - size, y + size],
    ])
  }

  /** A small flag: its pole is on `x`. */
  flag(colour: string, x: number, y: number, width: number, height: number): void {
    this.#polygon(colour, [
      [x, y],
      [x + width, y + height / 2],
      [x, y + height],
    ])
  }

  cross(colour: string, x: number, y: number): void {
    const { context } = this
    context.strokeStyle = colour
    context.lineWidth = 2
    context.beginPath()
    context.moveTo(x - crossSize, y - crossSize)
    context.lineTo(x + crossSize, y + crossSize)
    context.moveTo(x + crossSize, y - crossSize)
    context.lineTo(x - crossSize, y + crossSize)
    context.stroke()
    context.lineWidth = 1
  }

  #polygon(colour: string, points: readonly (readonly [number, number])[]): void {
    const { context } = this
    context.fillStyle = colour
    context.beginPath()
    for (const [x, y] of points) context.lineTo(x, y)
    context.fill()
  }
}
