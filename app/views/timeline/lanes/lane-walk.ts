/** The keyboard's way through a lane: from one track or row to the one before or after, in the order of time. Pure. */
import type { Track } from '#record/track.ts'
import type { RowSet } from '#trace/rows/row-set.ts'
import { trackLabel } from '#words/track-words.ts'
import type { LaneSpec } from './lane-rows.ts'

/** Where a thing of a lane is in its order: by time, tracks before the rows of the same time. */
export type LanePlace = readonly [at: number, rank: number, number: number]

/** What the keys come to. `words` of a track are those of the state that begins there. */
export type LaneStop =
  | { readonly kind: 'track'; readonly place: LanePlace; readonly track: Track; readonly words: string }
  | { readonly kind: 'row'; readonly place: LanePlace; readonly seq: number }

const trackRank = 0
const rowRank = 1
/** Less than any two times differ by, in milliseconds. */
const narrow = 1e-4
/** More phases than a track has, so that its id and the number of a phase make one number. */
const phasesATrack = 1000

/** The place before all that is at a time, or after it. */
export function placeBeside(at: number, side: 'before' | 'after'): LanePlace {
  return [at, side === 'before' ? trackRank - 1 : rowRank + 1, 0]
}

/** The next thing of a lane after a place, or before it. Undefined where there is none. */
export function nextStop(
  lane: Pick<LaneSpec, 'codes' | 'tracks'>,
  tracks: readonly Track[],
  set: RowSet | undefined,
  from: LanePlace,
  forward: boolean,
): LaneStop | undefined {
  const row = set === undefined ? undefined : nextRow(lane.codes, set, from, forward)
  let best: LaneStop | undefined = row
  for (const track of tracks) {
    if (!lane.tracks.includes(track.kind)) continue
    for (const stop of stopsOf(track)) {
      if (!isPast(stop.place, from, forward)) continue
      if (best === undefined || isPast(best.place, stop.place, forward)) best = stop
    }
  }
  return best
}

/** A run state is left and reached at each of its phases; other tracks are reached at their start. */
function stopsOf(track: Track): readonly LaneStop[] {
  const starts = track.kind === 'run-state' ? track.phases : [{ at: track.start, state: trackLabel(track) }]
  return starts.map(({ at, state }, index) => ({
    kind: 'track',
    place: [at, trackRank, track.id * phasesATrack + index],
    track,
    words: state,
  }))
}

function nextRow(
  codes: readonly number[],
  set: RowSet,
  from: LanePlace,
  forward: boolean,
): LaneStop | undefined {
  // Rows of one time are reached one after the other.
  const stands = from[1] === rowRank ? set.indexOf(from[2]) : -1
  const by = forward ? 1 : -1
  const near = forward ? set.indexAt(from[0]) : set.indexAt(from[0] + narrow) - 1
  for (let index = stands >= 0 ? stands + by : near; index >= 0 && index < set.length; index += by) {
    if (!codes.includes(set.laneAt(index))) continue
    const seq = set.seqAt(index)
    const place: LanePlace = [set.timeAt(index), rowRank, seq]
    if (isPast(place, from, forward)) return { kind: 'row', place, seq }
  }
  return undefined
}

/** Whether a place lies beyond another in the direction of the walk. */
function isPast(place: LanePlace, other: LanePlace, forward: boolean): boolean {
  const order = place[0] - other[0] || place[1] - other[1] || place[2] - other[2]
  return forward ? order > 0 : order < 0
}
