import { expect, test } from 'vitest'
import { framesWithin, momentOf, placeAt, spread, withFrame } from './film-frames.ts'
import type { FilmFrame, FilmReel } from './film-frames.ts'

const empty: FilmReel<FilmFrame> = { frames: [], bytes: 0, gone: 0 }

function filmed(count: number, bytes: number): { reel: FilmReel<FilmFrame>; dropped: number } {
  let reel = empty
  let dropped = 0
  for (let index = 0; index < count; index += 1) {
    const next = withFrame(reel, { at: index * 1000, bytes })
    reel = next.reel
    dropped += next.dropped.length
  }
  return { reel, dropped }
}

test('bounded in number and in bytes; the oldest go, counted', () => {
  const many = filmed(1000, 10)
  expect(many.reel).toMatchObject({ bytes: 9000, gone: 100 })
  expect([many.reel.frames.length, many.reel.frames[0]?.at, many.dropped]).toEqual([900, 100_000, 100])
  const large = filmed(20, 1024 * 1024)
  expect(large.reel).toMatchObject({ bytes: 16 * 1024 * 1024, gone: 4 })
  expect(large.reel.frames).toHaveLength(16)
  // One that is larger than all together stays: it is what is on screen.
  expect(withFrame(large.reel, { at: 1e6, bytes: 1e9 }).reel.frames).toHaveLength(1)
})

const at = (...times: readonly number[]): readonly FilmFrame[] =>
  times.map((each) => ({ at: each, bytes: 1 }))

test.each([
  [[10, 20, 30], 5, 0],
  [[10, 20, 30], 10, 0],
  [[10, 20, 30], 19, 0],
  [[10, 20, 30], 20, 1],
  [[10, 20, 30], 99, 2],
  [[], 5, 0],
])('of %j, at %i the frame %i is on screen', (times, moment, place) => {
  expect(placeAt(at(...times), moment)).toBe(Math.max(0, Math.min(place, times.length)))
})

test('spread evenly over time, not over pictures', () => {
  expect(spread(at(0, 1, 2, 3, 100), 3)).toEqual([0, 3, 4])
  expect(spread(at(0, 50, 100), 10)).toEqual([0, 1, 2])
  expect(spread(at(7), 5)).toEqual([0])
  expect(spread([], 5)).toEqual([])
})

test('the moment of a frame ends with the next', () => {
  expect(momentOf(at(10, 25), 0)).toEqual({ from: 10, to: 25 })
  expect(momentOf(at(10, 25), 1)).toEqual({ from: 25, to: 1025 })
})

test('a stretch of time has what was on screen when it began, and what came until it ended', () => {
  const times = (range?: { from: number; to: number }): readonly number[] =>
    framesWithin(at(10, 20, 30), range).map((each) => each.at)
  expect(times()).toEqual([10, 20, 30])
  expect(times({ from: 15, to: 30 })).toEqual([10, 20, 30])
  expect(times({ from: 20, to: 29 })).toEqual([20])
  expect(times({ from: 99, to: 100 })).toEqual([30])
  expect(times({ from: 0, to: 5 })).toEqual([])
  expect(framesWithin([], { from: 0, to: 5 })).toEqual([])
})
