/**
 * A JSON parser that reads bytes: no text is made of the whole, and repeated strings are made once.
 *
 * QEMU sends few different strings: the members of a schema, of block devices, of statistics. Finding a known string by
 * its bytes is cheaper than making it again, which also takes memory. So this parser is as fast as JSON.parse of a text
 * that exists already, faster where the text has to be made first, and it loses no number.
 *
 * Specification: RFC 8259, but tabs and carriage returns between values. QEMU's dialect: QMP specification, section "General Definitions".
 * @adr 0025, 0032
 */
import { put } from '../own.ts'
import type { Json, JsonObject } from './value.ts'
import { longestNumber, numberFrom } from './number.ts'

// Of this module, as in qmp/wire/printed-event.ts: a constant that is imported costs a fifth of the speed where modules are not joined.
const quote = 0x22
const comma = 0x2c
const minus = 0x2d
const point = 0x2e
const zero = 0x30
const colon = 0x3a
const openArray = 0x5b
const backslash = 0x5c
const closeArray = 0x5d
const openObject = 0x7b
const closeObject = 0x7d
const blank = 0x20
const newline = 0x0a

/** An integer of this many digits fits into a double. */
const mostDigits = 15
/** Deeper nesting is left to a parser that can report it. */
const deepest = 200

/** The name of a member: its bytes between the quotes, and what they stand for. */
interface MemberName {
  readonly text: string
  readonly bytes: Uint8Array
  /** The member that followed it in its object, the last time. */
  next: MemberName | undefined
}

const noBytes = new Uint8Array(0)

/** Thrown to leave the parser, and caught where it was called. */
const notRead = new Error('this is no JSON, or not of the kind that is read from bytes')

/** Reads one object after the other. It remembers strings: one for each stream. */
export class JsonBytes {
  readonly #texts = new KnownTexts()
  readonly #names = new Array<MemberName | undefined>(nameSlots).fill(undefined)
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  #bytes: Uint8Array = noBytes
  #from = 0
  /** The end of the value that was read last. */
  #at = 0
  #hash = 0
  #depth = 0
  /** The items of the arrays that have not ended, up to `#top`. */
  #gathered: Json[] = []
  #top = 0
  /** The first member of the last object of each depth. */
  readonly #first = new Array<MemberName | undefined>(deepest + 1).fill(undefined)

  /**
   * The object whose text is `bytes[from..to)`, as parseJson makes it. Undefined where that is no object, and where
   * a text has to be made of it anyway: it has other blanks than spaces and line feeds, is nested too deeply, or nearly all of its
   * strings are new.
   */
  object(bytes: Uint8Array, from: number, to: number): JsonObject | undefined {
    if (bytes[from] !== openObject) return undefined
    this.#bytes = bytes
    this.#from = from
    this.#depth = 0
    this.#top = 0
    this.#texts.made = 0
    try {
      const object = this.#members(from + 1)
      return this.#at === to ? object : undefined
    } catch (why) {
      if (why === notRead) return undefined
      throw why
    } finally {
      this.#bytes = noBytes
      this.#gathered = []
      // Each name holds the next: those of an object with thousands of them must not be held forever.
      if (this.#texts.made > mostMade) this.#forgetNames()
    }
  }

  #forgetNames(): void {
    this.#names.fill(undefined)
    this.#first.fill(undefined)
  }

  /** A string that is ASCII and has no escapes. `hash` is that of `hashOn`. */
  text(bytes: Uint8Array, from: number, to: number, hash: number): string {
    if (to - from <= longestKnown) return this.#texts.text(bytes, from, to, hash)
    return this.#decoder.decode(bytes.subarray(from, to))
  }

