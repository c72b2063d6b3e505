/**
 * The connection of a machine: connects, tries again when it is lost, and has the session that speaks on it. Its state
 * is told and recorded with each move.
 * Tested by workers/host/machine/facade.test.ts and workers/host/machine/manners.test.ts.
 * @adr 0062, 0064
 */
import type { ConnectOptions } from '#api/machine.ts'
import type { createAgentSession } from '#qmp/agent.ts'
import { mayMove } from '#qmp/connection.ts'
import type { ConnectionState, LossReason } from '#qmp/connection.ts'
import { plainManners } from '#qmp/manners.ts'
import type { Manners } from '#qmp/manners.ts'
import type { Session, SessionPorts, SessionSink } from '#qmp/ports.ts'
import type { ExecId } from '#qmp/report.ts'
import { createSession } from '#qmp/session.ts'
import { backoffMs } from './backoff.ts'
import { after, now } from './clock.ts'
import { Politeness } from './politeness.ts'
import type { Recorder } from './recorder/recorder.ts'
import { checkAddress, openSocket } from './socket.ts'
import type { Socket } from './socket.ts'

/** After how much silence a message without a line end is looked for, in milliseconds. */
const idleMs = 20
/** The code of an end that is our own: nobody sent one. */
const ownCode = 4000

const noAgentCode: LossReason = {
  ...{ kind: 'closed', code: ownCode, beforeGreeting: false },
  reason: 'the server of this page did not send the code for guest agents',
}

/** What a connection needs of the machine. */
export interface ConnectionPorts {
  /** A session is in command mode. */
  ready(state: Extract<ConnectionState, { kind: 'ready' }>): void
  /** The words of what nobody asked for and is unanswered. */
  unanswered(): readonly string[]
}

