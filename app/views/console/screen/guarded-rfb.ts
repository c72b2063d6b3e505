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
  /** An update of the picture is whole. */
  framed?(): void
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
  /** Keys that the guest believes to be pressed: code and keysym by both. */
  readonly #down = new Map<string, readonly [code: string, keysym: number]>()
  /** Where the pointer was last, and the buttons that it holds, as bits. */
  #pointer = { x: 0, y: 0, buttons: 0 }

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

  protected override _framebufferUpdate(): boolean {
    const isWhole = super._framebufferUpdate()
    if (isWhole) this.#ports.framed?.()
    return isWhole
  }

  override sendKey(keysym: number, code: string, down: boolean): void {
    super.sendKey(keysym, code, down)
    const key = `${code} ${keysym}`
    if (!down) this.#down.delete(key)
    else if (!this.viewOnly) this.#down.set(key, [code, keysym])
  }

  protected override _sendMouse(x: number, y: number, buttons: number): void {
    super._sendMouse(x, y, buttons)
    if (!this.viewOnly) this.#pointer = { x, y, buttons }
  }

  /** Let nothing out, or let it out again. What is held is released before: nobody could do it later. */
  setLocked(isLocked: boolean): void {
    if (isLocked === this.viewOnly) return
    if (isLocked) {
      for (const [code, keysym] of [...this.#down.values()]) this.sendKey(keysym, code, false)
      const { x, y, buttons } = this.#pointer
      if (buttons !== 0) this._sendMouse(x, y, 0)
    }
    this.viewOnly = isLocked
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
