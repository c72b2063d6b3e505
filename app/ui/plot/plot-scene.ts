/** What a plot over time is drawn from. Types only. */
/** A line. */
export interface PlotLine {
  readonly name: string
  /** As many as there are times; NaN is a gap. */
  readonly values: ArrayLike<number>
}

/** A histogram over time: a column a sample, a row a bin, the first bin at the bottom. */
export interface PlotHeat {
  /** For each bin its amounts, one a time; NaN is a gap. */
  readonly bins: readonly ArrayLike<number>[]
  /** The word at a bin's lower edge. */
  readonly edges: readonly string[]
}

/** What is drawn: lines, or heat. Times are milliseconds and rise. */
export interface PlotPicture {
  readonly times: ArrayLike<number>
  readonly lines: readonly PlotLine[]
  readonly heat?: PlotHeat | undefined
}

/** A tick of the scale of time. */
export interface PlotTick {
  readonly at: number
  readonly label: string
}

/** The scale of values. */
export interface ValueScale {
  readonly min: number
  readonly max: number
  readonly ticks: readonly number[]
}

/** A stretch of time. */
export interface PlotStretch {
  readonly from: number
  readonly to: number
}

/** All of one drawing. Pixels are those of CSS. */
export interface PlotScene {
  readonly picture: PlotPicture
  readonly width: number
  readonly height: number
  readonly shown: PlotStretch
  readonly ticks: readonly PlotTick[]
  readonly scale: ValueScale
  readonly format: (value: number) => string
  readonly range: PlotStretch | undefined
}

/** Pixels beside the picture: for the words of both scales. */
export const plotMargin = { left: 66, right: 8, top: 6, bottom: 18 } as const

/** The pixel of a time. */
export function plotX({ width, shown }: Pick<PlotScene, 'width' | 'shown'>, at: number): number {
  const inside = width - plotMargin.left - plotMargin.right
  return plotMargin.left + ((at - shown.from) / (shown.to - shown.from)) * inside
}

/** The time of a pixel: the inverse of `plotX`, not beyond what is shown. */
export function plotTime({ width, shown }: Pick<PlotScene, 'width' | 'shown'>, x: number): number {
  const inside = Math.max(1, width - plotMargin.left - plotMargin.right)
  const share = Math.min(1, Math.max(0, (x - plotMargin.left) / inside))
  return shown.from + share * (shown.to - shown.from)
}
