/**
 * Which notes of the lab are shown at the list: each once, until it is dismissed; a note that the lab no longer has is
 * forgotten. What is remembered is bounded: beginnings of texts, and not more of them than a lab has notes.
 */

/** Notes that are remembered as dismissed. */
const mostNotes = 30
/** Characters that tell notes apart. */
const beginning = 200

/** What a note is remembered by. */
function keyOf(note: string): string {
  return note.slice(0, beginning)
}

/** The notes that nobody dismissed. */
export function freshNotes(notes: readonly string[], dismissed: readonly string[]): readonly string[] {
  return notes.filter((note) => !dismissed.includes(keyOf(note)))
}

/** What is remembered after all of these notes were dismissed. */
export function dismissedBy(notes: readonly string[]): readonly string[] {
  return [...new Set(notes.map(keyOf))].slice(0, mostNotes)
}

/** What a browser does not keep of this page, and of this tab. */
export function browserNotes(keepsPage: boolean, keepsTab: boolean): readonly string[] {
  return [
    ...(keepsPage
      ? []
      : [
          'This browser keeps nothing for this page: locks, added machines, saved filters and the lines of consoles are forgotten when it is closed or loaded again.',
        ]),
    ...(keepsTab
      ? []
      : [
          'This browser keeps nothing for this tab: the lab’s key is forgotten when the page is loaded again.',
        ]),
  ]
}
