/** What is used of @novnc/novnc 1.7.0, which has no declarations of its own. The members in the lower part are private there. */
declare module '@novnc/novnc' {
  /** A connection by RFB, drawn on a canvas of its own in `target`. */
  export default class RFB extends EventTarget {
    constructor(target: HTMLElement, channel: object, options?: { readonly shared?: boolean })

    /** No key, pointer, text or size goes out. */
    viewOnly: boolean
    scaleViewport: boolean
    resizeSession: boolean
    background: string

    disconnect(): void
    focus(options?: FocusOptions): void
    sendCredentials(credentials: { readonly username?: string; readonly password?: string }): void
    /** `keysym` of X11; `code` as of KeyboardEvent. */
    sendKey(keysym: number, code: string, down: boolean): void
    clipboardPasteFrom(text: string): void
    toBlob(callback: (blob: Blob | null) => void, type?: string): void

    /** The connection fails. `details` says why, for developers. */
    protected _fail(details: string): boolean
    /** The server says how large the picture is, in pixels. */
    protected _resize(width: number, height: number): void
    /** `buttons`: those that are held, as bits. */
    protected _sendMouse(x: number, y: number, buttons: number): void
    /** A message with a part of the picture. True when all of it was read. */
    protected _framebufferUpdate(): boolean
    protected _updateConnectionState(state: 'disconnecting' | 'disconnected'): void
  }
}
