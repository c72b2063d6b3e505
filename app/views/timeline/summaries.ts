/**
 * Reads the messages of lines whose summary is not in the row: arguments, returned values, raw lines. A few at a time,
 * what was asked for last first, so that the rows in sight are ready before those that scrolled by.
 */
import { isJsonObject, parseInput, parseJson } from '../../../workers/base/json.ts'
import type { Json } from '../../../workers/base/json.ts'
import { bytes } from '../../ui/format.ts'
import { compact } from './compact.ts'
import type { Line } from './lines.ts'

/** Messages above this are not read for one line of summary, in bytes. */
const readBytes = 128 * 1024
const atOnce = 16

/** What a message says on one line. `text` is the message as it was on the wire. */
export function summarise(line: Line, text: string | undefined): string {
  const { row } = line
  if (text === undefined) return '(not in the record any more)'
  // What people send may be in the dialect that QEMU accepts; what QEMU sends is JSON.
  const parsed = row.kind === 'return' ? parseJson(text) : parseInput(text)
  if (!parsed.ok || !isJsonObject(parsed.value)) return text.slice(0, 240)
  const member = row.kind === 'command' ? 'arguments' : 'return'
  if (row.kind === 'raw') return compact(parsed.value)
  const value: Json | undefined = Object.hasOwn(parsed.value, member) ? parsed.value[member] : undefined
  if (value === undefined) return ''
  const late = row.kind === 'return' && row.late ? 'after its deadline ' : ''
  return Array.isArray(value) && value.length > 1
    ? `${late}${value.length} items ${compact(value)}`
    : `${late}${compact(value)}`.trimEnd()
}

/** Reads summaries. `read` gives the exact text of a line's message; `ready` is called after each. */
export class Summaries {
  readonly #read: (line: Line) => Promise<string | undefined>
  readonly #ready: (line: Line) => void
  readonly #waiting: Line[] = []
  readonly #asked = new WeakMap<Line, Promise<string>>()
  readonly #settle = new WeakMap<Line, (summary: string) => void>()
  #running = 0

  constructor(read: (line: Line) => Promise<string | undefined>, ready: (line: Line) => void) {
    this.#read = read
    this.#ready = ready
  }

  /** How many are still to be read. */
  get pending(): number {
    return this.#waiting.length + this.#running
  }

  /** The summary of a line, read if need be. Asking again is free. */
  of(line: Line): Promise<string> {
    if (line.summary !== undefined) return Promise.resolve(line.summary)
    const known = this.#asked.get(line)
    if (known !== undefined) return known
    const promise = new Promise<string>((resolve) => this.#settle.set(line, resolve))
    this.#asked.set(line, promise)
    this.#waiting.push(line)
    this.#pump()
    return promise
  }

  #pump(): void {
    while (this.#running < atOnce) {
      const line = this.#waiting.pop()
      if (line === undefined) return
      this.#running += 1
      void this.#one(line)
    }
  }

  async #one(line: Line): Promise<void> {
    const summary =
      line.row.bytes > readBytes
        ? `(${bytes(line.row.bytes)}: select it to read it)`
        : summarise(line, await this.#read(line))
    line.summary = summary
    line.haystack = undefined
    this.#running -= 1
    this.#settle.get(line)?.(summary)
    this.#ready(line)
    this.#pump()
  }
}