/** One socket after the other, to one address. */
export class Connector {
  readonly #recorder: Recorder
  readonly #ports: ConnectionPorts
  readonly #encoder = new TextEncoder()
  #state: ConnectionState = { kind: 'idle' }
  #options: ConnectOptions | undefined
  #socket: Socket | undefined
  #session: Session | undefined
  #attempt = 0
  #exec = 0
  readonly #politeness = new Politeness({
    now,
    after,
    isReady: () => this.#state.kind === 'ready',
    pending: () => this.#session?.queue().pending ?? [],
    open: () => {
      if (this.#state.kind === 'ended' || this.#state.kind === 'lost') this.#open()
    },
    letGo: () => this.#leave({ kind: 'ended', reason: { kind: 'polite' } }),
  })
  /** What was found out about the server at this address. */
  #manners: Manners = plainManners
  #retry: ReturnType<typeof setTimeout> | undefined
  #idle: ReturnType<typeof setTimeout> | undefined
  #lastBytesAt = 0
  /** The server said that it goes: the end of the connection is no accident. */
  #shuttingDown = false
  /** The code for guest agents, once a connection has needed it. */
  #createAgentSession: typeof createAgentSession | undefined

  constructor(recorder: Recorder, ports: ConnectionPorts) {
    this.#recorder = recorder
    this.#ports = ports
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** Whether it is held only while a person asks for something. */
  get isPolite(): boolean {
    return this.#options?.polite !== undefined
  }

  /** The session, while there is a socket. */
  get session(): Session | undefined {
    return this.#session
  }

  connect(options: ConnectOptions): void {
    if (this.#state.kind !== 'idle') this.disconnect()
    this.#options = options
    this.#attempt = 0
    // Who asks to connect has it found out again.
    this.#setManners(plainManners)
    if (options.polite === 'when-asked') this.#leave({ kind: 'ended', reason: { kind: 'polite' } })
    else this.#open()
  }

  /**
   * A person asks for something, and waits for a connection that is held only for that. Resolves with the rest of the limit,
   * in milliseconds.
   */
  async asked(limitMs: number): Promise<number> {
    if (!this.isPolite || this.#isLeft) return limitMs
    const since = now()
    await this.#politeness.ask(limitMs)
    return Math.max(1, limitMs - (now() - since))
  }

  /** A person has disconnected it, or it cannot be used: a command is no reason to connect. */
  get #isLeft(): boolean {
    return (
      this.#state.kind === 'idle' || (this.#state.kind === 'ended' && this.#state.reason.kind !== 'polite')
    )
  }

  /** Leave the connection, whatever its state. */
  disconnect(): void {
    this.#leave({ kind: 'ended', reason: { kind: 'disconnected' } })
  }

  #leave(end: ConnectionState): void {
    clearTimeout(this.#retry)
    this.#stopIdle()
    this.#socket?.close()
    this.#socket = undefined
    this.#session?.closed()
    this.#session = undefined
    this.#politeness.closed()
    if (mayMove(this.#state.kind, end.kind)) this.#move(end)
  }

  /** Try again now, where it waits. */
  wake(): void {
    if (this.#state.kind === 'lost') this.#open()
  }

  /** Commands get numbers above this: an answer must not be taken for one of an earlier connection. */
  passOver(exec: number): void {
    this.#exec = Math.max(this.#exec, exec)
  }

  /** The one function that changes the state: checks the move and records it; the caller acts after that. */
  #move(next: ConnectionState): void {
    if (!mayMove(this.#state.kind, next.kind)) {
      throw new Error(`a connection cannot go from ${this.#state.kind} to ${next.kind}`)
    }
    this.#state = next
    this.#recorder.record({ kind: 'state', state: next }, undefined, 0)
    this.#recorder.batch.change({ state: next })
  }

  #open(): void {
    const options = this.#options
    if (options === undefined) return
    clearTimeout(this.#retry)
    this.#attempt += 1
    const address = checkAddress(options.dial ?? options.url)
    this.#move({ kind: 'connecting', attempt: this.#attempt })
    if ('why' in address) {
      const { why } = address
      this.#move({ kind: 'ended', reason: { kind: 'bad-address', url: options.url, why } })
      return
    }
    if (options.protocol === 'agent' && this.#createAgentSession === undefined) {
      void this.#loadAgent().then(() => {
        // It was disconnected, or sent elsewhere, meanwhile.
        if (this.#options !== options || this.#state.kind !== 'connecting' || this.#session !== undefined)
          return
        if (this.#createAgentSession === undefined) this.#lost(noAgentCode)
        else this.#dial(options, address.url)
      })
      return
    }
    this.#dial(options, address.url)
  }

  async #loadAgent(): Promise<void> {
    const code = await import('#qmp/agent.ts').catch(() => undefined)
    this.#createAgentSession = code?.createAgentSession
  }

  #dial(options: ConnectOptions, url: URL): void {
    this.#shuttingDown = false
    const session = this.#createSession(options)
    this.#session = session
    this.#socket = openSocket(url, options.url, {
      opened: () => session.opened(),
      bytes: (chunk, at) => {
        this.#lastBytesAt = now()
        this.#recorder.receive(at, () => session.receive(chunk))
        if (session.pendingBytes > 0 && this.#idle === undefined) this.#watchIdle(session)
      },
      lost: (reason) => this.#lost(reason),
    })
  }

  #createSession(options: ConnectOptions): Session {
    const ports: SessionPorts = {
      send: (text) => this.#socket?.send(this.#encoder.encode(text)),
      sendBytes: (bytes) => this.#socket?.send(bytes),
      now,
      after,
      nextExec: () => {
        this.#exec += 1
        return this.#exec as ExecId
      },
      random: Math.random,
    }
    const limit = {
      manners: this.#manners,
      ...(options.limitBytes === undefined ? {} : { limitBytes: options.limitBytes }),
    }
    const create = options.protocol === 'agent' ? this.#createAgentSession : createSession
    if (create === undefined) throw new Error('no code for guest agents')
    return create(ports, this.#sink(), limit)
  }

  #sink(): SessionSink {
    const recorder = this.#recorder
    return {
      move: (state) => this.#sessionMoved(state),
      record: (body, text, bytes, source, value) => {
        if (body.kind === 'event') {
          if (body.name === 'SHUTDOWN') this.#shuttingDown = true
          recorder.event(body, text, bytes, source)
          return
        }
        if (body.kind === 'return' && body.name === 'quit') this.#shuttingDown = true
        recorder.record(body, text, bytes, source, value)
      },
      event: (event, source) => event.name !== 'SHUTDOWN' && recorder.printed(event, source),
      queueChanged: () => recorder.batch.queueChanged(),
      manners: (manners) => this.#setManners(manners),
      broken: (why) => {
        this.#socket?.close()
        this.#lost({ kind: 'closed', code: ownCode, reason: why, beforeGreeting: false })
      },
    }
  }

  #setManners(manners: Manners): void {
    const { oneAtATime, noOob } = this.#manners
    if (manners.oneAtATime === oneAtATime && manners.noOob === noOob) return
    this.#manners = manners
    this.#recorder.batch.change({ manners })
  }

  #sessionMoved(state: ConnectionState): void {
    this.#move(state)
    if (state.kind === 'ended') {
      this.#socket?.close()
      this.#socket = undefined
    } else if (state.kind === 'ready') {
      this.#attempt = 0
      this.#ports.ready(state)
      if (this.isPolite) this.#politeness.ready()
    }
  }

  #lost(reason: LossReason): void {
    this.#socket = undefined
    this.#stopIdle()
    this.#politeness.closed()
    const wasReady = this.#state.kind === 'ready'
    const asking = this.#ports.unanswered()
    this.#session?.closed()
    this.#session = undefined
    const why: LossReason = this.#shuttingDown && reason.kind === 'closed' ? { kind: 'shut-down' } : reason
    const retryInMs = backoffMs(this.#attempt, Math.random())
    if (this.isPolite && wasReady && !this.#politeness.isWanted) {
      // Nobody asks for anything: it is connected again for whoever does.
      this.#move({ kind: 'ended', reason: { kind: 'polite' } })
      return
    }
    const lost: ConnectionState = { kind: 'lost', reason: why, retryInMs, attempt: this.#attempt }
    this.#move(asking.length === 0 ? lost : { ...lost, asking })
    this.#retry = setTimeout(() => this.#open(), retryInMs)
  }

  /** A message without a line end is looked for once nothing more comes. */
  #watchIdle(session: Session): void {
    this.#idle = setTimeout(() => {
      this.#idle = undefined
      if (this.#session !== session || session.pendingBytes === 0) return
      if (now() - this.#lastBytesAt < idleMs) this.#watchIdle(session)
      else session.idle()
    }, idleMs)
  }

  #stopIdle(): void {
    clearTimeout(this.#idle)
    this.#idle = undefined
  }
}
