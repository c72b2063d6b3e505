/**
 * Values of a transcript that are objects: read from JSON that anybody may have written, so that each result has
 * every member of its type. Each function returns undefined for any other value.
 * Tested by workers/trace/formats/transcript.test.ts.
 */
import type { ConnectionState } from '#qmp/connection.ts'
import type { QemuVersion, QmpError } from '#qmp/message.ts'
import type { WireProblem } from '#qmp/report.ts'
import { isJsonObject } from '#base/json/value.ts'
import { own } from '#base/own.ts'
import type { Json, JsonObject } from '#base/json/value.ts'

/** How one member is read; undefined where the value has another type. */
type ValueReader = (value: Json | undefined) => unknown

/** The members of an object, each with its reader. */
type ObjectShape = Readonly<Record<string, ValueReader>>

const text: ValueReader = (value) => (typeof value === 'string' ? value : undefined)
const number: ValueReader = (value) => (typeof value === 'number' ? value : undefined)
const boolean: ValueReader = (value) => (typeof value === 'boolean' ? value : undefined)

function oneOf(...words: readonly string[]): ValueReader {
  return (value) => words.find((each) => each === value)
}

/** An object with all of these members, and no others in the result. */
function shaped(value: Json | undefined, shape: ObjectShape): Record<string, unknown> | undefined {
  if (value === undefined || !isJsonObject(value)) return undefined
  const members = Object.entries(shape).map(([name, reader]) => [name, reader(own(value, name))] as const)
  return members.some(([, member]) => member === undefined) ? undefined : Object.fromEntries(members)
}

/** An object whose `kind` says which members it has. */
function union(shapes: Readonly<Record<string, ObjectShape>>): (value: Json | undefined) => unknown {
  return (value) => {
    const kind = value !== undefined && isJsonObject(value) ? own(value, 'kind') : undefined
    const shape = typeof kind === 'string' ? own(shapes, kind) : undefined
    const read = shape === undefined ? undefined : shaped(value, shape)
    return read === undefined ? undefined : { kind, ...read }
  }
}

/** The error of a reply. */
export function readError(value: Json | undefined): QmpError | undefined {
  return shaped(value, { class: text, desc: text }) as QmpError | undefined
}

/** The version of a QEMU. */
export function readVersion(value: Json | undefined): QemuVersion | undefined {
  const shape = { major: number, minor: number, micro: number, package: text }
  return shaped(value, shape) as QemuVersion | undefined
}

const texts: ValueReader = (value) =>
  Array.isArray(value) ? (value as readonly Json[]).filter((each) => typeof each === 'string') : undefined

const greeting: ValueReader = (value) => shaped(value, { version: readVersion, capabilities: texts })

const loss = union({
  'not-opened': {
    url: text,
    detail: oneOf('bridge-down', 'wrong-key', 'unknown-token', 'refused', 'no-answer'),
  },
  'target-refused': { url: text },
  closed: { code: number, reason: text, beforeGreeting: boolean },
  'shut-down': {},
})

const end = union({
  disconnected: {},
  'no-agent': {},
  polite: {},
  'not-qmp': { excerpt: text, hint: text },
  'negotiation-refused': { desc: text },
  'bad-address': { url: text, why: text },
})

const state = union({
  idle: {},
  greeting: {},
  connecting: { attempt: number },
  occupied: { afterMs: number },
  negotiating: { greeting },
  synchronising: { tries: number },
  silent: { tries: number },
  ready: { oob: boolean },
  lost: { reason: loss, retryInMs: number, attempt: number },
  ended: { reason: end },
})

/** A state of a connection. */
export function readState(value: Json | undefined): ConnectionState | undefined {
  const read = state(value) as ConnectionState | undefined
  // A guest agent has no greeting.
  return read?.kind === 'ready' ? { ...read, greeting: greetingOf(value as JsonObject) } : read
}

type ReadyGreeting = Extract<ConnectionState, { kind: 'ready' }>['greeting']

function greetingOf(value: JsonObject): ReadyGreeting {
  return greeting(own(value, 'greeting')) as ReadyGreeting
}

const bytes = { offset: number, bytes: number, excerpt: text }

const problem = union({
  garbage: { ...bytes, why: text },
  'too-large': { limitBytes: number, offset: number, excerpt: text },
  truncated: bytes,
  discarded: bytes,
  'server-parse-error': { error: readError, repeated: number },
  'unknown-id': { id: text },
  unrecognised: { why: text },
})

/** A problem on the wire. */
export function readProblem(value: Json | undefined): WireProblem | undefined {
  return problem(value) as WireProblem | undefined
}
