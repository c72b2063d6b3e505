/**
 * Texts as UTF-8 bytes in large segments, oldest first: no string and no object for each text. A segment is given
 * back when its last text is released. A text never lies across two segments; a large one has a segment of its own.
 */

/** Where a text is: the number of its segment times `segmentBytes`, plus the offset in the segment. */
export type SlabPosition = number

/** The bytes of some texts. `bytes` is a segment, of which the text is a part. */
export interface SlabPlace {
  readonly bytes: Uint8Array
  readonly offset: number
}

/** The bytes of a text that is ASCII: `bytes[at..at + text.length)`. They are copied. */
export interface TextBytes {
  readonly bytes: Uint8Array
  readonly at: number
}

/** A slab. */
export interface Slab {
  /** Store a text; `lastLength` is its size in bytes then. A copy of its bytes costs a fraction of encoding it. */
  append(text: string, source?: TextBytes): SlabPosition
  readonly lastLength: number
  /** The text of `length` bytes at a position that `append` gave. */
  read(position: SlabPosition, length: number): string
  /** The bytes at a position. Positions in one segment have the same `bytes`. */
  place(position: SlabPosition): SlabPlace
  /** Give one text back. Texts are released in the order in which they came. */
  release(position: SlabPosition): void
  /** Bytes of all segments, used or not. */
  readonly heldBytes: number
  clear(): void
}

/** The first segments are small: most machines say little. */
const firstBytes = 64 * 1024

interface Segment {
  readonly bytes: Uint8Array
  used: number
  /** Texts in it that are not released. */
  live: number
}

/** Make an empty slab. `segmentBytes` is the size of a full-grown segment. */
export function createSlab(segmentBytes: number = 4 * 1024 * 1024): Slab {
  const encoder = new TextEncoder()
  // A byte order mark at the beginning of a text belongs to it.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let segments: Segment[] = []
  /** The number of `segments[0]`. */
  let firstNumber = 0
  let last: Segment | undefined
  let lastLength = 0
  let heldBytes = 0

  function open(size: number): Segment {
    const segment: Segment = { bytes: new Uint8Array(size), used: 0, live: 0 }
    last = segment
    segments.push(segment)
    heldBytes += size
    dropEmpty()
    return segment
  }

  /** Whatever holds no text any more goes, but the last, which is being filled. */
  function dropEmpty(): void {
    while (segments.length > 1 && segments[0]?.live === 0) {
      heldBytes -= segments[0].bytes.length
      segments.shift()
      firstNumber += 1
    }
  }

  /** Encode into the free end of a segment; false when it does not fit. */
  function put(text: string, segment: Segment, source: TextBytes | undefined): boolean {
    const room = segment.bytes.length - segment.used
    // A full segment takes not even an empty text: its position would be that of the next segment.
    if (room === 0 || room < text.length) return false
    if (source !== undefined) {
      segment.bytes.set(source.bytes.subarray(source.at, source.at + text.length), segment.used)
      segment.used += text.length
      segment.live += 1
      lastLength = text.length
      return true
    }
    const { read, written } = encoder.encodeInto(text, segment.bytes.subarray(segment.used))
    if (read < text.length) return false
    segment.used += written
    segment.live += 1
    lastLength = written
    return true
  }

  return {
    append(text, source) {
      let segment = last
      let offset = segment?.used ?? 0
      if (segment === undefined || !put(text, segment, source)) {
        offset = 0
        const grown = Math.min(segmentBytes, Math.max(firstBytes, heldBytes))
        segment = open(grown)
        if (!put(text, segment, source)) {
          // Larger than a segment of that size: exactly as much as it takes.
          segments.pop()
          heldBytes -= grown
          const bytes = encoder.encode(text)
          open(0)
          heldBytes += bytes.length
          segments[segments.length - 1] = last = { bytes, used: bytes.length, live: 1 }
          lastLength = bytes.length
        }
      }
      return (firstNumber + segments.length - 1) * segmentBytes + offset
    },
    get lastLength() {
      return lastLength
    },
    read(position, length) {
      const { bytes, offset } = this.place(position)
      return decoder.decode(bytes.subarray(offset, offset + length))
    },
    place(position) {
      const number = Math.floor(position / segmentBytes)
      const segment = segments[number - firstNumber]
      if (segment === undefined) throw new Error(`no text at ${position}: it has been released`)
      return { bytes: segment.bytes, offset: position - number * segmentBytes }
    },
    release(position) {
      const segment = segments[Math.floor(position / segmentBytes) - firstNumber]
      if (segment === undefined) throw new Error(`no text at ${position}: it has been released`)
      segment.live -= 1
      if (segment.live === 0) dropEmpty()
    },
    get heldBytes() {
      return heldBytes
    },
    clear() {
      firstNumber += segments.length
      segments = []
      last = undefined
      heldBytes = 0
    },
  }
}
