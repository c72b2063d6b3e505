import { expect, test } from 'vitest'
import type { Track } from '#record/track.ts'
import { laneCode } from '#record/lanes.ts'
import { RecentErrors } from './recent-errors.ts'
import { errorPlaces, minuteMarks, stateBands } from './strip-scale.ts'

const minute = 60_000
const now = 1_700_000_040_000 - (1_700_000_040_000 % minute) + 30_000

test('the minutes of the clock, where they are', () => {
  const marks = minuteMarks(now, 5 * minute, 1000)
  expect(marks.map(({ x }) => x)).toEqual([100, 300, 500, 700, 900])
  expect(marks.every(({ text }) => /^\d\d:\d\d$/.test(text))).toBe(true)
})

test('bands of the run state, cut at the edges; other tracks and older ones have none', () => {
  const track = (kind: Track['kind'], end: number | undefined, phases: [number, string][]): Track =>
    ({ kind, end, phases: phases.map(([at, state]) => ({ at, state, seq: 1 })) }) as unknown as Track
  const tracks = [
    track('job', undefined, [[now - minute, 'running']]),
    track('run-state', now - 6 * minute, [[now - 7 * minute, 'running']]),
    track('run-state', undefined, [
      [now - 9 * minute, 'running'],
      [now - 2 * minute, 'paused'],
    ]),
  ]
  expect(stateBands(tracks, now, 5 * minute, 500)).toEqual([
    { x: 0, width: 300, state: 'running' },
    { x: 300, width: 200, state: 'paused' },
  ])
})

test('names of errors have the room up to the next one, and errors of one moment are one tick', () => {
  const at = [6 * minute, 4 * minute, 4 * minute - 5000, 2 * minute, 2 * minute].map((ago) => ({
    at: now - ago,
  }))
  const places = errorPlaces(at, now, 5 * minute, 500)
  expect(places.map(({ x, room }) => [x, room])).toEqual([
    [100, 0],
    [108, 188],
    [300, 196],
  ])
})

test('an error of just now has its name to the left', () => {
  const at = [{ at: now - 2 * minute }, { at: now - 1000 }]
  expect(errorPlaces(at, now, 5 * minute, 600).map(({ x, room, isLeft }) => [x, room, isLeft])).toEqual([
    [360, 0, false],
    [598, 200, true],
  ])
})

test('the newest errors are kept, and learn their names; the page’s own are left out', () => {
  const errors = new RecentErrors()
  const lane = Uint8Array.from({ length: 100 }, (_, index) =>
    index % 2 === 0 ? laneCode.error : index === 99 ? laneCode['own-error'] : laneCode.command,
  )
  const seq = Float64Array.from({ length: 100 }, (_, index) => index)
  errors.append({ at: seq, lane, seq })
  errors.append({ at: seq, lane, seq })
  expect(errors.all).toHaveLength(40)
  expect(errors.unnamed.at(-1)).toBe(98)
  errors.name(new Map([[98, 'device_add']]))
  expect(errors.all.at(-1)).toEqual({ seq: 98, at: 98, name: 'device_add' })
  const event = { kind: 'event', name: 'GUEST_PANICKED', data: undefined, timestamp: undefined }
  errors.add([{ ...event, seq: 1, at: 200, bytes: 1 } as never], (row) =>
    row.kind === 'event' ? row.name : '',
  )
  expect(errors.all.at(-1)).toEqual({ seq: undefined, at: 200, name: 'GUEST_PANICKED' })
  errors.clear()
  expect(errors.all).toEqual([])
})
