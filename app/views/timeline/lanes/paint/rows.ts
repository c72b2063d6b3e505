/** Rows of a lane as marks; where there are several in a few pixels, as a picture of how many they are. */
import { isFailureLane, lanes } from '#record/lanes.ts'
import type { RowSet } from '#trace/rows/row-set.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { RowId } from '../../page/model.svelte.ts'
import type { LaneRow } from '../lane-rows.ts'
import type { Pen } from './pen.ts'
import { axisHeight } from './scene.ts'
import type { HitTarget, Scene } from './scene.ts'

/** Pixels a bin is wide. */
const binPixels = 3
/** With more rows in sight than this, a lane is drawn as bins. */
const mostSingle = 400
/** With more rows in sight than this, names of rows that are not held are not asked for. */
const mostAsked = 200
/** Sizes in pixels: of marks, of what can be pointed at around one, and of the ring around the selected one. */
const markSize = 4
const failedSize = 5
const reach = 5
const ringSize = 14
/** The name of a row is written where the next one is so far away, in pixels. */
const roomForName = 46
const leastBinHeight = 3

/** How many rows of these lanes are between two indexes. */
export function countIn(set: RowSet, codes: readonly number[], from: number, to: number): number {
  const counts = set.countLanes(from, to)
  return codes.reduce((sum, code) => sum + (counts[code] as number), 0)
}

/** Where rows are drawn. `low`: as ticks of this height along the lower edge, for lanes that hold bars as well. */
export interface RowsPlace {
  readonly y: number
  readonly height: number
  readonly low?: number
}

export function paintRows(pen: Pen, row: LaneRow<Machine>, set: RowSet, place: RowsPlace): void {
  const a = set.indexAt(pen.scene.from)
  const b = set.indexAt(pen.scene.to)
  const count = countIn(set, row.spec.codes, a, b)
  if (count > mostSingle) paintBins(pen, row, set, place)
  else if (count > 0) paintSingly(pen, row, set, place, set.inLanes(row.spec.codes, a, b, count))
}

function paintSingly(
  pen: Pen,
  row: LaneRow<Machine>,
  set: RowSet,
  { y, height, low }: RowsPlace,
  found: readonly number[],
): void {
  const { colours } = pen
  const { width, model, selected, viewOf } = pen.scene
  const middle = y + height / 2
  const nameOf = found.length <= mostAsked ? viewOf : (id: RowId) => model.known(id)
  let last = -100
  found.forEach((index, n) => {
    const at = set.timeAt(index)
    const x = pen.x(at)
    const failed = isFailureLane[set.laneAt(index)] === 1
    const id: RowId = { machine: row.of, seq: set.seqAt(index) }
    const colour = failed ? colours.danger : colours.info
    if (low !== undefined) pen.fill(colour, x - 1, y + height - 2 - low, 2, low)
    else if (failed) pen.triangle(colour, x, middle, failedSize)
    else pen.diamond(colour, x, middle, markSize)
    if (selected?.machine === row.of && selected.seq === id.seq) {
      pen.ring(x - ringSize / 2, middle - ringSize / 2, ringSize, ringSize)
    }
    pen.hits.push({ x: x - reach, y, width: 2 * reach, height, what: { kind: 'row', id }, edges: [at] })
    const following = found[n + 1]
    const next = following === undefined ? width : pen.x(set.timeAt(following))
    if (low === undefined && next - x > roomForName && x > last && x > -200) {
      const known = nameOf(id)?.row
      if (known !== undefined && 'name' in known) {
        const room = next - x - 14
        const wide = failed
          ? pen.pill(colours.danger, colours.raised, known.name, x + 8, middle, room)
          : pen.words(colours.text, known.name, x + 8, middle, room)
        last = wide + x
      }
    }
  })
}

/** A bar for each bin, by the logarithm of its rows. What is pointed at is worked out then: `rowsAt`. */
function paintBins(pen: Pen, row: LaneRow<Machine>, set: RowSet, { y, height, low }: RowsPlace): void {
  const { from, to, width } = pen.scene
  const binCount = Math.max(1, Math.floor(width / binPixels))
  let bins = pen.bins.get(set)
  if (bins === undefined) {
    bins = set.bins(from, to, binCount)
    pen.bins.set(set, bins)
  }
  const sums = new Uint32Array(binCount)
  let most = 1
  for (let bin = 0; bin < binCount; bin += 1) {
    let sum = 0
    for (const code of row.spec.codes) sum += bins.byLane[bin * lanes.length + code] as number
    sums[bin] = sum
    if (sum > most) most = sum
  }
  const room = low ?? height - 6
  const step = width / binCount
  const full = Math.log2(most + 1)
  const { context } = pen
  context.fillStyle = row.spec.name === 'trouble' ? pen.colours.danger : pen.colours.info
  for (let bin = 0; bin < binCount; bin += 1) {
    const sum = sums[bin] as number
    if (sum === 0) continue
    const high = Math.max(leastBinHeight, (Math.log2(sum + 1) / full) * room)
    context.fillRect(bin * step, y + height - 2 - high, Math.max(1, step - 0.5), high)
  }
}

/** The rows of a lane that are drawn around a pixel; undefined where there are none. */
export function rowsAt(scene: Scene, row: LaneRow<Machine>, x: number): HitTarget | undefined {
  const set = scene.model.setOf(row.of)
  if (set === undefined) return undefined
  const step = scene.width / Math.max(1, Math.floor(scene.width / binPixels))
  const perPixel = (scene.to - scene.from) / scene.width
  const bin = Math.floor(x / step)
  const from = set.indexAt(scene.from + bin * step * perPixel)
  const to = set.indexAt(scene.from + (bin + 1) * step * perPixel)
  const { codes } = row.spec
  const count = countIn(set, codes, from, to)
  if (count === 0) return undefined
  const first = set.inLanes(codes, from, to, 1)[0] ?? from
  return {
    ...{ x: bin * step, y: axisHeight + row.y - scene.top, width: step, height: row.height },
    what:
      count === 1
        ? { kind: 'row', id: { machine: row.of, seq: set.seqAt(first) } }
        : { kind: 'rows', machine: row.of, from: first, count },
    edges: [set.timeAt(first)],
  }
}
