/**
 * Which plots are on a board, in their order: only names, so that it can be kept and be in an address. What is kept is
 * from another visit or from outside, and is read again. Tested by workers/inside/stats/stat-board.test.ts.
 */

/** Plots of one board: each may hold a megabyte, and is asked for each second. */
export const mostPlots = 40
/** Characters of a key: three names and two slashes. */
const longestKey = 400

/** The keys of a list: each once, at most `mostPlots`, none that is no key. */
export function readBoard(kept: readonly string[]): readonly string[] {
  const isKey = (each: string): boolean =>
    each.length <= longestKey && each.split('/', 3).every((part) => part !== '')
  return [...new Set(kept.filter((each) => each.split('/').length >= 3 && isKey(each)))].slice(0, mostPlots)
}

/** The board in an address: keys, separated by commas; what a name has of commas is escaped. */
export function printBoard(keys: readonly string[]): string {
  return keys.map((key) => key.replaceAll('%', '%25').replaceAll(',', '%2C')).join(',')
}

/** The inverse of `printBoard`. */
export function parseBoard(address: string): readonly string[] {
  if (address.length > mostPlots * longestKey) return []
  return readBoard(address.split(',').map((key) => key.replaceAll('%2C', ',').replaceAll('%25', '%')))
}

/** A plot moved by one place, up (-1) or down (1). */
export function moveOnBoard(keys: readonly string[], key: string, by: -1 | 1): readonly string[] {
  const from = keys.indexOf(key)
  const to = from + by
  if (from < 0 || to < 0 || to >= keys.length) return keys
  const moved = keys.filter((each) => each !== key)
  return [...moved.slice(0, to), key, ...moved.slice(to)]
}

/** Put on the board at its end, or taken away. */
export function toggleOnBoard(keys: readonly string[], key: string): readonly string[] {
  return keys.includes(key) ? keys.filter((each) => each !== key) : [...keys, key].slice(0, mostPlots)
}
