/** A board as CSV: a row a time, a column a line or bin. Tested by app/views/inspect/stats/stat-words.test.ts. */
import type { Json } from '#base/json/value.ts'
import type { PlotData } from '#inside/stats/plot-data.ts'
import { isRate } from '#inside/stats/statistic.ts'
import { exactTime } from '#words/format.ts'
import { unitWord } from '#ui/plot/quantity.ts'
import { csvText } from '../../command/reply/table-csv.ts'
import type { Stretch } from '../../timeline/lanes/scale.ts'
import { binWord, subjectWord } from './stat-words.ts'

interface Column {
  readonly heading: string
  readonly cells: ReadonlyMap<number, number>
}

/** The text of the file: the samples of the plots in a stretch of time. Names are the machine's: none begins a formula. */
export function boardCsv(
  plots: readonly PlotData[],
  { from, to }: Stretch,
  vcpus: ReadonlyMap<string, string>,
): string {
  const times = new Set<number>()
  const columns = plots.flatMap((data): readonly Column[] => {
    const [first, end] = data.between(from, to)
    for (const at of data.times.subarray(first, end)) times.add(at)
    const cells = (values: Float64Array): ReadonlyMap<number, number> => {
      const found = new Map<number, number>()
      for (let place = first; place < end; place += 1) {
        const value = values[place]
        if (value !== undefined && !Number.isNaN(value)) found.set(data.times[place] ?? 0, value)
      }
      return found
    }
    const { key, unit } = data.statistic
    const sign = unitWord(unit, isRate(data.statistic))
    return [
      ...data.lines.map(({ subject, values }) => ({
        heading: `${key} of ${subjectWord(subject, vcpus)}${sign === '' ? '' : ` (${sign})`}`,
        cells: cells(values),
      })),
      ...data.bins.map((bin, index) => ({
        heading: `${key}, ${binWord(bin, data.statistic)}`,
        cells: cells(data.grown[index] ?? new Float64Array()),
      })),
    ]
  })
  const sorted = [...times].toSorted((a, b) => a - b)
  const known = sorted.filter((at) => columns.some(({ cells }) => cells.has(at)))
  const rows = known.map((at): readonly (Json | undefined)[] => [
    exactTime(at),
    ...columns.map(({ cells }) => cells.get(at)),
  ])
  return csvText([['time', ...columns.map(({ heading }) => heading)], ...rows], { isSafe: true })
}
