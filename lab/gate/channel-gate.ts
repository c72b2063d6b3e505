/** What the gate of any channel does, whatever is spoken on it. Types only. */
import type { Socket } from 'node:net'
import type { JsonObject } from '#base/json/value.ts'
import type { Who } from './audit/entry.ts'

/** The gate of one channel. */
export interface ChannelGate {
  /** A client has connected. `takes`: it came to take the right to write, where only one has it. */
  join(who: Who, socket: Socket, takes: boolean): void
  /** What there is to be said of who is here; undefined: nothing. */
  status(): JsonObject | undefined
  /** This client of it is the one that writes from now on: of a line. A sentence where that cannot be. */
  give?(client: number): string | undefined
  /** No connections to the machine any more. Those of the clients are ended by whoever listens. */
  close(): void
}
