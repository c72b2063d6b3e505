/** The words of a search in a text that it found. */
import { strongWords } from './words.ts'

/** The parts of a text, those that match a word of the query marked. */
export function highlight(
  text: string,
  query: string,
): readonly { readonly text: string; readonly match: boolean }[] {
  const lower = text.toLowerCase()
  const ranges: [from: number, to: number][] = []
  for (const word of strongWords(query)) {
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1))
      ranges.push([at, at + word.length])
  }
  if (ranges.length === 0) return [{ text, match: false }]
  ranges.sort((a, b) => a[0] - b[0])
  const parts: { text: string; match: boolean }[] = []
  let done = 0
  let markedTo = 0
  for (const [from, to] of [...ranges, [text.length, text.length] as const]) {
    if (from > markedTo) {
      if (markedTo > done) parts.push({ text: text.slice(done, markedTo), match: true })
      parts.push({ text: text.slice(markedTo, from), match: false })
      done = from
    }
    markedTo = Math.max(markedTo, to)
  }
  if (markedTo > done) parts.push({ text: text.slice(done, markedTo), match: true })
  return parts
}
