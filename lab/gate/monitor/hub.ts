/**
 * Many clients on one QMP monitor. One file, because who is next, who is asked and who is answered are one state.
 *
 * No sockets and no clock of its own: the connections are ports. Towards the machine it is one client, with ids of its
 * own (numbers from 1); towards each client it is a monitor. QEMU answers in-band commands in their order, so
 * what it says without an id belongs to the first that is unanswered. In-band commands go out in turn, one of each
 * client, at most `window` at a time: QEMU stops reading at 8, and out-of-band commands have to get through.
 *
 * @qmp General Definitions, Out-of-band execution
 */
import { printJson } from '#base/json/print.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { JsonObject } from '#base/json/value.ts'
import { redactValue } from '#qapi/secrets/secrets.ts'
import { isLibvirtProxy } from '#qmp/manners.ts'
import { printCommand, readMessage } from '#qmp/message.ts'
import { createFramer } from '#qmp/wire/framer.ts'
import type { Framer } from '#qmp/wire/framer.ts'
import type { FramingProblem, WireMessage } from '#qmp/wire/framing.ts'
import type { CommandEnd, RecordEntry, Who } from '../audit/entry.ts'
import { whyWatchersMayNot } from '../rights/rights.ts'
import { asLine, errorText, returnText, withIdOf } from './answers.ts'
import { readRequest } from './envelope.ts'
import type { ClientCommand } from './envelope.ts'
import { endOfEvents, EventBytes } from './event-bytes.ts'
import { greetingFor, ownCommands } from './greeting.ts'
import { HubClient } from './hub-client.ts'
import type { ClientPort } from './hub-client.ts'
import { negotiate, negotiatedAlready, negotiateFirst, readCapabilities } from './negotiation.ts'
import { RequestReader } from './request-reader.ts'

/** In-band commands that QEMU has of all clients together. One less than it takes. */
const window = 7
/** Out-of-band commands of all clients together. */
const oobWindow = 8
/** A client with this many commands or bytes waiting is not read on, as QEMU would not. */
const mostWaiting = 32
const mostWaitingBytes = 4 * 1024 * 1024
/** The largest request of a client with all rights, in bytes: that of QEMU. A watcher has nothing large to say. */
const largestRequest = 64 * 1024 * 1024
const largestOfWatcher = 1024 * 1024

/** What the hub needs of the world. */
export interface HubPorts {
  /** Send to the machine. */
  send(text: string): void
  /** The machine cannot be understood: end its connection. `closed` follows. */
  giveUp(why: string): void
  readonly record: RecordEntry
  /** Milliseconds. */
  now(): number
  /** What `x-gate-status` returns of lines and other channels; JSON objects. */
  status?(): JsonObject
  /** Give a line of the machine (`serial`) to a client of it. A sentence where that cannot be. */
  take?(line: string, client: number): string | undefined
}

/** What a client's connection tells the hub. */
export interface JoinedClient {
  receive(bytes: Uint8Array): void
  /** It is gone, for whatever reason. */
  left(): void
}

interface Asked {
  readonly client: HubClient
  readonly command: ClientCommand
  readonly arrivedAt: number
}

/** The hub of one monitor. */
export class MonitorHub {
  readonly #ports: HubPorts
  readonly #clients = new Set<HubClient>()
  #phase: 'away' | 'greeting' | 'negotiating' | 'ready' = 'away'
  #framer: Framer | undefined
  #greeting: JsonObject | undefined
  #offered: readonly string[] = []
  #window = window
  #lastId = 0
  /** By the gate's id: what was asked and not answered. In-band ones in the order in which QEMU answers. */
  readonly #inBand = new Map<number, Asked>()
  readonly #outOfBand = new Map<number, Asked>()
  readonly #waitingOob: Asked[] = []
  readonly #events = new EventBytes((bytes) => this.#toAll(bytes))

  constructor(ports: HubPorts) {
    this.#ports = ports
  }

  get clients(): number {
    return this.#clients.size
  }

  /** Nobody is there and nothing is unanswered: the connection to the machine is of no use. */
  get isIdle(): boolean {
    return this.#clients.size === 0 && this.#inBand.size === 0 && this.#outOfBand.size === 0
  }

  // ── the machine ──────────────────────────────────────────────────────────────────────────────────────────────

