/**
 * One connection to a guest agent (qemu-ga), on the same framer as QMP.
 *
 * There is no greeting and no connection that the agent knows of: what an earlier client left unread comes to this
 * one. So it begins with a handshake (0xFF, `guest-sync-delimited` with a fresh id; everything before the 0xFF of
 * the answer is thrown away), and repeats it whenever the order of replies is in doubt: after a deadline and after
 * garbage. One command at a time is in flight, because older agents echo no id and answer in order.
 *
 * Some commands answer only on failure (`guest-info` says which): they end as `sent` when no error came within
 * `quietMs`. An agent that does not say is ready all the same: `guest-info` only goes first.
 */
import type { JsonObject } from '#base/json/value.ts'
import { CommandQueue } from './command-queue.ts'
import { createFramer } from './wire/framer.ts'
import type { Framer } from './wire/framer.ts'
import { readGuestInfo } from './guest-info.ts'
import { Handshakes } from './handshake.ts'
import { printCommand, readCommand, readMessage } from './message.ts'
import type { QmpError } from './message.ts'
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
import type { NotSentReason, Outcome, QueueSnapshot, RawOutcome, RowBody, Ticket } from './report.ts'

/** The settings of an agent's session, each with its default. */
export interface AgentOptions extends SessionOptions {
  /** How long the agent may take to answer the handshake before it counts as silent. Default 3,000 ms. */
  readonly syncMs?: number
  /** How long a command without success reply may take to fail. Default 2,000 ms. */
  readonly quietMs?: number
}

/** Make a session for a guest agent. */
export function createAgentSession(
  ports: SessionPorts,
  sink: SessionSink,
  options: AgentOptions = {},
): Session {
  return new AgentSession(ports, sink, options)
}

/** In `ready` commands are sent; in `synchronising` they queue. */
type AgentPhase = 'new' | 'synchronising' | 'ready' | 'closed'

class AgentSession implements Session {
  readonly #ports: SessionPorts
  readonly #sink: SessionSink
  readonly #framer: Framer
  readonly #handshakes: Handshakes
  readonly #quietMs: number
  #phase: AgentPhase = 'new'
  /** The state that was told last is `ready`: a handshake that only settles the order of replies is not told. */
  #saidReady = false
  #saidSilent = false
  /** `guest-info` was asked and not answered: it is not asked again while the same agent may be there. */
  #infoUnanswered = false
  readonly #queue: CommandQueue
  #current: Entry | undefined
  /** Timed out, and its reply may still come before the next handshake is answered. */
  #owed: Entry | undefined
  #withoutReply: ReadonlySet<string> = new Set()
  #stopTimer: () => void = nothing
  #replyText: string | undefined

