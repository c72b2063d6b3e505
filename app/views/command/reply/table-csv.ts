/** Tables as CSV (RFC 4180). */
import { csvQuoted, guardFormula } from '#base/csv.ts'
import { printJson } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'

/**
 * One line for each row, ended by CR LF. Strings are as they are, everything else is JSON: null is the word, and a
 * string "null" or "" stands in quotes, so that it is not read as null or as an absent member, which is an empty cell.
 *
 * `isSafe` puts an apostrophe before strings that a spreadsheet would take for a formula (they begin with `=`, `+`,
 * `-`, `@`, a tab or a line end); without it every value is exact.
 */
export function csvText(
  rows: Iterable<readonly (Json | undefined)[]>,
  options: { readonly isSafe: boolean },
): string {
  const lines: string[] = []
  for (const row of rows) lines.push(`${row.map((cell) => csvCell(cell, options.isSafe)).join(',')}\r\n`)
  return lines.join('')
}

function csvCell(cell: Json | undefined, isSafe: boolean): string {
  if (cell === undefined) return ''
  if (typeof cell !== 'string') return csvQuoted(printJson(cell))
  const text = isSafe ? guardFormula(cell) : cell
  return csvQuoted(text, text === '' || text === 'null')
}
