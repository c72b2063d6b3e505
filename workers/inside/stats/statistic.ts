/** What a statistic is: its place, its kind and its unit, whoever tells it. Tested by workers/inside/stats/stat-schema.test.ts. */

/**
 * How its values are meant. `cumulative` counts up: what is drawn is how much a second. `instant` and `peak` are drawn as
 * they are. `mean` is one counter by another, between two answers. Histograms count up in each of their bins.
 */
export type StatKind =
  'cumulative' | 'instant' | 'peak' | 'mean' | 'linear-histogram' | 'log2-histogram' | 'histogram'

/** What is counted or measured. `none`: pieces without a unit. */
export type StatUnit = 'bytes' | 'seconds' | 'cycles' | 'boolean' | 'none'

/** One statistic of a machine. */
export interface Statistic {
  /** Unique at its machine, and the same next time: `kvm/vcpu/exits`, `block/device/rd_bytes`. */
  readonly key: string
  /** Who counts: a provider of query-stats, or `block`, `balloon`, `dirty-rate`. */
  readonly provider: string
  /** What it is told of: `vm`, `vcpu`, `cryptodev`, `device`. */
  readonly target: string
  readonly name: string
  readonly kind: StatKind
  readonly unit: StatUnit
  /** A value times this is in the unit. */
  readonly scale: number
  /** Its values are amounts a second already. */
  readonly perSecond?: true
  /** Of a linear histogram: how wide a bin is, before `scale`. */
  readonly bucketSize?: number
}

/** The key of a statistic. Only the name may have a slash in it. */
export function statKey(provider: string, target: string, name: string): string {
  return `${provider}/${target}/${name}`
}

/** Whether its values are lists of bins. */
export function isHistogram(kind: StatKind): boolean {
  return kind === 'linear-histogram' || kind === 'log2-histogram' || kind === 'histogram'
}

/** Whether what is drawn of it is an amount a second. */
export function isRate({ kind, perSecond }: Pick<Statistic, 'kind' | 'perSecond'>): boolean {
  return kind === 'cumulative' || perSecond === true
}
