/**
 * Bytes of a stream that are no whole message yet, in one growing buffer.
 * @adr 0002
 */

/** A buffer that grew beyond this, in bytes, is given back after its message. */
export const keptBufferBytes = 1024 * 1024
/** The first buffer, in bytes: most messages fit. */
const firstBufferBytes = 4096
/** What a problem shows of its bytes. */
const excerptBytes = 48
/** What the buffer has beyond the largest message, in bytes: a chunk may go on after the limit is passed. */
const beyondLimitBytes = 65_536

const newline = 0x0a
const carriageReturn = 0x0d

/** Held: `bytes[0..length)`, which begin at `offset` in the stream. */
export class HeldBytes {
  readonly #limit: number
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  bytes: Uint8Array = new Uint8Array(0)
  length = 0
  offset = 0
  /** Bytes copied so far, for tests that the work stays linear. */
  copied = 0

  /** `limit`: the largest message, in bytes. */
  constructor(limit: number) {
    this.#limit = limit
  }

  add(more: Uint8Array): void {
    const needed = this.length + more.length
    if (needed > this.bytes.length) this.#grow(needed)
    this.bytes.set(more, this.length)
    this.copied += more.length
    this.length = needed
  }

  #grow(needed: number): void {
    const { length } = this.bytes
    // A large one grows in larger steps: bytes that are not written to take no memory, copied bytes take it twice.
    const more = length < keptBufferBytes ? length * 2 : length * 4
    const grown = new Uint8Array(
      Math.max(needed, Math.min(more, this.#limit + beyondLimitBytes), firstBufferBytes),
    )
    grown.set(this.bytes.subarray(0, this.length))
    this.copied += this.length
    this.bytes = grown
  }

  /** Hold nothing. */
  drop(): void {
    this.offset += this.length
    this.length = 0
    if (this.bytes.length > keptBufferBytes) this.bytes = new Uint8Array(0)
  }

  /** Hold what begins at `from`, and that at 0. */
  dropBefore(from: number): void {
    if (from === 0) return
    this.bytes.copyWithin(0, from, this.length)
    this.copied += this.length - from
    this.length -= from
    this.offset += from
  }

  /**
   * The text of the line that is held, `to` bytes long without its end, its bytes given back: before the value is made,
   * for text and value are large enough. Undefined where it is not ASCII, so that the bytes could not be had again.
   */
  takeLine(to: number): string | undefined {
    const text = this.#decoder.decode(this.bytes.subarray(0, to))
    if (text.length !== to) return undefined
    this.bytes = new Uint8Array(0)
    return text
  }

  /** Hold a line again that was taken. */
  putBack(line: string): void {
    this.bytes = new Uint8Array(this.length)
    new TextEncoder().encodeInto(line, this.bytes)
    this.bytes.set(line.length === this.length - 2 ? [carriageReturn, newline] : [newline], line.length)
  }

  /** The first held bytes between two places, on one line: each that is no printable character as \xNN. */
  excerpt(from: number, to: number): string {
    const text = this.#decoder.decode(this.bytes.subarray(from, Math.min(to, from + excerptBytes)))
    const visible = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/g, (char) => {
      return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`
    })
    return to - from > excerptBytes ? `${visible}…` : visible
  }
}
