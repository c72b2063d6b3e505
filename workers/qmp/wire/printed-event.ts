/**
 * Events as QEMU prints them, read from their bytes.
 *
 * A machine may tell of hundreds of thousands of events a second, and hardly anybody looks at one of them. QEMU prints
 * them all alike: stamp, name and data in this order, one blank after colons and commas. So a line of that form is
 * recognised as an event, and as JSON throughout, without making a text or an object from it. That costs a third of
 * making both. Members are made from the bytes when they are asked for.
 *
 * Not recognised, and therefore read as any other message: anything but ASCII, escapes in a string, a fraction, an
 * exponent or more than 15 digits in a number (so no number here is one that a double cannot hold), data that is nested
 * deeper than four, blanks anywhere else.
 *
 * @qmp Asynchronous events
 * @adr 0033
 */
import { bytesOf, endOfDigits, hashOn, isDigit, isPlain, isThere, numberAt } from '#base/json/bytes.ts'
import type { JsonBytes } from '#base/json/bytes.ts'
import type { JsonObject } from '#base/json/value.ts'

/** An event that was recognised. It holds until the next one is read: one object for all. */
export interface PrintedEvent {
  readonly name: string
  /** The stamp. */
  readonly seconds: number
  readonly microseconds: number
  readonly hasData: boolean
  /** Of its text, in characters and in bytes: it is ASCII. */
  readonly length: number
  /** The data, made again by each call; undefined where it has none. */
  data(): JsonObject | undefined
  /** The whole message, as JSON.parse makes it. */
  value(): JsonObject
  /** Its exact text. */
  text(): string
}

// Of this module, as in base/json/bytes.ts: a constant that is imported costs a fifth of the speed where modules are not joined.
const quote = 0x22
const comma = 0x2c
const minus = 0x2d
const zero = 0x30
const colon = 0x3a
const openArray = 0x5b
const closeArray = 0x5d
const openObject = 0x7b
const closeObject = 0x7d
const blank = 0x20
const newline = 0x0a
const carriageReturn = 0x0d

const beforeSeconds = bytesOf('{"timestamp": {"seconds": ')
const beforeMicroseconds = bytesOf(', "microseconds": ')
const beforeName = bytesOf('}, "event": "')
const beforeData = bytesOf('", "data": ')
const afterName = bytesOf('"}')
const literals = ['true', 'false', 'null'].map(bytesOf)

/** Objects and arrays in one another, at most. */
const deepest = 4
/** Digits of a number, so that a double holds it; of the seconds, until the year 2286; of the microseconds. */
const mostDigits = 15
const mostSecondDigits = 10
const mostMicrosecondDigits = 6
const longestName = 100

/** Reads one event after the other. */
export class EventReader implements PrintedEvent {
  readonly #json: JsonBytes
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  #bytes: Uint8Array = new Uint8Array(0)
  #from = 0
  #to = 0
  #dataFrom = 0
  name = ''
  seconds = 0
  microseconds = 0
  hasData = false

  /** `json` reads the other messages of the stream: what it remembers of texts serves both. */
  constructor(json: JsonBytes) {
    this.#json = json
  }

