/**
 * Reads the QAPI schema language: expressions like JSON with single quotes, comments, and documentation between lines
 * of `##`. Linear in the size of the text.
 * Tested by workers/qapi/reference/lang/lang.test.ts.
 * @qapi qapi-code-gen, "The QAPI schema language", "Schema syntax"
 */
import type { Json, JsonObject } from '#base/json/value.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'

/** A documentation block: its lines without the comment signs. */
export interface DocComment {
  readonly lines: readonly string[]
  /** The line of the file on which it begins, from 1. */
  readonly line: number
}

/** What a file has, in its order. */
export type QapiItem =
  | { readonly kind: 'doc'; readonly doc: DocComment }
  | { readonly kind: 'expression'; readonly value: JsonObject; readonly line: number }

/** Deeper expressions are refused: no schema comes near it. */
const deepest = 100

class QapiParseError extends Error {
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

/** Read one file. The failure is a sentence with line and column. */
export function parseQapi(text: string): Result<readonly QapiItem[], string> {
  try {
    return ok(new QapiParser(text).items())
  } catch (error) {
    if (!(error instanceof QapiParseError)) throw error
    const before = text.slice(0, error.at)
    const line = before.split('\n').length
    return err(`line ${line}, column ${error.at - before.lastIndexOf('\n')}: ${error.message}`)
  }
}

class QapiParser {
  readonly #text: string
  #at = 0
  #line = 1
  #counted = 0

  constructor(text: string) {
    this.#text = text.replace(/^\ufeff/, '')
  }

  items(): QapiItem[] {
    const items: QapiItem[] = []
    for (;;) {
      this.#blanks()
      if (this.#at >= this.#text.length) return items
      const line = this.#lineAt(this.#at)
      if (this.#text[this.#at] === '#') {
        const doc = this.#comment()
        if (doc !== undefined) items.push({ kind: 'doc', doc: { lines: doc, line } })
        continue
      }
      if (this.#text[this.#at] !== '{') throw new QapiParseError("an expression begins with '{'", this.#at)
      items.push({ kind: 'expression', value: this.#object(0), line })
    }
  }

  #lineAt(at: number): number {
    for (let next = this.#text.indexOf('\n', this.#counted); next >= 0 && next < at;) {
      this.#line += 1
      this.#counted = next + 1
      next = this.#text.indexOf('\n', this.#counted)
    }
    return this.#line
  }

  #blanks(): void {
    while (this.#at < this.#text.length && /\s/.test(this.#text[this.#at] ?? '')) this.#at += 1
  }

  /** Blanks and comments inside an expression. */
  #space(): void {
    for (;;) {
      this.#blanks()
      if (this.#text[this.#at] !== '#') return
      this.#takeLine()
    }
  }

  #takeLine(): string {
    const end = this.#text.indexOf('\n', this.#at)
    const line = this.#text.slice(this.#at, end < 0 ? this.#text.length : end)
    this.#at = end < 0 ? this.#text.length : end + 1
    return line.trimEnd()
  }

  /** A comment line, or a documentation block with its lines. */
  #comment(): string[] | undefined {
    const begin = this.#at
    if (this.#takeLine() !== '##') return undefined
    const lines: string[] = []
    while (this.#at < this.#text.length) {
      const line = this.#takeLine().trimStart()
      if (line === '##') return lines
      // QEMU's own files have empty lines in their comments.
      if (line !== '' && !line.startsWith('#'))
        throw new QapiParseError("a documentation block ends with '##'", begin)
      lines.push(line.replace(/^# ?/, ''))
    }
    throw new QapiParseError("a documentation block ends with '##'", begin)
  }

  #value(depth: number): Json {
    if (depth > deepest) throw new QapiParseError('nested too deep', this.#at)
    const char = this.#text[this.#at]
    if (char === '{') return this.#object(depth)
    if (char === '[') return this.#array(depth)
    if (char === "'" || char === '"') return this.#string()
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (!this.#text.startsWith(word, this.#at)) continue
      this.#at += word.length
      return value
    }
    throw new QapiParseError(`expected a value, found ${JSON.stringify(char ?? 'the end')}`, this.#at)
  }

  #object(depth: number): JsonObject {
    const entries: [string, Json][] = []
    this.#at += 1
    this.#space()
    if (this.#taken('}')) return {}
    for (;;) {
      this.#space()
      const at = this.#at
      const key = this.#string()
      if (entries.some(([each]) => each === key)) throw new QapiParseError(`${key} is there twice`, at)
      this.#space()
      if (!this.#taken(':')) throw new QapiParseError("expected ':'", this.#at)
      this.#space()
      entries.push([key, this.#value(depth + 1)])
      this.#space()
      if (this.#taken('}')) return Object.fromEntries(entries)
      if (!this.#taken(',')) throw new QapiParseError("expected ',' or '}'", this.#at)
    }
  }

  #array(depth: number): Json[] {
    const items: Json[] = []
    this.#at += 1
    this.#space()
    if (this.#taken(']')) return items
    for (;;) {
      this.#space()
      items.push(this.#value(depth + 1))
      this.#space()
      if (this.#taken(']')) return items
      if (!this.#taken(',')) throw new QapiParseError("expected ',' or ']'", this.#at)
    }
  }

  #string(): string {
    const quote = this.#text[this.#at]
    if (quote !== "'" && quote !== '"') throw new QapiParseError('expected a string', this.#at)
    let text = ''
    for (let at = this.#at + 1; at < this.#text.length; at += 1) {
      const char = this.#text[at] ?? ''
      if (char === quote) {
        this.#at = at + 1
        return text
      }
      if (char === '\n') break
      if (char === '\\') at += 1
      text += this.#text[at] ?? ''
    }
    throw new QapiParseError('the string has no end', this.#at)
  }

  #taken(char: string): boolean {
    if (this.#text[this.#at] !== char) return false
    this.#at += 1
    return true
  }
}
