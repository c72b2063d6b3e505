import { expect, test } from 'vitest'
import { mostTracks } from '#record/track.ts'
import type { Track } from '#record/track.ts'
import { TrackSet } from './track-set.svelte.ts'

const track = (id: number, end?: number): Track => ({ id, end }) as Track

test('of too many tracks those that ended go, the oldest first; one that lasts stays', () => {
  const set = new TrackSet()
  set.take([track(0), track(1, 5), track(2, 6)])
  set.take(Array.from({ length: mostTracks - 2 }, (_, index) => track(index + 3)))
  expect(set.all.size).toBe(mostTracks)
  expect([...set.all.keys()].slice(0, 3)).toEqual([0, 2, 3])
})

test('a track that is running when the worker dies ends then; one that had ended stays as it was', () => {
  const set = new TrackSet()
  set.take([track(1), track(2, 6)])
  set.endAll(9)
  expect([...set.all.values()]).toEqual([
    { id: 1, end: 9, outcome: 'unknown' },
    { id: 2, end: 6 },
  ])
  set.clear()
  expect(set.all.size).toBe(0)
})