  constructor(ports: SessionPorts, sink: SessionSink, options: AgentOptions) {
    this.#ports = ports
    this.#sink = sink
    this.#handshakes = new Handshakes(options.syncMs ?? 3000, ports)
    this.#queue = new CommandQueue(() => sink.queueChanged())
    this.#quietMs = options.quietMs ?? 2000
    this.#framer = createFramer(
      {
        message: (value, wire) => this.#message(value, wire.text(), wire.bytes),
        problem: (problem) => {
          if (this.#phase === 'closed') return
          this.#record({ kind: 'problem', problem }, undefined, 0)
          // What was thrown away may have been the reply. The order of replies is in doubt: ask again.
          if (this.#phase === 'ready' && problem.kind !== 'discarded') this.#doubt()
        },
      },
      { resets: true, ...(options.limitBytes === undefined ? {} : { limitBytes: options.limitBytes }) },
    )
  }

  // As in session.ts: a class over both would have these few lines, and hide which phase lets what through.

  get pendingBytes(): number {
    return this.#framer.pendingBytes
  }

  opened(): void {
    if (this.#phase !== 'new') throw new Error('a session is opened once')
    this.#synchronise()
  }

  receive(chunk: Uint8Array): void {
    if (this.#phase !== 'closed') this.#framer.push(chunk)
  }

  idle(): void {
    if (this.#phase !== 'closed') this.#framer.idle()
  }

  closed(): void {
    if (this.#phase === 'closed') return
    this.#framer.end()
    this.#finish()
  }

  /** End all that waits. What the framer still holds is not read: it may be in the middle of a message. */
  #finish(): void {
    if (this.#phase === 'closed') return
    this.#phase = 'closed'
    this.#stopTimer()
    const current = this.#current
    this.#current = undefined
    if (current !== undefined) this.#end(current, 'unknown', 'connection-lost')
    this.#queue.clear('connection-lost')
    this.#sink.queueChanged()
  }

  execute(request: SessionRequest): Promise<Outcome> {
    const refusal = this.#refusal(request.oob)
    if (refusal !== undefined) return Promise.resolve({ kind: 'not-sent', why: refusal })
    return new Promise((resolve) => {
      this.#submit(this.#entry(request, resolve))
    })
  }

  /** A command of ours. */
  #entry(request: SessionRequest, settle: (outcome: Outcome) => void): Entry {
    const exec = this.#ports.nextExec()
    const text = printCommand({ name: request.name, arguments: request.arguments, oob: false, id: exec })
    return createEntry(exec, request, text, idKey(exec), this.#ports.now(), settle)
  }

  cancel(ticket: Ticket): boolean {
    return this.#queue.cancel(ticket)
  }

  sendRaw(line: string, deadlineMs: number, ticket: Ticket | undefined): Promise<RawOutcome> {
    const refusal = this.#refusal(false)
    if (refusal !== undefined) return Promise.resolve({ kind: 'not-sent', why: refusal })
    return new Promise((resolve) => {
      const request = {
        name: readCommand(line)?.name ?? '',
        arguments: undefined,
        oob: false,
        deadlineMs,
        ticket,
        origin: 'person' as const,
      }
      const settle = (outcome: Outcome): void => {
        if (outcome.kind === 'not-sent') resolve(outcome)
        else resolve({ kind: 'command', outcome, reply: this.#replyText })
      }
      const exec = this.#ports.nextExec()
      this.#submit(createEntry(exec, request, line, undefined, this.#ports.now(), settle))
    })
  }

  queue(): QueueSnapshot {
    const { entries } = this.#queue
    const all = this.#current === undefined ? entries : [this.#current, ...entries]
    return { pending: all.map(describeEntry), blockedBy: undefined }
  }

  /** While the handshake is repeated commands queue: it is a matter of milliseconds, or of `silent`. */
  #refusal(oob: boolean): NotSentReason | undefined {
    if (oob) return 'oob-not-negotiated'
    if (this.#phase === 'new' || this.#phase === 'closed' || this.#saidSilent) return 'not-connected'
    return this.#queue.isFull ? 'queue-full' : undefined
  }

  #submit(entry: Entry): void {
    entry.stopDeadline = this.#ports.after(entry.request.deadlineMs, () => this.#deadline(entry))
    this.#queue.push(entry)
    this.#pump()
    this.#sink.queueChanged()
  }

  #pump(): void {
    if (this.#phase !== 'ready' || this.#current !== undefined) return
    const entry = this.#queue.take()
    if (entry !== undefined) this.#transmit(entry)
  }

  #transmit(entry: Entry): void {
    const { exec, request } = entry
    entry.state = 'sent'
    entry.sentAt = this.#ports.now()
    this.#current = entry
    if (this.#withoutReply.has(request.name)) {
      entry.stopDeadline()
      entry.stopDeadline = this.#ports.after(this.#quietMs, () => {
        this.#current = undefined
        this.#settle(entry, { kind: 'sent', exec })
        this.#pump()
      })
    }
    this.#record(commandRow(entry), entry.text, byteLength(entry.text))
    this.#ports.send(`${entry.text}\n`)
  }

  #deadline(entry: Entry): void {
    if (entry.state === 'queued') {
      this.#queue.remove(entry, 'deadline')
      return
    }
    if (entry !== this.#current) return
    this.#current = undefined
    this.#owed = entry
    entry.state = 'late'
    const { exec, request } = entry
    this.#record(outcomeRow(entry, 'timed-out', this.#ports.now()), undefined, 0)
    entry.settle({ kind: 'timed-out', exec, afterMs: request.deadlineMs })
    this.#sink.queueChanged()
    // A question that nobody asked for says nothing of the agent, only of the order of replies.
    if (this.#phase === 'ready') this.#synchronise(request.origin !== 'person')
  }

  // ── handshake ────────────────────────────────────────────────────────────────────────────────────────────────

  /** `quietly`: nothing but the order of replies is in doubt, and the agent counts as ready until it falls silent. */
  #synchronise(quietly = false): void {
    this.#phase = 'synchronising'
    this.#saidSilent = false
    this.#handshakes.begin()
    if (!(quietly && this.#saidReady)) this.#saySynchronising()
    this.#sync()
  }

  #saySynchronising(): void {
    this.#saidReady = false
    this.#sink.move({ kind: 'synchronising', tries: 1 })
  }

  #sync(): void {
    const id = this.#handshakes.next()
    const text = printCommand({ name: 'guest-sync-delimited', arguments: { id }, oob: false, id })
    this.#ports.sendBytes(Uint8Array.of(0xff))
    this.#ports.send(`${text}\n`)
    this.#stopTimer()
    this.#stopTimer = this.#ports.after(this.#handshakes.pauseMs, () => {
      if (!this.#saidSilent) this.#silent()
      this.#sync()
    })
  }

  #silent(): void {
    if (this.#saidReady) this.#saySynchronising()
    this.#saidSilent = true
    // Another agent may answer next.
    this.#infoUnanswered = false
    this.#sink.move({ kind: 'silent', tries: this.#handshakes.tries })
    this.#queue.clear('not-connected')
    this.#sink.queueChanged()
  }

  /** Garbage while a command waits: its reply may be lost. */
  #doubt(): void {
    const current = this.#current
    this.#current = undefined
    if (current !== undefined) this.#end(current, 'unknown', 'reply-unreadable')
    this.#sink.queueChanged()
    this.#synchronise()
  }

  #synchronised(): void {
    this.#stopTimer()
    this.#owed = undefined
    this.#phase = 'ready'
    this.#saidSilent = false
    if (!this.#infoUnanswered) this.#askInfo()
    if (!this.#saidReady) {
      this.#saidReady = true
      this.#sink.move({ kind: 'ready', greeting: undefined, oob: false })
    }
    this.#pump()
  }

  /** Ask once which commands have no success reply; the page asks again for the list itself. */
  #askInfo(): void {
    const request: SessionRequest = {
      name: 'guest-info',
      arguments: undefined,
      oob: false,
      deadlineMs: this.#handshakes.firstAnswerMs,
      ticket: undefined,
      origin: 'client',
    }
    const entry = this.#entry(request, (outcome) => {
      if (outcome.kind === 'returned') {
        const silent = readGuestInfo(outcome.value).filter((each) => !each.successResponse)
        this.#withoutReply = new Set(silent.map((each) => each.name))
      } else if (outcome.kind !== 'failed') {
        // Asked again and again, an agent without an answer to this would be kept from answering anything else.
        this.#infoUnanswered = true
      }
    })
    entry.stopDeadline = this.#ports.after(request.deadlineMs, () => this.#deadline(entry))
    this.#transmit(entry)
  }

  // ── in ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #message(value: JsonObject, text: string, bytes: number): void {
    if (this.#phase === 'closed') return
    const message = readMessage(value)
    if (message.kind === 'return' && this.#handshakes.isLate(message.value)) return
    if (this.#phase === 'synchronising') {
      if (message.kind === 'greeting') {
        // The wrong socket: a monitor would take each handshake for a command, and answer with an error.
        this.#finish()
        this.#sink.move({ kind: 'ended', reason: { kind: 'no-agent' } })
        return
      }
      if (message.kind === 'return' && this.#handshakes.answers(message.value)) {
        this.#synchronised()
      } else if (this.#owed !== undefined && (message.kind === 'return' || message.kind === 'error')) {
        // The reply that was given up comes after all, before the answer to the handshake.
        const owed = this.#owed
        this.#owed = undefined
        this.#recordReply(owed, message, text, bytes, true)
      }
      // Anything else was meant for an earlier client, or is the agent's complaint about the stray 0xFF.
      return
    }
    if (message.kind !== 'return' && message.kind !== 'error') {
      const why = message.kind === 'unrecognised' ? message.why : `a ${message.kind} from a guest agent`
      this.#record({ kind: 'problem', problem: { kind: 'unrecognised', why } }, text, bytes)
      return
    }
    const entry = this.#current
    const wrongId = entry?.key !== undefined && message.id !== undefined && idKey(message.id) !== entry.key
    if (entry === undefined || wrongId) {
      const problem = { kind: 'unknown-id', id: shownId(message.id) } as const
      this.#record({ kind: 'problem', problem }, text, bytes)
      return
    }
    this.#current = undefined
    entry.stopDeadline()
    const latencyMs = this.#recordReply(entry, message, text, bytes, false)
    const { exec } = entry
    this.#replyText = text
    if (message.kind === 'return')
      this.#settle(entry, { kind: 'returned', exec, value: message.value, latencyMs })
    else this.#settle(entry, { kind: 'failed', exec, error: message.error, latencyMs })
    this.#replyText = undefined
    this.#pump()
  }

  #recordReply(
    entry: Entry,
    message: { readonly kind: 'return' } | { readonly kind: 'error'; readonly error: QmpError },
    text: string,
    bytes: number,
    late: boolean,
  ): number {
    const latencyMs = Math.max(0, this.#ports.now() - entry.sentAt)
    this.#record(replyRow(entry, message, latencyMs, late), text, bytes)
    return latencyMs
  }

  #end(entry: Entry, outcome: 'unknown', why: 'connection-lost' | 'reply-unreadable'): void {
    const { exec } = entry
    this.#record(outcomeRow(entry, outcome, this.#ports.now()), undefined, 0)
    settle(entry, { kind: 'unknown', exec, why })
  }

  #settle(entry: Entry, outcome: Outcome): void {
    settle(entry, outcome)
    this.#sink.queueChanged()
  }

  #record(body: RowBody, text: string | undefined, bytes: number): void {
    this.#sink.record(body, text, bytes)
  }
}
