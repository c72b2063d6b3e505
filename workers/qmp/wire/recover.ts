/**
 * The slow way of framing: a scan of the bytes held that counts braces outside strings, keeps its place from chunk to
 * chunk, and finds the next message after garbage and after a message above the limit. One file, because all of it is
 * the state of one scan.
 *
 * - A line end inside a string ends the object in hand, which is given up;
 * - so does a `{` in column 0 inside an object, once a message has been seen or where no value may follow: nested
 *   objects of pretty-printed messages are indented;
 * - once a message has been seen, an object whose first line is neither whole objects nor a lone `{` is given up at the
 *   end of that line;
 * - in the bytes of an object that was given up, each line that is a whole object is a message, the others are garbage;
 * - after a message above the limit everything is dropped up to a line that begins with `{`.
 *
 * Held by the framer (framer.ts), which hands it lines that are something else than one object.
 * Tested by workers/qmp/wire/framer.test.ts.
 * @adr 0002
 */
import { mayLoseBytes, mostLevels } from '#base/json/loss.ts'
import { parseJson } from '#base/json/parse.ts'
import type { JsonObject } from '#base/json/value.ts'
import type { JsonBytes } from '#base/json/bytes.ts'
import type { FramerSink, StreamStyle, WireMessage } from './framing.ts'
import type { HeldBytes } from './held-bytes.ts'
import { BytesOfMessage, parseMessage } from './read-message.ts'
import { lookInto } from './unread.ts'
import type { UnreadMessage } from './unread.ts'

const newline = 0x0a
const quote = 0x22
const backslash = 0x5c
const blank = 0x20
const openArray = 0x5b
const closeArray = 0x5d
const open = 0x7b
const close = 0x7d
/** Garbage without a line end is reported when it is this long, in bytes. Shorter: one line of it may be told in two. */
const garbageReportBytes = 4096

/** Where the scan of an object stands. */
interface ScanState {
  readonly at: number
  readonly depth: number
  readonly levels: number
  readonly isTooDeep: boolean
  readonly inString: boolean
}

/** The scan of one stream. */
export class Recovery {
  readonly #held: HeldBytes
  readonly #style: StreamStyle
  readonly #sink: FramerSink
  readonly #limit: number
  readonly #json: JsonBytes | undefined
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  /** The held bytes are scanned up to `#at`. */
  #scanning = false
  #at = 0
  /** Where the object in hand begins, or -1 between objects. */
  #start = -1
  #depth = 0
  /** Objects and arrays in one another at `#at`, and whether there have been more of them than are read. */
  #levels = 0
  #isTooDeep = false
  #inString = false
  /** The object in hand has not reached the end of its first line. */
  #firstLine = true
  /** Where garbage began, or -1. */
  #garbage = -1
  /** Garbage of this run has been reported already: the rest of the line belongs to it. */
  #garbageSaid = false
  /** Where the scan has to wait for the next byte, or -1. */
  #stopAt = -1
  /** Inside a message above the limit: everything up to a line that begins with `{` is dropped. */
  #skipping = false
  #skipLineStart = false
  /** How far the object at the beginning of the held bytes was scanned before the fast way continued. */
  #idleScan: ScanState | undefined
  /** Bytes scanned so far, for tests that the work stays linear. */
  scanned = 0

  /** `limit`: the largest message, in bytes; `json`: reads an object from its bytes, undefined where that is switched off. */
  constructor(
    held: HeldBytes,
    style: StreamStyle,
    sink: FramerSink,
    { limit, json }: { readonly limit: number; readonly json: JsonBytes | undefined },
  ) {
    this.#held = held
    this.#style = style
    this.#sink = sink
    this.#limit = limit
    this.#json = json
  }

  /** The held bytes are being scanned: the fast way has nothing to do until the scan is done with them. */
  get isActive(): boolean {
    return this.#scanning
  }

  /** Scan the held bytes from their beginning. */
  begin(): void {
    this.#forget()
    this.#scanning = true
    this.scan()
  }

