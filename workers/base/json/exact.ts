/**
 * The exact parser: for texts with numbers that a double does not hold, and for typed input, where it reports what is
 * wrong, where, and what would be right. Recursive descent with a limit to depth.
 * Tested by workers/base/json/json.test.ts.
 */
import { shorten } from '../clip.ts'
import { own } from '../own.ts'
import type { Json } from './value.ts'
import { mostLevels } from './loss.ts'
import { longestNumber, numberFrom } from './number.ts'
import { err, ok } from '../result.ts'
import type { Result } from '../result.ts'

/** Why a text is not JSON. `offset` is in UTF-16 units from 0; `line` and `column` count from 1. */
export interface JsonError {
  readonly kind: 'json-error'
  /** A sentence without a full stop: what was found, and what would be right. */
  readonly message: string
  readonly offset: number
  readonly line: number
  readonly column: number
  /** The text around the place, on one line. */
  readonly excerpt: string
  /** It may be JSON, but exceeds a limit: levels, digits. */
  readonly beyondLimit?: true
}

/** How strictly to read. `json`: RFC 8259. `input`: besides, single quotes and comments; duplicate keys refused, numbers as they are written. */
export interface ParseOptions {
  readonly dialect: 'json' | 'input'
}

class JsonParseError extends Error {
  readonly offset: number
  readonly beyondLimit: boolean
  constructor(message: string, offset: number, beyondLimit = false) {
    super(message)
    this.offset = offset
    this.beyondLimit = beyondLimit
  }
}

/** Read one value that fills the text. Never throws; the error says what, where and what instead. */
export function parseExactly(text: string, options: ParseOptions): Result<Json, JsonError> {
  try {
    return ok(new JsonParser(text, options).whole())
  } catch (error) {
    if (error instanceof JsonParseError) {
      const said = describe(text, error.message, error.offset)
      return err(error.beyondLimit ? { ...said, beyondLimit: true } : said)
    }
    throw error
  }
}

function describe(text: string, message: string, offset: number): JsonError {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  const line = before.split('\n').length
  const excerpt = text
    .slice(Math.max(lineStart, offset - 20), offset + 20)
    .split('\n', 1)[0]
    ?.trim()
  return { kind: 'json-error', message, offset, line, column: offset - lineStart + 1, excerpt: excerpt ?? '' }
}

