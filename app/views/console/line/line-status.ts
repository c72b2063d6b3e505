/** Reads what a gate tells of a line in the reply of x-gate-status: who writes on it, and which of its clients this page is. Pure. */
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import { own } from '#base/own.ts'

/** Who writes, as this page sees it. `somebody`: perhaps this page, for it has no name there. */
export type LineWriter = 'you' | 'other' | 'somebody' | 'nobody'

/** What is known of a line behind a gate. */
export interface LineStatus {
  readonly writer: LineWriter
  /** The number of this page among the line's clients; undefined: it is not known. */
  readonly you: number | undefined
  /** The number of the client that writes. */
  readonly client: number | undefined
  /** Clients of the line beside this page. */
  readonly others: number
  /** A client may say its name. */
  readonly takesNames: boolean
}

/** Clients that are looked at. */
const mostClients = 1000

/**
 * What the reply says of the line `channel`; undefined: nothing. `name` is the one that this page has said on it, undefined
 * where it has said none. `isWatching`: this page may not write.
 */
export function lineStatusOf(
  reply: Json,
  channel: string,
  name: string | undefined,
  isWatching: boolean,
): LineStatus | undefined {
  if (!isJsonObject(reply)) return undefined
  const { lines } = reply
  const line = lines === undefined || !isJsonObject(lines) ? undefined : own(lines, channel)
  if (line === undefined || !isJsonObject(line)) return undefined
  const listed = Array.isArray(line.clients) ? (line.clients as readonly Json[]) : []
  const clients = listed.slice(0, mostClients).filter(isJsonObject)
  const found = name === undefined ? undefined : clients.find((each) => each.name === name)
  const [you, client] = [numberOf(found?.client), numberOf(line.writer)]
  return {
    writer: writerOf(client, you, isWatching),
    ...{ you, client },
    others: Math.max(0, clients.length - 1),
    takesNames: line.names === true,
  }
}

function writerOf(client: number | undefined, you: number | undefined, isWatching: boolean): LineWriter {
  if (client === undefined) return 'nobody'
  if (client === you) return 'you'
  return you !== undefined || isWatching ? 'other' : 'somebody'
}

function numberOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined
}
