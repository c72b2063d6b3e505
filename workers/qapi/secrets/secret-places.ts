/**
 * Finds secrets inside one text: an address, the name of an image, a line of options, a line of the human
 * monitor, or words of a server that repeat one of these.
 *
 *     https://USER:secret@HOST/   iscsi://USER%secret@HOST/     the last `@` of the authority ends the name
 *     rbd:POOL/IMAGE:key=secret:conf=…                           to the next colon without a backslash
 *     json:{"driver": "https", "cookie": "secret"}               read as JSON, and written again
 *     driver=ssh,password=secret     ?token=secret&…             to the end of the line, of a parameter of a query
 *     object_add secret,id=s,data=secret                         to the end of the line
 *
 * One pass over the text: every search begins where the last one ended, and looks back a bounded way.
 *
 * Sources: block/iscsi.c, block/rbd.c, block/curl.c and block.c (`json:`) of QEMU; RFC 3986, section 3.2.
 * @adr 0013
 */
import { parseInput } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'

/** The mark that replaces a secret. */
export const secretMark = '«secret left out»'

/** A string that is one parameter of a collection and nothing else: its value is the secret, not this. */
const wholeParameter = /^\$\{[A-Za-z_][\w-]*(?::\w+)?\}$/

/** Whether the text in the place of a secret is no secret: empty, the mark, or a parameter. */
export function isNoSecret(text: string): boolean {
  return text === '' || text === secretMark || wholeParameter.test(text)
}

/** A part of a text that is secret. Places are in UTF-16 units. */
export interface SecretPlace {
  readonly from: number
  readonly to: number
  /** What is inside of a `json:` name, as a value: of that a part is secret. */
  readonly value?: Json
  /** Its end is not known: the text after the first sign may be something else. */
  readonly isOpen?: boolean
}

/** A text without its secrets, and what was left out. */
export interface CutText {
  readonly text: string
  readonly secrets: readonly string[]
}