  /** The value at this place, after blanks or without any. */
  #value(from: number): Json {
    const bytes = this.#bytes
    let at = from
    while (bytes[at] === blank || bytes[at] === newline) at += 1
    const byte = bytes[at] as number
    if (byte === quote) return this.#string(at + 1)
    if (byte === openObject) return this.#members(at + 1)
    if (byte === openArray) return this.#items(at + 1)
    if (byte === 0x74) return this.#literal(at, literals.true, true)
    if (byte === 0x66) return this.#literal(at, literals.false, false)
    if (byte === 0x6e) return this.#literal(at, literals.null, null)
    return this.#number(at)
  }

  /** After the brace. */
  #members(from: number): JsonObject {
    const bytes = this.#bytes
    const object: Record<string, Json> = {}
    const depth = this.#deeper(from)
    let at = from
    while (bytes[at] === blank || bytes[at] === newline) at += 1
    let before: MemberName | undefined
    while (bytes[at] !== closeObject) {
      if (before !== undefined) {
        if (bytes[at] !== comma) throw notRead
        at += 1
        while (bytes[at] === blank || bytes[at] === newline) at += 1
      }
      if (bytes[at] !== quote) throw notRead
      at += 1
      let name = before === undefined ? this.#first[depth] : before.next
      if (name === undefined || !isText(name.bytes, bytes, at)) {
        name = this.#name(at)
        if (before === undefined) this.#first[depth] = name
        else before.next = name
      }
      at += name.bytes.length + 1
      while (bytes[at] === blank || bytes[at] === newline) at += 1
      if (bytes[at] !== colon) throw notRead
      at += 1
      while (bytes[at] === blank || bytes[at] === newline) at += 1
      const value = bytes[at] === quote ? this.#string(at + 1) : this.#value(at)
      at = this.#at
      while (bytes[at] === blank || bytes[at] === newline) at += 1
      // Assigned, this one would be the prototype.
      if (name.text === '__proto__') put(object, name.text, value)
      // eslint-disable-next-line names/no-objects-as-maps -- defined, as by put(), it would take three times as long
      else object[name.text] = value
      before = name
    }
    this.#depth = depth - 1
    this.#at = at + 1
    return object
  }

  /** After the bracket. A growing array allocates room for sixteen items, so they are collected elsewhere first. */
  #items(from: number): Json {
    const bytes = this.#bytes
    const gathered = this.#gathered
    const bottom = this.#top
    const depth = this.#deeper(from)
    let at = from
    while (bytes[at] === blank || bytes[at] === newline) at += 1
    if (bytes[at] !== closeArray) {
      for (;;) {
        const value = this.#value(at)
        gathered[this.#top] = value
        this.#top += 1
        at = this.#at
        while (bytes[at] === blank || bytes[at] === newline) at += 1
        if (bytes[at] === closeArray) break
        if (bytes[at] !== comma) throw notRead
        at += 1
      }
    }
    const items = gathered.slice(bottom, this.#top)
    this.#top = bottom
    this.#depth = depth - 1
    this.#at = at + 1
    return items
  }

  #deeper(at: number): number {
    const depth = this.#depth + 1
    const { made } = this.#texts
    if (depth > deepest || (made > mostMade && made * bytesForOne > at - this.#from)) throw notRead
    this.#depth = depth
    return depth
  }

  #literal(from: number, literal: Uint8Array, value: Json): Json {
    if (!isThere(literal, this.#bytes, from)) throw notRead
    this.#at = from + literal.length
    return value
  }

  #number(begin: number): Json {
    const bytes = this.#bytes
    const from = bytes[begin] === minus ? begin + 1 : begin
    let at = from
    let number = 0
    let digit = (bytes[at] as number) - zero
    // After the last byte this is no number, and no comparison holds.
    while (digit >= 0 && digit <= 9) {
      number = number * 10 + digit
      at += 1
      digit = (bytes[at] as number) - zero
    }
    const digits = at - from
    if (digits === 0 || (bytes[from] === zero && digits > 1)) throw notRead
    const next = bytes[at] as number
    if (digits > mostDigits || next === point || (next | 0x20) === 0x65) return this.#otherNumber(begin, at)
    this.#at = at
    return from === begin ? number : -number
  }

  /** A number with a fraction, an exponent or many digits. */
  #otherNumber(begin: number, from: number): Json {
    const bytes = this.#bytes
    let to = from
    while (isInNumber(bytes[to] as number)) to += 1
    if (to - begin > longestNumber) throw notRead
    const literal = this.#decoder.decode(bytes.subarray(begin, to))
    if (!/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(literal)) throw notRead
    this.#at = to
    return numberFrom(literal)
  }

  /** After the quote. */
  #string(from: number): string {
    const to = this.#endOfPlain(from)
    if (to < 0) return this.#oddString(from)
    return this.text(this.#bytes, from, to, this.#hash)
  }

  /** The name of a member, after the quote. */
  #name(from: number): MemberName {
    const bytes = this.#bytes
    const text = this.#string(from)
    const to = this.#at - 1
    // A string with escapes gets the hash of another string. Any place of the table will do.
    const slot = this.#hash & (nameSlots - 1)
    const known = this.#names[slot]
    if (known?.text === text && isText(known.bytes, bytes, from)) return known
    const name = { text, bytes: bytes.slice(from, to), next: undefined }
    this.#names[slot] = name
    return name
  }

  /** The end of a string in which everything stands for itself, `#hash` its hash; -1 where not everything does. */
  #endOfPlain(from: number): number {
    const bytes = this.#bytes
    let to = from
    let hash = 0
    let byte = bytes[to] as number
    while (byte !== quote) {
      if (!isPlain(byte)) return -1
      hash = hashOn(hash, byte)
      to += 1
      byte = bytes[to] as number
    }
    this.#hash = hash
    this.#at = to + 1
    return to
  }

  /** A string with escapes, or with more than ASCII. */
  #oddString(from: number): string {
    const bytes = this.#bytes
    let to = from
    for (let byte = bytes[to] as number; byte !== quote; byte = bytes[to] as number) {
      // A control character, or the end of the bytes.
      if (!(byte >= blank)) throw notRead
      to += byte === backslash ? 2 : 1
    }
    this.#at = to + 1
    try {
      return JSON.parse(this.#decoder.decode(bytes.subarray(from - 1, to + 1))) as string
    } catch {
      throw notRead
    }
  }
}

