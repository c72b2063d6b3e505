/**
 * Bytes -> one JSON object each.
 *
 * Two ways through it. Servers end every message with a line end, so the fast way cuts at line ends. Lines are read from
 * their bytes, events (printed-event.ts) and others (base/json/bytes.ts); a text is made only of what neither reads.
 * A message without an end so far is held as bytes (held-bytes.ts). Bytes that are not one object a line (pretty-printed,
 * several a line, no line end at all, garbage) take the slow way (recover.ts); the fast way continues when that has
 * nothing left.
 *
 * Whatever the chunks are, every byte is copied at most a few times and scanned at most twice, and no more is held
 * than the message in hand. No message is longer than `limitBytes`.
 *
 * @qmp General Definitions
 * @adr 0002
 */
import { isTooDeep, mayLose, mayLoseBytes } from '#base/json/loss.ts'
import { JsonBytes } from '#base/json/bytes.ts'
import { accelerators } from './accelerators.ts'
import type { Accelerators } from './accelerators.ts'
import type { FramerSink, StreamStyle } from './framing.ts'
import { HeldBytes, keptBufferBytes } from './held-bytes.ts'
import { EventReader } from './printed-event.ts'
import { BytesOfMessage, parseMessage } from './read-message.ts'
import { Recovery } from './recover.ts'

/** A reader of one stream. */
export interface Framer {
  /** The next bytes. They are not kept: the caller may use the buffer again. */
  push(chunk: Uint8Array): void
  /** Nothing more for now: deliver a complete message although no line end came. */
  idle(): void
  /** The stream is over: the rest is reported as truncated. */
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
  /** Default: those of accelerators.ts. */
  readonly accelerators?: Accelerators
}

/** The largest message by default: 64 MiB. */
export const defaultLimitBytes = 64 * 1024 * 1024

const newline = 0x0a
const open = 0x7b
const close = 0x7d
const carriageReturn = 0x0d
const reset = 0xff

/** `SourceBytes` on its way through them. */
interface ByteSource {
  readonly bytes: Uint8Array
  at: number
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
  readonly #held: HeldBytes
  readonly #style: StreamStyle = { eager: true, afterMessage: false, known: false }
  readonly #recovery: Recovery
  readonly #accelerators: Accelerators
  readonly #json = new JsonBytes()
  readonly #event = new EventReader(this.#json)

