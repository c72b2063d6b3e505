/** Patterns of `*` and `?`. Tested by workers/store/scan/scan.test.ts. */

/**
 * Whether a name fits a pattern. Small letters stand for large ones as well; with a large letter in the pattern, case
 * matters: `STOP` is the event and not the command `stop`.
 */
export function fitsName(name: string, glob: string): boolean {
  return matchesGlob(/[A-Z]/.test(glob) ? name : name.toLowerCase(), glob)
}

/** Whether a text fits a pattern of `*` and `?`. Takes at most the time of their lengths multiplied. */
export function matchesGlob(text: string, glob: string): boolean {
  let at = 0
  let pattern = 0
  /** Where the last `*` is, and up to where it stands for the text so far. */
  let star = -1
  let taken = 0
  while (at < text.length) {
    if (glob[pattern] === '*') {
      star = pattern
      taken = at
      pattern += 1
    } else if (pattern < glob.length && (glob[pattern] === '?' || glob[pattern] === text[at])) {
      at += 1
      pattern += 1
    } else if (star >= 0) {
      taken += 1
      at = taken
      pattern = star + 1
    } else {
      return false
    }
  }
  while (glob[pattern] === '*') pattern += 1
  return pattern === glob.length
}
