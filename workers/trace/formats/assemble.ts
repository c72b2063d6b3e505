/**
 * Makes rows of bare messages, as a log or a capture has them: commands are numbered, replies are assigned to their
 * commands as a session does it (workers/qmp/session.ts), and messages without a time get one.
 *
 * Not here: the causes of events, and any origin of a command but a person. Logs have no deadlines, so no reply is late.
 */
import type { ExecId, WireProblem } from '#qmp/report.ts'
import type { QemuVersion, QmpError } from '#qmp/message.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import type { Json } from '#base/json/value.ts'
import { byteLength } from '#record/row-facts.ts'
import type { BareLine, BareRow } from '#record/row-facts.ts'
import { readMessage, readMessages, stampMs } from './bare-message.ts'
import type { BareMessage, Read } from './bare-message.ts'

export type { BareMessage } from './bare-message.ts'

/** Where the times of a recording come from. `from stamps`: those of events hold, others lie between them. */
export type TimesAre = 'recorded' | 'from stamps' | 'made up'

/** What was made of the messages. */
export interface Assembled {
  /** In the order of the messages. */
  readonly lines: readonly BareLine[]
  readonly timesAre: TimesAre
  /** From the greeting. */
  readonly version: QemuVersion | undefined
  /** What query-qmp-schema returned, where it was asked. */
  readonly schema: Json | undefined
  /** `agent` where there is no greeting and a command of the guest agent was sent. */
  readonly protocol: 'qmp' | 'agent'
}

const excerptChars = 48

/**
 * Make rows of messages in the order of arrival. Made-up times begin at `baseMs`, default 0 (1970).
 *
 * Times: as recorded, and a message without one has that of the message before it. Where none is recorded, the stamps
 * of events are taken (one that goes back counts as the highest before it) and the others are put 1 ms apart between
 * them; without any stamp every message is 1 ms after the last.
 */
export function assemble(messages: readonly BareMessage[], baseMs = 0): Assembled {
  const reads = readMessages(messages)
  const { times, timesAre } = timesOf(messages, reads, baseMs)
  const assembler = new Assembler()
  messages.forEach((message, index) => {
    const read = reads[index]
    const at = times[index] ?? baseMs
    if (message.begins === true) assembler.begin(at)
    if (read !== undefined) assembler.add(read, message.text, at)
  })
  const { lines, version, schema, isAgent } = assembler
  return { lines, timesAre, version, schema, protocol: isAgent ? 'agent' : 'qmp' }
}

/** A command that was sent and is not answered yet. */
interface UnansweredCommand {
  readonly exec: ExecId
  readonly name: string
  readonly at: number
  readonly origin: 'person' | 'client'
  readonly key: string | undefined
}

class Assembler {
  readonly lines: BareLine[] = []
  version: QemuVersion | undefined
  schema: Json | undefined
  #sawGreeting = false
  /** The state of this connection, and whether its first command was qmp_capabilities. */
  #connection = { ...nothingYet }
  #sawAgent = false
  #next = 1
  /** In the order of sending. */
  #sent = new Set<UnansweredCommand>()
  #byKey = new Map<string, UnansweredCommand[]>()
  /** Lines that were no commands and may still cause errors. */
  #noise: UnansweredCommand[] = []
  #errors = 0
  #offset = 0

  get isAgent(): boolean {
    return this.#sawAgent && !this.#sawGreeting
  }

