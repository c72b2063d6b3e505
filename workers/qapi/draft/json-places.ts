/**
 * Finds keys and values in JSON that is being typed, with their places in the text. Nothing here is an error: a missing
 * value has a place too, so that it can be completed. Single quotes,
 * comments and bare words are taken as they are typed.
 * Tested by workers/qapi/check/verdict.test.ts.
 */
import type { Json } from '#base/json/value.ts'
import { jsonObject } from '#base/json/value.ts'
import { parseInput } from '#base/json/parse.ts'

/** A key of an object. `from` and `to` are offsets in UTF-16 units and include the quotes. */
export interface KeyPlace {
  readonly text: string
  readonly from: number
  readonly to: number
}

/** A value. */
export interface JsonPlace {
  /** `word` is anything that is not quoted; `missing` stands where a value should be, with `from` equal to `to`. */
  readonly kind: 'object' | 'array' | 'string' | 'word' | 'missing'
  /** Dotted, as in `Issue`. */
  readonly path: string
  readonly from: number
  readonly to: number
  readonly key: KeyPlace | undefined
  readonly children: readonly JsonPlace[]
  /** The value so far: unfinished members are left out. */
  readonly value: Json | undefined
}

/** Levels of nesting that are looked into. */
const deepest = 300

/** The values of a text, one after the other: one for arguments, several for a list of requests. */
export function placesOf(text: string): readonly JsonPlace[] {
  return new JsonPlacesReader(text).all()
}

/** The key or value at the cursor. */
export type CursorPlace =
  /** A key, or where one could be typed; `within` is the object. */
  | {
      readonly kind: 'key'
      readonly within: JsonPlace
      readonly from: number
      readonly to: number
      readonly text: string
      /** A colon follows it already. */
      readonly hasColon: boolean
    }
  /** A value, or where one could be typed; `path` is its own. */
  | {
      readonly kind: 'value'
      readonly path: string
      readonly from: number
      readonly to: number
      readonly text: string
      readonly quoted: boolean
    }

/** The value that an offset is in; at its edge only where it is in no other. */
export function rootAt(roots: readonly JsonPlace[], offset: number): JsonPlace | undefined {
  return (
    roots.find((each) => offset > each.from && offset < each.to) ??
    roots.find((each) => offset >= each.from && offset <= each.to)
  )
}

/** What is at an offset. Undefined inside a comment or beyond all values. */
export function cursorAt(text: string, roots: readonly JsonPlace[], offset: number): CursorPlace | undefined {
  const root = rootAt(roots, offset)
  if (root === undefined) return undefined
  let place = root
  for (;;) {
    const next: JsonPlace | undefined = place.children.find(
      (each) =>
        (each.kind === 'object' || each.kind === 'array') &&
        offset > each.from &&
        (offset < each.to || !isClosed(text, each)),
    )
    if (next === undefined) break
    place = next
  }
  if (place.kind !== 'object' && place.kind !== 'array') return valueAt(text, place)
  for (const child of place.children) {
    const { key } = child
    if (key !== undefined && offset >= key.from && offset <= key.to) {
      const hasColon = child.kind !== 'missing' || text.slice(key.to, child.from).includes(':')
      return { kind: 'key', within: place, from: key.from, to: key.to, text: key.text, hasColon }
    }
    const start = key === undefined ? child.from : key.to
    if (offset > start && offset <= child.to && text.slice(start, offset).includes(':')) {
      return child.kind === 'missing'
        ? { kind: 'value', path: child.path, from: offset, to: offset, text: '', quoted: false }
        : valueAt(text, child)
    }
    if (key === undefined && offset >= child.from && offset <= child.to) return valueAt(text, child)
    // After the colon, before the value.
    if (
      key !== undefined &&
      offset > key.to &&
      offset < child.from &&
      text.slice(key.to, offset).includes(':')
    ) {
      return { kind: 'value', path: child.path, from: offset, to: offset, text: '', quoted: false }
    }
  }
  if (place.kind === 'array') {
    const index = place.children.filter((each) => each.to < offset).length
    const path = place.path === '' ? String(index) : `${place.path}.${index}`
    return { kind: 'value', path, from: offset, to: offset, text: '', quoted: false }
  }
  return { kind: 'key', within: place, from: offset, to: offset, text: '', hasColon: false }
}

function isClosed(text: string, place: JsonPlace): boolean {
  return text[place.to - 1] === (place.kind === 'object' ? '}' : ']')
}

