/** What the gate puts on record: who did what, and what came of it. The time is added where it is written. */
import type { JsonObject } from '#base/json/value.ts'
import type { Rights } from '../rights/rights.ts'

/** A client, as it is named on record. */
export interface Who {
  /** `lab1.qmp`. */
  readonly channel: string
  /** The label of its key. */
  readonly key: Rights
  /** Its number at this gate: from 1, never used twice. */
  readonly client: number
  /** What is known of the other end of its connection: a program, an address; undefined where nothing is. */
  readonly peer?: string | undefined
}

/** What came of a command. */
export type CommandEnd =
  | { readonly outcome: 'returned' }
  | { readonly outcome: 'failed'; readonly class: string; readonly desc: string }
  /** The gate refused it: nothing was sent. */
  | { readonly outcome: 'refused'; readonly desc: string }
  /** It certainly did not run. */
  | { readonly outcome: 'not sent'; readonly desc: string }
  /** It may have run: the connection to the machine ended before the answer came. */
  | { readonly outcome: 'unknown'; readonly desc: string }

/** One thing on record. */
export type GateEntry =
  | { readonly did: 'connected' | 'left'; readonly who: Who }
  /** The gate ended its connection. */
  | { readonly did: 'dropped'; readonly who: Who; readonly why: string }
  | {
      readonly did: 'command'
      readonly who: Who
      readonly command: string
      readonly arguments: JsonObject | undefined
      readonly end: CommandEnd
      /** From its arrival to its end. */
      readonly ms: number
      /** The client had gone when the answer came. */
      readonly gone: boolean
    }
  /** The right to write on a line; `from` is the client that had it. */
  | { readonly did: 'took the line'; readonly who: Who; readonly from: number | undefined }
  /** Bytes or messages of a client that has no right to send them: dropped, and counted when it leaves. */
  | { readonly did: 'was not let write'; readonly who: Who; readonly what: string; readonly count: number }

/** Where entries go. */
export type RecordEntry = (entry: GateEntry) => void
