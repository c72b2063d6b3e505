/**
 * Bytes -> one JSON object each.
 *
 * Two ways through it. Servers end every message with a line end, so the fast way cuts at line ends. Lines are read from
 * their bytes, events (printed-event.ts) and others (base/json/bytes.ts); a text is made only of what neither reads, and
 * of pretty-printed messages, whose end (a `}` in column 0) is sought in it. What has no end yet is held as bytes.
 * What is not one object a line (the first pretty-printed one, several a line, no line end at all, garbage) takes the
 * slow way: a scan of the bytes that counts braces outside strings, keeps its place from chunk to chunk, and goes back
 * to the fast way when it has nothing left.
 *
 * Whatever the chunks are, every byte is copied at most a few times and scanned at most twice, and no more is held
 * than the message in hand. No message is longer than `limitBytes`.
 *
 * How it finds the next message after garbage:
 * - a control character inside a string, or a `{` in column 0 inside an object, ends what was begun before it: nested
 *   objects of pretty-printed messages are indented;
 * - once a message has been seen, a line that is neither whole objects nor a lone `{` is garbage at its end;
 * - lines inside what was given up that are whole objects by themselves are messages.
 *
 * @qmp General Definitions
 * @adr 0002
 */
import { isJsonObject } from '#base/json/value.ts'
import { isTooDeep } from '#base/json/parser.ts'
import { mayLose, mayLoseBytes, parseJson } from '#base/json/parse.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { JsonBytes } from '#base/json/bytes.ts'
import { EventReader } from './printed-event.ts'
import type { PrintedEvent } from './printed-event.ts'
import { lookInto } from './unread.ts'
import type { UnreadMessage } from './unread.ts'

/** What could not be made a message of. `offset` counts bytes of the stream from 0. */
export type FramingProblem =
  /**
   * Bytes that are no JSON object, or one beyond what is read (levels, digits). `excerpt` is their beginning, control
   * characters made visible; `message` is there where they are one message that could not be read.
   */
  | {
      readonly kind: 'garbage'
      readonly excerpt: string
      readonly offset: number
      readonly bytes: number
      readonly why: string
      readonly message?: UnreadMessage
    }
  /** A message above the limit: dropped, and everything up to the next line that begins with `{`. */
  | {
      readonly kind: 'too-large'
      readonly limitBytes: number
      readonly offset: number
      readonly excerpt: string
    }
  /** The stream ended inside a message. */
  | {
      readonly kind: 'truncated'
      readonly offset: number
      readonly bytes: number
      readonly excerpt: string
    }
  /** A 0xFF threw away the beginning of a message, as it is meant to. */
  | {
      readonly kind: 'discarded'
      readonly offset: number
      readonly bytes: number
      readonly excerpt: string
    }

/**
 * The bytes of a message, where they lie in one piece: who keeps texts as bytes need not encode them again. They begin at
 * `bytes[at]`, and stay so during the call only. All messages of a chunk come with the same object, which no other chunk
 * has; they end before `to`.
 */
export interface SourceBytes {
  readonly bytes: Uint8Array
  readonly at: number
  readonly to: number
}

/** A message as it was on the wire. It holds during the call only. */
export interface WireMessage {
  /** Its size. */
  readonly bytes: number
  /** The message exactly as it came, without the blanks around it. Each call makes it anew. */
  text(): string
  readonly source: SourceBytes | undefined
}

/** Where messages and problems go, in the order of the stream. */
export interface FramerSink {
  message(value: JsonObject, wire: WireMessage): void
  /**
   * An event, before an object is made of it. Where this says true it has been taken; otherwise it comes as a message.
   */
  event?(event: PrintedEvent, source: SourceBytes): boolean
  problem(problem: FramingProblem): void
}

/** A reader of one stream. */
export interface Framer {
  /** The next bytes. They are not kept: the caller may use the buffer again. */
  push(chunk: Uint8Array): void
  /** Nothing more for now: deliver what is complete although no line end came. */
  idle(): void
  /** The stream is over: what is left is reported as truncated. */
  end(): void
  /** Bytes held because they are no whole message yet. */
  readonly pendingBytes: number
  /** Bytes copied and scanned so far, for tests that the work stays linear. */
  readonly work: { readonly copied: number; readonly scanned: number }
}

