/**
 * Texts as UTF-8 bytes in large segments, oldest first: no string and no object for each text. A segment is given
 * back when its last text is released. A text never lies across two segments; a large one has a segment of its own.
 * Tested by workers/store/store.test.ts.
 * @adr 0018
 */

/** Where a text is: the number of its segment times `segmentBytes`, plus the offset in the segment. */
export type SlabPosition = number

/** The bytes of some texts. `bytes` is a segment, of which the text is a part. */
export interface SlabPlace {
  readonly bytes: Uint8Array
  readonly offset: number
}

/** The bytes of a text: from `bytes[at]` on. They are copied. */
export interface TextBytes {
  readonly bytes: Uint8Array
  readonly at: number
}

/** The first segments are small: most machines say little. */
const firstBytes = 64 * 1024
/** The size of a full-grown segment. Larger: more memory that is not used yet. Smaller: more segments to make. */
const grownBytes = 4 * 1024 * 1024

interface Segment {
  readonly bytes: Uint8Array
  used: number
  /** Texts in it that are not released. */
  live: number
}

const encoder = new TextEncoder()
// A byte order mark at the beginning of a text belongs to it.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The texts of one record. */
export class Slab {
  readonly #segmentBytes: number
  #segments: Segment[] = []
  /** The number of `#segments[0]`. */
  #firstNumber = 0
  /** The segment that is being filled. */
  #last: Segment | undefined
  #lastLength = 0
  #heldBytes = 0
  /** A released segment, used as the next one: new memory costs more than filling it. */
  #spare: Uint8Array | undefined

  constructor(segmentBytes: number = grownBytes) {
    this.#segmentBytes = segmentBytes
  }

  /** Bytes of all segments, used or not. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** The size in bytes of the text that was stored last. */
  get lastLength(): number {
    return this.#lastLength
  }

  /** Store a text. */
  append(text: string): SlabPosition {
    let offset = this.#last === undefined ? -1 : this.#put(text, this.#last)
    if (offset < 0) offset = this.#put(text, this.#open())
    return offset >= 0 ? this.#positionOf(offset) : this.#putAlone(encoder.encode(text))
  }

  /** Store a text of `length` bytes that exist already, which costs a fraction of that. */
  appendBytes({ bytes, at }: TextBytes, length: number): SlabPosition {
    const text = bytes.subarray(at, at + length)
    let segment = this.#last
    if (segment === undefined || !hasRoom(segment, length)) segment = this.#open()
    if (!hasRoom(segment, length)) return this.#putAlone(text.slice())
    const { used } = segment
    segment.bytes.set(text, used)
    this.#count(segment, length)
    return this.#positionOf(used)
  }

  /** The text of `length` bytes at a position that `append` or `appendBytes` gave. */
  read(position: SlabPosition, length: number): string {
    const { bytes, offset } = this.place(position)
    return decoder.decode(bytes.subarray(offset, offset + length))
  }

  /** The bytes at a position. Positions in one segment have the same `bytes`. */
  place(position: SlabPosition): SlabPlace {
    const number = Math.floor(position / this.#segmentBytes)
    return { bytes: this.#segment(number, position).bytes, offset: position - number * this.#segmentBytes }
  }

  /** Give one text back. Texts are released in the order in which they came. */
  release(position: SlabPosition): void {
    const segment = this.#segment(Math.floor(position / this.#segmentBytes), position)
    segment.live -= 1
    if (segment.live === 0) this.#dropEmpty()
  }

  clear(): void {
    this.#firstNumber += this.#segments.length
    this.#segments = []
    this.#last = undefined
    this.#spare = undefined
    this.#heldBytes = 0
  }

  #segment(number: number, position: SlabPosition): Segment {
    const segment = this.#segments[number - this.#firstNumber]
    if (segment === undefined) throw new Error(`no text at ${position}: it has been released`)
    return segment
  }

  /** The position of an offset in the last segment. */
  #positionOf(offset: number): SlabPosition {
    return (this.#firstNumber + this.#segments.length - 1) * this.#segmentBytes + offset
  }

  /** Put a text into the free end of a segment. Returns its offset there, or -1 when it does not fit. */
  #put(text: string, segment: Segment): number {
    const { bytes, used } = segment
    if (!hasRoom(segment, text.length)) return -1
    const { read, written } = encoder.encodeInto(text, bytes.subarray(used))
    if (read < text.length) return -1
    this.#count(segment, written)
    return used
  }

  #count(segment: Segment, length: number): void {
    segment.used += length
    segment.live += 1
    this.#lastLength = length
  }

  /** Replace the unused last segment, which is too small, by one that is this text alone. */
  #putAlone(bytes: Uint8Array): SlabPosition {
    this.#heldBytes += bytes.length - (this.#segments.pop()?.bytes.length ?? 0)
    this.#last = { bytes, used: bytes.length, live: 1 }
    this.#segments.push(this.#last)
    this.#lastLength = bytes.length
    return this.#positionOf(0)
  }

  /** Open the next segment. */
  #open(): Segment {
    const size = Math.min(this.#segmentBytes, Math.max(firstBytes, this.#heldBytes))
    const segment: Segment = { bytes: this.#newBytes(size), used: 0, live: 0 }
    this.#last = segment
    this.#segments.push(segment)
    this.#heldBytes += size
    this.#dropEmpty()
    return segment
  }

  #newBytes(size: number): Uint8Array {
    if (this.#spare === undefined || size !== this.#segmentBytes) return new Uint8Array(size)
    const bytes = this.#spare
    this.#spare = undefined
    this.#heldBytes -= size
    return bytes
  }

  /** Release segments without texts, except the last one, which is being filled. */
  #dropEmpty(): void {
    while (this.#segments.length > 1 && this.#segments[0]?.live === 0) {
      const { bytes } = this.#segments[0]
      if (this.#spare === undefined && bytes.length === this.#segmentBytes) this.#spare = bytes
      else this.#heldBytes -= bytes.length
      this.#segments.shift()
      this.#firstNumber += 1
    }
  }
}

/** A full segment takes not even an empty text: its position would be that of the next segment. */
function hasRoom({ bytes, used }: Segment, length: number): boolean {
  return used < bytes.length && bytes.length - used >= length
}
