import { describe, expect, test } from 'vitest'
import { laneCode } from '#record/lanes.ts'
import type { Outline } from '#record/outline.ts'
import { joinedKeys } from '#trace/overlay/overlay-summary.ts'
import { overlay } from '#trace/overlay/overlay.ts'
import { extentOf, layOutBoth } from './both-lanes.ts'
import { differenceBeside, differencesOf } from './differences.ts'

type Spec = readonly [at: number, key: string, latencyMs?: number]

function outline(rows: readonly Spec[]): Outline {
  const keys = [...new Set(rows.map(([, key]) => key))]
  return {
    seq: Float64Array.from(rows, (_, index) => index * 10),
    at: Float64Array.from(rows, ([at]) => at),
    lane: Uint8Array.from(rows, ([, key]) => laneCode[key.startsWith('event') ? 'other' : 'reply']),
    key: Uint32Array.from(rows, ([, key]) => keys.indexOf(key)),
    latencyMs: Float64Array.from(rows, ([, , latencyMs]) => latencyMs ?? Number.NaN),
    keys,
    more: 0,
  }
}

describe('the differences of two runs', () => {
  const a = outline([
    [0, 'event X'],
    [5, 'return stop', 10],
    [7, 'event LOST'],
    [9, 'return cont', 1],
  ])
  const b = outline([
    [100, 'event X'],
    [101, 'event NEW'],
    [105, 'return stop', 1],
    [130, 'return cont', 25],
  ])
  const keys = joinedKeys(a, b)
  const found = differencesOf(a, b, overlay(keys.a, keys.b, undefined))

  test('are rows of one alone, and commands that took much longer', () => {
    expect([...found.a.at]).toEqual([5, 7])
    expect([...found.a.slowerMs]).toEqual([10, NaN])
    expect([...found.a.lane]).toEqual([laneCode.reply, laneCode.other])
    expect([...found.b.at]).toEqual([101, 130])
    expect([...found.b.slowerMs]).toEqual([NaN, 25])
  })

  test('each row is found again at its place', () => {
    // X, NEW, stop, LOST, cont
    expect([...found.placesOfA]).toEqual([0, 2, 3, 4])
    expect([...found.placesOfB]).toEqual([0, 1, 2, 4])
    expect([...found.places]).toEqual([1, 2, 3, 4])
  })

  test('are gone through in both directions', () => {
    expect(differenceBeside(found.places, -1, true)).toBe(1)
    expect(differenceBeside(found.places, 2, true)).toBe(3)
    expect(differenceBeside(found.places, 2, false)).toBe(1)
    expect(differenceBeside(found.places, 4, true)).toBeUndefined()
    expect(differenceBeside(found.places, Number.POSITIVE_INFINITY, false)).toBe(4)
  })

  test('none of a run and itself', () => {
    const same = joinedKeys(a, a)
    expect(differencesOf(a, a, overlay(same.a, same.b, undefined)).places).toHaveLength(0)
  })
})

describe('the lanes of both', () => {
  const counts = (lane: keyof typeof laneCode): Uint32Array => {
    const all = new Uint32Array(Object.keys(laneCode).length)
    all[laneCode[lane]] = 1
    return all
  }
  const content = (of: string, lane: keyof typeof laneCode, rows: number) => ({
    of,
    counts: counts(lane),
    trackRows: () => rows,
    commandRows: () => rows,
  })

  test('are the same, at the same heights, whatever only one has', () => {
    const [forA, forB] = layOutBoth(content('a', 'block', 1), content('b', 'trouble', 3), new Set(), [], 0)
    expect(forA.rows.map(({ spec }) => spec.name)).toEqual(forB.rows.map(({ spec }) => spec.name))
    expect(forA.rows.map(({ spec }) => spec.name)).toEqual(expect.arrayContaining(['block', 'trouble']))
    expect(forA.height).toBe(forB.height)
    expect([forA.rows[0]?.of, forB.rows[0]?.of]).toEqual(['a', 'b'])
  })

  test('before any row of the first has come', () => {
    const nothing = { ...content('a', 'block', 1), counts: new Uint32Array() }
    const [forA] = layOutBoth(nothing, content('b', 'block', 1), new Set(), [], 0)
    expect(forA.rows.map(({ spec }) => spec.name)).toContain('block')
  })

  test('show all of both, counted from where they are aligned', () => {
    const { from, to } = extentOf([
      { at: Float64Array.of(100, 200), start: 150 },
      { at: Float64Array.of(1000, 1200), start: 1000 },
    ])
    expect(from).toBeCloseTo(-50 - 5)
    expect(to).toBeCloseTo(200 + 5)
    const { from: least, to: most } = extentOf([{ at: Float64Array.of(5), start: 5 }])
    expect(most).toBeGreaterThan(least)
  })
})
