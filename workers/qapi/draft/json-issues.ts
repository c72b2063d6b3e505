/** The issues of JSON that is being typed, each at its place in the text: syntax first, then the schema. */
import { parseInput } from '#base/json/parse.ts'
import type { Json } from '#base/json/value.ts'
import { placeOfPath, placesOf } from './json-places.ts'
import type { JsonPlace } from './json-places.ts'
import type { Issue } from '../check/validate.ts'

/** A message at a part of the text. Offsets in UTF-16 units. */
export interface TextIssue {
  readonly from: number
  readonly to: number
  readonly message: string
  /** Whether the syntax is wrong there; else the value is. */
  readonly isSyntax: boolean
}

/** A page shows fewer: each counts the lines before it, which is quadratic in a long text that is no JSON. */
const mostIssues = 100

/**
 * The issues of a text that is one value (`several`: any number of values). `check` gives the issues of a value.
 * A text that is empty has none, one that is mostly wrong the first hundred.
 */
export function textIssues(
  text: string,
  several: boolean,
  check: (value: Json) => readonly Issue[],
): readonly TextIssue[] {
  const roots = placesOf(text)
  const found: TextIssue[] = []
  if (!several && roots.length > 1) {
    const second = roots[1]
    if (second !== undefined) {
      found.push({ from: second.from, to: second.to, message: 'one value is enough here', isSyntax: true })
    }
  }
  for (const root of several ? roots : roots.slice(0, 1)) {
    if (found.length >= mostIssues) break
    const written = text.slice(root.from, root.to)
    const parsed = parseInput(written)
    if (!parsed.ok) {
      const at = Math.min(root.from + parsed.error.offset, text.length)
      const { line, column } = lineOf(text, at)
      const message = `line ${line}, column ${column}: ${parsed.error.message}`
      found.push({
        from: Math.max(0, Math.min(at, text.length - 1)),
        to: Math.min(text.length, at + 1),
        message,
        isSyntax: true,
      })
      continue
    }
    for (const issue of check(parsed.value))
      found.push({ ...rangeOf(root, issue), message: issue.message, isSyntax: false })
  }
  return found
}

/** Line and column of an offset, both from 1. */
function lineOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

/** Where an issue is shown: its value, its key where it is not expected, the bracket of the object it is missing in. */
function rangeOf(root: JsonPlace, issue: Issue): { readonly from: number; readonly to: number } {
  const place = placeOfPath(root, issue.path)
  if (place.path !== issue.path) {
    return { from: place.key?.from ?? place.from, to: place.key?.to ?? place.from + 1 }
  }
  if (place.key !== undefined && issue.message.includes(' is unexpected'))
    return { from: place.key.from, to: place.key.to }
  return place.to > place.from
    ? { from: place.from, to: place.to }
    : { from: place.key?.from ?? place.from, to: place.to }
}
