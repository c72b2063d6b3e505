/** What a console prints of the wire: which rows, in which words and tone. Pure. */
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { LogRow } from '#record/row.ts'
import { bytes, count } from '#words/format.ts'
import { directionOf, directionSigns, isGreeting, ownSummary } from '#words/row-words.ts'
import type { Tone } from './terminal/tone.ts'

/** Larger messages are not printed, in bytes. */
const printedBytes = 1024 * 1024
/** How many characters of a message are printed. */
const printedCharacters = 64 * 1024

/** Which messages the console shows. */
export interface QmpShown {
  readonly events: boolean
  /** The page's own queries and the negotiation. */
  readonly own: boolean
  readonly pretty: boolean
}

/** Whether a row is printed. */
export function isShown(row: LogRow, shown: QmpShown): boolean {
  if (row.kind === 'event') return isGreeting(row) ? shown.own : shown.events
  if (row.kind === 'command' || row.kind === 'return' || row.kind === 'error') {
    return row.origin === 'person' || shown.own
  }
  return true
}

/** Whether a row has a text that is printed: a large one is not. */
export function hasPrintedText(row: LogRow): boolean {
  return row.bytes > 0 && row.bytes <= printedBytes
}

/** A row in one line or several. `text` is its message, where it is printed and still in the record. */
export function printRow(
  row: LogRow,
  text: string | undefined,
  pretty: boolean,
): { readonly text: string; readonly tone: Tone } {
  const sign = directionSigns[directionOf(row)]
  if (text === undefined) {
    const why =
      row.bytes > printedBytes
        ? `a message of ${bytes(row.bytes)}: it is in the timeline`
        : (ownSummary(row) ?? 'a message that is no longer in the record')
    const bad = row.kind === 'problem' || row.kind === 'outcome'
    const name = bad && 'name' in row ? `${row.name}: ` : ''
    return { text: `${sign} ${name}${why}`, tone: bad ? 'error' : 'note' }
  }
  const shown = pretty ? prettyText(text) : text
  const more = shown.length - printedCharacters
  const cut =
    more > 0
      ? `${shown.slice(0, printedCharacters)}… ${count(more)} characters more are in the timeline`
      : shown
  return { text: `${sign} ${cut}`, tone: toneOf(row) }
}

/** The lines of a text that are not blank, without the blanks around them. */
export function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((each) => each.trim())
    .filter((each) => each !== '')
}

/** Whether more is opened than closed: the server then reads on. */
export function isUnfinished(line: string): boolean {
  const bare = line.replace(/"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?/g, '')
  const opened = bare.match(/[[{]/g)?.length ?? 0
  const closed = bare.match(/[\]}]/g)?.length ?? 0
  return opened > closed
}

function toneOf(row: LogRow): Tone {
  switch (row.kind) {
    case 'command':
    case 'raw':
      return 'sent'
    case 'error':
    case 'problem':
    case 'outcome':
      return 'error'
    case 'event':
      return 'event'
    case 'return':
    case 'line':
      return 'plain'
    case 'state':
    case 'channel':
    case 'gap':
      return 'note'
  }
}

function prettyText(text: string): string {
  const parsed = parseJson(text)
  return parsed.ok ? printJson(parsed.value, { indent: 2 }) : text
}
