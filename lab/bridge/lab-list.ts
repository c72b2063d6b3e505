/**
 * `lab.json`: the list of machines that the page reads. Machines are unix sockets in one folder, named NAME.CHANNEL.
 *
 * Whether somebody listens on a socket is read from the kernel's list of sockets: connecting to a monitor to find
 * out would take it away from whoever uses it, for a monitor serves one client.
 * Tested by lab/lab.real.test.ts.
 * @adr 0006
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { channelKinds, channelLabel, compareChannels, readChannelName } from '#base/channel-name.ts'
import type { ChannelKind } from '#base/channel-name.ts'
import type { OtherHost } from '../serve/serve-options.ts'

/** A channel of a machine. */
export interface ListedChannel {
  readonly kind: ChannelKind
  /** What people call it. */
  readonly label: string
  /** What the bridge knows it by, without the key: NAME.CHANNEL. */
  readonly token: string
  /** It belongs to another program: a page holds it only while somebody asks for something. */
  readonly polite?: true
}

/** One machine of the list. */
export interface ListedMachine {
  readonly name: string
  /** By kind, then by number. */
  readonly channels: readonly ListedChannel[]
  /** When the first of its sockets was made, ISO 8601: when its QEMU was started. Left out where that is not known. */
  readonly since?: string
  readonly demo?: true
  readonly group?: string
  readonly note?: string
  readonly owner?: 'libvirt'
}

/** What is known of a machine beside its sockets. */
export interface MachineAbout {
  /** The heading that it is listed under. */
  readonly group?: string
  /** A sentence for people. */
  readonly note?: string
  /** Who started it, and has a view of it that a command can upset. */
  readonly owner?: 'libvirt'
}

/** The file, as it is served. */
export interface LabFile {
  readonly version: 2
  /** Where the bridge is, when it is not where the page is. */
  readonly bridge?: string
  /**
   * SHA-256 of the key that the bridge wants, in hexadecimal: a page tells by it whether it has the right one. Without it
   * the bridge wants none.
   */
  readonly keySha256?: string
  /** The same of the key with which one may only watch, where there is one. */
  readonly watchKeySha256?: string
  /** Other hosts whose lists the page may show. Never with a key. */
  readonly hosts?: readonly OtherHost[]
  readonly machines: readonly ListedMachine[]
  /** Sentences for people. */
  readonly problems: readonly string[]
}

/** Where a socket is. `host` is a name or an address, without brackets. */
export type SocketTarget = { readonly path: string } | { readonly host: string; readonly port: number }

/** A socket as found in the folder, or attached by something else. */
export interface FoundSocket {
  readonly file: string
  readonly listening: boolean
  /** Milliseconds since the epoch; undefined where it is not known. */
  readonly madeAt: number | undefined
  /** Where it is, when that is not the folder. */
  readonly target?: SocketTarget
  /** What people call it, when that is not by its kind. */
  readonly label?: string
  readonly polite?: true
  /** Another program reads from the same line: it is open only while somebody is there. */
  readonly isReadByOthers?: true
}

const nameForm = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/

/** Whether a text can be the NAME of a machine: it stands in tokens. */
export function isMachineName(text: string): boolean {
  return text.length <= 200 && nameForm.test(text)
}

/** NAME and CHANNEL of a file's name, or undefined where it is not such a name. A NAME may itself have dots. */
export function splitName(file: string): { name: string; channel: string } | undefined {
  const parts = /^([A-Za-z0-9_][A-Za-z0-9._-]*)\.([a-z]+\d*)$/.exec(file)
  const [, name, channel] = parts ?? []
  if (name === undefined || channel === undefined) return undefined
  return readChannelName(channel) === undefined ? undefined : { name, channel }
}

