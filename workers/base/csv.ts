/** Cells of CSV (RFC 4180), and what keeps a spreadsheet from running their text as a formula. */

/**
 * Signs that spreadsheets begin a formula with, and blanks that some of them take away before they look for one. The
 * wide forms (U+FF0B and so on) are taken for the narrow ones where a Chinese or Japanese input method is used.
 */
const formulaStart = /^[=+\-@\t\r\n＝＋－＠]/

/** The text with an apostrophe before it where a spreadsheet could take it for a formula; else the text. */
export function guardFormula(text: string): string {
  return formulaStart.test(text) ? `'${text}` : text
}

/** The text as a cell: in quotes where it has to be, or `always`. */
export function csvQuoted(text: string, always = false): string {
  return always || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
