/**
 * Removes known secrets from any other text: as they are, and as addresses (`%40`), lines of options (`,,`)
 * and strings (`\"`, `\u0040`) write them. Linear in the text, however many are known.
 * Tested by workers/qapi/secrets/secret-places.test.ts.
 * @adr 0013
 */
import { own } from '#base/own.ts'
import { isNoSecret, secretMark } from './secret-places.ts'

/** Shorter ones stay: they would be found in every other word. In UTF-16 units. */
const shortestSecret = 3
/** More than these are not looked for: nobody has that many passwords, and each costs memory. */
const mostSecrets = 10_000

/** Secrets that were seen. */
export interface KnownSecrets {
  readonly isEmpty: boolean
  add(secret: string): void
  /** The text with the mark in the place of every secret; the text itself where there is none. */
  clean(text: string): string
}

/** Make it, with these known. */
export function createKnownSecrets(secrets: readonly string[] = []): KnownSecrets {
  const known = new Set<string>()
  /** By their first three characters and their lengths: the cost at a place does not depend on their number. */
  const byStart = new Map<number, Map<number, Set<string>>>()

  function addOne(secret: string): void {
    if (secret.length < shortestSecret || isNoSecret(secret)) return
    if (known.has(secret) || known.size >= mostSecrets) return
    known.add(secret)
    const start = startOf(secret, 0)
    const lengths = byStart.get(start) ?? new Map<number, Set<string>>()
    byStart.set(start, lengths)
    lengths.set(secret.length, (lengths.get(secret.length) ?? new Set()).add(secret))
  }

  /** The length of the longest one that begins here; 0 where none does. */
  function lengthAt(text: string, at: number): number {
    let longest = 0
    for (const [length, set] of byStart.get(startOf(text, at)) ?? []) {
      if (length > longest && set.has(text.slice(at, at + length))) longest = length
    }
    return longest
  }

  function add(secret: string): void {
    addOne(secret)
    for (const { text } of viewsOf(secret)) addOne(text)
  }

  function placesIn({ text, origin }: UnescapedText): SecretRange[] {
    const places: SecretRange[] = []
    for (let at = 0; at + shortestSecret <= text.length; at += 1) {
      const length = lengthAt(text, at)
      if (length === 0) continue
      const end = at + length
      // Two may overlap: the next search begins inside of this one.
      places.push({ from: origin?.from[at] ?? at, to: origin?.to[end - 1] ?? end })
    }
    return places
  }

  for (const each of secrets) add(each)
  return {
    get isEmpty() {
      return known.size === 0
    },
    add,
    clean(text) {
      if (known.size === 0 || text.length < shortestSecret) return text
      const places = [{ text, origin: undefined }, ...viewsOf(text)].flatMap(placesIn)
      return places.length === 0 ? text : marked(text, places)
    },
  }
}

interface SecretRange {
  readonly from: number
  readonly to: number
}

/** A text with one kind of escapes undone. `origin` says what each character was in the original. */
interface UnescapedText {
  readonly text: string
  readonly origin: { readonly from: Uint32Array; readonly to: Uint32Array } | undefined
}

function startOf(text: string, at: number): number {
  return ((text.charCodeAt(at) << 16) ^ (text.charCodeAt(at + 1) << 8) ^ text.charCodeAt(at + 2)) >>> 0
}

function marked(text: string, all: readonly SecretRange[]): string {
  const isMark = marksOf(text)
  const places = all.filter((each) => !isMark(each))
  if (places.length === 0) return text
  places.sort((a, b) => a.from - b.from || a.to - b.to)
  const parts: string[] = []
  let last = 0
  let from = places[0]?.from ?? 0
  let to = from
  for (const place of places) {
    if (place.from > to) {
      parts.push(text.slice(last, from), secretMark)
      last = to
      from = place.from
    }
    to = Math.max(to, place.to)
  }
  parts.push(text.slice(last, from), secretMark, text.slice(to))
  return parts.join('')
}

/** Whether a place is inside of a mark: a secret may be one of its words. */
function marksOf(text: string): (place: SecretRange) => boolean {
  const inside = new Set<number>()
  for (let at = text.indexOf(secretMark); at >= 0; at = text.indexOf(secretMark, at + 1)) {
    for (let index = 0; index < secretMark.length; index += 1) inside.add(at + index)
  }
  return ({ from, to }) => inside.has(from) && inside.has(to - 1)
}

const percent = /(?:%[0-9a-f]{2})+/gi
const comma = /,,/g
const escape = /\\(?:u[0-9a-f]{4}|[^])/gi
const letters: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }

/** The text in every way in which it could be read. */
function viewsOf(text: string): UnescapedText[] {
  const views: UnescapedText[] = []
  if (text.includes('%')) views.push(unescaped(text, percent, percentDecoded))
  if (text.includes(',,')) views.push(unescaped(text, comma, () => ','))
  if (text.includes('\\')) {
    const read = (said: string): string =>
      said.length === 6
        ? String.fromCharCode(parseInt(said.slice(2), 16))
        : (own(letters, said.charAt(1)) ?? said.charAt(1))
    views.push(unescaped(text, escape, read))
    // Rados has no letters with a meaning.
    views.push(unescaped(text, escape, (said) => said.slice(1)))
  }
  return views.filter((each) => each.text !== text)
}

function unescaped(text: string, escapes: RegExp, read: (said: string) => string): UnescapedText {
  const parts: string[] = []
  // No escape is shorter than what it stands for.
  const from = new Uint32Array(text.length)
  const to = new Uint32Array(text.length)
  let length = 0
  let last = 0
  const plain = (end: number): void => {
    for (let at = last; at < end; at += 1) {
      from[length] = at
      to[length] = at + 1
      length += 1
    }
    parts.push(text.slice(last, end))
  }
  for (const { index: at, 0: said } of text.matchAll(escapes)) {
    plain(at)
    last = at + said.length
    const part = read(said)
    // Of several bytes the place of each would be another: a run is one place.
    from.fill(at, length, length + part.length)
    to.fill(last, length, length + part.length)
    length += part.length
    parts.push(part)
  }
  plain(text.length)
  return { text: parts.join(''), origin: { from, to } }
}

function percentDecoded(said: string): string {
  const bytes = Uint8Array.from(said.slice(1).split('%'), (each) => parseInt(each, 16))
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}
