/**
 * The messages of QMP, as tagged values: what a server says (greeting, return, error, event) and what a client
 * says (command). The framer has already made JSON of the bytes; here a message gets its kind, once.
 */
import { clip } from '#base/clip.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseInput, parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'

/** The version of a QEMU as its greeting gives it. `package` is the distribution's own suffix, often empty. */
export interface QemuVersion {
  readonly major: number
  readonly minor: number
  readonly micro: number
  readonly package: string
}

/** The first message of a QMP server. @qmp Server Greeting */
export interface Greeting {
  readonly version: QemuVersion
  /** The capabilities on offer, such as `oob`. Empty before 2.12. */
  readonly capabilities: readonly string[]
  /** A gate is before the monitor: others may be on it, and on the machine's lines. */
  readonly gated?: true
  /** A gate before the monitor lets this client only watch: what could change the machine is refused there. */
  readonly watches?: true
}

/** The time a server stamps on an event. Both are -1 where the host's clock failed. */
export interface Timestamp {
  readonly seconds: number
  readonly microseconds: number
}

/** Why a server refused a command. Never parse `desc` for control flow. @qmp Commands Responses, error */
export interface QmpError {
  readonly class: string
  readonly desc: string
}

/** One message of a server. `id` is undefined where the message has none. */
export type ServerMessage =
  | { readonly kind: 'greeting'; readonly greeting: Greeting }
  | { readonly kind: 'return'; readonly value: Json; readonly id: Json | undefined }
  | { readonly kind: 'error'; readonly error: QmpError; readonly id: Json | undefined }
  | {
      readonly kind: 'event'
      readonly name: string
      readonly data: JsonObject | undefined
      readonly timestamp: Timestamp | undefined
    }
  /** A JSON object that is none of the above: kept and reported, not guessed at. */
  | { readonly kind: 'unrecognised'; readonly why: string }

/**
 * Give a message its kind. `value` is one JSON object from the wire.
 *
 * Never fails: what it does not recognise is `unrecognised`, with a sentence that says why.
 * @qmp Server Greeting, Commands Responses, Asynchronous events
 */
export function readMessage(value: JsonObject): ServerMessage {
  // Nothing of these names is inherited, and JSON has no undefined: the members read are the message's own.
  if (value.return !== undefined) {
    return { kind: 'return', value: value.return, id: value.id }
  }
  if (value.event !== undefined) {
    const name = value.event
    if (typeof name !== 'string') return { kind: 'unrecognised', why: 'the name of an event is not a string' }
    const { data } = value
    return {
      kind: 'event',
      name,
      data: readData(data),
      timestamp: readTimestamp(value.timestamp),
    }
  }
  if (value.error !== undefined) {
    const { error } = value
    if (!isJsonObject(error)) {
      return { kind: 'unrecognised', why: 'the error of a reply is not an object' }
    }
    return {
      kind: 'error',
      error: {
        class: typeof error.class === 'string' ? error.class : 'GenericError',
        desc: typeof error.desc === 'string' ? error.desc : printJson(error),
      },
      id: value.id,
    }
  }
  if (value.QMP !== undefined) {
    const greeting = readGreeting(value.QMP)
    return greeting === undefined
      ? { kind: 'unrecognised', why: 'the greeting has no version' }
      : { kind: 'greeting', greeting }
  }
  return { kind: 'unrecognised', why: 'a message without return, error, event or QMP' }
}

/** The data of an event. libvirt's proxy hands it on as the text that it has of it. */
function readData(data: Json | undefined): JsonObject | undefined {
  if (typeof data === 'string' && data.startsWith('{')) {
    const parsed = parseJson(data)
    return parsed.ok && isJsonObject(parsed.value) ? parsed.value : undefined
  }
  return data !== undefined && isJsonObject(data) ? data : undefined
}

function readTimestamp(value: Json | undefined): Timestamp | undefined {
  if (value === undefined || !isJsonObject(value)) return undefined
  // As it came, for events come by the hundred thousand a second.
  return typeof value.seconds === 'number' && typeof value.microseconds === 'number'
    ? (value as JsonObject & Timestamp)
    : undefined
}

/** Characters of a version's package: Debian's has 40. The record has the whole greeting. */
const longestPackage = 200

function readGreeting(value: Json | undefined): Greeting | undefined {
  if (value === undefined || !isJsonObject(value)) return undefined
  const version = value.version
  if (version === undefined || !isJsonObject(version)) return undefined
  const qemu = version.qemu
  if (qemu === undefined || !isJsonObject(qemu)) return undefined
  const { major, minor, micro } = qemu
  if (typeof major !== 'number' || typeof minor !== 'number' || typeof micro !== 'number') return undefined
  const gate = value['x-gate']
  const gated = gate !== undefined && isJsonObject(gate)
  const watches = gated && gate.rights === 'watch'
  const capabilities = Array.isArray(value.capabilities) ? (value.capabilities as readonly Json[]) : []
  return {
    version: {
      major,
      minor,
      micro,
      package: typeof version.package === 'string' ? clip(version.package, longestPackage) : '',
    },
    capabilities: capabilities.filter((each) => typeof each === 'string'),
    ...(gated ? { gated } : {}),
    ...(watches ? { watches } : {}),
  }
}

/** A command as a client asks for it. `arguments` undefined sends none. */
export interface CommandMessage {
  readonly name: string
  readonly arguments: JsonObject | undefined
  readonly oob: boolean
  readonly id: Json
}

/**
 * The text of a command: one line of JSON, without its line end.
 * @qmp Issuing Commands, Out-of-band execution
 */
export function printCommand(command: CommandMessage): string {
  const envelope: Record<string, Json> = { [command.oob ? 'exec-oob' : 'execute']: command.name }
  if (command.arguments !== undefined) envelope.arguments = command.arguments
  envelope.id = command.id
  return printJson(envelope)
}

/** A command as a person typed it. */
export interface TypedCommand {
  readonly name: string
  readonly arguments: JsonObject | undefined
  readonly oob: boolean
  readonly id: Json | undefined
}

/** The command in a line that a person typed; undefined where it is none. */
export function readCommand(text: string): TypedCommand | undefined {
  const parsed = parseInput(text)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const line = parsed.value
  const oob = Object.hasOwn(line, 'exec-oob')
  const name = oob ? line['exec-oob'] : Object.hasOwn(line, 'execute') ? line.execute : undefined
  if (typeof name !== 'string') return undefined
  const args = Object.hasOwn(line, 'arguments') ? line.arguments : undefined
  return {
    name,
    arguments: args !== undefined && isJsonObject(args) ? args : undefined,
    oob,
    id: Object.hasOwn(line, 'id') ? line.id : undefined,
  }
}
