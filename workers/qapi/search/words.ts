/** The words of a search: cut, bounded, compared with one typing error forgiven. */

/** Characters of a typed text that are looked at: no phrase is longer. */
export const longestQuery = 200
/** Words of it: more are left out. */
export const mostWords = 12
/** Shorter words have too many neighbours: `stop` and `step`, but not `add` and `and`. */
const shortestWithTypo = 4
/** Longer words are compared as they are: no name has a part of 40 letters. */
const longestWithTypo = 40

/** Words that say nothing. */
const empty = new Set(
  'a an the to of in on my me for with how do i is it its and or from into at by as that this some please can want would like now one over own'.split(
    ' ',
  ),
)
/** Words that nearly every phrase could have: they need not be found. */
const weak = new Set('vm guest machine qemu command virtual system host'.split(' '))

/** The words of a typed text in small letters, without the signs around them; at most 12. */
export function wordsOf(query: string): readonly string[] {
  const words = query
    .slice(0, longestQuery)
    .toLowerCase()
    .split(/[\s,;]/)
    .map(bare)
    .filter((word) => word !== '')
  return words.slice(0, mostWords)
}

/** Signs that people set around words, and names do not begin or end with. */
const signs = new Set('"\'`?!.:()[]{}“”‘’'.split(''))

function bare(word: string): string {
  let from = 0
  let to = word.length
  while (from < to && signs.has(word[from] ?? '')) from += 1
  while (to > from && signs.has(word[to - 1] ?? '')) to -= 1
  return word.slice(from, to)
}

/** Whether a word may be left out of a search without a loss. */
export function isWeak(word: string): boolean {
  return weak.has(word)
}

/** The words of a text that say something; all of them where none does. */
export function strongWords(query: string): readonly string[] {
  const words = wordsOf(query)
  const strong = words.filter((each) => !empty.has(each))
  return strong.length === 0 ? words : strong
}

/** A word without the ending of its plural: `disks` and `disk` are one. */
export function singular(word: string): string {
  return word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word
}

/**
 * Whether a typed word `a` differs from `b` by one typing error at most: a letter too many, too few or another, or two
 * neighbours in the wrong order. A word of less than four letters has to be equal. Linear in their length.
 */
export function isNear(a: string, b: string): boolean {
  if (a === b) return true
  if (a.length < shortestWithTypo || a.length > longestWithTypo || Math.abs(a.length - b.length) > 1)
    return false
  const shorter = Math.min(a.length, b.length)
  let at = 0
  while (at < shorter && a[at] === b[at]) at += 1
  if (a.length > b.length) return a.slice(at + 1) === b.slice(at)
  if (a.length < b.length) return a.slice(at) === b.slice(at + 1)
  if (a.slice(at + 1) === b.slice(at + 1)) return true
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2)
}

/** A name or a text with blanks between its words. */
export function joined(text: string): string {
  return text.replace(/[-_]/g, ' ')
}

/** The parts of a name: `BLOCK_JOB_READY`, `blockdev-add` and `BlockdevOptions` have words inside. */
export function partsOf(name: string): readonly string[] {
  return name
    .slice(0, longestQuery)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[-_ .]/)
    .filter((part) => part !== '')
}
