/** What stands where on the strip: minutes of the clock, bands of the run state, errors with the room for their names. */
import type { Track } from '#record/track.ts'

/** A minute of the clock. */
export interface MinuteMark {
  readonly x: number
  /** Local time: `12:01`. */
  readonly text: string
}

/** The full minutes in the `span` before `now`, both in milliseconds, on a strip of a width. */
export function minuteMarks(now: number, span: number, width: number): readonly MinuteMark[] {
  const marks: MinuteMark[] = []
  for (let at = Math.ceil((now - span) / 60_000) * 60_000; at < now; at += 60_000) {
    const date = new Date(at)
    const [hours, minutes] = [date.getHours(), date.getMinutes()].map((each) => String(each).padStart(2, '0'))
    marks.push({ x: Math.round((width * (at - now + span)) / span), text: `${hours}:${minutes}` })
  }
  return marks
}

/** A stretch of one run state, in pixels. */
export interface StateBand {
  readonly x: number
  readonly width: number
  /** QEMU's word. */
  readonly state: string
}

/** More stretches than these are not drawn: none of them would be seen. */
const mostBands = 200

/** The run states in the `span` before `now`, the newest last. */
export function stateBands(
  tracks: Iterable<Track>,
  now: number,
  span: number,
  width: number,
): readonly StateBand[] {
  const from = now - span
  const bands: StateBand[] = []
  for (const track of tracks) {
    if (track.kind !== 'run-state' || (track.end ?? now) < from) continue
    track.phases.forEach(({ at, state }, index) => {
      const end = Math.min(now, track.phases[index + 1]?.at ?? track.end ?? now)
      const start = Math.max(from, at)
      if (end <= start) return
      const x = (width * (start - from)) / span
      bands.push({ x, width: Math.max(1, (width * (end - start)) / span), state })
    })
  }
  return bands.slice(-mostBands)
}

/** A place for an error. */
export interface ErrorPlace<Of> {
  readonly of: Of
  readonly x: number
  /** Pixels for its name, up to the next error; 0: none. */
  readonly room: number
  /** The name stands to the left of it. */
  readonly isLeft: boolean
}

/** A name has at least this, in pixels: three letters. Less tells nothing. */
const leastRoom = 34
const mostRoom = 200
/** Room for the longer names of events, in pixels. */
const wholeName = 130

/**
 * The places of errors in the `span` before `now`; `errors` are by time. Where several fall onto one tick, the newest stands
 * for them. The newest has its name to the left where the right has less room.
 */
export function errorPlaces<Of extends { readonly at: number }>(
  errors: readonly Of[],
  now: number,
  span: number,
  width: number,
): readonly ErrorPlace<Of>[] {
  const places: ErrorPlace<Of>[] = []
  let right = width
  for (const of of errors.toReversed()) {
    const x = Math.round((width * (of.at - now + span)) / span)
    if (x < 0 || x > width) continue
    const free = right - x - 4
    if (places.length > 0 && free < 2) continue
    places.push({ of, x, room: free < leastRoom ? 0 : Math.min(mostRoom, free), isLeft: false })
    right = x
  }
  const [newest, before] = places
  if (newest !== undefined && newest.room < wholeName) {
    const room = Math.min(mostRoom, newest.x - (before?.x ?? 0) - 4)
    if (room > Math.max(newest.room, leastRoom)) {
      places[0] = { ...newest, room, isLeft: true }
      if (before !== undefined) places[1] = { ...before, room: 0 }
    }
  }
  return places.toReversed()
}
