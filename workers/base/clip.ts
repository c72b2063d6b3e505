/**
 * The beginning of a text, with the length of the whole: for sentences and places of one line. No
 * half of a surrogate pair is left. `most` is in UTF-16 units.
 */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text
  return `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}… (${text.length} characters in all)`
}

/** A text as it fits into a sentence. */
export function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
