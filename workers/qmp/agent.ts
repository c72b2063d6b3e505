/**
 * One connection to a guest agent (qemu-ga), on the same framer as QMP.
 *
 * There is no greeting and no connection that the agent knows of: what an earlier client left unread comes to this
 * one. So it begins with a handshake (0xFF, `guest-sync-delimited` with a fresh id; everything before the 0xFF of
 * the answer is thrown away), and repeats it whenever the order of replies is in doubt: after a deadline and after
 * garbage. One command at a time is in flight, because older agents echo no id and answer in order.
 *
 * Some commands answer only on failure (`guest-info` says which): they end as `sent` when no error came within
 * `quietMs`.
 */
import { isJsonObject } from '../base/json.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { createFramer } from './framer.ts'
import type { Framer } from './framer.ts'
import { printCommand, readMessage } from './message.ts'
import type { QmpError } from './message.ts'
import { byteLength, describeEntry, idKey, nothing, outcomeRow } from './pending.ts'
import type { Entry, SessionPorts, SessionRequest } from './pending.ts'
import type {
  NotSentReason,
  Outcome,
  QueueSnapshot,
  RawOutcome,
  RowBody,
  Ticket,
  WireProblem,
} from './record.ts'
import { queueLimit } from './session.ts'
import type { Session, SessionOptions, SessionSink } from './session.ts'

/** The settings of an agent's session, each with its default. */
export interface AgentOptions extends SessionOptions {
  /** How long the agent may take to answer the handshake before it counts as silent. Default 3,000 ms. */
  readonly syncMs?: number
  /** How long a command without success reply may take to fail. Default 2,000 ms. */
  readonly quietMs?: number
}

/** A command of the agent. @qapi GuestAgentCommandInfo (qga) */
export interface AgentCommand {
  readonly name: string
  readonly enabled: boolean
  readonly successResponse: boolean
}

/** Read the return of `guest-info`; what has not its shape is left out. @qapi GuestAgentInfo (qga) */
export function readGuestInfo(value: Json): readonly AgentCommand[] {
  if (!isJsonObject(value)) return []
  const listed = value.supported_commands
  if (!Array.isArray(listed)) return []
  const commands: AgentCommand[] = []
  for (const each of listed as readonly Json[]) {
    if (!isJsonObject(each) || typeof each.name !== 'string') continue
    commands.push({
      name: each.name,
      enabled: each.enabled !== false,
      // Agents before 1.7 do not say: only these two kinds were ever without a reply.
      successResponse: each['success-response'] !== false,
    })
  }
  return commands
}

/** Make a session for a guest agent. */
export function createAgentSession(
  ports: SessionPorts,
  sink: SessionSink,
  options: AgentOptions = {},
): Session {
  return new AgentSession(ports, sink, options)
}

type Phase = 'new' | 'synchronising' | 'asking' | 'ready' | 'closed'

class AgentSession implements Session {
  readonly #ports: SessionPorts
  readonly #sink: SessionSink
  readonly #framer: Framer
  readonly #syncMs: number
  readonly #quietMs: number
  #phase: Phase = 'new'
  #tries = 0
  #syncId = 0
  #saidSilent = false
  #queue: Entry[] = []
  #current: Entry | undefined
  /** Timed out, and its reply may still come before the next handshake is answered. */
  #owed: Entry | undefined
  #withoutReply: ReadonlySet<string> = new Set()
  #stopTimer: () => void = nothing
  #replyText: string | undefined

