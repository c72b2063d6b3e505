/** One client of a monitor's hub: what it has sent and not been answered, and how far it has negotiated. */
import type { Who } from '../audit/entry.ts'
import type { Rights } from '../rights/rights.ts'
import type { ClientCommand } from './envelope.ts'

/** The connection of a client, as the hub needs it. None of these calls back before it returns. */
export interface ClientPort {
  /** Send. What does not fit ends the client: its `left` is called, later. */
  write(bytes: Uint8Array | string): void
  /** End the connection once what was written has gone. */
  end(): void
  /** Read nothing more, or read again. */
  setReading(on: boolean): void
}

/** Something of a client that waits for its turn. */
export type Waiting =
  | {
      readonly kind: 'command'
      readonly command: ClientCommand
      readonly arrivedAt: number
      readonly bytes: number
    }
  /** An answer of the gate itself, which must not overtake those to what was sent before. */
  | { readonly kind: 'answer'; readonly text: string; readonly bytes: number }

/** What is kept of a client that speaks before it is greeted, in bytes. QEMU would leave it in the socket. */
const mostEarly = 64 * 1024

/** A client. */
export class HubClient {
  readonly who: Who
  readonly port: ClientPort
  /** In the order in which it came. */
  readonly waiting: Waiting[] = []
  waitingBytes = 0
  /** In-band commands of it that QEMU has. */
  inFlight = 0
  /** The greeting was sent. */
  isGreeted = false
  isNegotiated = false
  hasOob = false
  isGone = false
  isReading = true
  /** Harmless or not, commands that were answered, for the status. */
  commands = 0

  /** Reads what the client sends, once it was greeted. */
  read: (bytes: Uint8Array) => void = () => undefined
  #early: Uint8Array[] = []

  constructor(who: Who, port: ClientPort) {
    this.who = who
    this.port = port
  }

  get rights(): Rights {
    return this.who.key
  }

  /** It has said so much before its greeting that no more is read. */
  get isFullEarly(): boolean {
    return this.#early.reduce((bytes, each) => bytes + each.length, 0) >= mostEarly
  }

  receive(bytes: Uint8Array): void {
    if (this.isGreeted) this.read(bytes)
    else this.#early.push(new Uint8Array(bytes))
  }

  /** The greeting was sent: what came before it is read now. */
  greeted(): void {
    this.isGreeted = true
    for (const each of this.#early.splice(0)) this.read(each)
  }

  add(waiting: Waiting): void {
    this.waiting.push(waiting)
    this.waitingBytes += waiting.bytes
  }

  take(): Waiting | undefined {
    const first = this.waiting.shift()
    if (first !== undefined) this.waitingBytes -= first.bytes
    return first
  }
}