  /** Nothing more comes for now: look for a message in the held bytes, from where the last search ended. */
  idle(): void {
    if (!this.#scanning && this.#held.length > 0) {
      const scanned = this.#idleScan
      this.#forget()
      this.#scanning = true
      if (scanned !== undefined) {
        // Bytes have only been added since: one that sends a few at a time must not have all of them scanned each time.
        this.#start = 0
        this.#firstLine = true
        this.#at = scanned.at
        this.#depth = scanned.depth
        this.#levels = scanned.levels
        this.#isTooDeep = scanned.isTooDeep
        this.#inString = scanned.inString
      }
    }
    if (this.#scanning) this.scan()
  }

  /** The stream has ended, or the held bytes are thrown away: report it, and hold nothing. */
  leave(kind: 'truncated' | 'discarded'): void {
    const from = this.#garbage >= 0 ? this.#garbage : this.#start >= 0 ? this.#start : 0
    const { length, offset } = this.#held
    if (!this.#garbageSaid && !this.#isBlank(from, length)) {
      const excerpt = this.#held.excerpt(from, length)
      this.#sink.problem({ kind, offset: offset + from, bytes: length - from, excerpt })
    }
    this.drop()
  }

  /** Hold nothing: back to the fast way. */
  drop(): void {
    this.#held.drop()
    this.#forget()
    this.#garbageSaid = false
  }

  #forget(): void {
    this.#idleScan = undefined
    this.#scanning = false
    this.#at = 0
    this.#start = -1
    this.#depth = 0
    this.#inString = false
    this.#garbage = -1
  }

  // ── above the limit ──────────────────────────────────────────────────────────────────────────────────────────

  /** More is held from `from` on than a message may have: drop it, and the following bytes up to a new line. */
  tooLarge(from: number): void {
    const held = this.#held
    this.#sayTooLarge(from, held.length)
    const lineStart = held.bytes[held.length - 1] === newline
    this.drop()
    this.#style.afterMessage = false
    this.#skipping = true
    this.#skipLineStart = lineStart
  }

