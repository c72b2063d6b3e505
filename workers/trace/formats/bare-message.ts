/**
 * The kind of one bare message of a recording, told by its members where its direction is unknown.
 * Tested by workers/trace/formats/assemble.test.ts.
 */
import { objectIn } from '#base/json/members.ts'
import type { EventRow } from '#record/row.ts'
import type { QemuVersion, QmpError } from '#qmp/message.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseInput, parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { readVersion } from './transcript-values.ts'

/** One message, or a text in its place. */
export interface BareMessage {
  /** Milliseconds since the epoch, where the recording says so. */
  readonly at: number | undefined
  /** Undefined where the recording does not say: then the members tell. */
  readonly direction: 'sent' | 'received' | undefined
  /** One message, without the blanks around it; or a text that is none. */
  readonly text: string
  /** The recording says that a connection begins here. */
  readonly begins?: boolean
}

/**
 * One message, before its time and its command are known. Its value is not kept: holding the values of all messages
 * would cost most of the time. `key` stands for its id.
 */
export type Read =
  | {
      readonly kind: 'command'
      readonly name: string
      readonly oob: boolean
      readonly key: string | undefined
    }
  /** `isServers`: it was sent, as the recording says, and has the form of what a server says. */
  | { readonly kind: 'raw'; readonly isServers?: boolean }
  | { readonly kind: 'greeting'; readonly version: QemuVersion | undefined }
  | { readonly kind: 'reply'; readonly key: string | undefined; readonly error: QmpError | undefined }
  | {
      readonly kind: 'event'
      readonly name: string
      readonly data: JsonObject | undefined
      readonly timestamp: EventRow['timestamp']
    }
  | { readonly kind: 'problem'; readonly why: string; readonly isJson: boolean }

/**
 * What messages are. A log may write its arrows from the other side: where more of what a server says is marked as sent
 * than as received, they all point the wrong way.
 */
export function readMessages(messages: readonly BareMessage[]): Read[] {
  const reads = messages.map(readMessage)
  let wrong = 0
  let right = 0
  reads.forEach((read, at) => {
    if (read.kind === 'raw' && read.isServers === true) wrong += 1
    else if (messages[at]?.direction === 'received' && isServers(read)) right += 1
  })
  return wrong <= right ? reads : messages.map((each) => readMessage(turned(each)))
}

function turned(message: BareMessage): BareMessage {
  const { direction } = message
  return direction === undefined
    ? message
    : { ...message, direction: direction === 'sent' ? 'received' : 'sent' }
}

function isServers({ kind }: Read): boolean {
  return kind === 'greeting' || kind === 'reply' || kind === 'event'
}

/** The kind of a message. A command is one whatever an arrow says; if the direction is unknown, the members tell. */
export function readMessage(message: BareMessage): Read {
  const { direction, text } = message
  // People type more than JSON, and servers accept it.
  const parsed = direction === 'sent' ? parseInput(text) : parseJson(text)
  if (!parsed.ok) {
    return direction === 'sent'
      ? { kind: 'raw' }
      : { kind: 'problem', why: parsed.error.message, isJson: false }
  }
  const { value } = parsed
  if (!isJsonObject(value)) {
    return direction === 'sent' ? { kind: 'raw' } : { kind: 'problem', why: 'no JSON object', isJson: false }
  }
  const command = commandOf(value)
  if (command !== undefined) return command
  const received = receivedOf(value)
  return direction === 'sent' ? { kind: 'raw', isServers: isServers(received) } : received
}

function commandOf(value: JsonObject): Read | undefined {
  const oob = Object.hasOwn(value, 'exec-oob')
  const name = oob ? value['exec-oob'] : Object.hasOwn(value, 'execute') ? value.execute : undefined
  if (typeof name !== 'string') return undefined
  return { kind: 'command', name, oob, key: keyOf(value) }
}

function receivedOf(value: JsonObject): Read {
  if (Object.hasOwn(value, 'return')) return { kind: 'reply', key: keyOf(value), error: undefined }
  if (Object.hasOwn(value, 'event')) {
    return typeof value.event === 'string'
      ? {
          kind: 'event',
          name: value.event,
          data: objectIn(value, 'data'),
          timestamp: stampOf(value),
        }
      : { kind: 'problem', why: 'the name of an event is not a string', isJson: true }
  }
  if (Object.hasOwn(value, 'error')) {
    const error = objectIn(value, 'error')
    if (error === undefined)
      return { kind: 'problem', why: 'the error of a reply is not an object', isJson: true }
    return {
      kind: 'reply',
      key: keyOf(value),
      error: {
        class: typeof error.class === 'string' ? error.class : 'GenericError',
        desc: typeof error.desc === 'string' ? error.desc : printJson(error),
      },
    }
  }
  if (Object.hasOwn(value, 'QMP')) {
    const version = objectIn(objectIn(value, 'QMP'), 'version') ?? {}
    return {
      kind: 'greeting',
      version: readVersion({ package: '', ...version, ...objectIn(version, 'qemu') }),
    }
  }
  return { kind: 'problem', why: 'a message without execute, return, error, event or QMP', isJson: true }
}

function stampOf(value: JsonObject): EventRow['timestamp'] {
  const { seconds, microseconds } = objectIn(value, 'timestamp') ?? {}
  return typeof seconds === 'number' && typeof microseconds === 'number'
    ? { seconds, microseconds }
    : undefined
}

/** When the server says that an event happened, in milliseconds since the epoch. Undefined for others and failed clocks. */
export function stampMs(read: Read | undefined): number | undefined {
  if (read?.kind !== 'event') return undefined
  const { seconds = -1, microseconds = -1 } = read.timestamp ?? {}
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > 9e9) return undefined
  if (!Number.isInteger(microseconds) || microseconds < 0 || microseconds > 999_999) return undefined
  return (seconds * 1_000_000 + microseconds) / 1000
}

/** One key for equal ids, whatever the order of their members. Undefined where a message has none. */
function keyOf(value: JsonObject): string | undefined {
  const id = Object.hasOwn(value, 'id') ? value.id : undefined
  if (id === undefined) return undefined
  return typeof id === 'string' ? JSON.stringify(id) : printJson(sorted(id, 0))
}

function sorted(value: Json, depth: number): Json {
  if (depth > 1024) return value
  if (Array.isArray(value)) return (value as readonly Json[]).map((each) => sorted(each, depth + 1))
  if (!isJsonObject(value)) return value
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member, depth + 1)]))
}
