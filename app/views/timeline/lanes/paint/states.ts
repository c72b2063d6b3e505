/** The lane of the run state: bars from state to state, and where nothing is known of it. */
import { laneCode } from '#record/lanes.ts'
import type { Track } from '#record/track.ts'
import type { RowSet } from '#trace/rows/row-set.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { RowId } from '../../page/model.svelte.ts'
import type { LaneRow } from '../lane-rows.ts'
import type { Stretch } from '../scale.ts'
import type { Colours } from '#ui/browser/colours.ts'
import type { Pen } from './pen.ts'

/** Rows of the connection that are looked at for gaps: with more in sight none is wide enough to be seen. */
const mostGaps = 400
/** A bar has its words from this width on, in pixels. */
const roomForState = 30
const roomForUnconnected = 60
const unconnectedDash = [3, 3]

export function paintStates(pen: Pen, row: LaneRow<Machine>, y: number): void {
  const { now, from, to } = pen.scene
  const runs = pen.scene.tracksOf(row.of).filter((track) => track.kind === 'run-state')
  runs.forEach((track, index) => {
    const next = runs[index + 1]?.start ?? (row.of.fromFile ? undefined : now)
    if (track.end !== undefined && next !== undefined)
      paintUnconnected(pen, row, { from: track.end, to: next }, y)
  })
  for (const track of runs) {
    if (track.start < to && (track.end ?? now) > from) paintRun(pen, row, track, y + 2)
  }
}

function paintRun(pen: Pen, row: LaneRow<Machine>, track: Track, y: number): void {
  const { width, now } = pen.scene
  track.phases.forEach((phase, index) => {
    const until = track.phases[index + 1]?.at ?? track.end ?? now
    const x = Math.max(-1, pen.x(phase.at))
    const right = Math.min(width + 1, pen.x(until))
    if (right < 0 || x > width) return
    const look = stateLook(phase.state, pen.colours)
    const wide = Math.max(1, right - x)
    pen.fill(look.colour, x, y, wide, row.bar, 0.28)
    if (look.hatched) pen.hatch(look.colour, x, y, wide, row.bar)
    pen.fill(look.colour, x, y, 1, row.bar)
    if (wide > roomForState) {
      pen.words(pen.colours.text, phase.state, x + 4, y + row.bar / 2, wide - 6)
    }
    pen.hits.push({
      ...{ x, y, width: Math.max(3, wide), height: row.bar },
      what: { kind: 'phase', machine: row.of, track, phase: index },
      edges: [phase.at, until],
    })
  })
}

/** Between two connections, or after the last one: what the guest did then is not known. */
function paintUnconnected(pen: Pen, row: LaneRow<Machine>, { from, to }: Stretch, y: number): void {
  const x = Math.max(-1, pen.x(from))
  const wide = Math.min(pen.scene.width + 1, pen.x(to)) - x
  if (wide < 1 || x > pen.scene.width) return
  pen.dashed(pen.colours.strong, unconnectedDash, x, y + 2, wide, row.bar)
  if (wide > roomForUnconnected) {
    pen.words(pen.colours.muted, 'no connection', x + 4, y + 2 + row.bar / 2, wide - 6)
  }
}

/** Where nothing was recorded: nothing is known of that time, whatever the states around it. */
export function paintGaps(pen: Pen, row: LaneRow<Machine>, set: RowSet, y: number): void {
  const { from, to, width } = pen.scene
  const a = set.indexAt(from)
  const b = set.indexAt(to)
  // What comes after the picture may reach into it; the next row of the connection tells.
  const codes = [laneCode.connection]
  const inPicture = set.inLanes(codes, a, b, mostGaps + 1)
  if (inPicture.length > mostGaps) return
  for (const index of [...inPicture, ...set.inLanes(codes, b, set.length, 1)]) {
    const id: RowId = { machine: row.of, seq: set.seqAt(index) }
    const known = pen.scene.viewOf(id)?.row
    if (known?.kind !== 'gap' || known.since >= to) continue
    const x = Math.max(-1, pen.x(known.since))
    const wide = Math.max(2, Math.min(width + 1, pen.x(known.at)) - x)
    pen.fill(pen.colours.raised, x, y + 2, wide, row.bar)
    pen.hatch(pen.colours.muted, x, y + 2, wide, row.bar)
    if (wide > roomForState) {
      pen.words(pen.colours.text, 'not recorded', x + 4, y + 2 + row.bar / 2, wide - 6)
    }
    pen.hits.push({
      ...{ x, y: y + 2, width: wide, height: row.bar },
      what: { kind: 'row', id },
      edges: [known.since, known.at],
    })
  }
}

/** How a run state looks. What is not running is hatched. */
function stateLook(state: string, colours: Colours): { readonly colour: string; readonly hatched: boolean } {
  if (state === 'running') return { colour: colours.ok, hatched: false }
  if (/panicked|error|watchdog/.test(state)) return { colour: colours.danger, hatched: true }
  if (/migrate|restore|save|colo/.test(state)) return { colour: colours.info, hatched: true }
  return { colour: colours.warning, hatched: true }
}
