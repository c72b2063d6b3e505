/**
 * Machines that are attached by something else than the folder of sockets: a file that lists them, libvirt. What the list and
 * the bridge need to know of them.
 */
import { statSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import { compareChannels } from '#base/channel-name.ts'
import type { FoundSocket, MachineAbout, SocketTarget } from '../bridge/lab-list.ts'

/** A channel of an attached machine. */
export interface AttachedChannel {
  /** As in the name of a socket: `qmp`, `serial1`. Unique at its machine. */
  readonly name: string
  readonly target: SocketTarget
  readonly label?: string
  /** It belongs to another program: it is held only while somebody asks for something. */
  readonly polite?: true
  /** Another program reads from the same line: it is open only while somebody is there. */
  readonly isReadByOthers?: true
}

/** An attached machine. */
export interface AttachedMachine extends MachineAbout {
  /** As in the name of a socket. */
  readonly name: string
  readonly channels: readonly AttachedChannel[]
}

/** What a source of machines says now. */
export interface Attached {
  readonly machines: readonly AttachedMachine[]
  /** Sentences for people. */
  readonly problems: readonly string[]
}

/** Something that attaches machines. It is asked each time that the list is made: several times a second. */
export interface AttachedSource {
  look(): Attached
}

/** Read `HOST:PORT`, with an IPv6 address in brackets. Undefined for anything else. */
export function readHostPort(text: string): SocketTarget | undefined {
  const colon = text.lastIndexOf(':')
  const port = text.slice(colon + 1)
  const given = text.slice(0, Math.max(0, colon))
  const bare = given.startsWith('[') && given.endsWith(']') ? given.slice(1, -1) : given
  const isHost = bare === given ? /^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/.test(bare) : isIPv6(bare)
  if (!isHost || !/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) return undefined
  return { host: bare, port: Number(port) }
}

/** Attached channels as the list of a lab has sockets: one whose file is missing is not listening. */
export function socketsOf(machines: readonly AttachedMachine[]): FoundSocket[] {
  return machines.flatMap((machine) =>
    [...machine.channels]
      .sort((a, b) => compareChannels(a.name, b.name))
      .map((channel) => ({
        file: `${machine.name}.${channel.name}`,
        ...stateOf(channel.target),
        target: channel.target,
        ...(channel.label === undefined ? {} : { label: channel.label }),
        ...(channel.polite === undefined ? {} : { polite: channel.polite }),
        ...(channel.isReadByOthers === undefined ? {} : { isReadByOthers: channel.isReadByOthers }),
      })),
  )
}

/**
 * Whether somebody may listen. The kernel's list names sockets as they were bound, which for one of another program may be a
 * relative path or one of a container: a socket that is there counts.
 */
function stateOf(target: SocketTarget): Pick<FoundSocket, 'listening' | 'madeAt'> {
  if (!('path' in target)) return { listening: true, madeAt: undefined }
  const stat = statSync(target.path, { throwIfNoEntry: false })
  return stat?.isSocket() === true
    ? { listening: true, madeAt: stat.ctimeMs }
    : { listening: false, madeAt: undefined }
}
