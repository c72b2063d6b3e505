/**
 * The gate: for each channel of each machine two sockets, one for each right, with a program of ours between them and the
 * machine. Their folders are `full` and `watch`; the files in them are named NAME.CHANNEL, as those of the machines are.
 * Which folder a client gets to is decided by whoever hands out the paths: the bridge by the key in a token, the owner
 * by `ssh -L` or a shell.
 * @adr 0061
 */
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Socket } from 'node:net'
import { jsonObject } from '#base/json/value.ts'
import type { JsonObject } from '#base/json/value.ts'
import { clip } from '#base/clip.ts'
import { splitName } from '../bridge/lab-list.ts'
import { readChannelName } from '#base/channel-name.ts'
import type { ChannelKind } from '#base/channel-name.ts'
import type { RecordEntry, Who } from './audit/entry.ts'
import { createAgentGate } from './agent/agent-gate.ts'
import { readPeer } from './bridge-peer.ts'
import type { ChannelGate } from './channel-gate.ts'
import { createMonitorGate } from './monitor/monitor-gate.ts'
import { listenPrivately } from './private-socket.ts'
import type { ChannelTarget, PrivateSocket } from './private-socket.ts'
import type { Rights } from './rights/rights.ts'
import { createScreenGate } from './screen/screen-gate.ts'
import { createLineGate } from './serial/line-gate.ts'

/** Characters of a name that is said back to who gave it. */
const mostName = 60

/** The folders of the gate's sockets: one for each right, and one for taking over a line. */
export type GateDoor = Rights | 'take'

const doors = ['full', 'watch', 'take'] as const satisfies readonly GateDoor[]

/** The kinds of channels that have a socket in a folder. */
const gatedKinds: Readonly<Record<GateDoor, ReadonlySet<ChannelKind>>> = {
  full: new Set<ChannelKind>(['qmp', 'hmp', 'serial', 'vnc', 'qga']),
  // Not the human monitor: every line of it could be anything.
  watch: new Set<ChannelKind>(['qmp', 'serial', 'vnc', 'qga']),
  // Where one writes and the others listen: who connects here is the one that writes.
  take: new Set<ChannelKind>(['hmp', 'serial']),
}

/** Whether the channel of this name has a socket in a folder. */
export function isGated(channel: string, rights: GateDoor): boolean {
  const kind = readChannelName(channel)?.kind
  return kind !== undefined && gatedKinds[rights].has(kind)
}

/** A channel of a machine, as the gate is told of it. */
export interface GatedChannel {
  /** NAME.CHANNEL. */
  readonly file: string
  readonly target: ChannelTarget
  /** False: a line that is listened to only while somebody is there, for another program reads from the same. */
  readonly isHeld?: boolean
}

/** What a gate is made of. */
export interface GateOptions {
  /** Where its sockets are made: a folder for its owner alone; it is made so. */
  readonly folder: string
  /** There are sockets for a bridge too, at which it says who its clients are. Default: none. */
  readonly hasBridge?: boolean
  readonly record: RecordEntry
  /** What goes wrong, in a sentence. */
  readonly say: (words: string) => void
}

/** A gate that runs. */
export interface Gate {
  /** The folder of the sockets for a right, or for taking over. */
  folder(door: GateDoor): string
  /** The folder of those folders for the bridge: its connections begin with a line that says who its client is. */
  readonly bridgeFolder: string
  /** These are the channels now. Those that are new get sockets, those that are gone lose them. Resolves when they are there. */
  setChannels(channels: readonly GatedChannel[]): Promise<void>
  stop(): void
}

interface OpenChannel {
  readonly target: ChannelTarget
  readonly gate: ChannelGate
  readonly sockets: Promise<readonly PrivateSocket[]>
}

/** Make a gate. It has no channels yet. */
export function createGate(options: GateOptions): Gate {
  return new OpenGate(options)
}

class OpenGate implements Gate {
  readonly #options: GateOptions
  readonly #channels = new Map<string, OpenChannel>()
  #clients = 0

