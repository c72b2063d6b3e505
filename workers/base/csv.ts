/** Cells of CSV (RFC 4180), guarded against a spreadsheet that would run their text as a formula. */

/**
 * Signs that begin a formula in a spreadsheet, and blanks that some spreadsheets strip first. The wide forms (U+FF0B and
 * so on) count as the narrow ones where a Chinese or Japanese input method is used.
 * Apostrophes before them count too: what was guarded and what was written so stay apart.
 */
const formulaStart = /^'*[=+\-@\t\r\n＝＋－＠]/

/** The text with an apostrophe before it where a spreadsheet could take it for a formula; else the text. */
export function guardFormula(text: string): string {
  return formulaStart.test(text) ? `'${text}` : text
}

/** The text as a cell: in quotes where it has to be, or `always`. */
export function csvQuoted(text: string, always = false): string {
  return always || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
