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

/**
 * The bytes of a text that is ASCII: `bytes[at..at + text.length)`. They are copied, up to `to` at once: other texts
 * lie there, each of which comes with this same object when its turn has come. Another object is another piece.
 */
export interface TextBytes {
  readonly bytes: Uint8Array
  readonly at: number
  readonly to: number
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
  /** A segment that was given back: the next one need not be asked of the system, which costs more than to fill it. */
  let spare: Uint8Array | undefined
  /** The piece that was copied last as far as `pieceTo`, and what is to be added to a place in it. */
  let piece: TextBytes | undefined
  let pieceTo = 0
  let pieceShift = 0

  function open(size: number): Segment {
    const segment: Segment = { bytes: newBytes(size), used: 0, live: 0 }
    piece = undefined
    last = segment
    segments.push(segment)
    heldBytes += size
    dropEmpty()
    return segment
  }

  function newBytes(size: number): Uint8Array {
    if (spare === undefined || size !== segmentBytes) return new Uint8Array(size)
    const bytes = spare
    spare = undefined
    heldBytes -= segmentBytes
    return bytes
  }

  /** Whatever holds no text any more goes, but the last, which is being filled. */
  function dropEmpty(): void {
    while (segments.length > 1 && segments[0]?.live === 0) {
      const { bytes } = segments[0]
      if (spare === undefined && bytes.length === segmentBytes) spare = bytes
      else heldBytes -= bytes.length
      segments.shift()
      firstNumber += 1
    }
  }

  /** Put a text into the free end of a segment. Returns its offset there, or -1 when it does not fit. */
  function put(text: string, segment: Segment, source: TextBytes | undefined): number {
    const { bytes, used } = segment
    const room = bytes.length - used
    // A full segment takes not even an empty text: its position would be that of the next segment.
    if (room === 0 || room < text.length) return -1
    if (source !== undefined) {
      const { at } = source
      pieceTo = Math.min(Math.max(source.to, at + text.length), at + room)
      pieceShift = used - at
      piece = source
      bytes.set(source.bytes.subarray(at, pieceTo), used)
      segment.used += pieceTo - at
      lastLength = text.length
    } else {
      const { read, written } = encoder.encodeInto(text, bytes.subarray(used))
      if (read < text.length) return -1
      segment.used += written
      lastLength = written
    }
    segment.live += 1
    return used
  }

  /** The position of an offset in the last segment. */
  function positionOf(offset: number): SlabPosition {
    return (firstNumber + segments.length - 1) * segmentBytes + offset
  }

  return {
    append(text, source) {
      if (last !== undefined) {
        if (source !== undefined && source === piece && source.at + text.length <= pieceTo) {
          last.live += 1
          lastLength = text.length
          return positionOf(source.at + pieceShift)
        }
        const offset = put(text, last, source)
        if (offset >= 0) return positionOf(offset)
      }
      const grown = Math.min(segmentBytes, Math.max(firstBytes, heldBytes))
      const offset = put(text, open(grown), source)
      if (offset >= 0) return positionOf(offset)
      // Larger than a segment of that size: exactly as much as it takes.
      segments.pop()
      heldBytes -= grown
      const bytes = encoder.encode(text)
      open(0)
      heldBytes += bytes.length
      segments[segments.length - 1] = last = { bytes, used: bytes.length, live: 1 }
      lastLength = bytes.length
      return positionOf(0)
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
      piece = undefined
      spare = undefined
      heldBytes = 0
    },
  }
}
