import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { binsOfStatistic } from './histogram-bins.ts'
import { mostLines, PlotData } from './plot-data.ts'
import { mostKept, SampleColumn, timesBetween } from './sample-column.ts'
import { binSums, lineSummary } from './stat-summary.ts'
import type { StatValues } from './stat-reply.ts'
import type { Statistic } from './statistic.ts'

const counter: Statistic = {
  ...{ key: 'kvm/vcpu/exits', provider: 'kvm', target: 'vcpu', name: 'exits' },
  ...{ kind: 'cumulative', unit: 'none', scale: 1 },
}
const number = (values: Record<string, number | bigint>): StatValues =>
  new Map(Object.entries(values).map(([subject, value]) => [subject, { kind: 'number', value }]))
const bins = (...list: (number | bigint)[]): StatValues => new Map([['', { kind: 'bins', bins: list }]])
const drawn = (data: PlotData, subject = ''): (number | undefined)[] =>
  [...(data.lines.find((each) => each.subject === subject)?.values ?? [])].map((value) =>
    Number.isNaN(value) ? undefined : value,
  )

describe('a counter', () => {
  test('is an amount a second by the clock that does not jump, and exact beyond 2^53', () => {
    const data = new PlotData(counter)
    data.push(1000, 0, number({ '': 2n ** 63n }))
    data.push(9000, 500, number({ '': 2n ** 63n + 50n }))
    data.push(9500, 1500, number({ '': 2n ** 63n + 60n }))
    expect(drawn(data)).toEqual([undefined, 100, 10])
  })

  test('that goes back begins again with a gap', () => {
    const data = new PlotData(counter)
    for (const [at, value] of [100, 200, 5, 10].entries())
      data.push(at * 1000, at * 1000, number({ '': value }))
    expect(drawn(data)).toEqual([undefined, 100, undefined, 5])
    expect(data.resets).toBe(1)
  })

  test('has nothing over a time in which nothing was asked', () => {
    const data = new PlotData(counter)
    data.push(1000, 1000, number({ '': 0 }))
    data.push(2000, 2000, number({ '': 10 }))
    data.gap(2001)
    data.push(60_000, 60_000, number({ '': 500 }))
    data.push(61_000, 61_000, number({ '': 520 }))
    expect(drawn(data)).toEqual([undefined, 10, undefined, undefined, 20])
    expect([...data.times]).toEqual([1000, 2000, 2001, 60_000, 61_000])
  })
})

test('subjects come and go; more than a plot has room for are counted', () => {
  const data = new PlotData({ ...counter, kind: 'instant', scale: 2 })
  data.push(1, 1, number({ a: 1 }))
  data.push(2, 2, number({ a: 2, b: 5 }))
  data.push(3, 3, number({ b: 6 }))
  expect(drawn(data, 'a')).toEqual([2, 4, undefined])
  expect(drawn(data, 'b')).toEqual([undefined, 10, 12])
  const names = Array.from({ length: mostLines + 5 }, (_, n) => [`cpu${n}`, n])
  data.push(4, 4, number(Object.fromEntries(names) as Record<string, number>))
  expect(data.lines).toHaveLength(mostLines)
  expect(data.beyond).toBe(7)
})

test('a mean is one sum by the other, and nothing where nothing was counted', () => {
  const data = new PlotData({ ...counter, kind: 'mean', unit: 'seconds', scale: 1e-9 })
  const ratio = (sum: number, count: number): StatValues => new Map([['', { kind: 'ratio', sum, count }]])
  for (const [at, value] of [ratio(0, 0), ratio(3e9, 2), ratio(3e9, 2)].entries()) data.push(at, at, value)
  expect(drawn(data)).toEqual([undefined, 1.5, undefined])
})

test('a histogram is what each bin grew, of all subjects; other bins begin again', () => {
  const data = new PlotData({ ...counter, kind: 'log2-histogram' })
  data.push(1, 1, bins(1, 2, 3))
  data.push(2, 2, bins(1, 5, 3))
  expect(data.grown.map((column) => column[1])).toEqual([0, 3, 0])
  expect(binSums(data, 0, 2)).toEqual([0, 3, 0])
  data.push(3, 3, bins(0, 5, 3))
  expect(data.resets).toBe(1)
  data.push(4, 4, bins(1, 2))
  expect(data.bins).toHaveLength(2)
  expect(data.grown.every((column) => column.length === data.times.length)).toBe(true)
})

test('bins: equally wide, doubled, or told', () => {
  expect(binsOfStatistic({ kind: 'linear-histogram', scale: 1, bucketSize: 5 }, 3, undefined)).toEqual([
    { from: 0, to: 5 },
    { from: 5, to: 10 },
    { from: 10, to: undefined },
  ])
  expect(binsOfStatistic({ kind: 'log2-histogram', scale: 1 }, 4, undefined).map(({ from }) => from)).toEqual(
    [0, 1, 2, 4],
  )
  expect(binsOfStatistic({ kind: 'histogram', scale: 1 }, 3, [10, 100])).toEqual([
    { from: 0, to: 10 },
    { from: 10, to: 100 },
    { from: 100, to: undefined },
  ])
})

test('the oldest samples go first, and all columns stay equally long', () => {
  const column = new SampleColumn()
  for (let n = 0; n < mostKept * 3; n += 1) column.push(n)
  expect(column.last).toBe(mostKept * 3 - 1)
  expect(column.length).toBeGreaterThanOrEqual(mostKept - 1)
  expect(column.length).toBeLessThanOrEqual(mostKept * 1.25)
  expect(column.values.every((value, place) => value === (column.values[0] ?? 0) + place)).toBe(true)
  const data = new PlotData(counter)
  for (let n = 1; n <= mostKept * 1.6; n += 1) data.push(n, n, number(n < 5000 ? { a: n } : { a: n, b: n }))
  expect(data.lines.map(({ values }) => values.length)).toEqual([data.times.length, data.times.length])
})

test('what a stretch comes to', () => {
  const values = Float64Array.of(Number.NaN, 4, 2, Number.NaN, 6, Number.NaN)
  expect(lineSummary({ values }, 0, 6)).toEqual({ now: 6, least: 2, most: 6, mean: 4, samples: 3 })
  expect(lineSummary({ values }, 3, 4)).toMatchObject({ now: undefined, mean: undefined, samples: 0 })
})

test('places of times are those that a plain search finds', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 200 })),
      fc.nat(200),
      fc.nat(200),
      (list, from, to) => {
        const times = Float64Array.from(list.toSorted((a, b) => a - b))
        const [first, end] = timesBetween(times, from, to)
        expect([...times.slice(first, end)]).toEqual([...times].filter((at) => at >= from && at <= to))
      },
    ),
    { numRuns: runs(2000) },
  )
})
