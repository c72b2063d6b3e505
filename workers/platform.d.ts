/**
 * The platform calls that pure code may make. The pure floors compile without `dom` and `webworker`, so a
 * platform call that is not named here does not compile: adding one is a decision, taken in review.
 */

/** A file on its way from the page to a worker, which reads it; pure code only hands it on. */
interface Blob {
  readonly size: number
}

/** A way between page and worker; pure code only hands it on. */
interface MessagePort {
  postMessage(message: unknown): void
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
  decode(input?: Uint8Array, options?: { stream?: boolean }): string
}

declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>
  encodeInto(source: string, destination: Uint8Array): { read: number; written: number }
}

/** Browsers have `subtle` only where a page is safe from others on the way: by HTTPS, and from this host. */
declare const crypto: {
  readonly subtle?: { digest(name: 'SHA-256', data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> }
}