// ── bytes ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The bytes of a text. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Whether these bytes stand at a place. */
export function isThere(wanted: Uint8Array, bytes: Uint8Array, from: number): boolean {
  const { length } = wanted
  for (let at = 0; at < length; at += 1) {
    if (bytes[from + at] !== wanted[at]) return false
  }
  return true
}

/** Whether these bytes and a quote stand at a place. */
function isText(wanted: Uint8Array, bytes: Uint8Array, from: number): boolean {
  return bytes[from + wanted.length] === quote && isThere(wanted, bytes, from)
}

/** Whether a byte is a digit. After the last byte of an array it is undefined, and no comparison holds. */
export function isDigit(byte: number): boolean {
  return byte >= zero && byte <= 0x39
}

/** Whether a byte in a string stands for itself. Quotes are not considered here. */
export function isPlain(byte: number): boolean {
  return byte >= blank && byte < 0x80 && byte !== backslash
}

/** Where the digits that begin there end. */
export function endOfDigits(bytes: Uint8Array, from: number): number {
  let at = from
  while (isDigit(bytes[at] as number)) at += 1
  return at
}

/** The number whose digits stand there: 15 at most. */
export function numberAt(bytes: Uint8Array, from: number, to: number): number {
  let number = 0
  for (let at = from; at < to; at += 1) number = number * 10 + (bytes[at] as number) - zero
  return number
}

/** The hash of a string, from the hash of all but its last byte; 0 is the hash of the empty string. */
export function hashOn(hash: number, byte: number): number {
  return (hash * 31 + byte) | 0
}

function isInNumber(byte: number): boolean {
  return isDigit(byte) || byte === minus || byte === 0x2b || byte === point || (byte | 0x20) === 0x65
}

const literals = { true: bytesOf('true'), false: bytesOf('false'), null: bytesOf('null') }

// ── repeated strings ───────────────────────────────────────────────────────────────────────────────────────────────

/** Powers of two. A schema has some 3,000 different strings, 50 of them names of members. */
const slotBits = 13
const slots = 2 ** slotBits
const nameSlots = 1024
/** A message with more new strings than this, and with one in this many bytes, gains nothing from the table. */
const mostMade = slots / 2
const bytesForOne = 64
/** A longer string is hardly repeated, and is worth the time that a decoder takes to start. */
const longestKnown = 64

/** The last strings, each at one of two places of its hash. */
class KnownTexts {
  readonly #texts = new Array<string>(slots).fill('')
  readonly #lengths = new Uint8Array(slots)
  readonly #bytes = new Uint8Array(slots * longestKnown)
  /** How many strings were not in the table, since this was set to 0. */
  made = 0

  /** The string of some bytes, which are ASCII without escapes and `longestKnown` at most. */
  text(bytes: Uint8Array, from: number, to: number, hash: number): string {
    const mixed = Math.imul(hash, 0x9e3779b1)
    const place = mixed >>> (32 - slotBits)
    if (this.#isAt(place, bytes, from, to)) return this.#texts[place] as string
    const other = mixed & (slots - 1)
    if (this.#isAt(other, bytes, from, to)) return this.#texts[other] as string
    const text = make(bytes, from, to)
    this.made += 1
    const slot = this.#lengths[place] === 0 || this.#lengths[other] !== 0 ? place : other
    this.#texts[slot] = text
    this.#lengths[slot] = to - from
    let put = slot * longestKnown
    for (let at = from; at < to; at += 1) this.#bytes[put++] = bytes[at] as number
    return text
  }

  #isAt(slot: number, bytes: Uint8Array, from: number, to: number): boolean {
    if (this.#lengths[slot] !== to - from) return false
    const known = this.#bytes
    let place = slot * longestKnown
    for (let at = from; at < to; at += 1) {
      if (known[place] !== bytes[at]) return false
      place += 1
    }
    return true
  }
}

/** One array for each length, because a string is made from a whole array in one step. */
const codes = Array.from({ length: longestKnown + 1 }, (_, length) => new Array<number>(length).fill(0))

function make(bytes: Uint8Array, from: number, to: number): string {
  const code = codes[to - from] as number[]
  for (let at = from; at < to; at += 1) code[at - from] = bytes[at] as number
  return String.fromCharCode.apply(null, code)
}
