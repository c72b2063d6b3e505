/**
 * Draws the lanes on a canvas, and says what is where: the same pass makes the picture and the places that can be
 * pointed at. The cost goes with the pixels, not with the rows.
 */
import type { RowView } from '#record/row.ts'
import type { Track } from '#record/track.ts'
import { isFailureLane, laneCode, lanes } from '#record/lanes.ts'
import type { RowSet } from '#trace/rows/row-set.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { barHeight } from './lane-rows.ts'
import type { LaneRow } from './lane-rows.ts'
import type { RowId, TimelineModel } from '../page/model.svelte.ts'
import { ticksOf } from './scale.ts'

/** Colours by the names of their custom properties. */
export interface Colours {
  readonly text: string
  readonly muted: string
  readonly border: string
  readonly strong: string
  readonly raised: string
  readonly sunken: string
  readonly selected: string
  readonly accent: string
  readonly danger: string
  readonly warning: string
  readonly ok: string
  readonly info: string
  readonly focus: string
}

/** A mark of one's own. */
export interface Mark {
  readonly at: number
  readonly text: string
}

/** Something that can be pointed at. */
export interface Hit {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly what:
    | { readonly kind: 'row'; readonly id: RowId }
    | { readonly kind: 'track'; readonly machine: Machine; readonly track: Track }
    | { readonly kind: 'phase'; readonly machine: Machine; readonly track: Track; readonly phase: number }
    | { readonly kind: 'mark'; readonly mark: Mark }
    /** Rows of a lane between two indexes of the set: more than one in a few pixels. */
    | {
        readonly kind: 'rows'
        readonly machine: Machine
        readonly codes: readonly number[]
        readonly from: number
        readonly to: number
        readonly count: number
      }
  /** Edges that a cursor can stand on exactly, milliseconds since the epoch. */
  readonly edges: readonly number[]
}

/** What is drawn. */
export interface Scene {
  readonly width: number
  readonly height: number
  /** How far the lanes are scrolled, in pixels. */
  readonly top: number
  readonly from: number
  readonly to: number
  readonly now: number
  readonly rows: readonly LaneRow<Machine>[]
  readonly model: TimelineModel
  /** What is known of a row; what is not is asked for, and drawn when it is there. */
  readonly viewOf: (id: RowId) => RowView | undefined
  readonly tracksOf: (machine: Machine) => readonly Track[]
  /** In which row of its lane a track is. */
  readonly rowOf: (track: Track, machine: Machine) => number
  readonly marks: readonly Mark[]
  readonly range: { readonly from: number; readonly to: number } | undefined
  readonly cursor: number | undefined
  readonly selected: RowId | undefined
  readonly focused: LaneRow<Machine> | undefined
}

export const axisHeight = 22
/** Pixels a bin is wide. */
const binPixels = 3
/** So many rows of a lane or fewer are drawn one by one. */
const singly = 400
/** So many commands of a lane are drawn as bars at most. */
const mostBars = 3000
/** Rows of the connection that are looked at for gaps. */
const mostGaps = 400
const font = '11px ui-monospace, "DejaVu Sans Mono", monospace'

/** Draw, and return what is where: later ones lie above earlier ones. */
export function drawLanes(context: CanvasRenderingContext2D, scene: Scene, colours: Colours): Hit[] {
  const painter = new Painter(context, scene, colours)
  painter.draw()
  return painter.hits
}

class Painter {
  readonly hits: Hit[] = []
  readonly #context: CanvasRenderingContext2D
  readonly #scene: Scene
  readonly #colours: Colours
  readonly #scale: number
  readonly #bins = new Map<RowSet, ReturnType<RowSet['bins']>>()

  constructor(context: CanvasRenderingContext2D, scene: Scene, colours: Colours) {
    this.#context = context
    this.#scene = scene
    this.#colours = colours
    this.#scale = scene.width / (scene.to - scene.from)
  }