  constructor(ports: SessionPorts, sink: SessionSink, options: AgentOptions) {
    this.#ports = ports
    this.#sink = sink
    this.#syncMs = options.syncMs ?? 3000
    this.#quietMs = options.quietMs ?? 2000
    this.#framer = createFramer(
      {
        message: (value, wire) => this.#message(value, wire.text(), wire.bytes),
        problem: (problem) => {
          if (this.#phase === 'closed') return
          this.#record({ kind: 'problem', problem }, undefined, 0)
          // What was thrown away may have been the reply. The order of replies is in doubt: ask anew.
          if (this.#phase === 'ready' && problem.kind !== 'discarded') this.#doubt()
        },
      },
      { resets: true, ...(options.limitBytes === undefined ? {} : { limitBytes: options.limitBytes }) },
    )
  }

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
    this.#phase = 'closed'
    this.#stopTimer()
    const current = this.#current
    this.#current = undefined
    if (current !== undefined) this.#end(current, 'unknown', 'connection-lost')
    for (const entry of this.#queue) this.#unqueue(entry, 'connection-lost')
    this.#queue = []
    this.#sink.queueChanged()
  }

  execute(request: SessionRequest): Promise<Outcome> {
    const refusal = this.#refusal(request.oob)
    if (refusal !== undefined) return Promise.resolve({ kind: 'not-sent', why: refusal })
    return new Promise((resolve) => {
      const exec = this.#ports.nextExec()
      const text = printCommand({ name: request.name, arguments: request.arguments, oob: false, id: exec })
      this.#submit({
        exec,
        request,
        since: this.#ports.now(),
        text,
        key: idKey(exec),
        state: 'queued',
        sentAt: 0,
        order: 0,
        stopDeadline: nothing,
        settle: resolve,
      })
    })
  }

  cancel(ticket: Ticket): boolean {
    const at = this.#queue.findIndex((entry) => entry.request.ticket === ticket)
    const entry = this.#queue[at]
    if (entry === undefined) return false
    this.#queue.splice(at, 1)
    this.#unqueue(entry, 'cancelled')
    this.#sink.queueChanged()
    return true
  }

  sendRaw(line: string, deadlineMs: number, ticket: Ticket | undefined): Promise<RawOutcome> {
    const refusal = this.#refusal(false)
    if (refusal !== undefined) return Promise.resolve({ kind: 'not-sent', why: refusal })
    return new Promise((resolve) => {
      const request = {
        name: /"execute"\s*:\s*"([^"]*)"/.exec(line)?.[1] ?? '',
        arguments: undefined,
        oob: false,
        deadlineMs,
        ticket,
        origin: 'person' as const,
      }
      this.#submit({
        exec: this.#ports.nextExec(),
        request,
        since: this.#ports.now(),
        text: line,
        key: undefined,
        state: 'queued',
        sentAt: 0,
        order: 0,
        stopDeadline: nothing,
        settle: (outcome) => {
          if (outcome.kind === 'not-sent') resolve(outcome)
          else resolve({ kind: 'command', outcome, reply: this.#replyText })
        },
      })
    })
  }

  queue(): QueueSnapshot {
    const all = this.#current === undefined ? this.#queue : [this.#current, ...this.#queue]
    return { pending: all.map(describeEntry), blockedBy: undefined }
  }

  /** While the handshake is repeated commands queue: it is a matter of milliseconds, or of `silent`. */
  #refusal(oob: boolean): NotSentReason | undefined {
    if (oob) return 'oob-not-negotiated'
    if (this.#phase === 'new' || this.#phase === 'closed' || this.#saidSilent) return 'not-connected'
    return this.#queue.length >= queueLimit ? 'queue-full' : undefined
  }

  #submit(entry: Entry): void {
    entry.stopDeadline = this.#ports.after(entry.request.deadlineMs, () => this.#deadline(entry))
    this.#queue.push(entry)
    this.#pump()
    this.#sink.queueChanged()
  }

  #pump(): void {
    if (this.#phase !== 'ready' || this.#current !== undefined) return
    const entry = this.#queue.shift()
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
    this.#record(
      {
        kind: 'command',
        exec,
        ticket: request.ticket,
        name: request.name,
        oob: false,
        origin: request.origin,
      },
      entry.text,
      byteLength(entry.text),
    )
    this.#ports.send(`${entry.text}\n`)
  }

  #deadline(entry: Entry): void {
    if (entry.state === 'queued') {
      this.#queue = this.#queue.filter((each) => each !== entry)
      this.#unqueue(entry, 'deadline')
      this.#sink.queueChanged()
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
    if (this.#phase === 'ready') this.#synchronise()
  }

  // ── handshake ────────────────────────────────────────────────────────────────────────────────────────────────

  #synchronise(): void {
    this.#phase = 'synchronising'
    this.#tries = 0
    this.#saidSilent = false
    this.#sink.move({ kind: 'synchronising', tries: 1 })
    this.#sync()
  }

  #sync(): void {
    this.#tries += 1
    // Fresh each time, so that the answer to an earlier client's handshake is never taken for this one's.
    this.#syncId = 1 + Math.floor(Math.random() * 0x7fff_fffe)
    const text = printCommand({
      name: 'guest-sync-delimited',
      arguments: { id: this.#syncId },
      oob: false,
      id: this.#syncId,
    })
    this.#ports.sendBytes(Uint8Array.of(0xff))
    this.#ports.send(`${text}\n`)
    this.#stopTimer()
    // Nobody may be reading at the other end: ask less and less often, so that little piles up there.
    const waitMs = Math.min(Math.max(this.#syncMs, 30_000), this.#syncMs * 2 ** (this.#tries - 1))
    this.#stopTimer = this.#ports.after(waitMs, () => {
      if (!this.#saidSilent) {
        this.#saidSilent = true
        this.#sink.move({ kind: 'silent', tries: this.#tries })
        for (const entry of this.#queue.splice(0)) this.#unqueue(entry, 'not-connected')
        this.#sink.queueChanged()
      }
      this.#sync()
    })
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
    // Ask once which commands have no success reply; the page asks again for the list itself.
    this.#phase = 'asking'
    const exec = this.#ports.nextExec()
    const request: SessionRequest = {
      name: 'guest-info',
      arguments: undefined,
      oob: false,
      deadlineMs: this.#syncMs,
      ticket: undefined,
      origin: 'client',
    }
    const entry: Entry = {
      exec,
      request,
      since: this.#ports.now(),
      text: printCommand({ name: request.name, arguments: undefined, oob: false, id: exec }),
      key: idKey(exec),
      state: 'queued',
      sentAt: 0,
      order: 0,
      stopDeadline: nothing,
      settle: (outcome) => {
        if (outcome.kind === 'returned') {
          const silent = readGuestInfo(outcome.value).filter((each) => !each.successResponse)
          this.#withoutReply = new Set(silent.map((each) => each.name))
        }
        if (outcome.kind === 'unknown' || this.#phase === 'closed') return
        this.#phase = 'ready'
        this.#saidSilent = false
        this.#sink.move({ kind: 'ready', greeting: undefined, oob: false })
        if (outcome.kind === 'timed-out') this.#synchronise()
        else this.#pump()
      },
    }
    entry.stopDeadline = this.#ports.after(request.deadlineMs, () => this.#deadline(entry))
    this.#transmit(entry)
  }

  // ── in ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #message(value: JsonObject, text: string, bytes: number): void {
    if (this.#phase === 'closed') return
    const message = readMessage(value)
    if (this.#phase === 'synchronising') {
      if (message.kind === 'return' && message.value === this.#syncId) {
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
      this.#problem({ kind: 'unrecognised', why }, text, bytes)
      return
    }
    const entry = this.#current
    const wrongId = entry?.key !== undefined && message.id !== undefined && idKey(message.id) !== entry.key
    if (entry === undefined || wrongId) {
      this.#problem(
        { kind: 'unknown-id', id: message.id === undefined ? 'none' : idKey(message.id) },
        text,
        bytes,
      )
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
    const { exec, request } = entry
    const latencyMs = Math.max(0, this.#ports.now() - entry.sentAt)
    this.#record(
      {
        kind: message.kind,
        exec,
        name: request.name,
        error: message.kind === 'error' ? message.error : undefined,
        latencyMs,
        late,
        origin: request.origin,
      },
      text,
      bytes,
    )
    return latencyMs
  }

  #end(entry: Entry, outcome: 'unknown', why: 'connection-lost' | 'reply-unreadable'): void {
    const { exec } = entry
    entry.state = 'done'
    entry.stopDeadline()
    this.#record(outcomeRow(entry, outcome, this.#ports.now()), undefined, 0)
    entry.settle({ kind: 'unknown', exec, why })
  }

  #settle(entry: Entry, outcome: Outcome): void {
    entry.state = 'done'
    entry.stopDeadline()
    entry.settle(outcome)
    this.#sink.queueChanged()
  }

  #unqueue(entry: Entry, why: NotSentReason): void {
    entry.state = 'done'
    entry.stopDeadline()
    entry.settle({ kind: 'not-sent', why })
  }

  #problem(problem: WireProblem, text: string, bytes: number): void {
    this.#record({ kind: 'problem', problem }, text, bytes)
  }

  #record(body: RowBody, text: string | undefined, bytes: number): void {
    this.#sink.record(body, text, bytes)
  }
}