const numberAt = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const plainAt = { '"': /[^"\\\u0000-\u001f]*/y, "'": /[^'\\\u0000-\u001f]*/y }
const spaceAt = /[ \t\r\n]*/y
const wordAt = /[^\s,:{}[\]"']+/y
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

class JsonParser {
  readonly #text: string
  readonly #input: boolean
  #at = 0
  #depth = 0

  constructor(text: string, options: ParseOptions) {
    this.#text = text
    this.#input = options.dialect === 'input'
  }

  whole(): Json {
    this.#space()
    if (this.#at >= this.#text.length)
      throw new JsonParseError('there is nothing here: expected a JSON value', this.#at)
    const value = this.#value()
    this.#space()
    if (this.#at < this.#text.length) {
      throw new JsonParseError(`${this.#found()} after the end of the value`, this.#at)
    }
    return value
  }

  #value(): Json {
    const char = this.#text[this.#at]
    if (char === '{') return this.#object()
    if (char === '[') return this.#array()
    if (char === '"' || (char === "'" && this.#input)) return this.#string(char)
    if (char === '-' || (char !== undefined && char >= '0' && char <= '9')) return this.#number()
    const word = this.#match(wordAt)
    if (word === 'true') return true
    if (word === 'false') return false
    if (word === 'null') return null
    this.#at -= word.length
    if (/^(True|False|None)$/.test(word)) {
      const instead = word === 'None' ? 'null' : word.toLowerCase()
      throw new JsonParseError(`${word} is Python: JSON writes ${instead}`, this.#at)
    }
    if (/^[A-Za-z_]/.test(word)) {
      throw new JsonParseError(`expected a value, found ${shorten(word)}: a string needs quotes`, this.#at)
    }
    throw new JsonParseError(`expected a value, found ${this.#found()}`, this.#at)
  }

  #object(): Json {
    const open = this.#enter()
    const members = new Map<string, Json>()
    this.#space()
    if (this.#take('}')) return this.#leave({})
    for (;;) {
      const keyAt = this.#at
      const quote = this.#text[this.#at]
      if (quote !== '"' && !(quote === "'" && this.#input)) {
        if (quote === '}')
          throw new JsonParseError("a ',' stands before the '}': take it away or add a member", keyAt)
        if (quote === undefined) throw new JsonParseError(`the '{' of offset ${open} is not closed`, keyAt)
        throw new JsonParseError(`expected the name of a member in quotes, found ${this.#found()}`, keyAt)
      }
      const key = this.#string(quote)
      this.#space()
      if (!this.#take(':')) {
        throw new JsonParseError(
          `expected ':' after the name ${JSON.stringify(shorten(key))}, found ${this.#found()}`,
          this.#at,
        )
      }
      this.#space()
      const value = this.#value()
      if (this.#input && members.has(key)) {
        throw new JsonParseError(
          `the member ${JSON.stringify(shorten(key))} is there twice, which QEMU refuses`,
          keyAt,
        )
      }
      members.set(key, value)
      this.#space()
      if (this.#take('}')) break
      if (!this.#take(',')) {
        if (this.#at >= this.#text.length)
          throw new JsonParseError(`the '{' of offset ${open} is not closed`, this.#at)
        throw new JsonParseError(`expected ',' or '}' after a member, found ${this.#found()}`, this.#at)
      }
      this.#space()
    }
    // fromEntries defines its members, so `__proto__` is one like any other.
    return this.#leave(Object.fromEntries(members))
  }

  #array(): Json {
    const open = this.#enter()
    const items: Json[] = []
    this.#space()
    if (this.#take(']')) return this.#leave(items)
    for (;;) {
      if (this.#text[this.#at] === ']')
        throw new JsonParseError("a ',' stands before the ']': take it away", this.#at)
      items.push(this.#value())
      this.#space()
      if (this.#take(']')) return this.#leave(items)
      if (!this.#take(',')) {
        if (this.#at >= this.#text.length)
          throw new JsonParseError(`the '[' of offset ${open} is not closed`, this.#at)
        throw new JsonParseError(`expected ',' or ']' after an item, found ${this.#found()}`, this.#at)
      }
      this.#space()
    }
  }

  #string(quote: '"' | "'"): string {
    const open = this.#at
    this.#at += 1
    let value = ''
    for (;;) {
      value += this.#match(plainAt[quote])
      const char = this.#text[this.#at]
      if (char === quote) {
        this.#at += 1
        return value
      }
      if (char === undefined) throw new JsonParseError(`the string of offset ${open} is not closed`, open)
      if (char !== '\\') {
        const code = char.charCodeAt(0).toString(16).padStart(4, '0')
        const what = char === '\n' ? 'a line break' : 'a control character'
        throw new JsonParseError(
          `${what} inside a string: write \\u${code} (or close the string of offset ${open})`,
          this.#at,
        )
      }
      value += this.#escape()
    }
  }

  #escape(): string {
    const char = this.#text[this.#at + 1]
    if (char === 'u') {
      const hex = this.#text.slice(this.#at + 2, this.#at + 6)
      if (!/^[0-9a-fA-F]{4}$/.test(hex))
        throw new JsonParseError('\\u needs four hexadecimal digits', this.#at)
      this.#at += 6
      return String.fromCharCode(Number.parseInt(hex, 16))
    }
    if (char === "'" && this.#input) {
      this.#at += 2
      return char
    }
    const value = char === undefined ? undefined : own(escapes, char)
    if (value === undefined) {
      throw new JsonParseError(
        `\\${char ?? ''} is no escape of JSON: a backslash itself is written \\\\`,
        this.#at,
      )
    }
    this.#at += 2
    return value
  }

  #number(): Json {
    const literal = this.#match(numberAt)
    const follows = this.#text[this.#at]
    if (literal === '' || (follows !== undefined && /[\w.+-]/.test(follows))) {
      const start = this.#at - literal.length
      this.#at = start
      const word = this.#match(wordAt)
      const why = /^-?0\d/.test(word)
        ? 'a number has no leading zeros'
        : /^-?0[xX]/.test(word)
          ? 'JSON has no hexadecimal numbers'
          : 'that is no JSON number'
      throw new JsonParseError(`${shorten(word)}: ${why}`, start)
    }
    if (literal.length > longestNumber) {
      const why = `a number of ${literal.length} characters: it may have ${longestNumber}`
      throw new JsonParseError(why, this.#at - literal.length, true)
    }
    return numberFrom(literal, this.#input)
  }

  #enter(): number {
    this.#depth += 1
    if (this.#depth > mostLevels) {
      throw new JsonParseError(`nested deeper than ${mostLevels} levels`, this.#at, true)
    }
    this.#at += 1
    return this.#at - 1
  }

  #leave(value: Json): Json {
    this.#depth -= 1
    return value
  }

  #space(): void {
    this.#match(spaceAt)
    if (!this.#input) return
    for (;;) {
      const rest = this.#text.slice(this.#at, this.#at + 2)
      if (rest.startsWith('#') || rest === '//') {
        const end = this.#text.indexOf('\n', this.#at)
        this.#at = end < 0 ? this.#text.length : end
      } else if (rest === '/*') {
        const end = this.#text.indexOf('*/', this.#at + 2)
        if (end < 0) throw new JsonParseError('this comment is not closed: expected */', this.#at)
        this.#at = end + 2
      } else return
      this.#match(spaceAt)
    }
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false
    this.#at += 1
    return true
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0] ?? ''
    this.#at += found.length
    return found
  }

  /** The character here, for a message. */
  #found(): string {
    const char = this.#text[this.#at]
    if (char === undefined) return 'the end of the text'
    if (char < ' ' || char === '\u007f') return `the control character 0x${char.charCodeAt(0).toString(16)}`
    return JSON.stringify(char)
  }
}