/** How a stream is to be read. */
export interface FramerOptions {
  /** The largest message, in bytes. Default 64 MiB. */
  readonly limitBytes?: number
  /** A 0xFF throws away what came before it, as the guest agent means it. Elsewhere it is garbage like any. */
  readonly resets?: boolean
}

/** The largest message by default: 64 MiB. */
export const defaultLimitBytes = 64 * 1024 * 1024

const newline = 0x0a
const quote = 0x22
const backslash = 0x5c
const open = 0x7b
const close = 0x7d
const carriageReturn = 0x0d
const reset = 0xff
/** Garbage without a line end is reported when it is this long. */
const garbageReportBytes = 4096
/** A buffer that grew beyond this is given back after its message. */
const keptBufferBytes = 1024 * 1024
const excerptBytes = 48
/** Pretty-printed, chunks of this size and more are cut as text: below, a copy into the buffer costs less than a string each. */
const textFromBytes = 1024
/** A number that a cut between two chunks goes through is seen in so much of each. */
const seamChars = 24

/** `SourceBytes` on its way through them. */
interface Source {
  readonly bytes: Uint8Array
  at: number
  readonly to: number
}

/** Make a reader. */
export function createFramer(sink: FramerSink, options: FramerOptions = {}): Framer {
  return new StreamFramer(sink, options)
}

class StreamFramer implements Framer {
  readonly #sink: FramerSink
  readonly #limit: number
  readonly #resets: boolean
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  /** Bytes held: `#buffer[0..#length)`, which begin at `#offset` in the stream. */
  #buffer = new Uint8Array(0)
  #length = 0
  #offset = 0
  /** On the slow way: the buffer is scanned up to `#at`. */
  #scanning = false
  #at = 0
  /** Where the object in hand begins, or -1 between objects. */
  #start = -1
  #depth = 0
  #inString = false
  /** The object in hand has not reached the end of its first line. */
  #firstLine = true
  /** Where garbage began, or -1. */
  #garbage = -1
  /** Garbage of this run has been reported already: the rest of the line belongs to it. */
  #garbageSaid = false
  /** Nothing has shown that messages end in a line end: look for complete ones in what has none. */
  #eager = true
  /** Only blanks since the last message. */
  #afterMessage = false
  /** A message has been seen, so the style of this stream is one of those that servers have. */
  #known = false
  /** Inside a message above the limit: everything up to a line that begins with `{` is dropped. */
  #skipping = false
  #skipLineStart = false
  /** The beginning of a message, as text: ASCII only, so a character is a byte. Nothing is in the buffer then. */
  #pieces: string[] = []
  #piecesLength = 0
  /** What is in the pieces may hold a number that a double does not. */
  #piecesExact = false
  /** The last message was pretty-printed, `{` and `}` alone in column 0: the next will be. */
  #pretty = false
  #copied = 0
  #scanned = 0
  /** How far the object at the beginning of what is held was scanned before the fast way took over again. */
  #idleScan: { readonly at: number; readonly depth: number; readonly inString: boolean } | undefined
  readonly #json = new JsonBytes()
  readonly #event = new EventReader(this.#json)

  constructor(sink: FramerSink, options: FramerOptions) {
    this.#sink = sink
    this.#limit = options.limitBytes ?? defaultLimitBytes
    this.#resets = options.resets ?? false
  }

  get pendingBytes(): number {
    return this.#length + this.#piecesLength
  }

  get work(): { copied: number; scanned: number } {
    return { copied: this.#copied, scanned: this.#scanned }
  }

  push(chunk: Uint8Array): void {
    let rest = chunk
    if (!this.#resets) {
      this.#feed(rest)
      return
    }
    for (let at = rest.indexOf(reset); at >= 0; at = rest.indexOf(reset)) {
      this.#feed(rest.subarray(0, at))
      this.#reset()
      rest = rest.subarray(at + 1)
    }
    this.#feed(rest)
  }

  idle(): void {
    this.#piecesToBytes()
    if (this.#length > 0 && !this.#scanning) {
      const scanned = this.#idleScan
      this.#beginScan()
      if (scanned !== undefined) {
        // Bytes have only been added since: one that sends a few at a time must not have all of them scanned each time.
        this.#start = 0
        this.#firstLine = true
        this.#at = scanned.at
        this.#depth = scanned.depth
        this.#inString = scanned.inString
      }
    }
    if (this.#scanning) this.#scan()
  }

  end(): void {
    this.idle()
    this.#reportLeft('truncated')
    this.#drop()
  }

  /** 0xFF: what was complete is delivered, what was not is thrown away. It counts as one byte of the stream. */
  #reset(): void {
    this.idle()
    this.#reportLeft('discarded')
    this.#drop()
    this.#skipping = false
    this.#eager = true
    this.#offset += 1
  }

  #reportLeft(kind: 'truncated' | 'discarded'): void {
    const from = this.#garbage >= 0 ? this.#garbage : this.#start >= 0 ? this.#start : 0
    const left = this.#buffer.subarray(from, this.#length)
    if (this.#garbageSaid || isBlank(left)) return
    const offset = this.#offset + from
    this.#sink.problem({ kind, offset, bytes: left.length, excerpt: this.#excerpt(left) })
  }

  #drop(): void {
    this.#offset += this.#length
    this.#empty()
  }