/** Names that a secret follows in a text, after `=` or, in quotes or for headers, after a colon. */
const starts =
  /json:(?=[ \t]{0,8}\{)|:\/\/|rbd:|(?:password|passwd|passphrase|passcode|pass|pwd|token|cookies?|private[-_]?key|api[-_]?key|(?:x-amz-)?signature|(?<=[?&])sig|credentials?|authorization|secret|data)["']?[ \t]{0,8}[=:]/gi

/** Headers and names that are followed by a colon also without quotes. */
const beforeColon = /^(?:password|passwd|passphrase|cookies?|authorization)$/i

/** The places of secrets in a text, in its order. Never overlapping. */
export function secretPlaces(text: string): SecretPlace[] {
  const places: SecretPlace[] = []
  const search = new RegExp(starts)
  const ends = new Ends(text)
  /** Brackets that are open to the end are looked for once. */
  let hasOpenBracket = false
  /** Up to here there is no key of a Rados image. */
  let noKeyTo = 0
  for (let found = search.exec(text); found !== null; found = search.exec(text)) {
    const [start] = found
    const at = found.index
    const after = search.lastIndex
    let place: SecretPlace | undefined
    if (start === '://') place = inAuthority(text, at, ends)
    else if (start.toLowerCase() === 'rbd:') {
      if (after <= noKeyTo || !isBoundary(text, at)) continue
      place = inRbd(text, after, ends)
      if (place === undefined) noKeyTo = ends.line(after)
    } else if (start.toLowerCase() !== 'json:') place = afterName(text, at, start, after, ends)
    else if (!hasOpenBracket) {
      place = inJsonName(text, text.indexOf('{', after))
      hasOpenBracket = place === undefined
    }
    if (place === undefined) continue
    if (place.to > place.from) places.push(place)
    search.lastIndex = Math.max(after, place.to)
  }
  return places
}

/** The text with a mark in every place. `clean` takes the secrets out of what is inside of a `json:` name. */
export function cutSecrets(
  text: string,
  clean: (value: Json) => { readonly value: Json; readonly secrets: readonly string[] },
): CutText {
  const parts: string[] = []
  const secrets: string[] = []
  let last = 0
  for (const { from, to, value, isOpen = false } of secretPlaces(text)) {
    const said = text.slice(from, to)
    if (value === undefined) {
      if (isNoSecret(said.trim())) continue
      parts.push(text.slice(last, from), secretMark)
      secrets.push(said)
      if (isOpen) secrets.push(/^(?:,,|[^,\s&;])*/.exec(said)?.[0] ?? '')
    } else {
      const inner = clean(value)
      if (inner.secrets.length === 0) continue
      parts.push(text.slice(last, from), printJson(inner.value))
      secrets.push(...inner.secrets)
    }
    last = to
  }
  return secrets.length === 0 ? { text, secrets } : { text: parts.join('') + text.slice(last), secrets }
}

// ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────

/** A scheme is not longer than this. */
const longestScheme = 32

/** The scheme that ends at a place; '' where none does. */
function schemeBefore(text: string, at: number): string {
  let from = at
  while (from > Math.max(0, at - longestScheme) && /[A-Za-z0-9+.-]/.test(text[from - 1] ?? '')) from -= 1
  // It begins with a letter.
  while (from < at && !/[A-Za-z]/.test(text[from] ?? '')) from += 1
  return text.slice(from, at)
}

/** The password before the host. `at` is where `://` stands. */
function inAuthority(text: string, at: number, ends: Ends): SecretPlace | undefined {
  const scheme = schemeBefore(text, at)
  const from = at + 3
  const isScsi = /^(?:iscsi|iser)/i.test(scheme)
  // What stands where a secret was has blanks, which end nothing.
  const mark = ends.word(from) - secretMark.indexOf(' ')
  const skip = mark >= from && text.startsWith(secretMark, mark) ? mark + secretMark.length : from
  if (skip > from && text[skip] === '@') return { from: skip, to: skip }
  // A text that is an address as a whole may have blanks in it; in a sentence they end it.
  const end = at === scheme.length ? ends.line(skip) : ends.word(skip)
  const path = Math.min(end, ends.path(skip))
  const divided = dividerIn(text, from, end, isScsi)
  if (divided === undefined) return undefined
  const last = from + text.slice(from, path).lastIndexOf('@')
  if (last >= divided) return { from: divided, to: last }
  if (last >= from || text[from] === '[' || divided > path) return undefined
  // A password with a slash in it, as it is written by people. What could be a port is one.
  if (/^\d{0,5}$/.test(text.slice(divided, Math.min(path, divided + 6)))) return undefined
  const later = ends.lastAt(divided, end)
  return later > divided ? { from: divided, to: later } : undefined
}

/** Where the password begins: after the first `:`, which libiscsi writes as `%`. */
function dividerIn(text: string, from: number, end: number, isScsi: boolean): number | undefined {
  for (let at = from; at < end; at += 1) {
    const char = text[at]
    if (char === ':' || (isScsi && char === '%')) return at + 1
    if (char === '%' && /^%3a$/i.test(text.slice(at, at + 3))) return at + 3
  }
  return undefined
}

// ── names of images ──────────────────────────────────────────────────────────────────────────────────────────────

/** The key in the options of a Rados image, `from` being after `rbd:`. */
function inRbd(text: string, from: number, ends: Ends): SecretPlace | undefined {
  const end = ends.line(from)
  let part = from
  while (part < end) {
    let to = part
    while (to < end && text[to] !== ':') to += text[to] === '\\' ? 2 : 1
    to = Math.min(to, end)
    if (text.startsWith('key=', part)) return { from: part + 4, to }
    part = to + 1
  }
  return undefined
}

/** The object after `json:`, `from` being its bracket. Undefined where it is not closed. */
function inJsonName(text: string, from: number): SecretPlace | undefined {
  const to = endOfObject(text, from)
  if (to === undefined) return undefined
  const said = text.slice(from, to)
  for (const each of [said, said.replaceAll(',,', ','), said.replaceAll('\\"', '"')]) {
    const parsed = parseInput(each)
    if (parsed.ok) return { from, to, value: parsed.value }
  }
  // Cut off, or quoted in an unknown way: its parts cannot be read.
  return /pass|token|cookie|secret|key|credential|signature|sig=|@/i.test(said)
    ? { from, to }
    : { from: to, to }
}

/** The offset after the `}` that closes the object; undefined where it is not closed. Only double quotes are strings. */
function endOfObject(text: string, from: number): number | undefined {
  let depth = 0
  let inString = false
  for (let at = from; at < text.length; at += 1) {
    const char = text[at]
    if (char === '\\') at += 1
    else if (char === '"') inString = !inString
    else if (inString) continue
    else if (char === '{') depth += 1
    else if (char === '}') {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return undefined
}

// ── names with a value ───────────────────────────────────────────────────────────────────────────────────────────

/** The value after a name that says it is secret. `start` is the name with its sign, `after` the place after that. */
function afterName(
  text: string,
  at: number,
  start: string,
  after: number,
  ends: Ends,
): SecretPlace | undefined {
  const name = /^[\w-]+/.exec(start)?.[0] ?? ''
  const isColon = start.endsWith(':')
  const isQuoted = /["']/.test(start)
  const before = text[at - 1] ?? ''
  // `key-secret` is an id, `compass` is another word.
  if (/^(?:secret|data|pass|pwd)$/i.test(name) ? /[\w-]/.test(before) : /[a-z0-9]/i.test(before))
    return undefined
  if (/^data$/i.test(name) && !isOfSecretObject(text, at)) return undefined
  if (isColon && !isQuoted && !beforeColon.test(name)) return undefined
  let from = after
  while (text[from] === ' ' || text[from] === '\t') from += 1
  const quote = text[from]
  if (quote === '"' || quote === "'") {
    const to = endOfQuote(text, from)
    if (to !== undefined && (to + 1 >= text.length || /[\s,})\]&;]/.test(text[to + 1] ?? ''))) {
      return { from: from + 1, to }
    }
  }
  const isInQuery = before === '?' || before === '&'
  // Numbers, true, false and null in JSON that is not read.
  if (isColon && isQuoted && /^(?:true|false|null)\b/.test(text.slice(from, from + 6))) return undefined
  // A mark has blanks, which end nothing.
  const skip = text.startsWith(secretMark, from) ? from + secretMark.length : from
  return { from, to: isInQuery ? ends.query(skip) : ends.line(skip), isOpen: true }
}

/** Of an object whose data is a secret the type stands before, on the same line and not far away. */
const longestObject = 400

function isOfSecretObject(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - longestObject), at)
  return /(?:^|[\s=:,"'])secret(?:_keyring)?["']?[,\s]/.test(before.slice(before.lastIndexOf('\n') + 1))
}

function endOfQuote(text: string, from: number): number | undefined {
  const quote = text[from]
  for (let at = from + 1; at < text.length && text[at] !== '\n'; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === quote) return at
  }
  return undefined
}

function isBoundary(text: string, at: number): boolean {
  return !/[\w-]/.test(text[at - 1] ?? '')
}

/**
 * Where things end, for places that only grow: the next end is looked for once for all places before it, so that all
 * searches together go over the text once.
 */
class Ends {
  readonly #text: string
  readonly #found = new Map<RegExp, { readonly from: number; readonly to: number }>()
  #sign: { readonly from: number; readonly end: number; readonly at: number } | undefined

  constructor(text: string) {
    this.#text = text
  }

  line(from: number): number {
    return this.#next(lineEnds, from)
  }

  word(from: number): number {
    return this.#next(blanks, from)
  }

  path(from: number): number {
    return this.#next(pathStarts, from)
  }

  query(from: number): number {
    return this.#next(queryEnds, from)
  }

  /** The last `@` before `end`, or less than `from`. */
  lastAt(from: number, end: number): number {
    if (this.#sign?.end !== end || from < this.#sign.from) {
      this.#sign = { from, end, at: from + this.#text.slice(from, end).lastIndexOf('@') }
    }
    return this.#sign.at
  }

  #next(ends: RegExp, from: number): number {
    const known = this.#found.get(ends)
    if (known !== undefined && known.from <= from && from <= known.to) return known.to
    ends.lastIndex = from
    const to = ends.exec(this.#text)?.index ?? this.#text.length
    this.#found.set(ends, { from, to })
    return to
  }
}

const lineEnds = /[\r\n]/g
const blanks = /\s/g
const pathStarts = /[/?#]/g
const queryEnds = /[&#\s"'<>]/g
