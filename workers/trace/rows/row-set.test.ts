import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { laneCode, lanes } from '#record/lanes.ts'
import { commandRows, RowSet } from './row-set.ts'

interface Row {
  readonly seq: number
  readonly at: number
  readonly lane: number
  readonly latencyMs: number
}

function columns(rows: readonly Row[], firstSeq: number) {
  return {
    seq: Float64Array.from(rows, (row) => row.seq),
    at: Float64Array.from(rows, (row) => row.at),
    lane: Uint8Array.from(rows, (row) => row.lane),
    latencyMs: Float32Array.from(rows, (row) => row.latencyMs),
    continues: new Uint32Array(),
    firstSeq,
  }
}

const anyRows = fc
  .array(
    fc.record({
      skip: fc.integer({ min: 1, max: 3 }),
      after: fc.constantFrom(0, 0, 0.25, 1, 40, 2000, -3),
      lane: fc.nat(lanes.length - 1),
      latencyMs: fc.oneof(fc.constant(Number.NaN), fc.constantFrom(0, 0.5, 10, 4000)),
    }),
    { maxLength: 400 },
  )
  .map((steps) => {
    let seq = -1
    let at = 1000
    return steps.map(({ skip, after, lane, latencyMs }): Row => {
      seq += skip
      at += after
      return { seq, at, lane, latencyMs }
    })
  })

/** The rows as they are kept: the clock never goes back. */
function kept(rows: readonly Row[], firstSeq: number): Row[] {
  let latest = Number.NEGATIVE_INFINITY
  return rows
    .map((row) => ({ ...row, at: (latest = Math.max(latest, row.at)) }))
    .filter((row) => row.seq >= firstSeq)
}

function made(rows: readonly Row[], cuts: readonly number[], drop: number): RowSet {
  const set = new RowSet()
  let from = 0
  for (const cut of [...cuts.toSorted((a, b) => a - b), rows.length]) {
    const to = Math.max(from, Math.min(cut, rows.length))
    set.append(columns(rows.slice(from, to), 0))
    from = to
  }
  set.append(columns([], drop))
  return set
}