  add(read: Read, text: string, at: number): void {
    const bytes = byteLength(text)
    const base = { at, bytes }
    const offset = this.#offset
    if (read.kind !== 'command' && read.kind !== 'raw') this.#offset += bytes
    switch (read.kind) {
      case 'command':
        this.#command(read, text, base)
        break
      case 'raw': {
        const exec = this.#number()
        this.#noise.push({ exec, name: '', at, origin: 'person', key: undefined })
        this.#push({ at: base.at, bytes: base.bytes, kind: 'raw', exec }, text)
        break
      }
      case 'greeting':
        // A client that does not wait has sent its commands before it.
        if (!this.#connection.negotiates || this.#connection.greeting || this.#connection.reply)
          this.#lostConnection(at)
        this.#connection.greeting = true
        this.#sawGreeting = true
        this.version = read.version ?? this.version
        this.#push({ at: base.at, bytes: base.bytes, kind: 'event', name: 'QMP', ...noEvent }, text)
        break
      case 'event':
        this.#errors = 0
        this.#push(
          {
            at: base.at,
            bytes: base.bytes,
            kind: 'event',
            name: read.name,
            data: read.data,
            timestamp: read.timestamp,
            cause: undefined,
          },
          text,
        )
        break
      case 'reply':
        this.#reply(read.key, read.error, text, base)
        break
      case 'problem':
        this.#problem(
          read.isJson
            ? { kind: 'unrecognised', why: read.why }
            : { kind: 'garbage', excerpt: excerptOf(text), offset, bytes, why: read.why },
          text,
          base,
        )
        break
    }
  }

  /** Another connection begins. */
  begin(at: number): void {
    const { greeting, command, reply } = this.#connection
    if (greeting || command || reply) this.#lostConnection(at)
  }

  #command(read: Extract<Read, { kind: 'command' }>, text: string, base: Base): void {
    // This has to be the first command of a connection. After other commands, it begins another connection.
    if (read.name === 'qmp_capabilities' && this.#connection.command) this.#lostConnection(base.at)
    if (!this.#connection.command) this.#connection.negotiates = read.name === 'qmp_capabilities'
    this.#connection.command = true
    const exec = this.#number()
    const origin = read.name === 'qmp_capabilities' ? 'client' : 'person'
    const { key } = read
    const sent: UnansweredCommand = { exec, name: read.name, at: base.at, origin, key }
    if (read.name.startsWith('guest-')) this.#sawAgent = true
    this.#sent.add(sent)
    if (key !== undefined) {
      const same = this.#byKey.get(key)
      if (same === undefined) this.#byKey.set(key, [sent])
      else same.push(sent)
    }
    this.#push(
      {
        at: base.at,
        bytes: base.bytes,
        kind: 'command',
        exec,
        ticket: undefined,
        name: read.name,
        oob: read.oob,
        origin,
      },
      text,
    )
  }

  #reply(key: string | undefined, error: QmpError | undefined, text: string, base: Base): void {
    this.#connection.reply = true
    const found = key === undefined ? this.#withoutId(error) : this.#byKey.get(key)?.[0]
    const noise = this.#noise[0]
    if (
      key === undefined &&
      error !== undefined &&
      noise !== undefined &&
      noise.exec < (found?.exec ?? Infinity)
    ) {
      // A line that was no command may be answered by many errors.
      this.#answer(noise, error, text, base)
    } else if (found !== undefined) {
      this.#errors = 0
      this.#finish(found)
      if (found.name === 'query-qmp-schema' && error === undefined)
        this.schema = schemaOf(text) ?? this.schema
      this.#answer(found, error, text, base)
    } else if (key === undefined && error !== undefined) {
      this.#errors += 1
      this.#problem({ kind: 'server-parse-error', error, repeated: this.#errors }, text, base)
    } else {
      this.#errors = 0
      this.#problem({ kind: 'unknown-id', id: key ?? 'none' }, text, base)
    }
  }

  /** A reply without an id belongs to the oldest command without one; such an error also to the only command there is. */
  #withoutId(error: QmpError | undefined): UnansweredCommand | undefined {
    for (const sent of this.#sent) if (sent.key === undefined) return sent
    if (error === undefined || this.#sent.size !== 1) return undefined
    return this.#sent.values().next().value
  }

  #answer(sent: UnansweredCommand, error: QmpError | undefined, text: string, base: Base): void {
    const { exec, name, origin } = sent
    const kind = error === undefined ? 'return' : 'error'
    const latencyMs = Math.max(0, base.at - sent.at)
    this.#push(
      { at: base.at, bytes: base.bytes, kind, exec, name, error, latencyMs, late: false, origin },
      text,
    )
  }

  #finish(sent: UnansweredCommand): void {
    this.#sent.delete(sent)
    // Replies come in order: lines before this command cause no more errors.
    if (this.#noise.length > 0) this.#noise = this.#noise.filter(({ exec }) => exec > sent.exec)
    if (sent.key === undefined) return
    const same = this.#byKey.get(sent.key)
    if (same !== undefined && same.length > 1) same.splice(same.indexOf(sent), 1)
    else this.#byKey.delete(sent.key)
  }

  /** Another connection, on which nothing from before is answered. */
  #lostConnection(at: number): void {
    for (const { exec, name, at: sentAt } of this.#sent) {
      const latencyMs = Math.max(0, at - sentAt)
      this.#push({ at, bytes: 0, kind: 'outcome', exec, name, outcome: 'unknown', latencyMs }, undefined)
    }
    this.#sent = new Set()
    this.#byKey = new Map()
    this.#noise = []
    this.#errors = 0
    this.#connection = { ...nothingYet }
  }

  #problem(problem: WireProblem, text: string, base: Base): void {
    this.#push({ at: base.at, bytes: base.bytes, kind: 'problem', problem }, text)
  }

  #number(): ExecId {
    const exec = this.#next
    this.#next += 1
    return exec as ExecId
  }

  #push(row: BareRow, text: string | undefined): void {
    this.lines.push({ row, text })
  }
}

