import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import type { Colours } from '../browser/colours.ts'
import { lineLook } from './line-look.ts'
import { paintPlot } from './paint-plot.ts'
import type { PlotPen } from './paint-plot.ts'
import { plotMargin, plotTime, plotX } from './plot-scene.ts'
import type { PlotScene } from './plot-scene.ts'
import { leastAndMost, placeNear, valueScale } from './value-scale.ts'

const colours = new Proxy({}, { get: (_, name) => name }) as Colours

/** A pen that notes what it draws: how many strokes of lines, and which boxes of which colour. */
function noting(): { pen: PlotPen; steps: string[] } {
  const steps: string[] = []
  const pen = {
    ...{ fillStyle: '', strokeStyle: '', lineWidth: 1, font: '', globalAlpha: 1 },
    ...{ textAlign: 'start', textBaseline: 'top' },
  } as unknown as PlotPen
  for (const name of [
    'clearRect',
    'beginPath',
    'stroke',
    'setLineDash',
    'save',
    'restore',
    'rect',
    'clip',
  ] as const)
    Object.assign(pen, { [name]: () => undefined })
  Object.assign(pen, {
    moveTo: (x: number, y: number) => steps.push(`${pen.strokeStyle as string} from ${x} ${Math.round(y)}`),
    lineTo: (x: number, y: number) => steps.push(`${pen.strokeStyle as string} to ${x} ${Math.round(y)}`),
    fillRect: (x: number, y: number, w: number, h: number) =>
      steps.push(`${pen.fillStyle as string} box ${x} ${Math.round(y)} ${w} ${Math.round(h)}`),
    fillText: (text: string) => steps.push(`text ${text}`),
  })
  return { pen, steps }
}

const { left, right, top, bottom } = plotMargin
const base: PlotScene = {
  picture: { times: [], lines: [] },
  ...{ width: 100 + left + right, height: 100 + top + bottom, shown: { from: 0, to: 100 }, ticks: [] },
  ...{ scale: { min: 0, max: 10, ticks: [0, 10] }, format: String, range: undefined },
}

describe('lines', () => {
  test('go from sample to sample, end at a gap, and a lone sample is a dot', () => {
    const { pen, steps } = noting()
    const picture = {
      times: [0, 50, 60, 70, 80],
      lines: [{ name: 'a', values: [0, 10, Number.NaN, 5, Number.NaN] }],
    }
    paintPlot(pen, { ...base, picture }, colours)
    expect(steps.filter((each) => each.startsWith('accent'))).toEqual([
      `accent from ${left} ${top + 100}`,
      `accent to ${left + 50} ${top}`,
      `accent from ${left + 70} ${top + 50}`,
      `accent box ${left + 68.5} ${Math.round(top + 48.5)} 3 3`,
    ])
  })

  test('cost what the picture costs, not what the samples do', () => {
    const { pen, steps } = noting()
    const times = Array.from({ length: 20_000 }, (_, n) => n / 200)
    const values = times.map((_, n) => n % 10)
    paintPlot(pen, { ...base, picture: { times, lines: [{ name: 'a', values }] } }, colours)
    expect(steps.filter((each) => each.startsWith('accent')).length).toBeLessThan(4 * 2 * 101 + 4)
  })

  test('each has its own look', () => {
    const looks = Array.from({ length: 32 }, (_, n) => JSON.stringify(lineLook(n)))
    expect(new Set(looks).size).toBe(32)
  })
})

test('heat: a cell a sample and bin, from the sample before to this one; empty bins at the ends are left out', () => {
  const { pen, steps } = noting()
  const heat = {
    bins: [
      [Number.NaN, 0],
      [Number.NaN, 16],
      [Number.NaN, 1],
      [Number.NaN, 0],
    ],
    edges: ['a', 'b', 'c', 'd'],
  }
  paintPlot(pen, { ...base, picture: { times: [0, 40], lines: [], heat } }, colours)
  expect(steps.filter((each) => each.startsWith('accent'))).toEqual([
    `accent box ${left} ${top + 50} 40 50`,
    `accent box ${left} ${top} 40 50`,
  ])
  expect(steps.filter((each) => each.startsWith('text'))).toEqual(['text b', 'text c'])
})

test('a selected range lies below the lines', () => {
  const { pen, steps } = noting()
  paintPlot(pen, { ...base, range: { from: 20, to: 40 } }, colours)
  expect(steps).toContain(`selected box ${left + 20} ${top} 20 100`)
})

test('time and pixel are inverse', () => {
  expect(plotTime(base, plotX(base, 37))).toBeCloseTo(37)
  expect([plotTime(base, 0), plotTime(base, 10_000)]).toEqual([0, 100])
})

describe('a scale of values', () => {
  test.each([
    [0, 9, false, [0, 2.5, 5, 7.5, 10]],
    [0, 0, false, [0, 0.25, 0.5, 0.75, 1]],
    [0, 3_000_000, true, [0, 1_048_576, 2_097_152, 3_145_728]],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, false, [0, 0.25, 0.5, 0.75, 1]],
  ])('from %d to %d, binary %s', (least, most, isBinary, ticks) => {
    expect(valueScale(least, most, { isBinary }).ticks).toEqual(ticks)
  })

  test('holds all values, and has few ticks', () => {
    const number = fc.double({ min: -1e15, max: 1e15, noNaN: true })
    fc.assert(
      fc.property(number, number, fc.boolean(), (a, b, isBinary) => {
        const [least, most] = [Math.min(a, b), Math.max(a, b)]
        const { min, max, ticks } = valueScale(least, most, { isBinary })
        const slack = Math.max(Math.abs(least), Math.abs(most)) * 1e-9
        expect(min).toBeLessThanOrEqual(least + slack)
        expect(max).toBeGreaterThanOrEqual(most - slack)
        expect(max).toBeGreaterThan(min)
        expect(ticks.length).toBeLessThanOrEqual(20)
      }),
      // Two that differ in their last digit.
      { numRuns: runs(3000), examples: [[-999999999999999, -999999999999999.1, false]] },
    )
  })

  test('of what is in sight only', () => {
    const picture = { times: [0, 1, 2, 3], lines: [{ name: '', values: [100, 1, Number.NaN, 5] }] }
    expect(leastAndMost(picture, { from: 1, to: 3 })).toEqual([1, 5])
  })
})

test('the sample that is nearest to a time is the one that a plain search finds', () => {
  const times = fc.uniqueArray(fc.integer({ min: 0, max: 200 }))
  fc.assert(
    fc.property(times, fc.nat(200), (list, at) => {
      const sorted = list.toSorted((a, b) => a - b)
      const best = Math.min(...sorted.map((each) => Math.abs(each - at)))
      const near = placeNear(sorted, at, 10)
      if (best > 10) expect(near).toBe(-1)
      else expect(Math.abs((sorted[near] ?? 0) - at)).toBe(best)
    }),
    { numRuns: runs(2000) },
  )
})
