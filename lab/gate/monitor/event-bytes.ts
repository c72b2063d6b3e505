/**
 * Events on their way from the machine to all clients: the bytes as they came, in pieces as large as they came, so that a
 * flood is passed on without making anything of it.
 */
import type { SourceBytes } from '#qmp/wire/framing.ts'

const newline = 0x0a
/** The length of `{"timestamp": `. */
const beginning = 14

/** The end of the whole lines at a place that begin as QEMU begins events; that place itself where there is none. */
export function endOfEvents(bytes: Uint8Array, from: number): number {
  let end = from
  while (beginsAsEvent(bytes, end)) {
    const at = bytes.indexOf(newline, end + beginning)
    if (at < 0) break
    end = at + 1
  }
  return end
}

/** Written out, and not a loop over `beginning`: a flood has hundreds of thousands of these. */
function beginsAsEvent(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at] === 0x7b && // {"timestamp": as bytes
    bytes[at + 1] === 0x22 &&
    bytes[at + 2] === 0x74 &&
    bytes[at + 3] === 0x69 &&
    bytes[at + 4] === 0x6d &&
    bytes[at + 5] === 0x65 &&
    bytes[at + 6] === 0x73 &&
    bytes[at + 7] === 0x74 &&
    bytes[at + 8] === 0x61 &&
    bytes[at + 9] === 0x6d &&
    bytes[at + 10] === 0x70 &&
    bytes[at + 11] === 0x22 &&
    bytes[at + 12] === 0x3a &&
    bytes[at + 13] === 0x20
  )
}

/** Collects the bytes of events that follow each other in one chunk. */
export class EventBytes {
  readonly #send: (bytes: Uint8Array) => void
  #chunk: Uint8Array | undefined
  #from = 0
  #to = 0

  constructor(send: (bytes: Uint8Array) => void) {
    this.#send = send
  }

  /** This chunk is read from now on. */
  begin(chunk: Uint8Array): void {
    this.#chunk = chunk
  }

  /** An event in these bytes. */
  add(source: SourceBytes, length: number): void {
    const { bytes, at } = source
    const end = at + length
    const whole = bytes[end] === newline ? end + 1 : end + 2
    const chunk = this.#chunk
    if (chunk === undefined || bytes.buffer !== chunk.buffer) {
      // In the framer's own buffer, which it uses again.
      this.flush()
      this.#send(bytes.slice(at, whole))
      return
    }
    const from = bytes.byteOffset - chunk.byteOffset + at
    if (this.#to > this.#from && this.#to !== from) this.flush()
    if (this.#to === this.#from) this.#from = from
    this.#to = from + whole - at
  }

  /** Send what was collected: before anything else is sent, and at the end of each chunk. */
  flush(): void {
    const { length } = this
    if (length > 0 && this.#chunk !== undefined) this.#send(this.#chunk.subarray(this.#from, this.#to))
    this.#from = 0
    this.#to = 0
  }

  /** Bytes that wait to be sent. */
  get length(): number {
    return this.#to - this.#from
  }
}
