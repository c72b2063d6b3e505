/**
 * The WebSocket of a screen, as noVNC takes one. It is ours, so that the code and the reason of its end are known, and so
 * that what fails while a message is read ends the connection and is told.
 * Tested by e2e/screen.spec.ts.
 */

/** How a connection ended. */
export interface WireEnd {
  readonly code: number
  /** As the other side says: hostile. */
  readonly reason: string
  readonly wasOpen: boolean
}

/** Who is told. */
interface WirePorts {
  ended(end: WireEnd): void
  /** A message could not be read. */
  broke(error: unknown): void
}

/** One connection. The members in the upper part are those of a WebSocket that noVNC uses. */
export class VncWire {
  binaryType = 'arraybuffer'
  onopen: (() => void) | null = null
  onmessage: ((event: { readonly data: ArrayBuffer }) => void) | null = null
  onclose: ((event: WireEnd) => void) | null = null
  onerror: ((event: Event) => void) | null = null
  readonly #socket: WebSocket
  readonly #ports: WirePorts
  #wasOpen = false
  #isOver = false

  constructor(address: string, ports: WirePorts) {
    this.#ports = ports
    const socket = new WebSocket(address, ['binary'])
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => {
      this.#wasOpen = true
      this.onopen?.()
    }
    socket.onmessage = ({ data }: MessageEvent<unknown>) => this.#take(data)
    socket.onclose = ({ code, reason }) => this.#end({ code, reason, wasOpen: this.#wasOpen })
  }

  get protocol(): string {
    return this.#socket.protocol
  }

  get readyState(): number {
    return this.#socket.readyState
  }

  send(data: ArrayBuffer | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(data)
  }

  close(): void {
    this.#isOver = true
    this.#socket.close(1000)
  }

  #take(data: unknown): void {
    if (this.#isOver) return
    try {
      if (!(data instanceof ArrayBuffer)) throw new TypeError('a text came where bytes belong')
      this.onmessage?.({ data })
    } catch (error) {
      this.#ports.broke(error)
    }
  }

  #end(end: WireEnd): void {
    // First who knows what to say of it, then noVNC, which would call it a failure.
    if (!this.#isOver) this.#ports.ended(end)
    this.#isOver = true
    this.onclose?.(end)
  }
}
