/** Search in a JSON value and in its text, as generators: the caller runs them in slices. */
import { isJsonObject } from '#base/json/value.ts'
import { printJson, textOf } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'

/** Names and indices from the root to what was found. */
export type Keys = readonly string[]

/** What matches a search, without regard to case, and no pattern: every character stands for itself. */
export function pattern(query: string): RegExp {
  return new RegExp(query.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi')
}

interface FindFrame {
  readonly names: readonly string[] | undefined
  readonly values: readonly Json[]
  at: number
}

/**
 * The places whose name or value holds the query, in reading order; undefined between them, often. Strings are
 * searched as they are, and as JSON where the query has a quote or a backslash; numbers by their exact literal.
 */
export function* findInJson(value: Json, query: string): Generator<Keys | undefined> {
  if (query === '') return
  const wanted = pattern(query)
  const asJson = /["\\]/.test(query)
  const matches = (text: string): boolean => {
    wanted.lastIndex = 0
    return wanted.test(text)
  }
  const leafMatches = (leaf: Json): boolean =>
    matches(textOf(leaf)) || (asJson && typeof leaf === 'string' && matches(printJson(leaf)))
  const root = frameOf(value)
  if (root === undefined) {
    if (leafMatches(value)) yield []
    return
  }
  const stack: FindFrame[] = [root]
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    frame.at += 1
    const item = frame.values[frame.at]
    if (item === undefined) {
      stack.pop()
      continue
    }
    const name = frame.names?.[frame.at]
    const inside = frameOf(item)
    const isHit = (name !== undefined && matches(name)) || (inside === undefined && leafMatches(item))
    yield isHit ? stack.map((each) => each.names?.[each.at] ?? String(each.at)) : undefined
    if (inside !== undefined) stack.push(inside)
  }
}

function frameOf(value: Json): FindFrame | undefined {
  if (Array.isArray(value)) return { names: undefined, values: value as readonly Json[], at: -1 }
  if (!isJsonObject(value)) return undefined
  return { names: Object.keys(value), values: Object.values(value), at: -1 }
}

/** A match in lines of text: which line, and where in it. */
export interface TextHit {
  readonly line: number
  readonly at: number
  readonly length: number
}

/** Characters of a line that are searched at once. */
const pieceLength = 256 * 1024

/** Where lines hold the query; undefined between, often. `count` lines are searched, a piece at a time. */
export function* findInLines(
  line: (index: number) => string,
  count: number,
  query: string,
): Generator<TextHit | undefined> {
  if (query === '') return
  const wanted = pattern(query)
  for (let index = 0; index < count; index += 1) {
    const text = line(index)
    for (let from = 0; from < Math.max(1, text.length); from += pieceLength) {
      // A match may lie across the end of a piece; one that begins after it belongs to the next.
      const piece =
        text.length <= pieceLength ? text : text.slice(from, from + pieceLength + query.length - 1)
      wanted.lastIndex = 0
      for (let match = wanted.exec(piece); match !== null; match = wanted.exec(piece)) {
        if (match.index >= pieceLength) break
        yield { line: index, at: from + match.index, length: match[0].length }
      }
      yield undefined
    }
  }
}

/** A text in pieces: what matches a `pattern` that is not empty, and what lies between. */
export function marked(
  text: string,
  wanted: RegExp,
): readonly { readonly text: string; readonly isHit: boolean }[] {
  const parts: { text: string; isHit: boolean }[] = []
  let end = 0
  for (const match of text.matchAll(wanted)) {
    if (match.index > end) parts.push({ text: text.slice(end, match.index), isHit: false })
    parts.push({ text: match[0], isHit: true })
    end = match.index + match[0].length
  }
  if (end < text.length || parts.length === 0) parts.push({ text: text.slice(end), isHit: false })
  return parts
}
