/**
 * The gate of a guest agent. The agent knows of no clients: whatever it says comes to whoever reads. So the gate alone talks
 * to it, one call at a time, in turn for all clients, and gives each its answers. A handshake (0xFF, `guest-sync`,
 * `guest-sync-delimited`) is answered to the client that made it, once the agent is known to answer. A call that is not
 * answered ends after a limit with an error, and the next has its turn after a handshake.
 * Tested by lab/gate/channels.real.test.ts.
 * @qmp Guest agent
 */
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { own } from '#base/own.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import { createAgentSession } from '#qmp/agent.ts'
import type { ConnectionState } from '#qmp/connection.ts'
import type { Session } from '#qmp/ports.ts'
import type { ExecId, Outcome } from '#qmp/report.ts'
import type { CommandEnd, RecordEntry, Who } from '../audit/entry.ts'
import type { ChannelGate } from '../channel-gate.ts'
import { errorText, returnText } from '../monitor/answers.ts'
import { asciiJson, readRequest } from '../monitor/envelope.ts'
import type { ClientCommand } from '../monitor/envelope.ts'
import { RequestReader } from '../monitor/request-reader.ts'
import { Outbox } from '../outbox.ts'
import type { ChannelTarget } from '../private-socket.ts'
import { whyWatchersMayNot } from '../rights/rights.ts'

/** A call that the agent does not answer for this many milliseconds is given up: a large file takes seconds. */
const callMs = 120_000
/** How long the agent's channel is held that nobody uses, and how often one is tried that cannot be reached. */
const lingerMs = 1000
const retryMs = 1000
/** Calls of one client that wait. */
const mostWaiting = 64
/** The largest request: a piece of a file, in base64. */
const largestRequest = 64 * 1024 * 1024
const resetByte = Uint8Array.of(0xff)
const syncs: ReadonlySet<string> = new Set(['guest-sync', 'guest-sync-delimited'])

interface AgentClient {
  readonly who: Who
  readonly outbox: Outbox
  readonly waiting: { readonly command: ClientCommand; readonly arrivedAt: number }[]
  isGone: boolean
}

/** Make the gate of a guest agent. */
export function createAgentGate(target: ChannelTarget, record: RecordEntry, limitMs = callMs): ChannelGate {
  return new AgentGate(target, record, limitMs)
}

class AgentGate implements ChannelGate {
  readonly #target: ChannelTarget
  readonly #record: RecordEntry
  readonly #limitMs: number
  /** In the order of their last turns. */
  readonly #clients = new Set<AgentClient>()
  #agent: Socket | undefined
  #session: Session | undefined
  #state: ConnectionState['kind'] = 'idle'
  #isCalling = false
  #execs = 0
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(target: ChannelTarget, record: RecordEntry, limitMs: number) {
    this.#target = target
    this.#record = record
    this.#limitMs = limitMs
  }

  join(who: Who, socket: Socket): void {
    this.#record({ did: 'connected', who })
    const client: AgentClient = {
      who,
      outbox: new Outbox(socket, (why) => this.#record({ did: 'dropped', who, why })),
      waiting: [],
      isGone: false,
    }
    this.#clients.add(client)
    const reader = new RequestReader(
      {
        request: (text) => this.#request(client, text),
        broken: (why) =>
          client.outbox.write(agentLine(errorText('GenericError', `JSON parse error, ${why}`, undefined))),
        tooLarge: () => {
          this.#record({ did: 'dropped', who, why: 'it sent too much as one call' })
          socket.destroy()
        },
      },
      largestRequest,
    )
    socket.on('data', (bytes: Buffer) => {
      this.#receive(client, reader, bytes)
      if (client.waiting.length >= mostWaiting) socket.pause()
      this.#next()
    })
    socket.once('close', () => {
      client.isGone = true
      this.#clients.delete(client)
      for (const each of client.waiting.splice(0))
        this.#settled(client, each, { outcome: 'not sent', desc: 'the client left' })
      this.#record({ did: 'left', who })
      if (this.#clients.size === 0) this.#later(lingerMs)
    })
    client.outbox.resume = () => socket.resume()
    if (this.#agent === undefined) this.#connect()
  }

  status(): undefined {
    return undefined
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#agent?.destroy()
  }

  /** What stands before a 0xFF is given up by its client, and so are the handshakes that it made before. */
  #receive(client: AgentClient, reader: RequestReader, bytes: Buffer): void {
    let rest: Uint8Array = bytes
    for (let at = rest.indexOf(0xff); at >= 0; at = rest.indexOf(0xff)) {
      reader.push(rest.subarray(0, at))
      reader.reset()
      const kept = client.waiting.filter(({ command }) => !syncs.has(command.name))
      client.waiting.splice(0, client.waiting.length, ...kept)
      rest = rest.subarray(at + 1)
    }
    reader.push(rest)
  }

  #request(client: AgentClient, text: string): void {
    const read = readRequest(text, false)
    if (read.kind === 'fault') {
      client.outbox.write(agentLine(errorText('GenericError', read.fault.desc, read.fault.id)))
      return
    }
    const { command } = read
    const asked = { command, arrivedAt: performance.now() }
    const why = client.who.key === 'full' ? undefined : whyWatchersMayNot(command.name, command.arguments)
    if (why === undefined) client.waiting.push(asked)
    else {
      client.outbox.write(agentLine(errorText('GenericError', why, command.id)))
      this.#settled(client, asked, { outcome: 'refused', desc: why })
    }
  }

  /** The next call, where the agent is free. */
  #next(): void {
    if (this.#isCalling || this.#state !== 'ready') return
    for (const client of this.#clients) {
      const asked = client.waiting.shift()
      if (client.waiting.length < mostWaiting) client.outbox.resume()
      if (asked === undefined) continue
      this.#clients.delete(client)
      this.#clients.add(client)
      if (syncs.has(asked.command.name)) this.#sync(client, asked.command)
      else {
        void this.#call(client, asked)
        return
      }
      this.#next()
      return
    }
  }

  #sync(client: AgentClient, { name, arguments: args, id }: ClientCommand): void {
    const given = own(args, 'id')
    if (name === 'guest-sync-delimited') client.outbox.write(resetByte)
    client.outbox.write(
      agentLine(
        given === undefined
          ? errorText('GenericError', "Parameter 'id' is missing", id)
          : returnText(asciiJson(printJson(given)), id),
      ),
    )
  }

