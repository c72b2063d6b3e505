/**
 * How much a test with many cases tries. The quick suite (project `pure`) takes a tenth; the project `long` runs each
 * file that imports this one once more, with all cases.
 */

/** Whether all cases are wanted: vite.config.ts says so. */
const isLong = process.env.QMP_STUDIO_CASES === 'all'

/** Random cases of a property: `count` in the long suite, a tenth of it in the quick one, at least one. */
export function runs(count: number): number {
  return isLong ? count : Math.ceil(count / 10)
}

/** What of a list is tried: all in the long suite, else every tenth, from the first one on. */
export function some<Item>(items: readonly Item[]): readonly Item[] {
  return isLong ? items : items.filter((_, index) => index % 10 === 0)
}
