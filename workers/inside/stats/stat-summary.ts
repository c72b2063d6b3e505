/** What the samples of a stretch of time come to: for the table beside the plots. Tested by workers/inside/stats/plot-data.test.ts. */
import type { PlotData, StatLine } from './plot-data.ts'

/** Of one line in a stretch of time. Undefined where there is no sample. */
export interface LineSummary {
  readonly now: number | undefined
  readonly least: number | undefined
  readonly most: number | undefined
  /** Of the samples, each counted alike. */
  readonly mean: number | undefined
  readonly samples: number
}

/** Least, most and mean of a line from one place to below another; `now` is the last of them that is known. */
export function lineSummary({ values }: Pick<StatLine, 'values'>, first: number, end: number): LineSummary {
  let [least, most, sum, samples] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0]
  let now: number | undefined
  for (let place = first; place < end; place += 1) {
    const value = values[place]
    if (value === undefined || Number.isNaN(value)) continue
    least = Math.min(least, value)
    most = Math.max(most, value)
    sum += value
    samples += 1
    now = value
  }
  return samples === 0
    ? { now: undefined, least: undefined, most: undefined, mean: undefined, samples }
    : { now, least, most, mean: sum / samples, samples }
}

/** How much each bin of a histogram grew in a stretch of time. */
export function binSums(data: Pick<PlotData, 'grown'>, first: number, end: number): readonly number[] {
  return data.grown.map((column) => {
    let sum = 0
    for (let place = first; place < end; place += 1) {
      const value = column[place] ?? Number.NaN
      if (!Number.isNaN(value)) sum += value
    }
    return sum
  })
}
