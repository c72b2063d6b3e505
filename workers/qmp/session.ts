/**
 * One file, because each message changes the state that decides what the next one means. Only waiting commands
 * (command-queue.ts) and unanswered ones (in-flight.ts) have files of their own.
 *
 * One connection to a QMP monitor, from the open socket to its end: greeting, negotiation, command mode.
 *
 * No socket and no clock of its own: bytes come in by `receive`, lines go out by `ports.send`, time comes from the
 * ports. So the same code runs against a fake server in a table of tests, a unix socket in Node, and a WebSocket in
 * the worker. Held by workers/host/machine/connector.ts, one for each socket.
 *
 * Limits: 8 in-band commands sent and unanswered (QEMU stops reading its socket beyond that, and then no out-of-band
 * command gets through), 1 where the server takes one at a time (manners.ts), 10,000 queued after them.
 * @adr 0003, 0012, 0062
 */
import type { Json, JsonObject } from '#base/json/value.ts'
import { CommandQueue } from './command-queue.ts'
import type { ConnectionState } from './connection.ts'
import { guessServer } from './errors.ts'
import { createFramer } from './wire/framer.ts'
import type { Framer } from './wire/framer.ts'
import type { FramingProblem, SourceBytes, WireMessage } from './wire/framing.ts'
import { InFlight } from './in-flight.ts'
import { mannersOf, plainManners, refusesOob, Together } from './manners.ts'
import type { Manners } from './manners.ts'
import { printCommand, readCommand, readMessage } from './message.ts'
import type { Greeting, QmpError, ServerMessage } from './message.ts'
import {
  byteLength,
  commandRow,
  createEntry,
  describeEntry,
  idKey,
  nothing,
  outcomeRow,
  replyRow,
  settle,
  shownId,
} from './pending.ts'
import type { Entry } from './pending.ts'
import type { Session, SessionOptions, SessionPorts, SessionRequest, SessionSink } from './ports.ts'
import type { PrintedEvent } from './wire/printed-event.ts'
import type { ExecId, NotSentReason, Outcome, QueueSnapshot, RawOutcome, RowBody, Ticket } from './report.ts'

/** How long a server that said something else first may still greet. */
const graceMs = 500

type ServerReply = Extract<ServerMessage, { kind: 'return' | 'error' }>
type MonitorPhase = 'new' | 'greeting' | 'negotiating' | 'ready' | 'closed'

/** Make a session for a QMP monitor. @qmp Server Greeting, Capabilities Negotiation, Issuing Commands */
export function createSession(ports: SessionPorts, sink: SessionSink, options: SessionOptions = {}): Session {
  return new QmpSession(ports, sink, options)
}

/**
 * Commands that were sent together must have been unanswered for this long before that means anything, in milliseconds.
 * Shorter: a QEMU that is held up is taken for a server that answers one at a time. Longer: such a server is of no use for
 * this long.
 */
const silentMs = 5000

/** Replies of this size and more go on as text, in UTF-16 units. */
const largeReply = 256 * 1024

function returned(exec: ExecId, value: Json, text: string, latencyMs: number): Outcome {
  return text.length < largeReply
    ? { kind: 'returned', exec, value, latencyMs }
    : { kind: 'returned', exec, value: null, text, latencyMs }
}

class QmpSession implements Session {
  readonly #ports: SessionPorts
  readonly #sink: SessionSink
  readonly #framer: Framer
  readonly #greetingMs: number
  readonly #negotiationMs: number
  #inFlightLimit: number
  readonly #together = new Together()
  #manners: Manners
  #phase: MonitorPhase = 'new'
  #oob = false
  #negotiation: Entry | undefined
  readonly #queue: CommandQueue
  readonly #sent: InFlight
  /** Lines that were no commands and may still provoke errors, by their place in the order of sending. */
  #noise: { readonly entry: Entry; readonly order: number }[] = []
  #order = 0
  /** The place of the last in-band command that was answered. */
  #lastAnswered = 0
  #parseErrors = 0
  #stopGreeting: () => void = nothing
  #stopGrace: () => void = nothing
  #firstWords: string | undefined
  /** The exact text of the reply in hand, for `sendRaw`. */
  #replyText: string | undefined
  /** Its bytes, where they are those of the text. */
  #replySource: SourceBytes | undefined

