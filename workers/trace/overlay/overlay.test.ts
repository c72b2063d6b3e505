import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import type { ExecId } from '#qmp/report.ts'
import type { LogRow } from '#record/row.ts'
import type { Outline, OverlayRows } from '#record/outline.ts'
import { overlayKey } from './overlay-key.ts'
import { defaultAlignment, joinedKeys, overlaySummary } from './overlay-summary.ts'
import { overlay } from './overlay.ts'

/** Letters are keys: `ab` against `b` gives `a<` (only the first) `b=` (both). */
function drawn(a: string, b: string, aligned?: readonly [number, number]): string {
  const keys = (text: string): number[] =>
    Array.from({ length: text.length }, (_, index) => text.charCodeAt(index))
  const { a: inA, b: inB } = overlay(keys(a), keys(b), aligned)
  return [...inA]
    .map((place, index) => {
      const other = inB[index] ?? -1
      return place < 0 ? `${b[other] ?? ''}>` : `${a[place] ?? ''}${other < 0 ? '<' : '='}`
    })
    .join(' ')
}

function check(a: readonly number[], b: readonly number[], out: OverlayRows): number {
  const placesA = [...out.a].filter((each) => each >= 0)
  const placesB = [...out.b].filter((each) => each >= 0)
  // Every row once, and in its order.
  expect(placesA).toEqual(a.map((_, index) => index))
  expect(placesB).toEqual(b.map((_, index) => index))
  let both = 0
  out.a.forEach((place, index) => {
    const other = out.b[index] ?? -1
    if (place < 0 || other < 0) return
    expect(a[place]).toBe(b[other])
    both += 1
  })
  return both
}

/** The length of the longest common subsequence, by its definition. */
function longest(a: readonly number[], b: readonly number[]): number {
  let row = new Array<number>(b.length + 1).fill(0)
  for (const key of a) {
    const next = [0]
    b.forEach((other, index) => {
      next.push(key === other ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0))
    })
    row = next
  }
  return row[b.length] ?? 0
}

describe('an overlay', () => {
  test.each([
    ['abc', 'abc', 'a= b= c='],
    ['abc', 'axc', 'a= b< x> c='],
    ['', 'ab', 'a> b>'],
    ['ab', '', 'a< b<'],
    ['abcab', 'cab', 'a< b< c= a= b='],
  ])('%j over %j', (a, b, words) => {
    expect(drawn(a, b)).toBe(words)
  })

  test('aligned by hand: what is before is never matched with what is behind', () => {
    expect(drawn('axb', 'bxa', [1, 1])).toBe('a< b> x= b< a>')
    expect(drawn('ab', 'ba', [0, 1])).toBe('b> a= b<')
  })

  test('small ones are the longest there are; every row is there once, in order', () => {
    const some = fc.array(fc.nat(5), { maxLength: 60 })
    fc.assert(
      fc.property(some, some, (a, b) => {
        expect(check(a, b, overlay(a, b, undefined))).toBe(longest(a, b))
      }),
    )
  })

  test('large ones keep the order and each row too, by unique keys and by windows', () => {
    const many = (kinds: number): fc.Arbitrary<number[]> =>
      fc.array(fc.nat(kinds), { minLength: 1200, maxLength: 2500, size: 'max' })
    fc.assert(
      fc.property(
        fc.constantFrom(3, 5000).chain((kinds) => fc.tuple(many(kinds), many(kinds))),
        ([a, b]) => {
          check(a, b, overlay(a, b, undefined))
        },
      ),
      { numRuns: runs(20) },
    )
  })
})

function outline(keys: readonly string[], latencyMs: readonly number[] = []): Outline {
  const all = [...new Set(keys)]
  return {
    seq: Float64Array.from(keys.keys()),
    at: Float64Array.from(keys.keys()),
    lane: new Uint8Array(keys.length),
    key: Uint32Array.from(keys, (key) => all.indexOf(key)),
    latencyMs: Float64Array.from(keys, (_, index) => latencyMs[index] ?? Number.NaN),
    keys: all,
    more: 0,
  }
}

test('the summary: what only one has, and what took longer', () => {
  const a = outline(['command stop', 'return stop', 'return cont'], [Number.NaN, 1, 5])
  const b = outline(['event BLOCK_IO_ERROR', 'command stop', 'return stop', 'return cont'], [NaN, NaN, 9, 9])
  const keys = joinedKeys(a, b)
  const rows = overlay(keys.a, keys.b, defaultAlignment(a, b))
  expect(overlaySummary(a, b, rows)).toEqual({
    both: 3,
    onlyA: [],
    onlyB: [{ key: 'event BLOCK_IO_ERROR', rows: 1 }],
    slowerInA: 0,
    slowerInB: 1,
  })
})

test('the default alignment: the first command that both have, else an event', () => {
  const a = outline(['event X', 'command a', 'command b'])
  expect(defaultAlignment(a, outline(['event X', 'command b']))).toEqual([2, 1])
  expect(defaultAlignment(a, outline(['return b', 'event X']))).toEqual([0, 1])
  expect(defaultAlignment(a, outline(['return b']))).toBeUndefined()
})

test('keys are alike where only numbers differ, and not where states do', () => {
  const base = { seq: 0, at: 0, bytes: 0, timestamp: undefined, cause: undefined }
  const event = (name: string, data: Record<string, string>): string =>
    overlayKey({ ...base, kind: 'event', name, data })
  const job = (id: string, status: string): string => event('JOB_STATUS_CHANGE', { id, status })
  expect(job('job-17', 'running')).toBe(job('job-4', 'running'))
  expect(job('job-17', 'running')).not.toBe(job('job-17', 'aborting'))
  expect(job('mirror', 'running')).not.toBe(job('backup', 'running'))
  const done = event('BLOCK_JOB_COMPLETED', { device: 'd', type: 'mirror' })
  expect(event('BLOCK_JOB_COMPLETED', { device: 'd', type: 'mirror', error: 'x' })).not.toBe(done)
  const raw: LogRow = { seq: 0, at: 0, bytes: 0, kind: 'raw', exec: 1 as ExecId }
  expect(overlayKey(raw)).toBe('raw -')
})
