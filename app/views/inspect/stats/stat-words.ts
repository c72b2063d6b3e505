/** What the page says of statistics. Tested by app/views/inspect/stats/stat-words.test.ts. */
import type { PlotData } from '#inside/stats/plot-data.ts'
import type { StatBin } from '#inside/stats/histogram-bins.ts'
import { isRate } from '#inside/stats/statistic.ts'
import type { Statistic, StatKind } from '#inside/stats/statistic.ts'
import { quantity, unitWord } from '#ui/plot/quantity.ts'

const kindWords: Readonly<Record<StatKind, string>> = {
  cumulative: 'rate',
  instant: 'gauge',
  peak: 'peak',
  mean: 'mean',
  'linear-histogram': 'histogram',
  'log2-histogram': 'histogram',
  histogram: 'histogram',
}

/** What words are made of. */
type StatisticLook = Pick<Statistic, 'kind' | 'unit' | 'perSecond'>

/** How a statistic is drawn, and in what: `rate, B/s`. */
export function kindWord(statistic: StatisticLook): string {
  const { kind, unit } = statistic
  const word = unitWord(unit, isRate(statistic))
  return word === '' ? kindWords[kind] : `${kindWords[kind]}, ${word}`
}

/** A value of a statistic as it is drawn. */
export function valueWord(statistic: StatisticLook, value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '–' : quantity(value, statistic.unit, isRate(statistic))
}

/** What a line is of: a vCPU by its number, a disk by its name, else the machine. */
export function subjectWord(subject: string, vcpus: ReadonlyMap<string, string>): string {
  return subject === '' ? 'machine' : (vcpus.get(subject) ?? subject)
}

/** The words of a bin: `1 µs to 2 µs`. */
export function binWord({ from, to }: StatBin, { unit }: Pick<Statistic, 'unit'>): string {
  const start = quantity(from, unit)
  return to === undefined ? `${start} and more` : `${start} to ${quantity(to, unit)}`
}

/** The heading of a provider and its target. */
export function groupWord({ provider, target }: Pick<Statistic, 'provider' | 'target'>): string {
  const known: Readonly<Record<string, string>> = {
    'block/device': 'Disks',
    'balloon/vm': 'Balloon',
    'balloon/guest': 'Memory as the guest tells',
    'dirty-rate/vm': 'Dirty rate',
    'dirty-rate/vcpu': 'Dirty rate of vCPUs',
  }
  const key = `${provider}/${target}`
  return Object.hasOwn(known, key) ? (known[key] ?? key) : `${provider}, ${target}`
}

/** Statistics whose name, group, kind or unit has all the words, in their order. */
export function findStatistics(all: Iterable<Statistic>, query: string): readonly Statistic[] {
  const words = query
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  return [...all].filter((each) => {
    const text = `${each.key} ${groupWord(each)} ${kindWord(each)}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** Statistics that many look at first, in this order. */
const usual = [
  ...['kvm/vcpu/exits', 'kvm/vcpu/halt_wait_ns', 'kvm/vcpu/irq_injections'],
  ...['block/device/rd_bytes', 'block/device/wr_bytes', 'block/device/rd_operations'],
  ...['block/device/wr_operations', 'block/device/wr_mean_time', 'balloon/vm/actual'],
]

/** Those of them that this machine has. */
export function usualBoard(all: ReadonlyMap<string, Statistic>): readonly string[] {
  return usual.filter((key) => all.has(key))
}

/** What a plot says to those who do not see it. */
export function plotLabel(data: PlotData, vcpus: ReadonlyMap<string, string>): string {
  const { statistic } = data
  const now = data.lines
    .slice(0, 4)
    .map(({ subject, values }) => `${subjectWord(subject, vcpus)} ${valueWord(statistic, values.at(-1))}`)
  return `Plot of ${statistic.name}, ${kindWord(statistic)}${now.length === 0 ? '' : `: ${now.join(', ')}`}`
}