describe('a set of rows', () => {
  test('is the array of its rows, however they came and were dropped', () => {
    fc.assert(
      fc.property(anyRows, fc.array(fc.nat(400), { maxLength: 4 }), fc.nat(200), (rows, cuts, drop) => {
        const set = made(rows, cuts, drop)
        const model = kept(rows, drop)
        expect(set.length).toBe(model.length)
        model.forEach((row, index) => {
          expect(set.seqAt(index)).toBe(row.seq)
          expect(set.timeAt(index)).toBe(row.at)
          expect(set.laneAt(index)).toBe(row.lane)
          expect(set.latencyAt(index)).toBe(row.latencyMs)
          expect(set.indexOf(row.seq)).toBe(index)
        })
        expect(set.indexOf(-5)).toBe(-1)
        expect(set.dropped).toBe(rows.length - model.length)
      }),
    )
  })

  test('bins and counts are those of a naive count', () => {
    fc.assert(
      fc.property(
        anyRows,
        fc.nat(200),
        fc.double({ min: 0, max: 5000, noNaN: true }),
        fc.double({ min: 0.001, max: 20_000, noNaN: true }),
        fc.integer({ min: 1, max: 30 }),
        (rows, drop, from, width, count) => {
          const set = made(rows, [100, 101, 250], drop)
          const model = kept(rows, drop)
          const to = from + width
          const bins = set.bins(from, to, count)
          const edge = (n: number): number => (n === count ? to : from + ((to - from) * n) / count)
          for (let bin = 0; bin < count; bin += 1) {
            const inside = model.filter((row) => row.at >= edge(bin) && row.at < edge(bin + 1))
            expect(bins.total[bin]).toBe(inside.length)
            lanes.forEach((_, lane) => {
              expect(bins.byLane[bin * lanes.length + lane]).toBe(
                inside.filter((row) => row.lane === lane).length,
              )
            })
          }
          const a = set.indexAt(from)
          const b = set.indexAt(to)
          expect(a).toBe(model.filter((row) => row.at < from).length)
          const counts = set.countLanes(a, b)
          lanes.forEach((_, lane) => {
            expect(counts[lane]).toBe(
              model.filter((row) => row.at >= from && row.at < to && row.lane === lane).length,
            )
          })
        },
      ),
      { numRuns: runs(300) },
    )
  })

  test('finds the rows of some lanes, few among many as well', () => {
    fc.assert(
      fc.property(
        anyRows,
        fc.nat(200),
        fc.array(fc.nat(6000), { minLength: 2, maxLength: 2 }),
        fc.uniqueArray(fc.nat(lanes.length - 1), { maxLength: 3 }),
        fc.constantFrom(0, 1, 3, 1e6),
        (rows, drop, ends, codes, most) => {
          // Thousands of rows of one lane lie between those that are looked for.
          const spread = rows.flatMap((row, n) =>
            Array.from({ length: n % 5 === 0 ? 700 : 1 }, (_, copy) =>
              copy === 0 ? row : { ...row, lane: 20, latencyMs: Number.NaN },
            ),
          )
          const numbered = spread.map((row, seq) => ({ ...row, seq, at: seq }))
          const set = made(numbered, [500, 64], drop)
          const model = kept(numbered, drop)
          const [a = 0, b = 0] = ends.map((end) => Math.min(end, model.length)).toSorted((x, y) => x - y)
          const expected = model
            .slice(a, b)
            .flatMap(({ lane }, index) => (codes.includes(lane) ? [a + index] : []))
          expect(set.inLanes(codes, a, b, most)).toEqual(expected.slice(0, most))
        },
      ),
    )
  })

  test('finds every command that reaches into a stretch and is long enough', () => {
    fc.assert(
      fc.property(
        anyRows,
        fc.nat(100),
        fc.double({ min: 0, max: 20_000, noNaN: true }),
        fc.constantFrom(0.001, 10, 3000, 1e6),
        fc.constantFrom(0, 0.4, 1, 11),
        (rows, drop, from, width, least) => {
          const set = made(rows, [7, 120], drop)
          const model = kept(rows, drop)
          const expected = model.flatMap((row, index) =>
            row.latencyMs >= least && row.at >= from && row.at - row.latencyMs < from + width ? [index] : [],
          )
          expect(set.commands(from, from + width, least, 1e6)).toEqual(expected)
          expect(set.commands(from, from + width, least, 3)).toEqual(expected.slice(0, 3))
        },
      ),
      { numRuns: runs(300) },
    )
  })

  test('draws commands that overlap in different rows', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const few = rows.map((row, n) => (n % 3 === 0 ? row : { ...row, latencyMs: Number.NaN }))
        const set = made(few, [50], 0)
        const bars = kept(few, 0).flatMap((row, index) =>
          row.latencyMs >= 0
            ? [
                {
                  start: row.at - row.latencyMs,
                  end: row.at,
                  row: set.rowAt(index),
                  own: lanes[row.lane]?.startsWith('own-'),
                },
              ]
            : [],
        )
        bars.forEach((bar, n) => {
          // The last row takes whatever is left.
          if (bar.row === commandRows - 1) return
          for (const other of bars.slice(0, n)) {
            if (other.row !== bar.row || other.own !== bar.own) continue
            expect(other.end <= bar.start || bar.end <= other.start).toBe(true)
          }
        })
      }),
    )
  })

  test('goes on after much was dropped', () => {
    const set = new RowSet()
    const all: Row[] = []
    for (let batch = 0; batch < 40; batch += 1) {
      const rows = Array.from({ length: 5000 }, (_, n): Row => {
        const seq = batch * 5000 + n
        return { seq, at: seq, lane: seq % lanes.length, latencyMs: seq % 1000 === 0 ? 2500 : Number.NaN }
      })
      all.push(...rows)
      set.append(columns(rows, Math.max(0, all.length - 20_000)))
    }
    const model = all.slice(-20_000)
    expect(set.length).toBe(20_000)
    expect(set.seqAt(0)).toBe(180_000)
    expect(set.dropped).toBe(180_000)
    const bins = set.bins(180_000, 200_000, 7)
    for (let bin = 0; bin < 7; bin += 1) {
      const inside = model.filter(
        (row) => row.at >= 180_000 + (20_000 * bin) / 7 && row.at < 180_000 + (20_000 * (bin + 1)) / 7,
      )
      expect(bins.total[bin]).toBe(inside.length)
      expect(bins.byLane[bin * lanes.length + 3]).toBe(inside.filter((row) => row.lane === 3).length)
    }
    expect(set.commands(190_000, 190_001, 100, 10).map((index) => set.seqAt(index))).toEqual([
      190_000, 191_000, 192_000,
    ])
    set.clear()
    expect(set.length).toBe(0)
    expect(set.commands(0, 1e6, 0, 10)).toEqual([])
  })
})

test('rows of many blocks, most of which were dropped, answer as before', () => {
  const codes = [laneCode.command, laneCode.reply, laneCode.error, laneCode.block]
  const rows = (from: number, to: number): Parameters<RowSet['append']>[0] => {
    const numbers = Array.from({ length: to - from }, (_, n) => from + n)
    return {
      seq: Float64Array.from(numbers),
      at: Float64Array.from(numbers, (n) => n * 2),
      lane: Uint8Array.from(numbers, (n) => codes[n % codes.length] ?? 0),
      latencyMs: Float32Array.from(numbers, (n) =>
        n % 4 === 1 ? (n % 5000 === 1 ? 90_000 : n % 7) : Number.NaN,
      ),
      continues: new Uint32Array(),
      firstSeq: 0,
    }
  }
  const moved = new RowSet()
  const kept = new RowSet()
  for (let from = 0; from < 400_000; from += 10_000) {
    moved.append({ ...rows(from, from + 10_000), firstSeq: Math.max(0, from - 60_000) })
    if (from >= 150_000) kept.append(rows(from, from + 10_000))
  }
  kept.dropBefore(330_000)
  expect(moved.length).toBe(kept.length)
  expect(moved.bins(659_000, 801_000, 333)).toEqual(kept.bins(659_000, 801_000, 333))
  expect(moved.countLanes(100, 60_100)).toEqual(kept.countLanes(100, 60_100))
  for (const [from, to, least] of [
    [660_000, 660_500, 0],
    [700_000, 700_100, 1000],
    [790_000, 900_000, 6],
  ] as const) {
    expect(moved.commands(from, to, least, 1000)).toEqual(kept.commands(from, to, least, 1000))
    expect(moved.commands(from, to, least, 1000).length).toBeGreaterThan(0)
  }
})