/** The list for these sockets. `demo` is the name of the demo machine, `about` what is known of machines by their names. */
export function buildList(
  found: readonly FoundSocket[],
  options: {
    demo?: string
    bridge?: string
    keySha256?: string
    watchKeySha256?: string
    problems?: readonly string[]
    hosts?: readonly OtherHost[]
    about?: ReadonlyMap<string, MachineAbout>
  } = {},
): LabFile {
  const machines = new Map<string, { channels: Map<string, FoundSocket>; since: number }>()
  const problems = [...(options.problems ?? [])]
  for (const socket of found) {
    const { file, listening, madeAt } = socket
    const split = splitName(file)
    if (split === undefined) {
      problems.push(
        `${JSON.stringify(file)} is left out: the name of a socket is NAME.CHANNEL, with a name of letters, digits, “.”, “_” and “-”, ` +
          `and one of ${channelKinds.join(', ')}, with a number where there are several (serial0, serial1).`,
      )
      continue
    }
    if (!listening) continue
    const machine = machines.get(split.name) ?? {
      channels: new Map<string, FoundSocket>(),
      since: Number.POSITIVE_INFINITY,
    }
    machine.channels.set(split.channel, socket)
    machine.since = Math.min(machine.since, madeAt ?? Number.POSITIVE_INFINITY)
    machines.set(split.name, machine)
  }
  const names = [...machines.keys()].sort((a, b) => (a < b ? -1 : 1))
  return {
    version: 2,
    ...(options.bridge === undefined ? {} : { bridge: options.bridge }),
    ...(options.keySha256 === undefined ? {} : { keySha256: options.keySha256 }),
    ...(options.watchKeySha256 === undefined ? {} : { watchKeySha256: options.watchKeySha256 }),
    ...(options.hosts === undefined || options.hosts.length === 0 ? {} : { hosts: options.hosts }),
    machines: names.map((name) => {
      const { channels, since = Number.POSITIVE_INFINITY } = machines.get(name) ?? {}
      return {
        name,
        channels: listedChannels(name, channels ?? new Map<string, FoundSocket>()),
        ...(Number.isFinite(since) ? { since: new Date(since).toISOString() } : {}),
        ...(name === options.demo ? { demo: true as const } : {}),
        ...aboutOf(options.about?.get(name)),
      }
    }),
    problems,
  }
}

function listedChannels(name: string, channels: ReadonlyMap<string, FoundSocket>): ListedChannel[] {
  const inOrder = [...channels].sort(([a], [b]) => compareChannels(a, b))
  return inOrder.flatMap(([channel, { label, polite }]) => {
    const kind = readChannelName(channel)?.kind
    if (kind === undefined) return []
    const listed = { kind, label: label ?? channelLabel(channel), token: `${name}.${channel}` }
    return [polite === true ? { ...listed, polite } : listed]
  })
}

function aboutOf(about: MachineAbout | undefined): MachineAbout {
  const { group, note, owner } = about ?? {}
  return {
    ...(group === undefined ? {} : { group }),
    ...(note === undefined ? {} : { note }),
    ...(owner === undefined ? {} : { owner }),
  }
}

/** The paths of the unix sockets on which somebody listens, from the kernel's list. Undefined where there is none. */
export function listeningPaths(kernelList = '/proc/net/unix'): ReadonlySet<string> | undefined {
  let text: string
  try {
    text = readFileSync(kernelList, 'utf8')
  } catch {
    return undefined
  }
  const paths = new Set<string>()
  for (const line of text.split('\n')) {
    // Num RefCount Protocol Flags Type St Inode Path; the flag __SO_ACCEPTCON marks a listener.
    const fields = /^\S+ \S+ \S+ (\S+) \S+ \S+ +\d+ (.+)$/.exec(line)
    const [, flags = '0', path = ''] = fields ?? []
    if ((Number.parseInt(flags, 16) & 0x10000) !== 0) paths.add(path)
  }
  return paths
}

/** Where Proxmox VE has its sockets: `100.qmp`, `100.serial0`, `100.vnc`, `100.qga`. */
const proxmoxFolders: readonly string[] = ['/var/run/qemu-server', '/run/qemu-server']

/** The sockets of a folder. A folder that is not there has none. */
export function findSockets(folder: string): FoundSocket[] {
  const listening = listeningPaths()
  const isProxmox = proxmoxFolders.includes(resolve(folder))
  let files: string[]
  try {
    files = readdirSync(folder)
  } catch {
    return []
  }
  return files.flatMap((file) => {
    const path = join(folder, file)
    try {
      const stat = statSync(path)
      if (!stat.isSocket()) return []
      const isListening = listening === undefined || listening.has(path) || listening.has(resolve(path))
      const found = { file, listening: isListening, madeAt: stat.ctimeMs }
      // Proxmox’s tools open the monitor for each thing that they ask, and give up where it is held.
      return [isProxmox && file.endsWith('.qmp') ? { ...found, polite: true as const } : found]
    } catch {
      // Gone between the two calls.
      return []
    }
  })
}
