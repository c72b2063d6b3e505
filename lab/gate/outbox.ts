/**
 * What goes out to one client: bounded. A client that does not read is dropped, so that it costs neither memory nor the
 * others' time.
 * Tested by lab/gate/gate.real.test.ts.
 */
import type { Socket } from 'node:net'

/** Bytes that wait for a client at most, beside the message that is being sent. */
const mostWaiting = 16 * 1024 * 1024
/** With more than this waiting, a client is behind. */
const behindBytes = 1024 * 1024
/** What is collected is sent before something larger than this, in bytes, so that it does not count against that. */
const mostCollected = 64 * 1024
/** A client that is behind and takes nothing for this many milliseconds is dropped. */
const stallMs = 30_000

/** The outgoing side of a client's connection. */
export class Outbox {
  readonly #socket: Socket
  readonly #drop: (why: string) => void
  /** Read the client again, for who had stopped that. */
  resume: () => void = () => undefined
  #written = 0
  #stall: NodeJS.Timeout | undefined
  #isOver = false
  #isCollecting = false

  /** `drop` is called at most once; the connection is destroyed already. `drained`: it has taken all that waited. */
  constructor(socket: Socket, drop: (why: string) => void, drained: () => void = () => undefined) {
    this.#socket = socket
    this.#drop = drop
    socket.on('drain', drained)
    socket.once('close', () => {
      this.#isOver = true
      clearTimeout(this.#stall)
    })
  }

  /** Bytes that the client has not taken. */
  get waiting(): number {
    return this.#socket.writableLength
  }

  /** It takes less than there is for it. */
  get isBehind(): boolean {
    return this.waiting > behindBytes
  }

  /** Send nothing before `release`, which sends all at once. */
  collect(): void {
    this.#isCollecting = true
    this.#socket.cork()
  }

  release(): void {
    if (!this.#isCollecting) return
    this.#isCollecting = false
    this.#socket.uncork()
    if (this.isBehind && !this.#isOver) this.#watch()
  }

  write(bytes: Uint8Array | string): void {
    if (this.#isOver || this.#socket.writableEnded) return
    if (this.#isCollecting && bytes.length > mostCollected) this.release()
    if (this.waiting > 0 && this.waiting + bytes.length > mostWaiting) {
      this.#end(`it did not read: ${this.waiting} bytes waited for it`)
      return
    }
    this.#socket.write(bytes)
    if (this.isBehind) this.#watch()
  }

  end(): void {
    if (!this.#isOver) this.#socket.end()
  }

  #watch(): void {
    if (this.#stall !== undefined) return
    this.#written = this.#taken()
    this.#stall = setTimeout(() => {
      this.#stall = undefined
      if (!this.isBehind) return
      if (this.#taken() === this.#written) this.#end(`it read nothing for ${stallMs / 1000} s`)
      else this.#watch()
    }, stallMs)
    this.#stall.unref()
  }

  #taken(): number {
    return this.#socket.bytesWritten - this.waiting
  }

  #end(why: string): void {
    this.#isOver = true
    clearTimeout(this.#stall)
    this.#socket.destroy()
    this.#drop(why)
  }
}
