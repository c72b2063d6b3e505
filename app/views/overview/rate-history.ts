/** The rates of the last looks, for a small line beside the number. Pure. */

/** A rate at a moment: `at` in milliseconds, `rate` a second. */
export interface RateLook {
  readonly at: number
  readonly rate: number
}

/** Looks that are kept: two minutes of a disk, five of a network card. More would be finer than the line has pixels. */
export const mostLooks = 60

/** The looks with one more, the oldest let go. A rate that is not known ends the line: what came before is no part of it. */
export function oneMore(
  looks: readonly RateLook[] | undefined,
  at: number,
  rate: number | undefined,
): readonly RateLook[] {
  return rate === undefined ? [] : [...(looks ?? []), { at, rate }].slice(-mostLooks)
}

/** The highest of them. */
export function highest(looks: readonly RateLook[]): number {
  return looks.reduce((most, { rate }) => Math.max(most, rate), 0)
}
