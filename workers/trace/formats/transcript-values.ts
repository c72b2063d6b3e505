/**
 * Values of a transcript that are objects: read from JSON that anybody may have written, so that each result has
 * every member of its type. Each function returns undefined for any other value.
 */
import type { ConnectionState, EndReason, LossReason } from '#qmp/connection.ts'
import type { QemuVersion, QmpError } from '#qmp/message.ts'
import type { WireProblem } from '#qmp/report.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'

type Greeting = NonNullable<Extract<ConnectionState, { kind: 'ready' }>['greeting']>

/** The members of an object, each read with its type. */
class Members {
  readonly #value: Json | undefined
  /** A member was missing. */
  isBroken = false

  constructor(value: Json | undefined) {
    this.#value = value
  }

  get(name: string): Json | undefined {
    const value = this.#value
    return value !== undefined && isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
  }

  text(name: string): string {
    const value = this.get(name)
    if (typeof value === 'string') return value
    this.isBroken = true
    return ''
  }

  number(name: string): number {
    const value = this.get(name)
    if (typeof value === 'number') return value
    this.isBroken = true
    return 0
  }

  boolean(name: string): boolean {
    const value = this.get(name)
    if (typeof value === 'boolean') return value
    this.isBroken = true
    return false
  }

  /** Another value, read by one of the functions below. */
  read<Value>(name: string, reader: (value: Json | undefined) => Value | undefined): Value | undefined {
    const value = reader(this.get(name))
    if (value === undefined) this.isBroken = true
    return value
  }

  whole<Value>(value: Value | undefined): Value | undefined {
    return this.isBroken ? undefined : value
  }
}

/** The error of a reply. */
export function readError(value: Json | undefined): QmpError | undefined {
  const from = new Members(value)
  return from.whole({ class: from.text('class'), desc: from.text('desc') })
}

/** The version of a QEMU. */
export function readVersion(value: Json | undefined): QemuVersion | undefined {
  const from = new Members(value)
  const version = { major: from.number('major'), minor: from.number('minor'), micro: from.number('micro') }
  return from.whole({ ...version, package: from.text('package') })
}

function readGreeting(value: Json | undefined): Greeting | undefined {
  const from = new Members(value)
  const version = from.read('version', readVersion)
  const list = from.get('capabilities')
  if (version === undefined || !Array.isArray(list)) return undefined
  return { version, capabilities: (list as readonly Json[]).filter((each) => typeof each === 'string') }
}

/** A state of a connection. */
export function readState(value: Json | undefined): ConnectionState | undefined {
  const from = new Members(value)
  const kind = from.get('kind')
  switch (kind) {
    case 'idle':
    case 'greeting':
      return { kind }
    case 'connecting':
      return from.whole({ kind, attempt: from.number('attempt') })
    case 'occupied':
      return from.whole({ kind, afterMs: from.number('afterMs') })
    case 'negotiating': {
      const greeting = from.read('greeting', readGreeting)
      return greeting === undefined ? undefined : { kind, greeting }
    }
    case 'synchronising':
    case 'silent':
      return from.whole({ kind, tries: from.number('tries') })
    case 'ready':
      return from.whole({ kind, greeting: readGreeting(from.get('greeting')), oob: from.boolean('oob') })
    case 'lost': {
      const reason = from.read('reason', readLoss)
      if (reason === undefined) return undefined
      return from.whole({
        kind,
        reason,
        retryInMs: from.number('retryInMs'),
        attempt: from.number('attempt'),
      })
    }
    case 'ended': {
      const reason = from.read('reason', readEnd)
      return reason === undefined ? undefined : { kind, reason }
    }
    default:
      return undefined
  }
}

function readLoss(value: Json | undefined): LossReason | undefined {
  const from = new Members(value)
  const kind = from.get('kind')
  switch (kind) {
    case 'not-opened': {
      const detail = from.get('detail')
      const isKnown =
        detail === 'bridge-down' ||
        detail === 'wrong-key' ||
        detail === 'unknown-token' ||
        detail === 'refused' ||
        detail === 'no-answer'
      return isKnown ? from.whole({ kind, url: from.text('url'), detail }) : undefined
    }
    case 'target-refused':
      return from.whole({ kind, url: from.text('url') })
    case 'closed':
      return from.whole({
        kind,
        code: from.number('code'),
        reason: from.text('reason'),
        beforeGreeting: from.boolean('beforeGreeting'),
      })
    case 'shut-down':
      return { kind }
    default:
      return undefined
  }
}

function readEnd(value: Json | undefined): EndReason | undefined {
  const from = new Members(value)
  const kind = from.get('kind')
  switch (kind) {
    case 'disconnected':
    case 'no-agent':
      return { kind }
    case 'not-qmp':
      return from.whole({ kind, excerpt: from.text('excerpt'), hint: from.text('hint') })
    case 'negotiation-refused':
      return from.whole({ kind, desc: from.text('desc') })
    case 'bad-address':
      return from.whole({ kind, url: from.text('url'), why: from.text('why') })
    default:
      return undefined
  }
}

/** A problem on the wire. */
export function readProblem(value: Json | undefined): WireProblem | undefined {
  const from = new Members(value)
  const kind = from.get('kind')
  switch (kind) {
    case 'garbage':
      return from.whole({
        kind,
        excerpt: from.text('excerpt'),
        offset: from.number('offset'),
        bytes: from.number('bytes'),
        why: from.text('why'),
      })
    case 'too-large':
      return from.whole({
        kind,
        limitBytes: from.number('limitBytes'),
        offset: from.number('offset'),
        excerpt: from.text('excerpt'),
      })
    case 'truncated':
    case 'discarded':
      return from.whole({
        kind,
        offset: from.number('offset'),
        bytes: from.number('bytes'),
        excerpt: from.text('excerpt'),
      })
    case 'server-parse-error': {
      const error = from.read('error', readError)
      return error === undefined ? undefined : from.whole({ kind, error, repeated: from.number('repeated') })
    }
    case 'unknown-id':
      return from.whole({ kind, id: from.text('id') })
    case 'unrecognised':
      return from.whole({ kind, why: from.text('why') })
    default:
      return undefined
  }
}