function valueAt(text: string, place: JsonPlace): CursorPlace {
  const written = text.slice(place.from, place.to)
  const quoted = /^["']/.test(written)
  return {
    kind: 'value',
    path: place.path,
    from: place.from,
    to: place.to,
    text: quoted ? written.slice(1).replace(/["']$/, '') : written,
    quoted,
  }
}

/** The place of a path: that of its value, or of the nearest value around it that there is. */
export function placeOfPath(root: JsonPlace, path: string): JsonPlace {
  let place = root
  for (;;) {
    const next = place.children.find((each) => each.path === path || path.startsWith(`${each.path}.`))
    if (next === undefined || next === place) return place
    place = next
    if (place.path === path) return place
  }
}

class JsonPlacesReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  all(): readonly JsonPlace[] {
    const roots: JsonPlace[] = []
    for (;;) {
      this.#space()
      if (this.#at >= this.#text.length) return roots
      const before = this.#at
      if (/[,\]}:]/.test(this.#text[this.#at] ?? '')) this.#at += 1
      else roots.push(this.#value('', undefined, 0))
      if (this.#at === before) this.#at += 1
    }
  }

  #value(path: string, key: KeyPlace | undefined, depth: number): JsonPlace {
    this.#space()
    const from = this.#at
    const char = this.#text[from]
    if (char === undefined || char === ',' || char === '}' || char === ']' || char === ':') {
      return { kind: 'missing', path, from, to: from, key, children: [], value: undefined }
    }
    if (depth < deepest && char === '{') return this.#object(path, key, depth)
    if (depth < deepest && char === '[') return this.#array(path, key, depth)
    if (char === '"' || char === "'") {
      this.#string()
      const value = parsed(this.#text.slice(from, this.#at))
      return { kind: 'string', path, from, to: this.#at, key, children: [], value }
    }
    this.#word()
    const value = parsed(this.#text.slice(from, this.#at))
    return { kind: 'word', path, from, to: this.#at, key, children: [], value }
  }

  #object(path: string, key: KeyPlace | undefined, depth: number): JsonPlace {
    const from = this.#at
    this.#at += 1
    const children: JsonPlace[] = []
    for (;;) {
      this.#space()
      const char = this.#text[this.#at]
      if (char === undefined || char === ']') break
      if (char === '}') {
        this.#at += 1
        break
      }
      if (char === ',' || char === ':' || char === '{' || char === '[') {
        this.#at += 1
        continue
      }
      const name = this.#key()
      const at = path === '' ? name.text : `${path}.${name.text}`
      this.#space()
      if (this.#text[this.#at] === ':') {
        this.#at += 1
        const colon = this.#at
        const child = this.#value(at, name, depth + 1)
        // A missing value has its place right after the colon.
        children.push(
          child.kind === 'missing' ? { ...child, from: colon, to: Math.max(colon, child.from) } : child,
        )
      } else {
        children.push({
          kind: 'missing',
          path: at,
          from: name.to,
          to: name.to,
          key: name,
          children: [],
          value: undefined,
        })
      }
    }
    const entries = children.flatMap((each): readonly (readonly [string, Json])[] =>
      each.key === undefined || each.value === undefined ? [] : [[each.key.text, each.value]],
    )
    return { kind: 'object', path, from, to: this.#at, key, children, value: jsonObject(entries) }
  }

  #array(path: string, key: KeyPlace | undefined, depth: number): JsonPlace {
    const from = this.#at
    this.#at += 1
    const children: JsonPlace[] = []
    for (;;) {
      this.#space()
      const char = this.#text[this.#at]
      if (char === undefined || char === '}') break
      if (char === ']') {
        this.#at += 1
        break
      }
      if (char === ',' || char === ':') {
        this.#at += 1
        continue
      }
      const at = path === '' ? String(children.length) : `${path}.${children.length}`
      children.push(this.#value(at, undefined, depth + 1))
    }
    const value = children.map((each) => each.value ?? null)
    return { kind: 'array', path, from, to: this.#at, key, children, value }
  }

  #key(): KeyPlace {
    const from = this.#at
    const char = this.#text[from]
    if (char === '"' || char === "'") this.#string()
    else this.#word()
    const written = this.#text.slice(from, this.#at)
    const value = parsed(written)
    const text = typeof value === 'string' ? value : written.replace(/^["']|["']$/g, '')
    return { text, from, to: this.#at }
  }

  /** A text in quotes; one that is not closed ends with its line. */
  #string(): void {
    const quote = this.#text[this.#at]
    this.#at += 1
    for (; this.#at < this.#text.length; this.#at += 1) {
      const char = this.#text[this.#at]
      if (char === '\\') this.#at += 1
      else if (char === '\n') return
      else if (char === quote) {
        this.#at += 1
        return
      }
    }
    this.#at = Math.min(this.#at, this.#text.length)
  }

  #word(): void {
    const start = this.#at
    while (this.#at < this.#text.length && !/[\s,:{}[\]"']/.test(this.#text[this.#at] ?? '')) this.#at += 1
    if (this.#at === start) this.#at += 1
  }

  #space(): void {
    for (;;) {
      const rest = this.#text
      if (/\s/.test(rest[this.#at] ?? '')) this.#at += 1
      else if (rest.startsWith('//', this.#at) || rest[this.#at] === '#') {
        const end = rest.indexOf('\n', this.#at)
        this.#at = end < 0 ? rest.length : end
      } else if (rest.startsWith('/*', this.#at)) {
        const end = rest.indexOf('*/', this.#at)
        this.#at = end < 0 ? rest.length : end + 2
      } else return
    }
  }
}

function parsed(text: string): Json | undefined {
  const value = parseInput(text)
  return value.ok ? value.value : undefined
}
