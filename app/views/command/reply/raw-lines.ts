/**
 * The text of a reply in lines and rows: a line is what the text has between two line ends, a row is as much of a
 * line as fits on the screen. Only the rows in sight are cut out.
 */
import { isJsonObject } from '#base/json/value.ts'
import { printJson } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'

/** The lines of a text. */
export function linesOf(text: string): readonly string[] {
  const lines = text.includes('\r') ? text.split(/\r?\n/) : text.split('\n')
  // The end of the last line is not a line of its own.
  if (lines.length > 1 && lines.at(-1) === '') lines.pop()
  return lines
}

/** A container of which some members are printed. */
interface Level {
  readonly names: readonly string[] | undefined
  readonly values: readonly Json[]
  /** The text after its closing bracket: a comma or nothing. */
  readonly after: string
  /** Of its members. */
  readonly margin: string
  next: number
}

/** The lines of a value printed with an indent of two, as they come: the same as those of `printJson`. */
export function* prettyLines(value: Json): Generator<string> {
  const root = levelOf(value, '', '')
  if (root === undefined) {
    yield printJson(value)
    return
  }
  yield root.names === undefined ? '[' : '{'
  const levels = [root]
  // No generator in a generator: every line would be handed up through all of them.
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const index = level.next
    const item = level.values[index]
    if (item === undefined) {
      yield `${level.margin.slice(2)}${level.names === undefined ? ']' : '}'}${level.after}`
      levels.pop()
      continue
    }
    level.next += 1
    const name = level.names === undefined ? '' : `${JSON.stringify(level.names[index])}: `
    const after = level.next < level.values.length ? ',' : ''
    const inner = levelOf(item, level.margin, after)
    if (inner === undefined) yield `${level.margin}${name}${printJson(item)}${after}`
    else {
      yield `${level.margin}${name}${inner.names === undefined ? '[' : '{'}`
      levels.push(inner)
    }
  }
}

/** Undefined for values that are printed in one line: leaves and empty containers. */
function levelOf(value: Json, margin: string, after: string): Level | undefined {
  const names = isJsonObject(value) ? Object.keys(value) : undefined
  const values = Array.isArray(value)
    ? (value as readonly Json[])
    : isJsonObject(value)
      ? Object.values(value)
      : []
  return values.length === 0 ? undefined : { names, values, after, margin: `${margin}  `, next: 0 }
}

/** Rows of lines cut at a width. Lines are added at the end; the width is fixed. */
export class RowIndex {
  readonly #width: number
  /** The first row of each line, and the row after the last. */
  readonly #starts: number[] = [0]

  /** `width` in characters. */
  constructor(width: number) {
    this.#width = Math.max(1, width)
  }

  /** How many lines it has. */
  get lines(): number {
    return this.#starts.length - 1
  }

  /** How many rows it has. */
  get rows(): number {
    return this.#starts.at(-1) ?? 0
  }

  add(line: string): void {
    this.#starts.push(this.rows + Math.max(1, Math.ceil(line.length / this.#width)))
  }

  /** The line of a row, and where in it the row begins and ends. */
  at(row: number): { readonly line: number; readonly from: number; readonly to: number } {
    let low = 0
    let high = this.lines - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#starts[middle] ?? 0) <= row) low = middle
      else high = middle - 1
    }
    const from = (row - (this.#starts[low] ?? 0)) * this.#width
    return { line: low, from, to: from + this.#width }
  }

  /** The row of a place in a line. */
  rowOf(line: number, at: number): number {
    return (this.#starts[line] ?? 0) + Math.floor(at / this.#width)
  }
}