  draw(): void {
    const { width, height, rows, top } = this.#scene
    const context = this.#context
    context.clearRect(0, 0, width, height)
    context.font = font
    context.textBaseline = 'middle'
    context.save()
    context.beginPath()
    context.rect(0, axisHeight, width, height - axisHeight)
    context.clip()
    this.#grid()
    for (const row of rows) {
      const y = axisHeight + row.y - top
      if (y + row.height < axisHeight || y > height) continue
      this.#lane(row, y)
    }
    this.#range()
    context.restore()
    this.#axis()
    this.#marks()
    this.#cursor()
  }

  #x(ms: number): number {
    return (ms - this.#scene.from) * this.#scale
  }

  #grid(): void {
    const { from, to, width, height } = this.#scene
    const context = this.#context
    context.fillStyle = this.#colours.border
    for (const tick of ticksOf(from, to, width)) {
      context.globalAlpha = tick.major ? 0.9 : 0.45
      context.fillRect(Math.round(this.#x(tick.at)), axisHeight, 1, height - axisHeight)
    }
    context.globalAlpha = 1
  }

  #axis(): void {
    const { from, to, width, now } = this.#scene
    const context = this.#context
    const colours = this.#colours
    context.fillStyle = colours.sunken
    context.fillRect(0, 0, width, axisHeight)
    for (const tick of ticksOf(from, to, width)) {
      const x = Math.round(this.#x(tick.at))
      context.fillStyle = colours.strong
      context.fillRect(x, axisHeight - 6, 1, 6)
      context.fillStyle = tick.major ? colours.text : colours.muted
      context.fillText(tick.label, x + 3, 9)
    }
    context.fillStyle = colours.border
    context.fillRect(0, axisHeight - 1, width, 1)
    const end = this.#x(now)
    if (end >= 0 && end < width) {
      context.fillStyle = colours.ok
      context.fillRect(Math.round(end), 0, 1, this.#scene.height)
    }
  }

  #lane(row: LaneRow<Machine>, y: number): void {
    const context = this.#context
    const colours = this.#colours
    if (row.spec.style === 'machine') {
      context.fillStyle = colours.sunken
      context.fillRect(0, y, this.#scene.width, row.height)
    }
    if (row === this.#scene.focused) {
      context.fillStyle = colours.selected
      context.globalAlpha = 0.6
      context.fillRect(0, y, this.#scene.width, row.height)
      context.globalAlpha = 1
    }
    context.fillStyle = colours.border
    context.fillRect(0, y + row.height - 1, this.#scene.width, 1)
    const set = this.#scene.model.setOf(row.of)
    if (row.folded) {
      if (set !== undefined && row.spec.codes.length > 0) this.#density(row, set, y, row.height)
      return
    }
    switch (row.spec.style) {
      case 'machine':
        break
      case 'state':
        this.#states(row, y)
        if (set !== undefined) {
          this.#gaps(row, set, y)
          this.#density(row, set, y, row.height, 5)
        }
        break
      case 'marks':
        if (set !== undefined) this.#density(row, set, y, row.height)
        break
      case 'tracks':
        if (set !== undefined) this.#density(row, set, y, row.height, 6)
        this.#tracks(row, y)
        break
      case 'commands':
        if (set !== undefined) this.#commands(row, set, y)
        this.#waiting(row, y)
        break
    }
  }

  /** Rows of a lane as marks; where there are several in a few pixels, higher ones. `low`: only along the lower edge. */
  #density(row: LaneRow<Machine>, set: RowSet, y: number, height: number, low?: number): void {
    const { from, to, width, model, selected } = this.#scene
    const context = this.#context
    const colours = this.#colours
    const { codes } = row.spec
    const a = set.indexAt(from)
    const b = set.indexAt(to)
    const counts = set.countLanes(a, b)
    const count = codes.reduce((sum, code) => sum + (counts[code] as number), 0)
    if (count === 0) return
    const base = y + height - 2
    const room = low ?? height - 6
    if (count <= singly) {
      let last = -100
      const found = set.inLanes(codes, a, b, count)
      found.forEach((index, n) => {
        const at = set.timeAt(index)
        const x = this.#x(at)
        const failed = isFailureLane[set.laneAt(index)] === 1
        const id: RowId = { machine: row.of, seq: set.seqAt(index) }
        context.fillStyle = failed ? colours.danger : colours.info
        if (low !== undefined) {
          context.fillRect(x - 1, base - room, 2, room)
        } else {
          diamond(context, x, y + height / 2, failed ? 5 : 4, failed)
        }
        const isSelected = selected?.machine === row.of && selected.seq === id.seq
        if (isSelected) this.#ring(x - 7, y + height / 2 - 7, 14, 14)
        this.hits.push({
          x: x - 5,
          y,
          width: 10,
          height,
          what: { kind: 'row', id },
          edges: [at],
        })
        const following = found[n + 1]
        const next = following === undefined ? width : this.#x(set.timeAt(following))
        if (low === undefined && next - x > 46 && x > last && x > -200) {
          const name = (count <= 200 ? this.#scene.viewOf(id) : model.known(id))?.row
          if (name !== undefined && 'name' in name) {
            context.fillStyle = failed ? colours.danger : colours.text
            last = this.#words(name.name, x + 8, y + height / 2, next - x - 14) + x
          }
        }
      })
      return
    }
    let bins = this.#bins.get(set)
    const binCount = Math.max(1, Math.floor(width / binPixels))
    if (bins === undefined) {
      bins = set.bins(from, to, binCount)
      this.#bins.set(set, bins)
    }
    const step = width / binCount
    let most = 1
    const sums = new Uint32Array(binCount)
    for (let bin = 0; bin < binCount; bin += 1) {
      let sum = 0
      for (const code of codes) sum += bins.byLane[bin * lanes.length + code] as number
      sums[bin] = sum
      if (sum > most) most = sum
    }
    const full = Math.log2(most + 1)
    context.fillStyle = row.spec.name === 'trouble' ? colours.danger : colours.info
    for (let bin = 0; bin < binCount; bin += 1) {
      const sum = sums[bin] as number
      if (sum === 0) continue
      const high = Math.max(3, (Math.log2(sum + 1) / full) * room)
      context.fillRect(bin * step, base - high, Math.max(1, step - 0.5), high)
    }
    // Places are worked out for what is pointed at only: rowsAt.
  }

  #states(row: LaneRow<Machine>, y: number): void {
    const context = this.#context
    const colours = this.#colours
    const { width, now, from, to } = this.#scene
    const runs = this.#scene.tracksOf(row.of).filter((track) => track.kind === 'run-state')
    runs.forEach((track, index) => {
      const next = runs[index + 1]?.start ?? (row.of.fromFile ? undefined : now)
      if (track.end !== undefined && next !== undefined) this.#unconnected(track.end, next, y)
    })
    for (const track of runs) {
      if (track.start >= to || (track.end ?? now) <= from) continue
      track.phases.forEach((phase, index) => {
        const until = track.phases[index + 1]?.at ?? track.end ?? now
        const x = Math.max(-1, this.#x(phase.at))
        const right = Math.min(width + 1, this.#x(until))
        if (right < 0 || x > width) return
        const look = stateLook(phase.state, colours)
        const wide = Math.max(1, right - x)
        context.fillStyle = look.colour
        context.globalAlpha = 0.28
        context.fillRect(x, y + 2, wide, barHeight)
        context.globalAlpha = 1
        if (look.hatched) this.#hatch(x, y + 2, wide, barHeight, look.colour)
        context.fillRect(x, y + 2, 1, barHeight)
        context.fillStyle = colours.text
        if (wide > 30) this.#words(phase.state, x + 4, y + 2 + barHeight / 2, wide - 6)
        this.hits.push({
          x,
          y: y + 2,
          width: Math.max(3, wide),
          height: barHeight,
          what: { kind: 'phase', machine: row.of, track, phase: index },
          edges: [phase.at, until],
        })
      })
    }
  }

  /** Between two connections, or after the last one: what the guest did then is not known. */
  #unconnected(start: number, end: number, y: number): void {
    const x = Math.max(-1, this.#x(start))
    const wide = Math.min(this.#scene.width + 1, this.#x(end)) - x
    if (wide < 1 || x > this.#scene.width) return
    this.#context.strokeStyle = this.#colours.strong
    this.#context.setLineDash([3, 3])
    this.#context.strokeRect(x + 0.5, y + 2.5, wide - 1, barHeight - 1)
    this.#context.setLineDash([])
    this.#context.fillStyle = this.#colours.muted
    if (wide > 60) this.#words('no connection', x + 4, y + 2 + barHeight / 2, wide - 6)
  }

  /** Where nothing was recorded: nothing is known of that time, whatever the states around it. */
  #gaps(row: LaneRow<Machine>, set: RowSet, y: number): void {
    const { from, to, width } = this.#scene
    const context = this.#context
    const a = set.indexAt(from)
    const b = set.indexAt(to)
    // What comes after the picture may reach into it; the next row of the connection tells.
    const codes = [laneCode.connection]
    const inPicture = set.inLanes(codes, a, b, mostGaps + 1)
    if (inPicture.length > mostGaps) return
    for (const index of [...inPicture, ...set.inLanes(codes, b, set.length, 1)]) {
      const id: RowId = { machine: row.of, seq: set.seqAt(index) }
      const known = this.#scene.viewOf(id)?.row
      if (known?.kind === 'gap' && known.since < to) {
        const x = Math.max(-1, this.#x(known.since))
        const right = Math.min(width + 1, this.#x(known.at))
        const wide = Math.max(2, right - x)
        context.fillStyle = this.#colours.raised
        context.fillRect(x, y + 2, wide, barHeight)
        this.#hatch(x, y + 2, wide, barHeight, this.#colours.muted)
        context.fillStyle = this.#colours.text
        if (wide > 30) this.#words('not recorded', x + 4, y + 2 + barHeight / 2, wide - 6)
        this.hits.push({
          ...{ x, y: y + 2, width: wide, height: barHeight },
          what: { kind: 'row', id },
          edges: [known.since, known.at],
        })
      }
    }
  }

  #tracks(row: LaneRow<Machine>, y: number): void {
    const context = this.#context
    const colours = this.#colours
    const { width, now, from, to } = this.#scene
    /** By the top of its row: which pixel the last narrow bar is on. Others there could not be told from it. */
    const narrow = new Map<number, number>()
    for (const track of this.#scene.tracksOf(row.of)) {
      if (!row.spec.tracks.includes(track.kind)) continue
      const end = track.end ?? now
      if (track.start > to || end < from) continue
      const left = this.#x(track.start)
      const x = Math.max(-2, left)
      const right = Math.min(width + 2, this.#x(end))
      const wide = Math.max(3, right - x)
      const top = y + 2 + this.#scene.rowOf(track, row.of) * (barHeight + 2)
      if (right - x < 1 && track.outcome !== 'failed') {
        const pixel = Math.floor(x)
        if (narrow.get(top) === pixel) continue
        narrow.set(top, pixel)
      }
      const colour =
        track.outcome === 'failed'
          ? colours.danger
          : track.outcome === 'cancelled' || track.outcome === 'unknown'
            ? colours.warning
            : track.outcome === 'done'
              ? colours.ok
              : colours.accent
      context.fillStyle = colour
      context.globalAlpha = 0.22
      context.fillRect(x, top, wide, barHeight)
      context.globalAlpha = 0.5
      this.#progress(track, top, end)
      context.globalAlpha = 1
      context.strokeStyle = colour
      context.lineWidth = 1
      context.setLineDash(track.end === undefined ? [4, 3] : [])
      context.strokeRect(x + 0.5, top + 0.5, wide - 1, barHeight - 1)
      context.setLineDash([])
      for (const phase of track.phases) {
        const at = this.#x(phase.at)
        // Short, so that they do not cross out the words.
        if (at > 0 && at < width) context.fillRect(at, top, 1, 4)
      }
      if (track.outcome === 'failed') cross(context, x + wide - 7, top + barHeight / 2, colours.danger)
      context.fillStyle = colours.text
      if (wide > 24) this.#words(trackLabel(track), x + 4, top + barHeight / 2, wide - 16)
      this.hits.push({
        x,
        y: top,
        width: wide,
        height: barHeight,
        what: { kind: 'track', machine: row.of, track },
        edges: [track.start, end, ...track.phases.map((phase) => phase.at)],
      })
    }
  }

  /** How far a track was, as a filled curve in its bar. */
  #progress(track: Track, top: number, end: number): void {
    const { progress } = track
    const last = progress.at(-1)
    if (last === undefined) return
    const context = this.#context
    const bottom = top + barHeight
    const heightOf = (current: number, total: number): number =>
      total > 0 ? Math.min(1, Math.max(0, current / total)) * (barHeight - 1) : 0
    context.beginPath()
    context.moveTo(this.#x(track.start), bottom)
    for (const each of progress) {
      context.lineTo(this.#x(each.at), bottom - heightOf(each.current, each.total))
    }
    context.lineTo(this.#x(end), bottom - heightOf(last.current, last.total))
    context.lineTo(this.#x(end), bottom)
    context.fill()
  }

  #commands(row: LaneRow<Machine>, set: RowSet, y: number): void {
    const { from, to, selected, model } = this.#scene
    const context = this.#context
    const colours = this.#colours
    const a = set.indexAt(from)
    const b = set.indexAt(to)
    const counts = set.countLanes(a, b)
    const count = row.spec.codes.reduce((sum, code) => sum + (counts[code] as number), 0)
    const few = count <= mostBars
    // Many: those that are no wider than a pixel are a picture of how many they are.
    if (!few) this.#density(row, set, y, row.height)
    const found = set
      .commands(from, to, few ? 0 : 1 / this.#scale, mostBars)
      .filter((index) => row.spec.codes.includes(set.laneAt(index)))
    const isSparse = found.length <= 150
    for (const index of found) {
      const end = set.timeAt(index)
      const start = end - set.latencyAt(index)
      const left = Math.max(-2, this.#x(start))
      const wide = Math.max(2, Math.min(this.#scene.width + 2, this.#x(end)) - left)
      const top = y + 2 + Math.min(row.bars - 1, set.rowAt(index)) * (barHeight + 2)
      const lane = set.laneAt(index)
      const id: RowId = { machine: row.of, seq: set.seqAt(index) }
      const failed = lane === laneCode.error || lane === laneCode['own-error']
      const silent = lane === laneCode.outcome
      context.fillStyle = failed ? colours.danger : silent ? colours.warning : colours.accent
      context.globalAlpha = wide > 6 ? 0.35 : 1
      context.fillRect(left, top, wide, barHeight)
      context.globalAlpha = 1
      context.fillRect(left, top, Math.min(2, wide), barHeight)
      if (silent) this.#hatch(left, top, wide, barHeight, colours.warning)
      const view = isSparse && wide > 20 ? this.#scene.viewOf(id) : model.known(id)
      if (wide > 20 && view !== undefined && 'name' in view.row) {
        context.fillStyle = colours.text
        const oob = view.sent?.oob === true ? '⇡ ' : ''
        this.#words(`${oob}${view.row.name}${failed ? ' ✕' : ''}`, left + 4, top + barHeight / 2, wide - 6)
      } else if (failed) {
        cross(context, left + wide / 2, top + barHeight / 2, colours.danger)
      }
      const sent = view?.sent?.seq
      if (selected?.machine === row.of && (selected.seq === id.seq || selected.seq === sent)) {
        this.#ring(left - 2, top - 1, wide + 4, barHeight + 2)
      }
      this.hits.push({
        x: left - 1,
        y: top,
        width: wide + 2,
        height: barHeight,
        what: { kind: 'row', id },
        edges: [start, end],
      })
    }
    this.#raw(row, set, y, a, b, counts)
  }

  /** Lines that are no commands have no end: marks among the bars. */
  #raw(row: LaneRow<Machine>, set: RowSet, y: number, a: number, b: number, counts: Uint32Array): void {
    const code = laneCode.raw
    if (!row.spec.codes.includes(code) || (counts[code] as number) === 0) return
    for (const index of set.inLanes([code], a, b, mostBars)) {
      const at = set.timeAt(index)
      this.#context.fillStyle = this.#colours.accent
      diamond(this.#context, this.#x(at), y + 2 + barHeight / 2, 3, false)
      this.hits.push({
        x: this.#x(at) - 4,
        y,
        width: 8,
        height: barHeight,
        what: { kind: 'row', id: { machine: row.of, seq: set.seqAt(index) } },
        edges: [at],
      })
    }
  }

  /** Commands that wait for their answer: open at the right. */
  #waiting(row: LaneRow<Machine>, y: number): void {
    const { now, width } = this.#scene
    const context = this.#context
    const own = row.spec.name === 'own'
    let line = 0
    for (const pending of row.of.queue.pending) {
      if ((pending.origin !== 'person') !== own || pending.state === 'queued') continue
      const left = Math.max(-2, this.#x(pending.since))
      const right = Math.min(width + 2, this.#x(now))
      if (right <= left || left > width) continue
      const top = y + 2 + Math.min(row.bars - 1, line) * (barHeight + 2)
      line += 1
      context.strokeStyle = pending.state === 'late' ? this.#colours.warning : this.#colours.accent
      context.setLineDash([4, 3])
      context.strokeRect(left + 0.5, top + 0.5, Math.max(3, right - left) - 1, barHeight - 1)
      context.setLineDash([])
      context.fillStyle = this.#colours.text
      if (right - left > 30) this.#words(`${pending.name} …`, left + 4, top + barHeight / 2, right - left - 6)
    }
  }

  #range(): void {
    const { range, height } = this.#scene
    if (range === undefined) return
    const context = this.#context
    const left = this.#x(range.from)
    const right = this.#x(range.to)
    context.fillStyle = this.#colours.accent
    context.globalAlpha = 0.13
    context.fillRect(left, axisHeight, right - left, height)
    context.globalAlpha = 1
    context.fillRect(left, axisHeight, 1, height)
    context.fillRect(right - 1, axisHeight, 1, height)
  }

  #marks(): void {
    const { marks, height, width } = this.#scene
    const context = this.#context
    const colours = this.#colours
    for (const mark of marks) {
      const x = this.#x(mark.at)
      if (x < -4 || x > width + 4) continue
      context.fillStyle = colours.focus
      context.globalAlpha = 0.6
      context.fillRect(x, axisHeight, 1, height)
      context.globalAlpha = 1
      // A small flag on the scale.
      context.beginPath()
      context.moveTo(x, 2)
      context.lineTo(x + 9, 6)
      context.lineTo(x, 10)
      context.fill()
      context.fillRect(x, 2, 1, axisHeight - 2)
      this.hits.push({
        x: x - 4,
        y: 0,
        width: 14,
        height: axisHeight,
        what: { kind: 'mark', mark },
        edges: [mark.at],
      })
    }
  }

  #cursor(): void {
    const { cursor, height } = this.#scene
    if (cursor === undefined) return
    const context = this.#context
    context.fillStyle = this.#colours.focus
    context.fillRect(Math.round(this.#x(cursor)), 0, 1, height)
  }

  /** Lines across a place, so that it is told apart without its colour. */
  #hatch(x: number, y: number, width: number, height: number, colour: string): void {
    const context = this.#context
    context.save()
    context.beginPath()
    context.rect(x, y, width, height)
    context.clip()
    context.strokeStyle = colour
    context.globalAlpha = 0.55
    context.beginPath()
    const first = Math.floor(Math.max(x, 0) / 7) * 7 - height
    for (let at = first; at < Math.min(x + width, this.#scene.width); at += 7) {
      context.moveTo(at, y + height)
      context.lineTo(at + height, y)
    }
    context.stroke()
    context.restore()
  }

  #ring(x: number, y: number, width: number, height: number): void {
    this.#context.strokeStyle = this.#colours.focus
    this.#context.lineWidth = 2
    this.#context.strokeRect(x, y, width, height)
    this.#context.lineWidth = 1
  }

  /** Write as much of a text as has room. Returns how wide it is. */
  #words(text: string, x: number, y: number, room: number): number {
    if (room < 8) return 0
    const start = Math.max(x, 4)
    const left = room - (start - x)
    const most = Math.floor(left / charWidth)
    if (most < 2) return 0
    const shown = text.length <= most ? text : `${text.slice(0, most - 1)}…`
    this.#context.fillText(shown, start, y)
    return shown.length * charWidth + start - x
  }
}

/** The width of a character of the font, in pixels: a little more than it is. */
const charWidth = 6.7

function diamond(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  size: number,
  hollow: boolean,
): void {
  context.beginPath()
  if (hollow) {
    // A triangle with a point upwards: to be told apart without its colour.
    context.moveTo(x, y - size)
    context.lineTo(x + size, y + size)
    context.lineTo(x - size, y + size)
  } else {
    context.moveTo(x, y - size)
    context.lineTo(x + size, y)
    context.lineTo(x, y + size)
    context.lineTo(x - size, y)
  }
  context.fill()
}

function cross(context: CanvasRenderingContext2D, x: number, y: number, colour: string): void {
  context.strokeStyle = colour
  context.lineWidth = 2
  context.beginPath()
  context.moveTo(x - 3, y - 3)
  context.lineTo(x + 3, y + 3)
  context.moveTo(x + 3, y - 3)
  context.lineTo(x - 3, y + 3)
  context.stroke()
  context.lineWidth = 1
}

/** How a run state looks. What is not running is hatched. */
function stateLook(state: string, colours: Colours): { readonly colour: string; readonly hatched: boolean } {
  if (state === 'running') return { colour: colours.ok, hatched: false }
  if (/panicked|error|watchdog/.test(state)) return { colour: colours.danger, hatched: true }
  if (/migrate|restore|save|colo/.test(state)) return { colour: colours.info, hatched: true }
  return { colour: colours.warning, hatched: true }
}

/** The words on a track's bar. */
export function trackLabel(track: Track): string {
  const last = track.progress.at(-1)
  const percent =
    track.end === undefined && last !== undefined && last.total > 0
      ? ` ${Math.floor((last.current / last.total) * 100)} %`
      : ''
  const state = track.phases.at(-1)?.state ?? ''
  if (track.kind === 'run-state') return state
  const name = track.name === '' ? track.kind : track.name
  return `${name}${track.type === '' ? '' : ` (${track.type})`}${percent} ${state}`.trim()
}

/** The rows of a lane that are drawn around a pixel; undefined where there are none. */
export function rowsAt(scene: Scene, row: LaneRow<Machine>, x: number): Hit | undefined {
  const set = scene.model.setOf(row.of)
  if (set === undefined) return undefined
  const step = scene.width / Math.max(1, Math.floor(scene.width / binPixels))
  const perPixel = (scene.to - scene.from) / scene.width
  const bin = Math.floor(x / step)
  const from = set.indexAt(scene.from + bin * step * perPixel)
  const to = set.indexAt(scene.from + (bin + 1) * step * perPixel)
  const { codes } = row.spec
  const counts = set.countLanes(from, to)
  const count = codes.reduce((sum, code) => sum + (counts[code] as number), 0)
  if (count === 0) return undefined
  const first = set.inLanes(codes, from, to, 1)[0] ?? from
  const place = { x: bin * step, y: axisHeight + row.y - scene.top, width: step, height: row.height }
  return count === 1
    ? {
        ...place,
        what: { kind: 'row', id: { machine: row.of, seq: set.seqAt(first) } },
        edges: [set.timeAt(first)],
      }
    : {
        ...place,
        what: { kind: 'rows', machine: row.of, codes, from: first, to, count },
        edges: [set.timeAt(first)],
      }
}

/** The colours of the page. Reading them makes the browser work out all styles: done once for each theme. */
export function coloursOf(element: Element): Colours {
  darkScheme ??= globalThis.matchMedia('(prefers-color-scheme: dark)')
  const theme = `${document.documentElement.dataset.theme ?? ''} ${darkScheme.matches}`
  if (coloursNow?.theme !== theme) coloursNow = { theme, colours: readColours(element) }
  return coloursNow.colours
}

let darkScheme: MediaQueryList | undefined
let coloursNow: { readonly theme: string; readonly colours: Colours } | undefined

function readColours(element: Element): Colours {
  const style = getComputedStyle(element)
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  return {
    text: read('text'),
    muted: read('text-muted'),
    border: read('border'),
    strong: read('border-strong'),
    raised: read('bg-raised'),
    sunken: read('bg-sunken'),
    selected: read('bg-selected'),
    accent: read('accent'),
    danger: read('danger'),
    warning: read('warning'),
    ok: read('ok'),
    info: read('info'),
    focus: read('focus'),
  }
}
