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
}

/** One machine of the list. */
export interface ListedMachine {
  readonly name: string
  /** By kind, then by number. */
  readonly channels: readonly ListedChannel[]
  /** When the first of its sockets was made, ISO 8601: when its QEMU was started. */
  readonly since: string
  readonly demo?: true
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

/** A socket as found in the folder. */
export interface FoundSocket {
  readonly file: string
  readonly listening: boolean
  /** Milliseconds since the epoch. */
  readonly madeAt: number
}

/** NAME and CHANNEL of a file's name, or undefined where it is not such a name. A NAME may itself have dots. */
export function splitName(file: string): { name: string; channel: string } | undefined {
  const parts = /^([A-Za-z0-9_][A-Za-z0-9._-]*)\.([a-z]+\d*)$/.exec(file)
  const [, name, channel] = parts ?? []
  if (name === undefined || channel === undefined) return undefined
  return readChannelName(channel) === undefined ? undefined : { name, channel }
}

/** The list for these sockets. `demo` is the name of the demo machine. */
export function buildList(
  found: readonly FoundSocket[],
  options: {
    demo?: string
    bridge?: string
    keySha256?: string
    watchKeySha256?: string
    problems?: readonly string[]
    hosts?: readonly OtherHost[]
  } = {},
): LabFile {
  const machines = new Map<string, { channels: Set<string>; since: number }>()
  const problems = [...(options.problems ?? [])]
  for (const { file, listening, madeAt } of found) {
    const split = splitName(file)
    if (split === undefined) {
      problems.push(
        `${JSON.stringify(file)} is left out: the name of a socket is NAME.CHANNEL, with a name of letters, digits, “.”, “_” and “-”, ` +
          `and one of ${channelKinds.join(', ')}, with a number where there are several (serial0, serial1).`,
      )
      continue
    }
    if (!listening) continue
    const machine = machines.get(split.name) ?? { channels: new Set<string>(), since: madeAt }
    machine.channels.add(split.channel)
    machine.since = Math.min(machine.since, madeAt)
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
      const machine = machines.get(name)
      return {
        name,
        channels: [...(machine?.channels ?? [])].sort(compareChannels).flatMap((channel) => {
          const kind = readChannelName(channel)?.kind
          return kind === undefined
            ? []
            : [{ kind, label: channelLabel(channel), token: `${name}.${channel}` }]
        }),
        since: new Date(machine?.since ?? 0).toISOString(),
        ...(name === options.demo ? { demo: true as const } : {}),
      }
    }),
    problems,
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

/** The sockets of a folder. A folder that is not there has none. */
export function findSockets(folder: string): FoundSocket[] {
  const listening = listeningPaths()
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
      return [{ file, listening: isListening, madeAt: stat.ctimeMs }]
    } catch {
      // Gone between the two calls.
      return []
    }
  })
}