/** Members of every row. Written out where rows are made: a spread takes five times as long. */
interface Base {
  readonly at: number
  readonly bytes: number
}

const nothingYet = { greeting: false, command: false, negotiates: false, reply: false }

const noEvent = { data: undefined, timestamp: undefined, cause: undefined }

/**
 * The stamp of a message that is an event, for readers of logs whose time zone is unknown. Milliseconds
 * since the epoch; undefined for everything else.
 */
export function stampOfText(text: string): number | undefined {
  return text.includes('"event"')
    ? stampMs(readMessage({ at: undefined, direction: 'received', text }))
    : undefined
}

function timesOf(
  messages: readonly BareMessage[],
  reads: readonly Read[],
  baseMs: number,
): { readonly times: Float64Array; readonly timesAre: TimesAre } {
  const times = new Float64Array(messages.length)
  const first = messages.find(({ at }) => at !== undefined)?.at
  if (first !== undefined) {
    let last = first
    messages.forEach(({ at }, index) => {
      last = at ?? last
      times[index] = last
    })
    return { times, timesAre: 'recorded' }
  }
  const stamps = reads.map(stampMs)
  const firstStamped = stamps.findIndex((stamp) => stamp !== undefined)
  if (firstStamped < 0) {
    for (let index = 0; index < times.length; index += 1) times[index] = baseMs + index
    return { times, timesAre: 'made up' }
  }
  // From the end: no message may be later than the next stamp.
  const ceilings = new Float64Array(stamps.length)
  let ceiling = Infinity
  for (let index = stamps.length - 1; index >= 0; index -= 1) {
    ceiling = stamps[index] ?? ceiling
    ceilings[index] = ceiling
  }
  let now = (stamps[firstStamped] ?? baseMs) - firstStamped - 1
  stamps.forEach((stamp, index) => {
    now = Math.max(now, Math.min(stamp ?? now + 1, ceilings[index] ?? Infinity))
    times[index] = now
  })
  return { times, timesAre: 'from stamps' }
}

function schemaOf(text: string): Json | undefined {
  const parsed = parseJson(text)
  const value = parsed.ok && isJsonObject(parsed.value) ? parsed.value.return : undefined
  return Array.isArray(value) ? (value as readonly Json[]) : undefined
}

/** The beginning of a text that is no message, with control characters made visible. */
function excerptOf(text: string): string {
  const visible = text.slice(0, excerptChars).replace(/[\p{Cc}\u2028\u2029\ufeff]/gu, (each) => {
    return `\\x${each.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
  return text.length > excerptChars ? `${visible}…` : visible
}
