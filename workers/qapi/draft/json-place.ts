/** Finds the place of a value in a JSON text by its path: for messages about files. */

/** Counted from 1. */
export interface TextPosition {
  readonly line: number
  readonly column: number
}

const blanks = /\s*/y
const scalar = /[^\s,\]}:]+/y

/**
 * The place of the value at a path; of the nearest value above it where the path ends earlier. The text is one that
 * parseInput takes. For a member it is the place of the key, because people look for that.
 */
export function placeIn(text: string, path: readonly (string | number)[]): TextPosition {
  let at = skip(text, 0)
  let best = at
  for (const step of path) {
    const next = typeof step === 'number' ? elementAt(text, at, step) : memberAt(text, at, step)
    if (next === undefined) break
    best = next.key
    at = next.value
  }
  const before = text.slice(0, best)
  return { line: before.split('\n').length, column: best - before.lastIndexOf('\n') }
}

interface FoundMember {
  readonly key: number
  readonly value: number
}

function memberAt(text: string, from: number, name: string): FoundMember | undefined {
  if (text[from] !== '{') return undefined
  let at = skip(text, from + 1)
  while (at < text.length && text[at] !== '}') {
    const key = at
    const end = endOfString(text, at)
    const value = skip(text, skip(text, end) + 1)
    if (nameIn(text.slice(key, end)) === name) return { key, value }
    at = afterComma(text, endOfValue(text, value))
  }
  return undefined
}

function elementAt(text: string, from: number, index: number): FoundMember | undefined {
  if (text[from] !== '[') return undefined
  let at = skip(text, from + 1)
  for (let n = 0; at < text.length && text[at] !== ']'; n += 1) {
    if (n === index) return { key: at, value: at }
    at = afterComma(text, endOfValue(text, at))
  }
  return undefined
}

/** The first place from here on that is neither blank nor in a comment. */
function skip(text: string, from: number): number {
  let at = from
  for (;;) {
    blanks.lastIndex = at
    blanks.exec(text)
    at = Math.max(at, blanks.lastIndex)
    const isLine = text[at] === '#' || text.startsWith('//', at)
    if (!isLine && !text.startsWith('/*', at)) return at
    const end = text.indexOf(isLine ? '\n' : '*/', at + 1)
    at = end < 0 ? text.length : end + (isLine ? 0 : 2)
  }
}

function afterComma(text: string, from: number): number {
  const at = skip(text, from)
  return text[at] === ',' ? skip(text, at + 1) : at
}

function endOfString(text: string, from: number): number {
  const quote = text[from]
  let at = from + 1
  while (at < text.length && text[at] !== quote) at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function endOfValue(text: string, from: number): number {
  let depth = 0
  let at = from
  while (at < text.length) {
    const char = text[at]
    if (char === '"' || char === "'") at = endOfString(text, at)
    else if (char === '{' || char === '[') {
      depth += 1
      at += 1
    } else if (char === '}' || char === ']') {
      depth -= 1
      at += 1
    } else if (char === ',' || char === ':') at += 1
    else {
      scalar.lastIndex = at
      at = scalar.test(text) ? scalar.lastIndex : at + 1
    }
    if (depth <= 0) return at
    at = skip(text, at)
  }
  return at
}

/** A key as it is meant. One with single quotes and escapes is left as it is written. */
function nameIn(literal: string): string {
  if (literal.startsWith("'")) return literal.slice(1, -1)
  try {
    return String(JSON.parse(literal))
  } catch {
    return literal
  }
}