  constructor(ports: SessionPorts, sink: SessionSink, options: SessionOptions) {
    this.#ports = ports
    this.#sink = sink
    this.#greetingMs = options.greetingMs ?? 3000
    this.#negotiationMs = options.negotiationMs ?? 30_000
    const changed = (): void => sink.queueChanged()
    this.#queue = new CommandQueue(changed)
    this.#sent = new InFlight(ports, options.blockedMs ?? 2000, changed)
    this.#inFlightLimit = options.inFlight ?? 8
    this.#manners = options.manners ?? plainManners
    this.#framer = createFramer(
      {
        message: (value, wire) => this.#message(value, wire),
        event: (event, source) => this.#event(event, source),
        problem: (problem) => this.#framingProblem(problem),
      },
      options.limitBytes === undefined ? {} : { limitBytes: options.limitBytes },
    )
  }

  get pendingBytes(): number {
    return this.#framer.pendingBytes
  }

  opened(): void {
    if (this.#phase !== 'new') throw new Error('a session is opened once')
    this.#phase = 'greeting'
    this.#sink.move({ kind: 'greeting' })
    this.#stopGreeting = this.#ports.after(this.#greetingMs, () => {
      this.#sink.move({ kind: 'occupied', afterMs: this.#greetingMs })
    })
  }

  receive(chunk: Uint8Array): void {
    if (this.#phase !== 'closed') this.#framer.push(chunk)
  }

  idle(): void {
    if (this.#phase !== 'closed') this.#framer.idle()
  }

  closed(): void {
    if (this.#phase === 'closed') return
    // The rest of a reply that was cut is reported before the commands end as unknown.
    this.#framer.end()
    this.#close()
  }

  execute(request: SessionRequest): Promise<Outcome> {
    if (this.#phase !== 'ready') return notSent('not-connected')
    if (request.oob && !this.#oob) return notSent('oob-not-negotiated')
    if (!request.oob && this.#queue.isFull) return notSent('queue-full')
    return new Promise((resolve) => {
      const exec = this.#ports.nextExec()
      const text = printCommand({
        name: request.name,
        arguments: request.arguments,
        oob: request.oob,
        id: exec,
      })
      this.#submit(this.#entry(exec, request, text, idKey(exec), resolve))
    })
  }

  cancel(ticket: Ticket): boolean {
    return this.#queue.cancel(ticket)
  }

  sendRaw(line: string, deadlineMs: number, ticket: Ticket | undefined): Promise<RawOutcome> {
    if (this.#phase !== 'ready') return Promise.resolve({ kind: 'not-sent', why: 'not-connected' })
    const command = readCommand(line)
    if (this.#manners.oneAtATime !== undefined) {
      // It would wait for the end of what is no command, or read two as one, and answer nothing any more.
      if (command === undefined) return Promise.resolve({ kind: 'not-sent', why: 'no-command' })
      if (command.oob) return Promise.resolve({ kind: 'not-sent', why: 'oob-not-negotiated' })
    }
    const exec = this.#ports.nextExec()
    if (command === undefined) {
      const request = {
        name: '',
        arguments: undefined,
        oob: false,
        deadlineMs,
        ticket,
        origin: 'person' as const,
      }
      const entry = this.#entry(exec, request, line, undefined, nothing)
      this.#order += 1
      this.#noise.push({ entry, order: this.#order })
      entry.sentAt = this.#ports.now()
      this.#sink.record({ kind: 'raw', exec }, line, byteLength(line))
      this.#ports.send(`${line}\r\n`)
      return Promise.resolve({ kind: 'sent' })
    }
    return new Promise((resolve) => {
      const request = { ...command, deadlineMs, ticket, origin: 'person' as const }
      const key = command.id === undefined ? undefined : idKey(command.id)
      this.#submit(
        this.#entry(exec, request, line, key, (outcome) => {
          if (outcome.kind === 'not-sent') resolve(outcome)
          else resolve({ kind: 'command', outcome, reply: this.#replyText })
        }),
      )
    })
  }

  queue(): QueueSnapshot {
    const blocked = this.#sent.blockedBy
    return {
      pending: [...this.#sent.entries, ...this.#queue.entries].map(describeEntry),
      blockedBy: blocked === undefined ? undefined : describeEntry(blocked),
    }
  }

  // ── out ──────────────────────────────────────────────────────────────────────────────────────────────────────

  #entry(
    exec: Entry['exec'],
    request: SessionRequest,
    text: string,
    key: string | undefined,
    settle: (outcome: Outcome) => void,
  ): Entry {
    return createEntry(exec, request, text, key, this.#ports.now(), settle)
  }

  #submit(entry: Entry): void {
    if (entry.request.oob) {
      this.#transmit(entry)
    } else {
      this.#queue.push(entry)
      this.#pump()
    }
    if (entry.state !== 'done') {
      entry.stopDeadline = this.#ports.after(entry.request.deadlineMs, () => this.#deadline(entry))
    }
    this.#sink.queueChanged()
  }

  /** Send from the queue while there is room in flight. */
  #pump(): void {
    while (this.#sent.inBand < this.#inFlightLimit) {
      const entry = this.#queue.take()
      if (entry === undefined) return
      this.#transmit(entry)
    }
  }

  #transmit(entry: Entry): void {
    const { request } = entry
    this.#order += 1
    entry.order = this.#order
    entry.state = 'sent'
    entry.sentAt = this.#ports.now()
    this.#sent.add(entry)
    entry.together = !request.oob && this.#sent.inBand > 1
    // First of all: nothing that is done here for the record is to be waited for.
    this.#ports.send(`${entry.text}\r\n`)
    // The negotiation has a deadline of its own.
    if (!request.oob && this.#sent.inBand === 1 && entry !== this.#negotiation) this.#sent.watch()
    this.#sink.record(commandRow(entry), entry.text, byteLength(entry.text))
  }

  #deadline(entry: Entry): void {
    if (entry.state === 'queued') {
      this.#queue.remove(entry, 'deadline')
    } else if (entry.state === 'sent') {
      // It keeps its place in flight: the server still owes the reply, and its own queue is as full as before.
      entry.state = 'late'
      const { exec, request } = entry
      this.#sink.record(outcomeRow(entry, 'timed-out', this.#ports.now()), undefined, 0)
      entry.settle({ kind: 'timed-out', exec, afterMs: request.deadlineMs })
      this.#sink.queueChanged()
      this.#learnFromSilence(entry)
    }
  }

  /** A command was not answered in time. */
  #learnFromSilence(entry: Entry): void {
    if (entry.request.oob) {
      // Commands that were sent later were answered: it is there, and does not answer this.
      if (this.#oob && this.#lastAnswered > entry.order) this.#setManners({ noOob: 'silence' })
      return
    }
    if (this.#together.isProved || this.#inFlightLimit === 1) return
    // One may be slow, and what waits for it is not late yet: two are late.
    const late = this.#sent.entries.filter((each) => each.state === 'late' && !each.request.oob)
    const [oldest] = late
    if (oldest === undefined || late.length < 2 || this.#ports.now() - oldest.sentAt < silentMs) return
    this.#setManners({ oneAtATime: 'silence', noOob: this.#oob ? 'silence' : undefined })
    this.#sink.broken?.(
      `none of ${late.length} commands that were sent together was answered within ` +
        `${entry.request.deadlineMs / 1000} s: from now on they are sent one at a time`,
    )
  }

  #setManners(found: Partial<Manners>): void {
    this.#manners = { ...this.#manners, ...found }
    if (this.#manners.oneAtATime !== undefined) this.#inFlightLimit = 1
    if (this.#manners.noOob !== undefined) this.#oob = false
    this.#sink.manners?.(this.#manners)
  }

  // ── in ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #message(value: JsonObject, wire: WireMessage): void {
    // A message later in the same chunk, after this connection was given up.
    if (this.#phase === 'closed') return
    const message = readMessage(value)
    const { bytes } = wire
    const text = wire.text()
    if (this.#phase === 'greeting') {
      if (message.kind === 'greeting') this.#greeted(message.greeting, text, bytes)
      else this.#beforeGreeting(text, message, bytes)
      return
    }
    // As many characters as bytes: the bytes are those of the text.
    const source = text.length === bytes ? wire.source : undefined
    this.#replyText = text
    this.#replySource = source
    switch (message.kind) {
      case 'return':
        this.#reply(message.id, message, text, bytes)
        break
      case 'error':
        if (message.id === undefined) this.#errorWithoutId(message.error, text, bytes)
        else this.#reply(message.id, message, text, bytes)
        break
      case 'event':
        this.#parseErrors = 0
        if (message.name === 'COMMAND_DROPPED') this.#dropped(message.data)
        this.#sink.record(message, text, bytes, source)
        break
      case 'greeting':
        this.#problem({ kind: 'unrecognised', why: 'a second greeting on one connection' }, text, bytes)
        break
      case 'unrecognised':
        this.#problem({ kind: 'unrecognised', why: message.why }, text, bytes)
        break
    }
    this.#replyText = undefined
    this.#replySource = undefined
  }

  /** An event that need not be looked into. */
  #event(event: PrintedEvent, source: SourceBytes): boolean {
    if (this.#phase === 'closed') return true
    if (this.#phase === 'greeting' || event.name === 'COMMAND_DROPPED') return false
    this.#parseErrors = 0
    return this.#sink.event?.(event, source) ?? false
  }

  #greeted(greeting: Greeting, text: string, bytes: number): void {
    this.#stopGreeting()
    this.#stopGrace()
    this.#phase = 'negotiating'
    this.#sink.move({ kind: 'negotiating', greeting })
    this.#sink.record({ kind: 'event', name: 'QMP', data: undefined, timestamp: undefined }, text, bytes)
    this.#setManners(mannersOf(greeting, this.#manners))
    const oob = greeting.capabilities.includes('oob') && this.#manners.noOob === undefined
    const exec = this.#ports.nextExec()
    const args: JsonObject | undefined = oob ? { enable: ['oob'] } : undefined
    const request: SessionRequest = {
      name: 'qmp_capabilities',
      arguments: args,
      oob: false,
      deadlineMs: 0,
      ticket: undefined,
      origin: 'client',
    }
    const line = printCommand({ name: request.name, arguments: args, oob: false, id: exec })
    const entry = this.#entry(exec, request, line, idKey(exec), (outcome) => {
      this.#negotiation = undefined
      if (outcome.kind === 'returned') {
        this.#oob = oob
        this.#phase = 'ready'
        this.#sink.move({ kind: 'ready', greeting, oob })
      } else if (outcome.kind === 'failed') {
        this.#giveUp({ kind: 'ended', reason: { kind: 'negotiation-refused', desc: outcome.error.desc } })
      } else if (this.#phase !== 'closed') {
        const desc = 'its answer to qmp_capabilities cannot be read'
        this.#giveUp({ kind: 'ended', reason: { kind: 'negotiation-refused', desc } })
      }
    })
    this.#negotiation = entry
    this.#transmit(entry)
    entry.stopDeadline = this.#ports.after(this.#negotiationMs, () => {
      this.#sink.broken?.(`no answer to qmp_capabilities within ${this.#negotiationMs / 1000} s`)
    })
  }

  /** Something else came before the greeting: it may be left over from a client before; a moment is given. */
  #beforeGreeting(text: string, message: ServerMessage, bytes: number): void {
    const why = `${message.kind === 'unrecognised' ? message.why : `a message of kind ${message.kind}`}, before any greeting`
    this.#problem({ kind: 'unrecognised', why }, text, bytes)
    this.#notAGreeting(text.slice(0, 80))
  }

  #notAGreeting(words: string): void {
    if (this.#firstWords !== undefined) return
    this.#firstWords = words
    this.#stopGreeting()
    this.#stopGrace = this.#ports.after(graceMs, () => {
      this.#giveUp({
        kind: 'ended',
        reason: { kind: 'not-qmp', excerpt: words, hint: guessServer(words) },
      })
    })
  }

  #framingProblem(problem: FramingProblem): void {
    if (this.#phase === 'closed') return
    this.#problem(problem, undefined, 0)
    if (this.#phase === 'greeting') {
      if (problem.kind === 'garbage' || problem.kind === 'too-large') this.#notAGreeting(problem.excerpt)
      return
    }
    const entry = this.#answeredBy(problem)
    if (entry === undefined) return
    this.#finish(entry)
    if (entry.state !== 'late') {
      const { exec } = entry
      if (entry !== this.#negotiation) {
        this.#sink.record(outcomeRow(entry, 'unknown', this.#ports.now()), undefined, 0)
      }
      this.#settle(entry, { kind: 'unknown', exec, why: 'reply-unreadable' })
    }
    this.#pump()
  }

  /** The command whose reply may have been what could not be read. */
  #answeredBy(problem: FramingProblem): Entry | undefined {
    if (problem.kind !== 'garbage' && problem.kind !== 'too-large') return undefined
    const message = problem.kind === 'garbage' ? problem.message : undefined
    if (message?.kind === 'event') return undefined
    if (message?.id !== undefined) return this.#sent.find(idKey(message.id))
    // With one command waiting it can be no other's.
    return this.#noise.length === 0 ? this.#sent.only : undefined
  }

  #reply(id: Json | undefined, message: ServerReply, text: string, bytes: number): void {
    this.#parseErrors = 0
    const entry = id === undefined ? this.#sent.oldestWithoutId() : this.#sent.find(idKey(id))
    if (entry === undefined) {
      if (this.#noise.length > 0) this.#answerNoise(message, text, bytes)
      else this.#problem({ kind: 'unknown-id', id: shownId(id) }, text, bytes)
      return
    }
    if (!entry.request.oob) this.#noise = this.#noise.filter((each) => each.order > entry.order)
    this.#answer(entry, message, text, bytes)
  }

  #answer(entry: Entry, message: ServerReply, text: string, bytes: number): void {
    const { exec } = entry
    const latencyMs = Math.max(0, this.#ports.now() - entry.sentAt)
    const late = entry.state === 'late'
    this.#finish(entry)
    if (!entry.request.oob) {
      this.#lastAnswered = entry.order
      if (entry.together) this.#together.answered()
    } else if (this.#oob && message.kind === 'error' && refusesOob(message.error)) {
      this.#setManners({ noOob: 'refused' })
    }
    const value = message.kind === 'return' ? message.value : undefined
    this.#sink.record(replyRow(entry, message, latencyMs, late), text, bytes, this.#replySource, value)
    if (late) this.#sink.queueChanged()
    else if (message.kind === 'return') this.#settle(entry, returned(exec, message.value, text, latencyMs))
    else this.#settle(entry, { kind: 'failed', exec, error: message.error, latencyMs })
    this.#pump()
  }

  /**
   * An error that came before the server had read an id. It belongs to the one command that can have caused it;
   * with none or several it is reported as what it is. A line that was no command may be answered by many.
   */
  #errorWithoutId(error: QmpError, text: string, bytes: number): void {
    const { only } = this.#sent
    if (only !== undefined && this.#noise.length === 0) {
      this.#answer(only, { kind: 'error', error, id: undefined }, text, bytes)
      return
    }
    if (this.#sent.size === 0 && this.#noise.length === 1) {
      this.#answerNoise({ kind: 'error', error, id: undefined }, text, bytes)
      return
    }
    this.#parseErrors += 1
    this.#problem({ kind: 'server-parse-error', error, repeated: this.#parseErrors }, text, bytes)
  }

  /** A reply that nobody waits for belongs to the oldest unanswered line that was no command. */
  #answerNoise(message: ServerReply, text: string, bytes: number): void {
    const noise = this.#noise[0]
    if (noise === undefined) return
    const { entry } = noise
    const body: RowBody = {
      kind: message.kind,
      exec: entry.exec,
      name: '',
      error: message.kind === 'error' ? message.error : undefined,
      latencyMs: Math.max(0, this.#ports.now() - entry.sentAt),
      late: false,
      origin: 'person',
    }
    this.#sink.record(body, text, bytes)
  }

  /** QEMU 2.12 says that it dropped a command unread: it did not run. */
  #dropped(data: JsonObject | undefined): void {
    const id = data?.id
    const entry = id === undefined ? undefined : this.#sent.find(idKey(id))
    if (entry === undefined) return
    const late = entry.state === 'late'
    this.#finish(entry)
    // In the record it was sent: what ended it stands there, too.
    this.#sink.record(outcomeRow(entry, 'dropped', this.#ports.now()), undefined, 0)
    if (!late) this.#settle(entry, { kind: 'not-sent', why: 'dropped-by-server' })
    this.#pump()
  }

  /** Take an entry out of flight. Its state stays: callers ask it whether it was late. */
  #finish(entry: Entry): void {
    entry.stopDeadline()
    entry.stopDeadline = nothing
    this.#sent.remove(entry)
  }

  #settle(entry: Entry, outcome: Outcome): void {
    settle(entry, outcome)
    this.#sink.queueChanged()
  }

  #problem(
    problem: Extract<RowBody, { kind: 'problem' }>['problem'],
    text: string | undefined,
    bytes: number,
  ): void {
    this.#sink.record({ kind: 'problem', problem }, text, bytes)
  }

  /** Over for good: every command ends first, as it does where the connection is lost; then the holder is told. */
  #giveUp(state: ConnectionState): void {
    this.#close()
    this.#sink.move(state)
  }

  #close(): void {
    this.#phase = 'closed'
    this.#stopGreeting()
    this.#stopGrace()
    this.#noise = []
    for (const entry of this.#sent.clear()) {
      entry.stopDeadline()
      if (entry.state === 'late') continue
      if (entry !== this.#negotiation) {
        this.#sink.record(outcomeRow(entry, 'unknown', this.#ports.now()), undefined, 0)
      }
      settle(entry, { kind: 'unknown', exec: entry.exec, why: 'connection-lost' })
    }
    this.#queue.clear('connection-lost')
    this.#sink.queueChanged()
  }
}

function notSent(why: NotSentReason): Promise<Outcome> {
  return Promise.resolve({ kind: 'not-sent', why })
}
