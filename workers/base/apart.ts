/** Names from outside inside of words of ours: none turns the words after it round, or hides them. */
import { clip } from './clip.ts'

const isolate = '\u2068'
const isolateEnd = '\u2069'

/** Nearly all names. */
const plain = /^[ -~]*$/

/** Characters that change the order of what follows, among them those that would end the isolation of the name. */
const turning = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/**
 * A name as it stands in words of ours. Letters that are written from right to left keep their order to themselves;
 * characters that only turn the order are written out: `<U+202E>`.
 */
export function apart(name: string): string {
  if (plain.test(name)) return name
  const shown = name.replace(
    turning,
    (each) => `<U+${each.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}>`,
  )
  return `${isolate}${shown}${isolateEnd}`
}

/** Longer names are cut in sentences, in UTF-16 units: a sentence stays one that is read at once. */
const longestName = 200

/** A name as it stands in a sentence of ours: apart, and cut where it is long. */
export function inWords(name: string): string {
  if (name.length <= longestName) return apart(name)
  // The sign of the cut and the length are ours, and stand after the name.
  const shown = clip(name, longestName)
  const own = shown.lastIndexOf('…')
  return `${apart(shown.slice(0, own))}${shown.slice(own)}`
}
