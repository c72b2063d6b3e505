/**
 * The client's side of RFB (VNC), cut into messages, of which those go on that change nothing: what is asked about the
 * picture. Keys, pointer, texts, sizes and power are left out. Whatever is not known ends the connection: a length that is
 * guessed would let the rest through unread. The server hears whole messages only.
 * Specification: RFC 6143, section 7; the extensions as noVNC sends them and QEMU reads them.
 * Tested by lab/gate/screen/rfb-client.test.ts.
 */

/** What comes of bytes of a client. */
export interface RfbSink {
  /** On to the server. */
  pass(bytes: Uint8Array): void
  /** One message that does not go on. */
  leftOut(what: string): void
  /** The connection is of no use: a sentence. */
  refuse(why: string): void
}

const versionBytes = 12
const vncAuthBytes = 16
/** Encodings of one list; noVNC names some 25. */
const mostEncodings = 1024

/** How long a message is, of its first bytes; undefined: more of them are needed to tell. */
type Length = number | undefined

interface MessageKind {
  readonly what: string
  readonly passes: boolean
  length(bytes: Buffer): Length
}

const fixed = (what: string, passes: boolean, length: number): MessageKind => ({
  what,
  passes,
  length: () => length,
})

/** By type. */
const kinds: ReadonlyMap<number, MessageKind> = new Map([
  [0, fixed('pixel format', true, 20)],
  [2, { what: 'encodings', passes: true, length: (bytes) => at(bytes, 2, 2, (count) => 4 + 4 * count) }],
  [3, fixed('update request', true, 10)],
  [4, fixed('key', false, 8)],
  // With a bit for more buttons it is one byte longer, where the server has offered that.
  [
    5,
    { what: 'pointer', passes: false, length: (bytes) => at(bytes, 1, 1, (mask) => (mask & 0x80 ? 7 : 6)) },
  ],
  // A negative length marks the extended form; its amount counts.
  [
    6,
    { what: 'text', passes: false, length: (bytes) => at(bytes, 4, 4, (length) => 8 + Math.abs(length | 0)) },
  ],
  [150, fixed('continuous updates', true, 10)],
  [248, { what: 'fence', passes: true, length: (bytes) => at(bytes, 8, 1, (length) => 9 + length) }],
  [250, fixed('power', false, 4)],
  [251, { what: 'size', passes: false, length: (bytes) => at(bytes, 6, 1, (screens) => 8 + 16 * screens) }],
  [255, { what: 'extended key', passes: false, length: (bytes) => at(bytes, 1, 1, qemuLength) }],
])

function at(bytes: Buffer, place: number, size: 1 | 2 | 4, then: (value: number) => number): Length {
  return bytes.length < place + size ? undefined : then(bytes.readUIntBE(place, size))
}

/** QEMU's own messages: a key with its scan code. Of the others (sound) none is known here. */
function qemuLength(kind: number): number {
  return kind === 0 ? 12 : Number.NaN
}

/** Reads what one client sends. */
export class RfbClient {
  readonly #sink: RfbSink
  #step: 'version' | 'security' | 'auth' | 'init' | 'messages' | 'over' = 'version'
  #held: Buffer = Buffer.alloc(0)
  /** Bytes of a message that is left out, which are still to come. */
  #skip = 0

  constructor(sink: RfbSink) {
    this.#sink = sink
  }

  push(bytes: Uint8Array): void {
    let rest = Buffer.from(bytes)
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, rest.length)
      this.#skip -= skipped
      rest = rest.subarray(skipped)
    }
    this.#held = this.#held.length === 0 ? rest : Buffer.concat([this.#held, rest])
    while (this.#step !== 'over' && this.#held.length > 0 && this.#one()) continue
    // A view of a chunk would keep all of it.
    this.#held = Buffer.from(this.#held)
  }

  /** Deal with what stands first. False: there is not enough of it. */
  #one(): boolean {
    switch (this.#step) {
      case 'version':
        return this.#handshake(versionBytes, (version) => {
          if (/^RFB 003\.00[78]\n$/.test(version.toString('latin1'))) this.#step = 'security'
          else this.#refuse('it speaks a version of RFB that is not known here')
        })
      case 'security':
        return this.#handshake(1, ([kind]) => {
          // None, and a password. Others encrypt what follows, which then cannot be looked at.
          if (kind === 1) this.#step = 'init'
          else if (kind === 2) this.#step = 'auth'
          else this.#refuse('watching a screen needs security type None or VNC password')
        })
      case 'auth':
        return this.#handshake(vncAuthBytes, () => (this.#step = 'init'))
      case 'init':
        if (this.#held.length < 1) return false
        // Shared, whatever it wants: another would be thrown out.
        this.#held = this.#held.subarray(1)
        this.#step = 'messages'
        this.#sink.pass(Uint8Array.of(1))
        return true
      default:
        return this.#message()
    }
  }

  #handshake(length: number, then: (bytes: Buffer) => void): boolean {
    if (this.#held.length < length) return false
    const bytes = this.#held.subarray(0, length)
    this.#held = this.#held.subarray(length)
    then(bytes)
    if (!this.#isOver()) this.#sink.pass(bytes)
    return true
  }

  #message(): boolean {
    const [type = 0] = this.#held
    const kind = kinds.get(type)
    if (kind === undefined) {
      this.#refuse(`a message of type ${type} is not known here`)
      return false
    }
    const length = kind.length(this.#held)
    if (length === undefined) return false
    if (Number.isNaN(length) || (kind.passes && length > 4 + 4 * mostEncodings)) {
      this.#refuse(`a message of type ${type} has a form that is not known here`)
      return false
    }
    if (kind.passes) {
      if (this.#held.length < length) return false
      this.#sink.pass(this.#held.subarray(0, length))
    } else {
      // A text can be large: it is not collected.
      this.#skip = Math.max(0, length - this.#held.length)
      this.#sink.leftOut(kind.what)
    }
    this.#held = this.#held.subarray(Math.min(length, this.#held.length))
    return true
  }

  #isOver(): boolean {
    return this.#step === 'over'
  }

  #refuse(why: string): void {
    this.#step = 'over'
    this.#held = Buffer.alloc(0)
    this.#sink.refuse(why)
  }
}
