/**
 * The gate of a line of bytes: a serial line, or a monitor's own text. All clients hear it; one may write. A line that nobody
 * writes on belongs to whoever types first; a client that comes by the socket for taking over has it at once, and the one
 * before then only listens; a monitor's client may give it to a client of the line as well. Newcomers hear the last of what
 * was said.
 * Tested by lab/gate/channels.real.test.ts.
 * @adr 0061
 */
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { JsonObject } from '#base/json/value.ts'
import { readLineName } from '#base/line-name.ts'
import type { RecordEntry, Who } from '../audit/entry.ts'
import type { ChannelGate } from '../channel-gate.ts'
import { Outbox } from '../outbox.ts'
import type { ChannelTarget } from '../private-socket.ts'

/** What newcomers hear of before, in bytes: a few screens. */
const keptBytes = 64 * 1024
const retryMs = 1000

interface LineClient {
  readonly who: Who
  readonly outbox: Outbox
  /** Bytes that it was not let write. */
  refused: number
  /** As it said in its first bytes; only to be found again in the status. */
  name: string | undefined
  /** It has sent something. */
  hasSpoken: boolean
}

/** Make the gate of a line. `isHeld`: it is listened to even while nobody is there, so that newcomers hear what was. */
export function createLineGate(target: ChannelTarget, record: RecordEntry, isHeld: boolean): ChannelGate {
  return new LineGate(target, record, isHeld)
}

class LineGate implements ChannelGate {
  readonly #target: ChannelTarget
  readonly #record: RecordEntry
  readonly #isHeld: boolean
  readonly #clients = new Set<LineClient>()
  #writer: LineClient | undefined
  #line: Socket | undefined
  #kept: Buffer[] = []
  #keptLength = 0
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(target: ChannelTarget, record: RecordEntry, isHeld: boolean) {
    this.#target = target
    this.#record = record
    this.#isHeld = isHeld
    if (isHeld) this.#connect()
  }

  join(who: Who, socket: Socket, takes: boolean): void {
    this.#record({ did: 'connected', who })
    const client: LineClient = {
      who,
      outbox: new Outbox(socket, (why) => this.#record({ did: 'dropped', who, why })),
      refused: 0,
      name: undefined,
      hasSpoken: false,
    }
    this.#clients.add(client)
    for (const each of this.#kept) client.outbox.write(each)
    if (takes && who.key === 'full') this.#take(client)
    socket.on('data', (bytes: Buffer) => {
      const named = client.hasSpoken ? undefined : readLineName(bytes)
      client.hasSpoken = true
      client.name ??= named?.name
      const typed = named?.rest ?? bytes
      if (typed.length > 0) this.#typed(client, socket, typed)
    })
    socket.once('close', () => {
      this.#clients.delete(client)
      if (this.#writer === client) this.#writer = undefined
      const { refused } = client
      if (refused > 0) this.#record({ did: 'was not let write', who, what: 'bytes', count: refused })
      this.#record({ did: 'left', who })
      if (this.#clients.size === 0 && !this.#isHeld) this.#line?.destroy()
    })
    if (this.#line === undefined) this.#connect()
  }

  status(): JsonObject {
    return {
      writer: this.#writer?.who.client ?? null,
      // A client may say its name.
      names: true,
      clients: [...this.#clients].map(({ who, name }) => ({
        client: who.client,
        key: who.key,
        ...(name === undefined ? {} : { name }),
      })),
    }
  }

  give(number: number): string | undefined {
    const client = [...this.#clients].find(({ who }) => who.client === number)
    if (client === undefined) return `Client ${number} is not on this line`
    if (client.who.key !== 'full') return `Client ${number} only watches`
    if (this.#writer !== client) this.#take(client)
    return undefined
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#line?.destroy()
  }

  #take(client: LineClient): void {
    const from = this.#writer?.who.client
    this.#writer = client
    this.#record({ did: 'took the line', who: client.who, from })
  }

  #typed(client: LineClient, socket: Socket, bytes: Uint8Array): void {
    if (client.who.key === 'full' && this.#writer === undefined) this.#take(client)
    const line = this.#line
    if (this.#writer !== client || line === undefined) {
      client.refused += bytes.length
      return
    }
    if (line.write(bytes)) return
    // The machine takes less than is typed: a pasted file waits at its client.
    socket.pause()
    line.once('drain', () => socket.resume())
    line.once('close', () => socket.resume())
  }

  #heard(bytes: Buffer): void {
    for (const { outbox } of this.#clients) outbox.write(bytes)
    this.#kept.push(bytes)
    this.#keptLength += bytes.length
    while (this.#keptLength - (this.#kept[0]?.length ?? 0) >= keptBytes) {
      this.#keptLength -= this.#kept.shift()?.length ?? 0
    }
  }

  #connect(): void {
    clearTimeout(this.#timer)
    const line = connect(this.#target)
    this.#line = line
    let isOpen = false
    line.once('connect', () => (isOpen = true))
    line.on('data', (bytes: Buffer) => this.#heard(bytes))
    line.on('error', () => line.destroy())
    line.once('close', () => {
      this.#line = undefined
      this.#kept = []
      this.#keptLength = 0
      // As at QEMU itself: its end is that of all connections.
      if (isOpen) for (const { outbox } of this.#clients) outbox.end()
      if (this.#isClosed || !(this.#isHeld || this.#clients.size > 0)) return
      this.#timer = setTimeout(() => this.#connect(), retryMs)
    })
  }
}
