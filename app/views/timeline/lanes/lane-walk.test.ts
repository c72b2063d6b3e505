import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { laneCode } from '#record/lanes.ts'
import { nextStop, placeBeside } from './lane-walk.ts'
import { setOf, trackOf } from './testing/scene.ts'

const jobs = laneCode.jobs
const lane = { codes: [jobs], tracks: ['job', 'run-state'] } as const

/** All stops of a walk from before everything, or from after it: tracks by their words, rows by their number. */
function walk(tracks: Parameters<typeof nextStop>[1], set: ReturnType<typeof setOf>, forward: boolean) {
  const found: (string | number)[] = []
  let place = placeBeside(forward ? 0 : 1e6, forward ? 'before' : 'after')
  for (let steps = 0; steps < 1000; steps += 1) {
    const stop = nextStop(lane, tracks, set, place, forward)
    if (stop === undefined) return found
    found.push(stop.kind === 'row' ? stop.seq : `${stop.track.id} ${stop.words}`)
    place = stop.place
  }
  throw new Error('the walk does not end')
}

describe('the walk through a lane', () => {
  test('tracks come before rows of the same time, rows of one time one after the other', () => {
    const set = setOf([
      [0, 10, 'jobs'],
      [1, 10, 'jobs'],
      [2, 10, 'block'],
      [3, 20, 'jobs'],
    ])
    const tracks = [trackOf({ id: 7, kind: 'job', name: 'backup', start: 10 })]
    expect(walk(tracks, set, true)).toEqual(['7 backup', 0, 1, 3])
    expect(walk(tracks, set, false)).toEqual([3, 1, 0, '7 backup'])
  })

  test('a run state is reached at each of its phases', () => {
    const phases = [
      { at: 5, state: 'running', seq: 0 },
      { at: 9, state: 'paused', seq: 1 },
    ]
    const tracks = [trackOf({ id: 1, kind: 'run-state', start: 5, phases })]
    expect(walk(tracks, setOf([]), true)).toEqual(['1 running', '1 paused'])
  })

  test('from a time between two things to the next one of either direction', () => {
    const set = setOf([
      [0, 10, 'jobs'],
      [1, 20, 'jobs'],
    ])
    expect(nextStop(lane, [], set, placeBeside(15, 'before'), true)).toMatchObject({ seq: 1 })
    expect(nextStop(lane, [], set, placeBeside(15, 'after'), false)).toMatchObject({ seq: 0 })
    expect(nextStop(lane, [], set, placeBeside(20, 'before'), true)).toMatchObject({ seq: 1 })
    expect(nextStop(lane, [], undefined, placeBeside(15, 'before'), true)).toBeUndefined()
  })

  test('all things of the lane once each, the other way round backwards', () => {
    const anyTimes = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 12 })
    fc.assert(
      fc.property(anyTimes, anyTimes, (rowTimes, trackTimes) => {
        const times = rowTimes.toSorted((a, b) => a - b)
        const set = setOf(times.map((at, seq) => [seq, at, seq % 3 === 2 ? 'block' : 'jobs']))
        const tracks = trackTimes.map((start, id) => trackOf({ id, kind: 'job', name: 'x', start }))
        const wanted = [
          ...tracks.map(({ id, start }) => ({ at: start, rank: 0, id, is: `${id} x` as string | number })),
          ...times.flatMap((at, seq) => (seq % 3 === 2 ? [] : [{ at, rank: 1, id: seq, is: seq }])),
        ]
          .toSorted((a, b) => a.at - b.at || a.rank - b.rank || a.id - b.id)
          .map(({ is }) => is)
        expect(walk(tracks, set, true)).toEqual(wanted)
        expect(walk(tracks, set, false)).toEqual(wanted.toReversed())
      }),
    )
  })
})