  async #call(client: AgentClient, asked: AgentClient['waiting'][number]): Promise<void> {
    const { name, arguments: args, id } = asked.command
    const session = this.#session
    if (session === undefined) return
    this.#isCalling = true
    const outcome = await session.execute({
      ...{ name, arguments: args, oob: false, deadlineMs: this.#limitMs },
      ...{ ticket: undefined, origin: 'person' as const },
    })
    this.#isCalling = false
    const [answer, end] = answerOf(outcome, id, this.#limitMs)
    if (!client.isGone && answer !== undefined) client.outbox.write(agentLine(answer))
    this.#settled(client, asked, end)
    this.#next()
  }

  #settled(client: AgentClient, asked: AgentClient['waiting'][number], end: CommandEnd): void {
    const { command, arrivedAt } = asked
    this.#record({
      ...{ did: 'command', who: client.who, command: command.name, arguments: command.arguments, end },
      ...{ ms: performance.now() - arrivedAt, gone: client.isGone },
    })
  }

  #connect(): void {
    clearTimeout(this.#timer)
    const agent = connect(this.#target)
    this.#agent = agent
    const session = createAgentSession(
      {
        send: (text) => agent.write(text),
        sendBytes: (bytes) => agent.write(bytes),
        now: () => performance.timeOrigin + performance.now(),
        after: (ms, then) => {
          const timer = setTimeout(then, ms)
          return () => clearTimeout(timer)
        },
        nextExec: () => (this.#execs += 1) as ExecId,
        random: Math.random,
      },
      {
        move: ({ kind }) => {
          this.#state = kind
          // Not from within the session's own call.
          if (kind === 'ready') setImmediate(() => this.#next())
        },
        record: () => undefined,
        queueChanged: () => undefined,
      },
    )
    this.#session = session
    let isOpen = false
    agent.once('connect', () => {
      isOpen = true
      session.opened()
    })
    agent.on('data', (bytes: Buffer) => session.receive(bytes))
    agent.on('error', () => agent.destroy())
    agent.once('close', () => {
      this.#agent = undefined
      this.#session = undefined
      this.#state = 'idle'
      if (isOpen) session.closed()
      // As when QEMU ends: the connections of the clients do, too. What they had asked is answered before.
      if (isOpen) setImmediate(() => this.#endAll())
      else this.#later(retryMs)
    })
  }

  #endAll(): void {
    for (const client of [...this.#clients]) client.outbox.end()
  }

  #later(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      if (this.#isClosed) return
      if (this.#clients.size === 0 && !this.#isCalling) this.#agent?.destroy()
      else if (this.#agent === undefined) this.#connect()
      else if (this.#clients.size === 0) this.#later(lingerMs)
    }, ms)
  }
}

/** What the client hears (undefined: nothing, as of the agent itself), and what is recorded. */
function answerOf(
  outcome: Outcome,
  id: string | undefined,
  limitMs: number,
): [string | undefined, CommandEnd] {
  switch (outcome.kind) {
    case 'returned':
      return [returnText(asciiJson(printJson(valueOf(outcome))), id), { outcome: 'returned' }]
    case 'failed': {
      const { class: errorClass, desc } = outcome.error
      return [errorText(errorClass, desc, id), { outcome: 'failed', class: errorClass, desc }]
    }
    case 'sent':
      return [undefined, { outcome: 'returned' }]
    case 'timed-out': {
      const desc = `The guest agent did not answer within ${limitMs / 1000} s; it may have run this.`
      return [errorText('GenericError', desc, id), { outcome: 'unknown', desc }]
    }
    case 'unknown': {
      const desc = 'The connection to the guest agent ended; it may have run this.'
      return [errorText('GenericError', desc, id), { outcome: 'unknown', desc }]
    }
    default: {
      const desc = 'This was not sent to the guest agent.'
      return [errorText('GenericError', desc, id), { outcome: 'not sent', desc }]
    }
  }
}

function valueOf(outcome: Extract<Outcome, { kind: 'returned' }>): Json {
  if (outcome.text === undefined) return outcome.value
  const parsed = parseJson(outcome.text)
  return parsed.ok && isJsonObject(parsed.value) ? (parsed.value.return ?? null) : null
}

/** The agent ends its lines with a line feed alone. */
function agentLine(text: string): string {
  return text.replace(/\r\n$/, '\n')
}