  /** Nothing is held: back to the fast way. */
  #empty(): void {
    this.#length = 0
    this.#idleScan = undefined
    this.#scanning = false
    this.#at = 0
    this.#start = -1
    this.#depth = 0
    this.#inString = false
    this.#garbage = -1
    this.#garbageSaid = false
    if (this.#buffer.length > keptBufferBytes) this.#buffer = new Uint8Array(0)
  }

  #feed(chunk: Uint8Array): void {
    let rest = chunk
    if (this.#skipping) rest = this.#skip(rest)
    if (this.#cutsPretty(rest.length)) rest = rest.subarray(this.#cutPretty(rest))
    if (rest.length > 0) this.#piecesToBytes()
    const wasHeld = this.#length > 0
    // The line in hand ends in this chunk, or goes on.
    while (!this.#scanning && this.#length > 0 && rest.length > 0) {
      const at = rest.indexOf(newline)
      this.#hold(at < 0 ? rest : rest.subarray(0, at + 1))
      if (this.#length > this.#limit) {
        this.#tooLarge(0)
        rest = this.#skip(at < 0 ? rest.subarray(rest.length) : rest.subarray(at))
        continue
      }
      if (at < 0) return
      rest = rest.subarray(at + 1)
      if (!this.#wholeLine()) {
        this.#beginScan()
        this.#scan()
      } else {
        this.#drop()
      }
    }
    // The line that was held is done: what follows may be cut as text again.
    if (wasHeld && this.#cutsPretty(rest.length)) rest = rest.subarray(this.#cutPretty(rest))
    if (rest.length === 0) return
    if (this.#scanning) {
      this.#hold(rest)
      this.#scan()
      this.#bytesToPieces()
      return
    }
    const end = rest.lastIndexOf(newline) + 1
    if (end > 0) {
      const region = rest.subarray(0, end)
      const done = this.#lines(region)
      this.#offset += done
      if (done < region.length) {
        this.#hold(rest.subarray(done))
        this.#beginScan()
        this.#scan()
        this.#bytesToPieces()
        return
      }
      rest = rest.subarray(end)
    }
    if (rest.length === 0) return
    this.#hold(rest)
    if (this.#eager) {
      this.#beginScan()
      this.#scan()
    } else if (this.#length > this.#limit) {
      this.#tooLarge(0)
    }
  }

  // ── pretty-printed, as text ──────────────────────────────────────────────────────────────────────────────────

  #cutsPretty(bytes: number): boolean {
    if (!this.#pretty || this.#scanning || this.#eager || this.#length > 0 || bytes === 0) return false
    // Bytes can be given back before a large text is made of them, pieces of it cannot.
    if (this.#piecesLength > keptBufferBytes) return false
    // A small chunk may end a large message: what counts is that there are few pieces for their size.
    return bytes >= textFromBytes || this.#pieces.length * textFromBytes < this.#piecesLength
  }

  /**
   * Deliver whole messages of a chunk after one that was pretty-printed, and keep the beginning of the next as text.
   * Returns how many bytes that was: where something else begins, what was begun is in the buffer and the other ways take
   * over.
   */
  #cutPretty(chunk: Uint8Array): number {
    const text = this.#decoder.decode(chunk)
    // As many characters as bytes, none of them a replacement: ASCII.
    if (text.length !== chunk.length || text.includes('\ufffd')) {
      this.#piecesToBytes()
      return 0
    }
    const exact = mayLoseBytes(chunk, text)
    let done = 0
    while (done < text.length) {
      const end = this.#prettyEnd(text, done)
      if (end < 0) {
        this.#piecesToBytes()
        return done
      }
      if (end === 0) {
        this.#keepText(done === 0 ? text : text.slice(done), exact)
        if (this.#piecesLength > this.#limit) {
          this.#piecesToBytes()
          this.#tooLarge(0)
        }
        return text.length
      }
      if (!this.#endText(text, done, end, exact)) {
        this.#piecesToBytes()
        return done
      }
      done = end
    }
    return done
  }

  /** A message ends at `end`: deliver it with what was kept. False where it is none: what was kept is kept still. */
  #endText(text: string, from: number, end: number, exact: boolean): boolean {
    if (this.#pieces.length === 0) {
      if (!this.#cutLine(text, from, end, exact)) return false
      this.#offset += end - from
      return true
    }
    const last = text.slice(from, end)
    const isExact = exact || this.#piecesExact || this.#losesAtSeam(last)
    // In one go: a text that is put together by `+` is copied again when it is read.
    this.#pieces.push(last)
    const whole = this.#pieces.join('')
    if (!this.#cutLine(whole, 0, whole.length, isExact)) {
      this.#pieces.pop()
      return false
    }
    this.#copied += whole.length
    this.#offset += whole.length
    this.#pieces = []
    this.#piecesLength = 0
    this.#piecesExact = false
    return true
  }

  /** A line with its end, or a pretty-printed object with what follows it on its last line. */
  #cutLine(text: string, from: number, end: number, exact: boolean): boolean {
    let to = end
    if (text.charCodeAt(to - 1) === newline) to -= 1
    if (text.charCodeAt(to - 1) === 0x0d) to -= 1
    return to <= from || this.#line(text.slice(from, to), exact, to - from)
  }

  /**
   * Where the pretty-printed object that begins at `from`, or in the pieces, ends: after its `}` in column 0. 0 where
   * it does not, -1 where what begins there is no such object.
   */
  #prettyEnd(text: string, from: number): number {
    const first = this.#pieces[0]
    let after = from
    if (first === undefined) {
      const code = text.charCodeAt(from)
      // The line end that the last object left.
      if (code === newline) return from + 1
      if (code === 0x0d) return text.charCodeAt(from + 1) === newline ? from + 2 : from + 1
      if (code !== open) return -1
      after = from + 1
      if (after < text.length && !isLineEnd(text.charCodeAt(after))) return -1
    } else {
      if (first.length === 1 && this.#piecesLength === 1 && !isLineEnd(text.charCodeAt(from))) return -1
      const before = this.#pieces.at(-1) ?? ''
      if (text.charCodeAt(from) === close && before.charCodeAt(before.length - 1) === newline) return from + 1
    }
    const at = text.indexOf('\n}', after)
    return at < 0 ? 0 : at + 2
  }

  /** Keep the beginning of a message. */
  #keepText(text: string, exact: boolean): void {
    if (exact || (this.#pieces.length > 0 && this.#losesAtSeam(text))) this.#piecesExact = true
    this.#pieces.push(text)
    this.#piecesLength += text.length
  }

  /** Whether a number may be lost that is cut between the last piece and this text. */
  #losesAtSeam(text: string): boolean {
    const before = this.#pieces.at(-1) ?? ''
    if (!isNumberPart(before.charCodeAt(before.length - 1)) || !isNumberPart(text.charCodeAt(0))) return false
    let seam = text.slice(0, seamChars)
    for (let at = this.#pieces.length - 1; at >= 0 && seam.length < 2 * seamChars; at -= 1) {
      seam = (this.#pieces[at] ?? '').slice(-seamChars) + seam
    }
    return mayLose(seam)
  }

  /** The beginning of a pretty-printed object in the buffer goes on as text. */
  #bytesToPieces(): void {
    const bytes = this.#buffer.subarray(0, this.#length)
    if (!this.#pretty || this.#eager || this.#start !== 0 || this.#garbage >= 0) return
    if (bytes.length < textFromBytes || !isLineEnd(bytes[1] ?? 0)) return
    const text = this.#decoder.decode(bytes)
    if (text.length !== bytes.length || text.includes('\ufffd')) return
    this.#drop()
    this.#offset -= text.length
    this.#keepText(text, mayLose(text))
  }

  /** What was kept goes on as bytes. */
  #piecesToBytes(): void {
    if (this.#pieces.length === 0) return
    const bytes = new TextEncoder().encode(this.#pieces.join(''))
    this.#pieces = []
    this.#piecesLength = 0
    this.#piecesExact = false
    this.#hold(bytes)
  }

  // ── the fast way: lines ──────────────────────────────────────────────────────────────────────────────────────

  /**
   * Deliver whole lines, as far as each is one object. Returns how many bytes that was: at the first line that is
   * something else the slow way takes over.
   */
  #lines(region: Uint8Array): number {
    const source = { bytes: region, at: 0, to: region.length }
    while (source.at < region.length) {
      if (this.#readEvent(source)) continue
      const from = source.at
      const end = region.indexOf(newline, from)
      const to = end > from && region[end - 1] === carriageReturn ? end - 1 : end
      if (to > from && !this.#readLine(source, to)) return from
      if (to === from && this.#afterMessage) this.#eager = false
      source.at = end + 1
    }
    return region.length
  }

  /** Deliver the event that begins there, and go to the next line. False where there is none. */
  #readEvent(source: Source): boolean {
    const event = this.#event
    if (!event.read(source.bytes, source.at)) return false
    const { end, length } = event
    if (length > this.#limit) return false
    this.#seen()
    if (this.#sink.event?.(event, source) !== true) {
      this.#sink.message(event.value(), new BytesOfMessage(source, length, this.#decoder))
    }
    source.at = source.bytes[end] === newline ? end + 1 : end + 2
    return true
  }

  /** Deliver the line that begins there. False where it is something else than one object. */
  #readLine(source: Source, to: number): boolean {
    if (this.#readBytes(source, to)) return true
    const { bytes, at } = source
    if (!mayBeObject(bytes, at, to)) return false
    const line = bytes.subarray(at, to)
    const text = this.#decoder.decode(line)
    return this.#line(text, mayLoseBytes(line, text), to - at)
  }

  /** The same without a text. False where it needs one. */
  #readBytes(source: Source, to: number): boolean {
    const { bytes, at } = source
    if (!mayBeObject(bytes, at, to) || to - at > this.#limit) return false
    const value = this.#json.object(bytes, at, to)
    if (value === undefined) return false
    this.#seen()
    this.#sink.message(value, new BytesOfMessage(source, to - at, this.#decoder))
    return true
  }

  /** Deliver the line that is held. False where it is something else than one object: it is held still. */
  #wholeLine(): boolean {
    const length = this.#length
    if (length <= keptBufferBytes) return this.#lines(this.#buffer.subarray(0, length)) === length
    const to = length - (this.#buffer[length - 2] === carriageReturn ? 2 : 1)
    if (!mayBeObject(this.#buffer, 0, to)) return false
    if (this.#readBytes({ bytes: this.#buffer, at: 0, to: length }, to)) return true
    const big = this.#takeBig(to)
    if (big === undefined) return this.#lines(this.#buffer.subarray(0, length)) === length
    if (this.#line(big.text, big.exact, to)) return true
    this.#buffer = new Uint8Array(length)
    new TextEncoder().encodeInto(big.text, this.#buffer)
    this.#buffer.set(to === length - 2 ? [0x0d, newline] : [newline], to)
    return false
  }

  /**
   * The text of a large line, its bytes given back: before the value is made, for text and value are large enough.
   * Undefined where it is not ASCII, so that the bytes could not be had again.
   */
  #takeBig(to: number): { text: string; exact: boolean } | undefined {
    const bytes = this.#buffer.subarray(0, to)
    const text = this.#decoder.decode(bytes)
    if (text.length !== to) return undefined
    const exact = mayLoseBytes(bytes, text)
    this.#buffer = new Uint8Array(0)
    return { text, exact }
  }

  /** The style of the stream: one message a line. */
  #seen(): void {
    this.#known = true
    this.#afterMessage = true
    this.#eager = false
    this.#pretty = false
  }

  #line(line: string, exact: boolean, bytes: number): boolean {
    if (line.charCodeAt(0) !== open || line.charCodeAt(line.length - 1) !== close) return false
    if (line.length > this.#limit) return false
    const value = parseMessage(line, exact)
    if (value === undefined) return false
    this.#deliver(value, line, bytes)
    this.#eager = false
    if (this.#pretty) this.#pretty = isPretty(line)
    return true
  }

  #deliver(value: JsonObject, text: string, bytes: number): void {
    this.#known = true
    this.#afterMessage = true
    this.#sink.message(value, { bytes, source: undefined, text: () => text })
  }

  // ── the slow way ─────────────────────────────────────────────────────────────────────────────────────────────

  #beginScan(): void {
    this.#idleScan = undefined
    this.#scanning = true
    this.#at = 0
    this.#start = -1
    this.#depth = 0
    this.#inString = false
    this.#garbage = -1
  }

  /** Scan what is held from `#at` on; deliver and report whatever is settled; keep the rest. */
  #scan(): void {
    const buffer = this.#buffer
    const length = this.#length
    let at = this.#at
    this.#scanned += length - at
    while (at < length) {
      if (this.#start < 0) {
        at = this.#between(at)
        continue
      }
      at = this.#inString ? this.#insideString(at) : this.#insideObject(at, buffer, length)
    }
    this.#settle(at)
  }

  /** Between objects: blanks, the beginning of the next, or garbage. Returns where to go on. */
  #between(from: number): number {
    let at = from
    for (; at < this.#length; at += 1) {
      const byte = this.#buffer[at]
      if (byte === newline) {
        this.#endGarbage(at)
        this.#garbageSaid = false
        if (this.#afterMessage) this.#eager = false
      } else if (byte === open) {
        if (this.#afterMessage && at > 0 && !this.#lineStarts(at)) this.#eager = true
        this.#start = at
        this.#depth = 0
        this.#firstLine = true
        return at
      } else if (!isBlankByte(byte)) {
        this.#afterMessage = false
        if (this.#garbage < 0) this.#garbage = at
      }
    }
    return at
  }

  /** Whether only blanks stand between the last line end (or the beginning of what is held) and `at`. */
  #lineStarts(at: number): boolean {
    for (let back = at - 1; back >= 0; back -= 1) {
      const byte = this.#buffer[back]
      if (byte === newline) return true
      if (!isBlankByte(byte)) return false
    }
    return false
  }

  #insideString(from: number): number {
    const buffer = this.#buffer
    for (let at = from; at < this.#length; at += 1) {
      const byte = buffer[at] ?? 0
      if (byte === quote) {
        this.#inString = false
        return at + 1
      }
      if (byte === backslash) {
        // The escaped character may be in the next chunk: stay on the backslash until it is here.
        if (at + 1 >= this.#length) {
          this.#stopAt = at
          return this.#length
        }
        if ((buffer[at + 1] ?? 0) >= 0x20) at += 1
      } else if (byte === newline) {
        return this.#giveUp(at + 1, 'a line end inside a string')
      }
    }
    return this.#length
  }

  #stopAt = -1

  #insideObject(from: number, buffer: Uint8Array, length: number): number {
    let depth = this.#depth
    for (let at = from; at < length; at += 1) {
      const byte = buffer[at]
      if (byte === quote) {
        // Most strings end in this buffer and have nothing to look after inside.
        let end = at + 1
        let inside = buffer[end] ?? 0
        while (end < length && inside !== quote && inside !== backslash && inside >= 0x20) {
          end += 1
          inside = buffer[end] ?? 0
        }
        if (end < length && inside === quote) {
          at = end
          continue
        }
        this.#depth = depth
        this.#inString = true
        return at + 1
      }
      if (byte === open) {
        depth += 1
      } else if (byte === close) {
        depth -= 1
        if (depth === 0) {
          this.#depth = 0
          this.#endObject(at + 1)
          return at + 1
        }
      } else if (byte === newline) {
        this.#depth = depth
        const next = this.#lineEnd(at)
        if (next !== undefined) return next
      }
    }
    this.#depth = depth
    return length
  }

  /** A line end inside an object. Returns where to go on where the object was given up, else undefined. */
  #lineEnd(at: number): number | undefined {
    if (this.#firstLine) {
      const alone = isBlank(this.#buffer.subarray(this.#start + 1, at))
      if (this.#known && !alone) return this.#giveUp(at + 1, 'a line that is not one JSON object')
    }
    this.#firstLine = false
    if (at + 1 >= this.#length) {
      // Whether the next line begins with `{` is not known yet: stay on the line end until it is.
      this.#stopAt = at
      return this.#length
    }
    if (this.#buffer[at + 1] !== open) return undefined
    return this.#known || !this.#allowsValue(at)
      ? this.#giveUp(at + 1, 'another object begins inside it')
      : undefined
  }

  /** Whether a value may follow what stands before `at`. */
  #allowsValue(at: number): boolean {
    let back = at
    while (back > this.#start && isBlankByte(this.#buffer[back])) back -= 1
    const byte = this.#buffer[back]
    return byte === 0x3a || byte === 0x2c || byte === 0x5b
  }

  #endObject(end: number): void {
    const bytes = this.#buffer.subarray(this.#start, end)
    const text = this.#decoder.decode(bytes)
    const size = bytes.length
    const value = size > this.#limit ? undefined : parseMessage(text, mayLoseBytes(bytes, text))
    if (value !== undefined) {
      this.#endGarbage(this.#start)
      this.#garbageSaid = false
      this.#pretty = isPretty(text)
      this.#start = -1
      this.#deliver(value, text, size)
      return
    }
    if (size > this.#limit) {
      this.#sink.problem({
        kind: 'too-large',
        limitBytes: this.#limit,
        offset: this.#offset + this.#start,
        excerpt: this.#excerpt(bytes),
      })
    } else if (!this.#garbageSaid) {
      const parsed = parseJson(text)
      const from = this.#garbage >= 0 ? this.#garbage : this.#start
      const why = parsed.ok ? 'no JSON object' : parsed.error.message
      const isUnread = !parsed.ok && parsed.error.beyondLimit === true
      this.#report(from, end, why, isUnread ? lookInto(text) : undefined)
    }
    this.#garbage = -1
    this.#afterMessage = false
    this.#start = -1
  }

  /** The object in hand cannot become one: it ends before `end`, but for lines that are objects by themselves. */
  #giveUp(end: number, why: string): number {
    let garbageFrom = this.#garbage >= 0 ? this.#garbage : this.#start
    let lineFrom = this.#start
    this.#scanned += end - lineFrom
    while (lineFrom < end) {
      const found = this.#buffer.subarray(0, end).indexOf(newline, lineFrom)
      const lineEnd = found < 0 ? end : found + 1
      const bytes = this.#buffer.subarray(lineFrom, lineEnd)
      const text = this.#decoder.decode(bytes).trim()
      const whole = text.startsWith('{') && text.endsWith('}')
      const value = whole ? parseMessage(text, true) : undefined
      if (value !== undefined) {
        if (garbageFrom < lineFrom) this.#report(garbageFrom, lineFrom, why)
        this.#deliver(value, text, bytes.length)
        garbageFrom = lineEnd
      }
      lineFrom = lineEnd
    }
    if (garbageFrom < end) {
      this.#report(garbageFrom, end, why)
      this.#afterMessage = false
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
    while (end > from && isBlankByte(this.#buffer[end - 1])) end -= 1
    const bytes = this.#buffer.subarray(from, end)
    this.#sink.problem({
      kind: 'garbage',
      excerpt: this.#excerpt(bytes),
      offset: this.#offset + from,
      bytes: bytes.length,
      why,
      ...(message === undefined ? {} : { message }),
    })
  }

  /** After a scan up to the end of what is held: keep only what is not settled. */
  #settle(scannedTo: number): void {
    const at = this.#stopAt >= 0 ? this.#stopAt : scannedTo
    this.#stopAt = -1
    if (this.#garbage >= 0 && this.#start < 0 && this.#length - this.#garbage >= garbageReportBytes) {
      if (!this.#garbageSaid) this.#report(this.#garbage, this.#length, 'no JSON object')
      this.#garbageSaid = true
      this.#garbage = -1
    }
    const from = this.#garbage >= 0 ? this.#garbage : this.#start
    if (from < 0) {
      // Said garbage may go on in the next chunk: its line has not ended.
      const said = this.#garbageSaid
      this.#drop()
      this.#scanning = said
      this.#garbageSaid = said
      return
    }
    if (this.#length - from > this.#limit) {
      this.#tooLarge(from)
      return
    }
    this.#at = at
    // The beginning of a line in a stream whose messages end in line ends: the fast way waits for it.
    if (this.#start >= 0 && this.#garbage < 0 && this.#firstLine && !this.#eager) {
      this.#idleScan = { at: at - from, depth: this.#depth, inString: this.#inString }
      this.#scanning = false
      this.#inString = false
      this.#depth = 0
      this.#start = -1
      this.#at = 0
    }
    if (from === 0) return
    this.#buffer.copyWithin(0, from, this.#length)
    this.#copied += this.#length - from
    this.#length -= from
    this.#offset += from
    this.#at -= from
    if (this.#start >= 0) this.#start -= from
    if (this.#garbage >= 0) this.#garbage -= from
  }

  // ── what is held ─────────────────────────────────────────────────────────────────────────────────────────────

  #hold(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length
    if (needed > this.#buffer.length) {
      const { length } = this.#buffer
      // A large one grows in larger steps: what is not written to takes no memory, what is copied takes it twice.
      const more = length < keptBufferBytes ? length * 2 : length * 4
      const grown = new Uint8Array(Math.max(needed, Math.min(more, this.#limit + 65_536), 4096))
      grown.set(this.#buffer.subarray(0, this.#length))
      this.#copied += this.#length
      this.#buffer = grown
    }
    this.#buffer.set(bytes, this.#length)
    this.#copied += bytes.length
    this.#length = needed
  }

  #tooLarge(from: number): void {
    this.#sink.problem({
      kind: 'too-large',
      limitBytes: this.#limit,
      offset: this.#offset + from,
      excerpt: this.#excerpt(this.#buffer.subarray(from, this.#length)),
    })
    const lineStart = this.#buffer[this.#length - 1] === newline
    this.#drop()
    this.#afterMessage = false
    this.#skipping = true
    this.#skipLineStart = lineStart
  }

  /** Drop up to a line that begins with `{`; returns what follows. */
  #skip(bytes: Uint8Array): Uint8Array {
    let at = 0
    while (at < bytes.length) {
      if (this.#skipLineStart && bytes[at] === open) {
        this.#skipping = false
        this.#offset += at
        return bytes.subarray(at)
      }
      this.#skipLineStart = false
      const end = bytes.indexOf(newline, at)
      if (end < 0) break
      this.#skipLineStart = true
      at = end + 1
    }
    this.#offset += bytes.length
    return bytes.subarray(bytes.length)
  }

  /** The beginning of some bytes on one line, everything that is no printable character as \xNN. */
  #excerpt(bytes: Uint8Array): string {
    const text = this.#decoder.decode(bytes.subarray(0, excerptBytes))
    const visible = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/g, (char) => {
      return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`
    })
    return bytes.length > excerptBytes ? `${visible}…` : visible
  }
}

/** A message in the bytes of a chunk. */
class BytesOfMessage implements WireMessage {
  readonly bytes: number
  readonly source: SourceBytes
  readonly #at: number
  readonly #decoder: TextDecoder

  constructor(source: SourceBytes, bytes: number, decoder: TextDecoder) {
    this.source = source
    this.bytes = bytes
    this.#at = source.at
    this.#decoder = decoder
  }

  text(): string {
    return this.#decoder.decode(this.source.bytes.subarray(this.#at, this.#at + this.bytes))
  }
}

/** Whether a line may be one object: most that is none says so at its ends. */
function mayBeObject(bytes: Uint8Array, from: number, to: number): boolean {
  return bytes[from] === open && bytes[to - 1] === close
}

/** The object in a text, or undefined where it is none. `exact` asks for the parser that loses no number. */
function parseMessage(text: string, exact: boolean): JsonObject | undefined {
  let value: Json
  if (exact || isTooDeep(text)) {
    const parsed = parseJson(text)
    if (!parsed.ok) return undefined
    value = parsed.value
  } else {
    try {
      value = JSON.parse(text) as Json
    } catch {
      return undefined
    }
  }
  return isJsonObject(value) ? value : undefined
}

/** Whether an object stands on lines of its own, from a lone `{` to a lone `}`. */
function isPretty(text: string): boolean {
  return isLineEnd(text.charCodeAt(1)) && text.endsWith('\n}')
}

function isLineEnd(code: number): boolean {
  return code === newline || code === 0x0d
}

/** Whether a character may stand inside a number. */
function isNumberPart(code: number): boolean {
  // From `+` to the digits, and `e` in both sizes.
  return (code >= 0x2b && code <= 0x39) || (code | 0x20) === 0x65
}

function isBlankByte(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every(isBlankByte)
}