  #sayTooLarge(from: number, to: number): void {
    this.#sink.problem({
      kind: 'too-large',
      limitBytes: this.#limit,
      offset: this.#held.offset + from,
      excerpt: this.#held.excerpt(from, to),
    })
  }

  /** A 0xFF also ends a message that is too large. */
  stopSkipping(): void {
    this.#skipping = false
  }

  /** After a message above the limit: drop up to a line that begins with `{`. Returns what follows. */
  skip(bytes: Uint8Array): Uint8Array {
    if (!this.#skipping) return bytes
    let at = 0
    while (at < bytes.length) {
      if (this.#skipLineStart && bytes[at] === open) {
        this.#skipping = false
        this.#held.offset += at
        return bytes.subarray(at)
      }
      this.#skipLineStart = false
      const end = bytes.indexOf(newline, at)
      if (end < 0) break
      this.#skipLineStart = true
      at = end + 1
    }
    this.#held.offset += bytes.length
    return bytes.subarray(bytes.length)
  }

  // ── the scan ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** Scan the held bytes from `#at` on; deliver messages, report garbage, keep the rest. */
  scan(): void {
    const { bytes, length } = this.#held
    let at = this.#at
    this.scanned += length - at
    while (at < length) {
      if (this.#start < 0) {
        at = this.#between(at)
        continue
      }
      at = this.#inString ? this.#insideString(at) : this.#insideObject(at, bytes, length)
    }
    this.#settle(at)
  }

  /** Between objects: blanks, the beginning of the next, or garbage. Returns where to go on. */
  #between(from: number): number {
    let at = from
    for (; at < this.#held.length; at += 1) {
      const byte = this.#held.bytes[at]
      if (byte === newline) {
        this.#endGarbage(at)
        this.#garbageSaid = false
        if (this.#style.afterMessage) this.#style.eager = false
      } else if (byte === open) {
        if (this.#style.afterMessage && at > 0 && !this.#lineStarts(at)) this.#style.eager = true
        this.#start = at
        this.#depth = 0
        this.#levels = 0
        this.#isTooDeep = false
        this.#firstLine = true
        return at
      } else if (!isBlankByte(byte)) {
        this.#style.afterMessage = false
        if (this.#garbage < 0) this.#garbage = at
      }
    }
    return at
  }

  /** Whether only blanks are between the last line end (or the beginning of the held bytes) and `at`. */
  #lineStarts(at: number): boolean {
    for (let back = at - 1; back >= 0; back -= 1) {
      const byte = this.#held.bytes[back]
      if (byte === newline) return true
      if (!isBlankByte(byte)) return false
    }
    return false
  }

  #insideString(from: number): number {
    const buffer = this.#held.bytes
    for (let at = from; at < this.#held.length; at += 1) {
      const byte = buffer[at] ?? 0
      if (byte === quote) {
        this.#inString = false
        return at + 1
      }
      if (byte === backslash) {
        // The escaped character may be in the next chunk: stay on the backslash until it is here.
        if (at + 1 >= this.#held.length) {
          this.#stopAt = at
          return this.#held.length
        }
        if ((buffer[at + 1] ?? 0) >= 0x20) at += 1
      } else if (byte === newline) {
        return this.#giveUp(at + 1, 'a line end inside a string')
      }
    }
    return this.#held.length
  }

  #insideObject(from: number, buffer: Uint8Array, length: number): number {
    let depth = this.#depth
    let levels = this.#levels
    for (let at = from; at < length; at += 1) {
      const byte = buffer[at] as number
      // Half of a pretty-printed message: looked for first, a tenth of the time goes.
      if (byte === blank) continue
      if (byte === quote) {
        // Most strings end in this buffer and have nothing to look after inside.
        let end = at + 1
        let inside = buffer[end] as number
        while (end < length && inside !== quote && inside !== backslash && inside >= 0x20) {
          end += 1
          inside = buffer[end] as number
        }
        if (end < length && inside === quote) {
          at = end
          continue
        }
        this.#depth = depth
        this.#levels = levels
        this.#inString = true
        return at + 1
      }
      if (byte === open) {
        depth += 1
        levels += 1
        if (levels > mostLevels) this.#isTooDeep = true
      } else if (byte === close) {
        depth -= 1
        levels -= 1
        if (depth === 0) {
          this.#depth = 0
          this.#endObject(at + 1)
          return at + 1
        }
      } else if (byte === openArray) {
        levels += 1
        if (levels > mostLevels) this.#isTooDeep = true
      } else if (byte === closeArray) {
        levels -= 1
      } else if (byte === newline) {
        // Most line ends of a pretty-printed message: nothing to decide.
        if (!this.#firstLine && at + 1 < length && buffer[at + 1] !== open) continue
        this.#depth = depth
        this.#levels = levels
        const next = this.#lineEnd(at)
        if (next !== undefined) return next
      }
    }
    this.#depth = depth
    this.#levels = levels
    return length
  }

  /** A line end inside an object. Returns where to go on where the object was given up, else undefined. */
  #lineEnd(at: number): number | undefined {
    if (this.#firstLine) {
      const isAlone = this.#isBlank(this.#start + 1, at)
      if (this.#style.known && !isAlone) return this.#giveUp(at + 1, 'a line that is not one JSON object')
    }
    this.#firstLine = false
    if (at + 1 >= this.#held.length) {
      // Whether the next line begins with `{` is not known yet: stay on the line end until it is.
      this.#stopAt = at
      return this.#held.length
    }
    if (this.#held.bytes[at + 1] !== open) return undefined
    return this.#style.known || !this.#allowsValue(at)
      ? this.#giveUp(at + 1, 'another object begins inside it')
      : undefined
  }

  /** Whether a value may follow what stands before `at`. */
  #allowsValue(at: number): boolean {
    let back = at
    while (back > this.#start && isBlankByte(this.#held.bytes[back])) back -= 1
    const byte = this.#held.bytes[back]
    return byte === 0x3a || byte === 0x2c || byte === openArray
  }

  #endObject(end: number): void {
    const at = this.#start
    const { bytes: held } = this.#held
    const size = end - at
    if (size > this.#limit) {
      this.#sayTooLarge(at, end)
      this.#noMessage()
      return
    }
    // Pretty-printed objects too are read from their bytes in less than the time of a text and JSON.parse.
    const read = this.#json?.object(held, at, end)
    if (read !== undefined) {
      this.#whole(read, new BytesOfMessage({ bytes: held, at }, size, this.#decoder))
      return
    }
    const bytes = held.subarray(at, end)
    const text = this.#decoder.decode(bytes)
    const value = parseMessage(text, this.#isTooDeep || mayLoseBytes(bytes, text))
    if (value !== undefined) {
      this.#whole(value, { bytes: size, source: undefined, text: () => text })
      return
    }
    if (!this.#garbageSaid) {
      const parsed = parseJson(text)
      const from = this.#garbage >= 0 ? this.#garbage : this.#start
      const why = parsed.ok ? 'no JSON object' : parsed.error.message
      const isUnread = !parsed.ok && parsed.error.beyondLimit === true
      this.#report(from, end, why, isUnread ? lookInto(text) : undefined)
    }
    this.#noMessage()
  }

  /** The object in hand is a message. */
  #whole(value: JsonObject, wire: WireMessage): void {
    this.#endGarbage(this.#start)
    this.#garbageSaid = false
    this.#start = -1
    this.#deliver(value, wire)
  }

  /** The object in hand is none, and was reported. */
  #noMessage(): void {
    this.#garbage = -1
    this.#style.afterMessage = false
    this.#start = -1
  }

  /** Give up the object in hand up to `end`: deliver its lines that are whole objects, report the rest as garbage. */
  #giveUp(end: number, why: string): number {
    let garbageFrom = this.#garbage >= 0 ? this.#garbage : this.#start
    let lineFrom = this.#start
    this.scanned += end - lineFrom
    while (lineFrom < end) {
      const found = this.#held.bytes.subarray(0, end).indexOf(newline, lineFrom)
      const lineEnd = found < 0 ? end : found + 1
      const bytes = this.#held.bytes.subarray(lineFrom, lineEnd)
      const text = this.#decoder.decode(bytes).trim()
      const whole = text.startsWith('{') && text.endsWith('}')
      const value = whole ? parseMessage(text, true) : undefined
      if (value !== undefined) {
        if (garbageFrom < lineFrom) this.#report(garbageFrom, lineFrom, why)
        this.#deliver(value, { bytes: bytes.length, source: undefined, text: () => text })
        garbageFrom = lineEnd
      }
      lineFrom = lineEnd
    }
    if (garbageFrom < end) {
      this.#report(garbageFrom, end, why)
      this.#style.afterMessage = false
    }
    this.#garbage = -1
    this.#start = -1
    this.#depth = 0
    this.#inString = false
    return end
  }

  #endGarbage(at: number): void {
    if (this.#garbage < 0) return
    if (!this.#garbageSaid) this.#report(this.#garbage, at, 'no JSON object')
    this.#garbage = -1
  }

  #report(from: number, to: number, why: string, message?: UnreadMessage): void {
    let end = to
    while (end > from && isBlankByte(this.#held.bytes[end - 1])) end -= 1
    this.#sink.problem({
      kind: 'garbage',
      excerpt: this.#held.excerpt(from, end),
      offset: this.#held.offset + from,
      bytes: end - from,
      why,
      ...(message === undefined ? {} : { message }),
    })
  }

  /** After a scan up to the end of the held bytes: keep only those that are neither delivered nor reported. */
  #settle(scannedTo: number): void {
    const at = this.#stopAt >= 0 ? this.#stopAt : scannedTo
    this.#stopAt = -1
    if (this.#garbage >= 0 && this.#start < 0 && this.#held.length - this.#garbage >= garbageReportBytes) {
      if (!this.#garbageSaid) this.#report(this.#garbage, this.#held.length, 'no JSON object')
      this.#garbageSaid = true
      this.#garbage = -1
    }
    const from = this.#garbage >= 0 ? this.#garbage : this.#start
    if (from < 0) {
      // Said garbage may go on in the next chunk: its line has not ended.
      const said = this.#garbageSaid
      this.drop()
      this.#scanning = said
      this.#garbageSaid = said
      return
    }
    if (this.#held.length - from > this.#limit) {
      this.tooLarge(from)
      return
    }
    this.#at = at
    // The beginning of a line in a stream whose messages end in line ends: the fast way waits for it.
    if (this.#start >= 0 && this.#garbage < 0 && this.#firstLine && !this.#style.eager) {
      const scanned = {
        at: at - from,
        depth: this.#depth,
        levels: this.#levels,
        isTooDeep: this.#isTooDeep,
        inString: this.#inString,
      }
      this.#forget()
      this.#idleScan = scanned
      this.#held.dropBefore(from)
      return
    }
    this.#held.dropBefore(from)
    this.#at -= from
    if (this.#start >= 0) this.#start -= from
    if (this.#garbage >= 0) this.#garbage -= from
  }

  #isBlank(from: number, to: number): boolean {
    return this.#held.bytes.subarray(from, to).every(isBlankByte)
  }

  #deliver(value: JsonObject, wire: WireMessage): void {
    this.#style.known = true
    this.#style.afterMessage = true
    this.#sink.message(value, wire)
  }
}

function isBlankByte(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}