  /**
   * Whether such an event with its line end begins at `from`. There must be a line end somewhere after `from`: no part
   * of an event contains one, so nothing is read beyond it.
   */
  read(bytes: Uint8Array, from: number): boolean {
    if (!isThere(beforeSeconds, bytes, from)) return false
    const secondsFrom = from + beforeSeconds.length
    const secondsTo = endOfNumber(bytes, secondsFrom, mostSecondDigits)
    if (secondsTo < 0 || !isThere(beforeMicroseconds, bytes, secondsTo)) return false
    const microsecondsFrom = secondsTo + beforeMicroseconds.length
    const microsecondsTo = endOfNumber(bytes, microsecondsFrom, mostMicrosecondDigits)
    if (microsecondsTo < 0 || !isThere(beforeName, bytes, microsecondsTo)) return false
    const nameFrom = microsecondsTo + beforeName.length
    let nameTo = nameFrom
    let hash = 0
    while (isInName(bytes[nameTo] as number)) {
      hash = hashOn(hash, bytes[nameTo] as number)
      nameTo += 1
    }
    if (nameTo === nameFrom || nameTo - nameFrom > longestName) return false
    let to: number
    if (isThere(beforeData, bytes, nameTo)) {
      this.hasData = true
      this.#dataFrom = nameTo + beforeData.length
      to = bytes[this.#dataFrom] === openObject ? endOfMembers(bytes, this.#dataFrom + 1, deepest) : -1
      if (to < 0 || bytes[to] !== closeObject) return false
      to += 1
    } else {
      this.hasData = false
      if (!isThere(afterName, bytes, nameTo)) return false
      to = nameTo + afterName.length
    }
    const isEnd = bytes[to] === newline || (bytes[to] === carriageReturn && bytes[to + 1] === newline)
    if (!isEnd) return false
    this.#bytes = bytes
    this.#from = from
    this.#to = to
    this.seconds = numberAt(bytes, secondsFrom, secondsTo)
    this.microseconds = numberAt(bytes, microsecondsFrom, microsecondsTo)
    this.name = this.#json.text(bytes, nameFrom, nameTo, hash)
    return true
  }

  /** Where the text of the event ends, and its line end begins. */
  get end(): number {
    return this.#to
  }

  get length(): number {
    return this.#to - this.#from
  }

  data(): JsonObject | undefined {
    if (!this.hasData) return undefined
    const [bytes, from, to] = [this.#bytes, this.#dataFrom, this.#to - 1]
    // It has no number that a double does not hold.
    return (
      this.#json.object(bytes, from, to) ??
      (JSON.parse(this.#decoder.decode(bytes.subarray(from, to))) as JsonObject)
    )
  }

  value(): JsonObject {
    const { seconds, microseconds, name } = this
    const timestamp = { seconds, microseconds }
    const values = this.data()
    return values === undefined ? { timestamp, event: name } : { timestamp, event: name, data: values }
  }

  text(): string {
    return this.#decoder.decode(this.#bytes.subarray(this.#from, this.#to))
  }
}

// ── the ends of values ─────────────────────────────────────────────────────────────────────────────────────────────

/** Letters, digits, and what stands between them. */
function isInName(byte: number): boolean {
  return (
    isDigit(byte) || ((byte | 0x20) - 0x61) >>> 0 <= 25 || byte === 0x5f || byte === minus || byte === 0x2e
  )
}

/** The place after an integer without a sign, of `most` digits at most; -1 where there is none. */
function endOfNumber(bytes: Uint8Array, from: number, most: number): number {
  const to = endOfDigits(bytes, from)
  if (to === from || to - from > most) return -1
  return bytes[from] === zero && to - from > 1 ? -1 : to
}

/** The place after a string whose quote is before `from`; -1 where it has an escape or a byte that is not plain. */
function endOfString(bytes: Uint8Array, from: number): number {
  let at = from
  for (let byte = bytes[at] as number; byte !== quote; byte = bytes[at] as number) {
    if (!isPlain(byte)) return -1
    at += 1
  }
  return at + 1
}

/** The place after a value; -1 where there is none, or one that is not read here. */
function endOfValue(bytes: Uint8Array, from: number, depth: number): number {
  const byte = bytes[from] as number
  if (byte === quote) return endOfString(bytes, from + 1)
  if (isDigit(byte)) return endOfNumber(bytes, from, mostDigits)
  if (byte === minus) return endOfNumber(bytes, from + 1, mostDigits)
  if (byte === openObject) return depth > 0 ? endOfMembers(bytes, from + 1, depth) : -1
  if (byte === openArray) return depth > 0 ? endOfItems(bytes, from + 1, depth) : -1
  for (const literal of literals) {
    if (isThere(literal, bytes, from)) return from + literal.length
  }
  return -1
}

/** The place after an object whose brace is before `from`; -1 as for a value. */
function endOfMembers(bytes: Uint8Array, from: number, depth: number): number {
  if (bytes[from] === closeObject) return from + 1
  let at = from
  for (;;) {
    if (bytes[at] !== quote) return -1
    at = endOfString(bytes, at + 1)
    if (at < 0 || bytes[at] !== colon || bytes[at + 1] !== blank) return -1
    at = endOfValue(bytes, at + 2, depth - 1)
    if (at < 0) return -1
    if (bytes[at] === closeObject) return at + 1
    if (bytes[at] !== comma || bytes[at + 1] !== blank) return -1
    at += 2
  }
}

/** The place after an array whose bracket is before `from`; -1 as for a value. */
function endOfItems(bytes: Uint8Array, from: number, depth: number): number {
  if (bytes[from] === closeArray) return from + 1
  let at = from
  for (;;) {
    at = endOfValue(bytes, at, depth - 1)
    if (at < 0) return -1
    if (bytes[at] === closeArray) return at + 1
    if (bytes[at] !== comma || bytes[at + 1] !== blank) return -1
    at += 2
  }
}