  constructor(options: GateOptions) {
    this.#options = options
    mkdirSync(options.folder, { recursive: true, mode: 0o700 })
    chmodSync(options.folder, 0o700)
    for (const each of doors) {
      mkdirSync(this.folder(each), { recursive: true, mode: 0o700 })
      if (options.hasBridge === true)
        mkdirSync(join(this.bridgeFolder, each), { recursive: true, mode: 0o700 })
    }
  }

  get bridgeFolder(): string {
    return join(this.#options.folder, 'bridge')
  }

  folder(door: GateDoor): string {
    return join(this.#options.folder, door)
  }

  async setChannels(channels: readonly GatedChannel[]): Promise<void> {
    const wanted = new Map(channels.map((each) => [each.file, each.target]))
    for (const [file, open] of this.#channels) {
      if (sameTarget(open.target, wanted.get(file))) continue
      this.#channels.delete(file)
      void closeChannel(open)
    }
    for (const each of channels) if (!this.#channels.has(each.file)) this.#open(each)
    await Promise.all([...this.#channels.values()].map(({ sockets }) => sockets))
  }

  stop(): void {
    for (const open of this.#channels.values()) void closeChannel(open)
    this.#channels.clear()
  }

  #open(channel: GatedChannel): void {
    const { file, target } = channel
    const gate = this.#gateFor(channel)
    if (gate === undefined) return
    const { say, hasBridge } = this.#options
    const listen = async (door: GateDoor): Promise<PrivateSocket[]> => {
      const joined = (socket: Socket, peer: string | undefined): void => {
        this.#clients += 1
        const who: Who = {
          channel: file,
          key: door === 'watch' ? 'watch' : 'full',
          client: this.#clients,
          peer,
        }
        gate.join(who, socket, door === 'take')
      }
      const bridged = (socket: Socket): void => readPeer(socket, (peer) => joined(socket, peer))
      try {
        const own = await listenPrivately(join(this.folder(door), file), (socket) =>
          joined(socket, undefined),
        )
        return hasBridge === true
          ? [own, await listenPrivately(join(this.bridgeFolder, door, file), bridged)]
          : [own]
      } catch (error) {
        say(`The gate has no socket for ${file}: ${error instanceof Error ? error.message : String(error)}`)
        return []
      }
    }
    const name = splitName(file)?.channel ?? ''
    const wanted = doors.filter((each) => isGated(name, each))
    const sockets = Promise.all(wanted.map(listen)).then((all) => all.flat())
    this.#channels.set(file, { target, gate, sockets })
  }

  /** Who writes on the lines of a machine, for `x-gate-status`. */
  #linesOf(machine: string): JsonObject {
    const lines: [string, JsonObject][] = []
    for (const [file, { gate }] of this.#channels) {
      const status = gate.status()
      const split = splitName(file)
      if (status !== undefined && split?.name === machine) lines.push([split.channel, status])
    }
    return { lines: jsonObject(lines) }
  }

  /** Give a line of a machine to one of its clients. */
  #take(machine: string, line: string, client: number): string | undefined {
    const gate = this.#channels.get(`${machine}.${line}`)?.gate
    return gate?.give === undefined ? `There is no line “${clip(line, mostName)}”` : gate.give(client)
  }

  #gateFor({ file, target, isHeld = true }: GatedChannel): ChannelGate | undefined {
    const split = splitName(file)
    const kind = split === undefined ? undefined : readChannelName(split.channel)?.kind
    const { record } = this.#options
    const name = split?.name ?? ''
    switch (kind) {
      case 'qmp':
        return createMonitorGate(target, record, {
          status: () => this.#linesOf(name),
          take: (line, client) => this.#take(name, line, client),
        })
      case 'serial':
        return createLineGate(target, record, isHeld)
      case 'hmp':
        return createLineGate(target, record, false)
      case 'vnc':
        return createScreenGate(target, record)
      case 'qga':
        return createAgentGate(target, record)
      default:
        return undefined
    }
  }
}

async function closeChannel({ gate, sockets }: OpenChannel): Promise<void> {
  gate.close()
  for (const each of await sockets) each.close()
}

function sameTarget(one: ChannelTarget, other: ChannelTarget | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
