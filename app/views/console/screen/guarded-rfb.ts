/**
 * noVNC's connection with two guards: the size of the picture is looked at before a canvas of it is made, and why it fails
 * is told instead of written to the console.
 * @adr 0056
 */
import RFB from '@novnc/novnc'
import { isTooLarge } from './picture-size.ts'

/** Who is told. */
interface RfbPorts {
  failed(details: string): void
  resized(width: number, height: number): void
}

/** The picture is larger than this page draws. */
export class TooLargeError extends Error {
  readonly width: number
  readonly height: number

  constructor(width: number, height: number) {
    super(`a picture of ${width} × ${height} pixels`)
    this.width = width
    this.height = height
  }
}

/** A connection by RFB. */
export class GuardedRfb extends RFB {
  readonly #ports: RfbPorts
  #isOver = false

  constructor(target: HTMLElement, channel: object, ports: RfbPorts) {
    // One client that is not shared throws out all others.
    super(target, channel, { shared: true })
    this.#ports = ports
  }

  /** Throws out of the handler of the message, which `VncWire` catches: what follows must not run. */
  protected override _resize(width: number, height: number): void {
    if (isTooLarge(width, height)) throw new TooLargeError(width, height)
    super._resize(width, height)
    this.#ports.resized(width, height)
  }

  override disconnect(): void {
    if (this.#isOver) return
    this.#isOver = true
    // Both at once: waiting for the end of the socket, noVNC writes to the console when that takes 3 s.
    this._updateConnectionState('disconnecting')
    this._updateConnectionState('disconnected')
  }

  protected override _fail(details: string): boolean {
    if (this.#isOver) return false
    this.disconnect()
    this.#ports.failed(details)
    return false
  }
}
