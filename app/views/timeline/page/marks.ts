/** Marks of one's own in the address: `TIME text;TIME text`, times in milliseconds since the epoch. */

/** A mark of a person. */
export interface Mark {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly text: string
}

/** More than this and the address would not be taken by everything that addresses go through. */
const mostMarks = 40
const longestText = 120

/** Read marks; what cannot be read is left out. */
export function parseMarks(text: string): readonly Mark[] {
  return text
    .split(';')
    .flatMap((each): Mark[] => {
      const [, at, words = ''] = /^(\d{1,16}(?:\.\d{1,4})?)(?: (.*))?$/s.exec(each) ?? []
      return at === undefined ? [] : [{ at: Number(at), text: decode(words) }]
    })
    .slice(0, mostMarks)
}

/** Write marks, in the order of their times. */
export function formatMarks(marks: readonly Mark[]): string {
  return marks
    .toSorted((a, b) => a.at - b.at)
    .slice(0, mostMarks)
    .map(({ at, text }) => {
      const words = text.slice(0, longestText).replace(/[%;]/g, encodeURIComponent)
      return `${Math.round(at * 1000) / 1000}${words === '' ? '' : ` ${words}`}`
    })
    .join(';')
}

function decode(text: string): string {
  return text.replace(/%25|%3B/gi, (each) => (each === '%25' ? '%' : ';'))
}
