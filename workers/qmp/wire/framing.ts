/** What framing is told in and answers with: the words that the framer (framer.ts) and its parts share. */
import type { JsonObject } from '#base/json/value.ts'
import type { PrintedEvent } from './printed-event.ts'
import type { UnreadMessage } from './unread.ts'

/** What could not be made a message of. `offset` counts bytes of the stream from 0. */
export type FramingProblem =
  /**
   * Bytes that are no JSON object, or one beyond the limits (levels, digits). `excerpt` is their beginning, control
   * characters made visible; `message` is there where they are one message that could not be read.
   */
  | {
      readonly kind: 'garbage'
      readonly excerpt: string
      readonly offset: number
      readonly bytes: number
      readonly why: string
      readonly message?: UnreadMessage
    }
  /** A message above the limit: dropped, and everything up to the next line that begins with `{`. */
  | {
      readonly kind: 'too-large'
      readonly limitBytes: number
      readonly offset: number
      readonly excerpt: string
    }
  /** The stream ended inside a message. */
  | {
      readonly kind: 'truncated'
      readonly offset: number
      readonly bytes: number
      readonly excerpt: string
    }
  /** A 0xFF threw away the beginning of a message, as it is meant to. */
  | {
      readonly kind: 'discarded'
      readonly offset: number
      readonly bytes: number
      readonly excerpt: string
    }

/**
 * The bytes of a message, where they lie in one piece: who keeps texts as bytes need not encode them again. They begin at
 * `bytes[at]`, and stay so during the call only.
 */
export interface SourceBytes {
  readonly bytes: Uint8Array
  readonly at: number
}

/** A message as it was on the wire. It holds during the call only. */
export interface WireMessage {
  /** Its size. */
  readonly bytes: number
  /** The message exactly as it came, without the blanks around it. Each call makes a new string. */
  text(): string
  readonly source: SourceBytes | undefined
}

/** Where messages and problems go, in the order of the stream. */
export interface FramerSink {
  message(value: JsonObject, wire: WireMessage): void
  /**
   * An event, before an object is made of it. Where this says true it has been taken; otherwise it comes as a message.
   */
  event?(event: PrintedEvent, source: SourceBytes): boolean
  problem(problem: FramingProblem): void
}

/** What has been seen of how a server ends its messages. The framer and the scan both read and change it. */
export interface StreamStyle {
  /** Nothing has shown that messages end in a line end: look for complete ones in what has none. */
  eager: boolean
  /** Only blanks since the last message. */
  afterMessage: boolean
  /** A message has been seen, so the style of this stream is one of those that servers have. */
  known: boolean
}