  constructor(sink: FramerSink, options: FramerOptions) {
    this.#sink = sink
    this.#limit = options.limitBytes ?? defaultLimitBytes
    this.#resets = options.resets ?? false
    this.#accelerators = options.accelerators ?? accelerators
    this.#held = new HeldBytes(this.#limit)
    this.#recovery = new Recovery(this.#held, this.#style, sink, {
      limit: this.#limit,
      json: this.#accelerators.jsonBytes ? this.#json : undefined,
    })
  }

  get pendingBytes(): number {
    return this.#held.length
  }

  get work(): { copied: number; scanned: number } {
    return { copied: this.#held.copied, scanned: this.#recovery.scanned }
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
    this.#recovery.idle()
  }

  end(): void {
    this.#recovery.idle()
    this.#recovery.leave('truncated')
  }

  /** 0xFF: what was complete is delivered, what was not is thrown away. It counts as one byte of the stream. */
  #reset(): void {
    this.#recovery.idle()
    this.#recovery.leave('discarded')
    this.#recovery.stopSkipping()
    this.#style.eager = true
    this.#held.offset += 1
  }

  #feed(chunk: Uint8Array): void {
    let rest = this.#endHeldLine(this.#recovery.skip(chunk))
    if (rest.length === 0) return
    if (this.#recovery.isActive) {
      this.#held.add(rest)
      this.#recovery.scan()
      return
    }
    const end = rest.lastIndexOf(newline) + 1
    const done = end === 0 ? 0 : this.#lines(rest.subarray(0, end))
    this.#held.offset += done
    rest = rest.subarray(done)
    if (rest.length === 0) return
    this.#held.add(rest)
    if (done < end || this.#style.eager) this.#recovery.begin()
    else if (this.#held.length > this.#limit) this.#recovery.tooLarge(0)
  }

  /** The line that is held ends in this chunk, or goes on. Returns what follows it. */
  #endHeldLine(chunk: Uint8Array): Uint8Array {
    let rest = chunk
    while (!this.#recovery.isActive && this.#held.length > 0 && rest.length > 0) {
      const at = rest.indexOf(newline)
      const end = at < 0 ? rest.length : at + 1
      this.#held.add(rest.subarray(0, end))
      if (this.#held.length > this.#limit) {
        this.#recovery.tooLarge(0)
        rest = this.#recovery.skip(at < 0 ? rest.subarray(rest.length) : rest.subarray(at))
        continue
      }
      rest = rest.subarray(end)
      if (at < 0) continue
      if (this.#wholeLine()) this.#recovery.drop()
      else this.#recovery.begin()
    }
    return rest
  }

  // ── the fast way: lines ──────────────────────────────────────────────────────────────────────────────────────

  /**
   * Deliver whole lines, as far as each is one object. Returns how many bytes that was: from the first line that is
   * something else on, the slow way continues.
   */
  #lines(region: Uint8Array): number {
    const source = { bytes: region, at: 0 }
    while (source.at < region.length) {
      if (this.#readEvent(source)) continue
      const from = source.at
      const end = region.indexOf(newline, from)
      const to = end > from && region[end - 1] === carriageReturn ? end - 1 : end
      if (to > from && !this.#readLine(source, to)) return from
      if (to === from && this.#style.afterMessage) this.#style.eager = false
      source.at = end + 1
    }
    return region.length
  }

  /** Deliver the event that begins there, and go to the next line. False where there is none. */
  #readEvent(source: ByteSource): boolean {
    const event = this.#event
    if (!this.#accelerators.printedEvents || !event.read(source.bytes, source.at)) return false
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
  #readLine(source: ByteSource, to: number): boolean {
    if (this.#readBytes(source, to)) return true
    const { bytes, at } = source
    if (!mayBeObject(bytes, at, to)) return false
    const line = bytes.subarray(at, to)
    const text = this.#decoder.decode(line)
    return this.#line(text, isTooDeep(text) || mayLoseBytes(line, text), to - at)
  }

  /** The same without a text. False where it needs one. */
  #readBytes(source: ByteSource, to: number): boolean {
    const { bytes, at } = source
    if (!this.#accelerators.jsonBytes || !mayBeObject(bytes, at, to) || to - at > this.#limit) return false
    const value = this.#json.object(bytes, at, to)
    if (value === undefined) return false
    this.#seen()
    this.#sink.message(value, new BytesOfMessage(source, to - at, this.#decoder))
    return true
  }

  /** Deliver the line that is held. False where it is something else than one object: it is held still. */
  #wholeLine(): boolean {
    const held = this.#held
    const { length } = held
    if (length <= keptBufferBytes) return this.#lines(held.bytes.subarray(0, length)) === length
    const to = length - (held.bytes[length - 2] === carriageReturn ? 2 : 1)
    if (!mayBeObject(held.bytes, 0, to)) return false
    if (this.#readBytes({ bytes: held.bytes, at: 0 }, to)) return true
    const text = held.takeLine(to)
    if (text === undefined) return this.#lines(held.bytes.subarray(0, length)) === length
    if (this.#line(text, isTooDeep(text) || mayLose(text), to)) return true
    held.putBack(text)
    return false
  }

  /** The style of the stream: one message a line. */
  #seen(): void {
    this.#style.known = true
    this.#style.afterMessage = true
    this.#style.eager = false
  }

  #line(line: string, exact: boolean, bytes: number): boolean {
    if (line.length > this.#limit) return false
    const value = parseMessage(line, exact)
    if (value === undefined) return false
    this.#seen()
    this.#sink.message(value, { bytes, source: undefined, text: () => line })
    return true
  }
}

/** Whether a line may be one object: most that is none says so at its ends. */
function mayBeObject(bytes: Uint8Array, from: number, to: number): boolean {
  return bytes[from] === open && bytes[to - 1] === close
}
