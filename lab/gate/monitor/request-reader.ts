/**
 * The bytes of one client -> the text of one request each, cut as QEMU cuts them: by brackets outside of strings, with or
 * without line ends, several in one line. A control character or a byte that is no text throws away what was begun, with
 * an error, as it does at QEMU. Strings may stand in single quotes. Linear; holds one request, never more than the limit.
 * Tested by lab/gate/monitor/request-reader.test.ts.
 * @qmp General Definitions
 */

/** Where requests go, in the order of the stream. */
export interface RequestSink {
  /** The text of one object or list, from its first bracket to its last. */
  request(text: string): void
  /** Bytes that are no request. `why` is what follows “JSON parse error, ”. */
  broken(why: string): void
  /** A request above the limit: nothing more is read. */
  tooLarge(): void
}

const doubleQuote = 0x22
const hash = 0x23
const singleQuote = 0x27
const slash = 0x2f
const openArray = 0x5b
const backslash = 0x5c
const closeArray = 0x5d
const openObject = 0x7b
const closeObject = 0x7d
const deleteChar = 0x7f

/** A reader of one client. */
export class RequestReader {
  readonly #sink: RequestSink
  readonly #limit: number
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  /** Pieces of the request in hand that came in earlier chunks. */
  #pieces: Uint8Array[] = []
  #held = 0
  #depth = 0
  /** The quote of the string in hand, or 0. */
  #quote = 0
  #isEscaped = false
  /** Inside of something that is neither an object nor a list. */
  #isStray = false
  #isOver = false

  constructor(sink: RequestSink, limit: number) {
    this.#sink = sink
    this.#limit = limit
  }

  /** The next bytes. They are not kept as they are: the caller may use the buffer again. */
  push(chunk: Uint8Array): void {
    /** Where the request in hand begins in this chunk. */
    let from = 0
    for (let at = 0; at < chunk.length && !this.#isOver; at += 1) {
      const byte = chunk[at] ?? 0
      if (this.#quote !== 0) {
        if (byte < 0x20 || byte === 0xff) this.#giveUp('stray control character')
        else if (this.#isEscaped) this.#isEscaped = false
        else if (byte === backslash) this.#isEscaped = true
        else if (byte === this.#quote) this.#quote = 0
      } else if (this.#depth === 0) {
        if (!this.#begin(byte)) continue
        from = at
      } else if (byte === doubleQuote || byte === singleQuote) this.#quote = byte
      else if (byte === openObject || byte === openArray) this.#depth += 1
      else if (byte === closeObject || byte === closeArray) {
        this.#depth -= 1
        if (this.#depth === 0) this.#whole(chunk.subarray(from, at + 1))
      } else if (isStray(byte)) this.#giveUp(`stray '${printable(byte)}'`)
      if (this.#depth > 0 && this.#held + at - from >= this.#limit) {
        this.#isOver = true
        this.#forget()
        this.#sink.tooLarge()
      }
    }
    if (this.#depth === 0) return
    const rest = new Uint8Array(chunk.subarray(from))
    this.#pieces.push(rest)
    this.#held += rest.length
  }

  /** Forget what was begun, as a client of a guest agent wants it with a 0xFF. */
  reset(): void {
    this.#forget()
    this.#isStray = false
  }

  /** A byte between requests. True where it begins one. */
  #begin(byte: number): boolean {
    if (byte === openObject || byte === openArray) {
      this.#isStray = false
      this.#depth = 1
      return true
    }
    const isBlank = byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
    if (isBlank) this.#isStray = false
    else if (!this.#isStray) {
      // One error for a run of it, not one for each byte.
      this.#isStray = true
      this.#sink.broken('expecting value')
    }
    return false
  }

  #giveUp(why: string): void {
    this.#forget()
    this.#sink.broken(why)
  }

  #forget(): void {
    this.#pieces = []
    this.#held = 0
    this.#depth = 0
    this.#quote = 0
    this.#isEscaped = false
  }

  #whole(last: Uint8Array): void {
    const bytes = this.#pieces.length === 0 ? last : Buffer.concat([...this.#pieces, last])
    this.#forget()
    let text: string
    try {
      text = this.#decoder.decode(bytes)
    } catch {
      this.#sink.broken('invalid UTF-8 sequence in string')
      return
    }
    this.#sink.request(text)
  }
}

/** Whether a byte cannot stand outside of a string: comments are no JSON, whatever the parser behind this one takes. */
function isStray(byte: number): boolean {
  if (byte === hash || byte === slash || byte >= deleteChar) return true
  return byte < 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09
}

function printable(byte: number): string {
  return byte > 0x20 && byte < deleteChar ? String.fromCharCode(byte) : '\\uFFFD'
}