  /** There is a connection to the machine; its greeting comes next. */
  opened(): void {
    this.#phase = 'greeting'
    this.#framer = createFramer({
      message: (value, wire) => this.#message(value, wire),
      event: (event, source) => {
        if (this.#phase !== 'ready') return true
        this.#events.add(source, event.length)
        return true
      },
      problem: (problem) => this.#problem(problem),
    })
  }

  /** What the machine said. Ports get parts of these bytes: the caller leaves them alone until all ports have sent theirs. */
  receive(chunk: Uint8Array): void {
    this.#events.begin(chunk)
    for (let at = 0; at < chunk.length;) at = this.#receiveFrom(chunk, at)
    this.#events.flush()
    this.#pump()
  }

  /**
   * Read on from a place, and say how far that was. A run of whole lines that begin as events do is passed on as it came;
   * no answer begins so, and QEMU has no line end inside of a message. All else is read a line at a time.
   */
  #receiveFrom(chunk: Uint8Array, at: number): number {
    const framer = this.#framer
    if (framer === undefined) return chunk.length
    if (this.#phase === 'ready' && framer.pendingBytes === 0) {
      const end = endOfEvents(chunk, at)
      if (end > at) {
        this.#events.flush()
        this.#toAll(chunk.subarray(at, end))
        return end
      }
    }
    const end = chunk.indexOf(0x0a, at) + 1
    framer.push(chunk.subarray(at, end === 0 ? undefined : end))
    return end === 0 ? chunk.length : end
  }

  /** The connection to the machine has ended: so do those of the clients, as at QEMU itself. */
  closed(): void {
    this.#phase = 'away'
    this.#framer = undefined
    const end: CommandEnd = { outcome: 'unknown', desc: 'the connection to the machine ended' }
    for (const asked of [...this.#inBand.values(), ...this.#outOfBand.values()]) this.#settled(asked, end)
    this.#inBand.clear()
    this.#outOfBand.clear()
    for (const client of [...this.#clients]) {
      // One that was not greeted waits for the machine to come back, as in the queue of its socket.
      if (!client.isGreeted) continue
      this.#left(client, 'the connection to the machine ended')
      client.port.end()
    }
  }

  // ── clients ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** A client has connected. */
  join(who: Who, port: ClientPort): JoinedClient {
    const client = new HubClient(who, port)
    this.#clients.add(client)
    this.#ports.record({ did: 'connected', who })
    const limit = client.rights === 'full' ? largestRequest : largestOfWatcher
    const reader = new RequestReader(
      {
        request: (text) => this.#request(client, text),
        broken: (why) =>
          this.#answer(client, errorText('GenericError', `JSON parse error, ${why}`, undefined)),
        tooLarge: () => {
          this.#ports.record({ did: 'dropped', who, why: `it sent more than ${limit} bytes as one message` })
          port.end()
        },
      },
      limit,
    )
    client.read = (bytes) => reader.push(bytes)
    if (this.#phase === 'ready') this.#greet(client)
    return {
      receive: (bytes) => {
        if (client.isGone) return
        client.receive(bytes)
        this.#pump()
      },
      left: () => this.#left(client),
    }
  }

  #left(client: HubClient, why = 'the client left'): void {
    if (client.isGone) return
    client.isGone = true
    this.#clients.delete(client)
    this.#forgetWaiting(client, why)
    this.#ports.record({ did: 'left', who: client.who })
    this.#pump()
  }

  #forgetWaiting(client: HubClient, why: string): void {
    const end: CommandEnd = { outcome: 'not sent', desc: why }
    for (let each = client.take(); each !== undefined; each = client.take()) {
      if (each.kind === 'command') this.#settled({ client, ...each }, end)
    }
    const oob = this.#waitingOob.filter((each) => each.client === client)
    for (const each of oob) {
      this.#waitingOob.splice(this.#waitingOob.indexOf(each), 1)
      this.#settled(each, end)
    }
  }

  #greet(client: HubClient): void {
    if (this.#greeting !== undefined) client.port.write(greetingFor(this.#greeting, client.rights))
    client.greeted()
  }

  #request(client: HubClient, text: string): void {
    const read = readRequest(text, client.hasOob)
    if (read.kind === 'fault') {
      this.#answer(client, errorText('GenericError', read.fault.desc, read.fault.id))
      return
    }
    const { command } = read
    const arrivedAt = this.#ports.now()
    if (command.name === negotiate || !client.isNegotiated) this.#negotiate(client, command)
    else if (command.name === 'x-gate-take') this.#takeLine(client, command, arrivedAt)
    else if (ownCommands.includes(command.name)) this.#ownCommand(client, command)
    else {
      const why = client.rights === 'full' ? undefined : whyWatchersMayNot(command.name, command.arguments)
      if (why !== undefined) {
        this.#answer(client, errorText('GenericError', why, command.id))
        this.#settled({ client, command, arrivedAt }, { outcome: 'refused', desc: why })
      } else if (command.oob) this.#waitingOob.push({ client, command, arrivedAt })
      else client.add({ kind: 'command', command, arrivedAt, bytes: text.length })
    }
  }

  #negotiate(client: HubClient, command: ClientCommand): void {
    const { name, id } = command
    const wrong = name !== negotiate ? negotiateFirst : client.isNegotiated ? negotiatedAlready : undefined
    if (wrong !== undefined) {
      this.#answer(client, errorText('CommandNotFound', wrong, id))
      return
    }
    const read = readCapabilities(command.arguments, this.#offered)
    if ('desc' in read) this.#answer(client, errorText('GenericError', read.desc, id))
    else {
      client.isNegotiated = true
      client.hasOob = read.enabled.includes('oob')
      this.#answer(client, returnText('{}', id))
    }
  }

  #ownCommand(client: HubClient, command: ClientCommand): void {
    const clients = [...this.#clients].map(({ who, isNegotiated, commands }) => ({
      client: who.client,
      key: who.key,
      ...(who.peer === undefined ? {} : { peer: who.peer }),
      negotiated: isNegotiated,
      commands,
    }))
    const status = { you: client.who.client, rights: client.rights, clients, ...this.#ports.status?.() }
    this.#answer(client, returnText(printJson(status), command.id))
  }

  #takeLine(client: HubClient, command: ClientCommand, arrivedAt: number): void {
    const { line, client: number } = command.arguments ?? {}
    const may = client.rights === 'full' ? undefined : whyWatchersMayNot(command.name, command.arguments)
    const isRead = typeof line === 'string' && typeof number === 'number'
    const desc =
      may ??
      (isRead
        ? this.#ports.take?.(line, number)
        : 'x-gate-take has “line”, the name of a channel, and “client”, a number')
    const asked = { client, command, arrivedAt }
    if (desc === undefined) {
      this.#answer(client, returnText('{}', command.id))
      this.#settled(asked, { outcome: 'returned' })
      return
    }
    this.#answer(client, errorText('GenericError', desc, command.id))
    const refused: CommandEnd = { outcome: 'refused', desc }
    this.#settled(asked, may === undefined ? { outcome: 'failed', class: 'GenericError', desc } : refused)
  }

  /** An answer of the gate itself: after those to what the client has sent before. */
  #answer(client: HubClient, text: string): void {
    client.add({ kind: 'answer', text, bytes: text.length })
  }

  // ── whose turn it is ─────────────────────────────────────────────────────────────────────────────────────────

  #pump(): void {
    while (this.#phase === 'ready' && this.#outOfBand.size < oobWindow) {
      const asked = this.#waitingOob.shift()
      if (asked === undefined) break
      this.#ask(asked, this.#outOfBand)
    }
    let isMoving = true
    while (isMoving) {
      isMoving = false
      // The set is in the order of the last turns: who had one goes to its end.
      for (const client of [...this.#clients]) if (this.#turn(client)) isMoving = true
    }
    for (const client of this.#clients) {
      const isFull =
        client.waiting.length >= mostWaiting || client.waitingBytes >= mostWaitingBytes || client.isFullEarly
      if (isFull !== client.isReading) continue
      client.isReading = !isFull
      client.port.setReading(!isFull)
    }
  }

  /** Give a client its turn. False where it has nothing to do with it. */
  #turn(client: HubClient): boolean {
    const [first] = client.waiting
    if (first === undefined) return false
    if (first.kind === 'answer') {
      if (client.inFlight > 0) return false
      client.take()
      client.port.write(first.text)
      return true
    }
    if (this.#phase !== 'ready' || this.#inBand.size >= this.#window) return false
    client.take()
    client.inFlight += 1
    this.#ask({ client, command: first.command, arrivedAt: first.arrivedAt }, this.#inBand)
    this.#clients.delete(client)
    this.#clients.add(client)
    return true
  }

  #ask(asked: Asked, sent: Map<number, Asked>): void {
    this.#lastId += 1
    sent.set(this.#lastId, asked)
    this.#ports.send(`${printCommand({ ...asked.command, id: this.#lastId })}\n`)
  }

  // ── what the machine says ────────────────────────────────────────────────────────────────────────────────────

  #message(value: JsonObject, wire: WireMessage): void {
    this.#events.flush()
    if (this.#phase === 'greeting') this.#readGreeting(value)
    else if (this.#phase === 'negotiating') this.#readNegotiation(value)
    else if (value.return === undefined && value.error === undefined) {
      if (value.event !== undefined) this.#toAll(asLine(value, wire))
    } else this.#reply(value, wire)
  }

  #readGreeting(value: JsonObject): void {
    const message = readMessage(value)
    if (message.kind !== 'greeting') return
    this.#greeting = value
    const { capabilities } = message.greeting
    // It never answers the second of two commands.
    const isProxy = isLibvirtProxy(message.greeting)
    this.#window = isProxy ? 1 : window
    this.#offered = isProxy ? [] : capabilities.filter((each) => each === 'oob')
    this.#phase = 'negotiating'
    const enable = this.#offered.length === 0 ? undefined : { enable: this.#offered }
    this.#ports.send(`${printCommand({ name: negotiate, arguments: enable, oob: false, id: 0 })}\n`)
  }

  #readNegotiation(value: JsonObject): void {
    if (value.return !== undefined) {
      this.#phase = 'ready'
      for (const client of [...this.#clients]) if (!client.isGreeted) this.#greet(client)
    } else if (value.error !== undefined) this.#ports.giveUp('the machine refused the negotiation')
  }

  #reply(value: JsonObject, wire: WireMessage): void {
    const { id } = value
    const number = typeof id === 'number' ? id : this.#inBand.keys().next().value
    if (number === undefined) return
    const asked = this.#takeAsked(number)
    if (asked === undefined) return
    const { client, command } = asked
    const { error } = value
    const end: CommandEnd =
      error !== undefined && isJsonObject(error)
        ? { outcome: 'failed', class: textOf(error.class), desc: textOf(error.desc) }
        : { outcome: 'returned' }
    if (!client.isGone) {
      const shown = client.rights === 'watch' ? withoutSecrets(command, value) : value
      // A value that was changed has no bytes to be taken as they are.
      client.port.write(withIdOf(shown, shown === value ? wire : undefined, number, command.id))
    }
    this.#settled(asked, end)
  }

  #takeAsked(id: number): Asked | undefined {
    const asked = this.#inBand.get(id) ?? this.#outOfBand.get(id)
    if (asked === undefined) return undefined
    if (this.#inBand.delete(id)) asked.client.inFlight -= 1
    else this.#outOfBand.delete(id)
    return asked
  }

  #settled({ client, command, arrivedAt }: Asked, end: CommandEnd): void {
    client.commands += 1
    this.#ports.record({
      did: 'command',
      who: client.who,
      command: command.name,
      arguments: command.arguments,
      end,
      ms: this.#ports.now() - arrivedAt,
      gone: client.isGone,
    })
  }

  /** Bytes that are no message. One that was an answer is told to who waits for it. */
  #problem(problem: FramingProblem): void {
    this.#events.flush()
    if (problem.kind === 'too-large') {
      this.#ports.giveUp('the machine sent a message that is too large')
      return
    }
    if (problem.kind !== 'garbage' || problem.message?.kind !== 'reply') return
    const { id } = problem.message
    const asked = typeof id === 'number' ? this.#takeAsked(id) : undefined
    if (asked === undefined) return
    const desc = 'The command ran; its answer could not be read at the gate.'
    if (!asked.client.isGone) asked.client.port.write(errorText('GenericError', desc, asked.command.id))
    this.#settled(asked, { outcome: 'unknown', desc })
  }

  #toAll(bytes: Uint8Array | string): void {
    for (const client of this.#clients) if (client.isNegotiated) client.port.write(bytes)
  }
}

/** The values of properties are read by harmless commands; those that are secrets by their names are not for watchers. */
function withoutSecrets(command: ClientCommand, value: JsonObject): JsonObject {
  if (command.name !== 'qom-list-get') return value
  const shown = redactValue(value)
  return isJsonObject(shown.value) ? shown.value : value
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
