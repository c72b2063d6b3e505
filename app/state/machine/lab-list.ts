/**
 * Reads `lab.json`, the list of machines that lab/ keeps beside the page. Version 2 lists channels with kind, label and token;
 * version 1 listed their names.
 * Tested by app/state/state.test.ts, app/state/machine/hosts/other-hosts.test.ts.
 */
import { channelLabel, isChannelKind, readChannelName } from '#base/channel-name.ts'
import type { ChannelKind } from '#base/channel-name.ts'
import { clip } from '#base/clip.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'

/** A channel of a machine of the list. */
export interface LabChannel {
  /** Unique at its machine: what stands behind its name in the token, else the whole token. */
  readonly name: string
  readonly kind: ChannelKind
  readonly label: string
  /** What the bridge knows it by, without the key. */
  readonly token: string
  /** The address without the key: `withKey` makes the one that is opened. */
  readonly url: string
  /** It belongs to another program: it is held only while somebody asks for something. */
  readonly polite: boolean
}

/** A machine of the list. */
export interface LabMachine {
  readonly id: string
  readonly name: string
  readonly demo: boolean
  /** Milliseconds since the epoch. */
  readonly startedAt: number | undefined
  readonly about: MachineAbout
  readonly channels: readonly LabChannel[]
}

/** What a lab says of a machine, for people. */
export interface MachineAbout {
  /** The heading that it is listed under. */
  readonly group?: string | undefined
  readonly note?: string | undefined
  /** The program that started it, and has a view of it that a command can upset. */
  readonly owner?: 'libvirt' | undefined
}

/** Another host that the list names. */
export interface ListedHost {
  readonly name: string
  /** Where its list is: an address that ends with `/`. */
  readonly url: string
}

/** The list. */
export interface LabList {
  readonly hosts: readonly ListedHost[]
  readonly machines: readonly LabMachine[]
  /** SHA-256 of the key that the bridge wants, in hexadecimal; undefined: it wants none. */
  readonly keySha256: string | undefined
  /** The same of the key with which one may only watch; undefined: there is none. */
  readonly watchKeySha256: string | undefined
  /** Sentences that the lab has to say. */
  readonly problems: readonly string[]
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []
}

/**
 * Read the text of `lab.json`. `pageUrl` is the page's own address: the bridge is on the same host and port unless
 * the list names another. The failure is a sentence.
 */
export function readLab(text: string, pageUrl: string): Result<LabList, string> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return err('lab.json beside this page is not JSON: is it being served by `npm start`?')
  }
  if (!isRecord(value) || !Array.isArray(value.machines)) {
    return err('lab.json beside this page has no list of machines.')
  }
  const bridge = typeof value.bridge === 'string' ? value.bridge : './'
  if (!URL.canParse(bridge, pageUrl))
    return err('lab.json beside this page names a bridge without an address.')
  const base = new URL(bridge, pageUrl)
  base.protocol = base.protocol === 'https:' || base.protocol === 'wss:' ? 'wss:' : 'ws:'
  base.hash = ''
  base.search = ''
  const machines = (value.machines as unknown[]).flatMap((each) => readMachine(each, base) ?? [])
  const hash = (text: unknown): string | undefined =>
    typeof text === 'string' ? text.toLowerCase() : undefined
  const [keySha256, watchKeySha256] = [hash(value.keySha256), hash(value.watchKeySha256)]
  const hosts = readHosts(value.hosts, pageUrl)
  return ok({ machines, hosts, keySha256, watchKeySha256, problems: strings(value.problems) })
}

/** Hosts that are read of a list: each is asked for its own again and again. */
const mostHosts = 50

function readHosts(value: unknown, pageUrl: string): ListedHost[] {
  const hosts = new Map<string, ListedHost>()
  for (const each of (Array.isArray(value) ? (value as unknown[]) : []).slice(0, mostHosts)) {
    if (!isRecord(each) || typeof each.name !== 'string' || typeof each.url !== 'string') continue
    const name = each.name.slice(0, 64)
    if (name === '' || !URL.canParse(each.url, pageUrl)) continue
    const url = new URL(each.url, pageUrl)
    // Who logs in, and what else may be a secret, has no place in a list that everybody reads.
    if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') continue
    const address = `${url.origin}${url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`}`
    if (!hosts.has(name)) hosts.set(name, { name, url: address })
  }
  return [...hosts.values()]
}

/** Characters of the name of a group, and of a note. */
const longestGroup = 60
const longestNote = 500

function readAbout({ group, note, owner }: Record<string, unknown>): MachineAbout {
  return {
    group: typeof group === 'string' && group !== '' ? clip(group, longestGroup) : undefined,
    note: typeof note === 'string' && note !== '' ? clip(note, longestNote) : undefined,
    owner: owner === 'libvirt' ? owner : undefined,
  }
}

/** Channels that are read of a machine: a list from elsewhere could name millions. */
const mostChannels = 64

function readMachine(value: unknown, bridge: URL): LabMachine | undefined {
  if (!isRecord(value) || typeof value.name !== 'string') return undefined
  const { name, since, demo } = value
  const started = typeof since === 'string' ? Date.parse(since) : Number.NaN
  const channels = new Map<string, LabChannel>()
  for (const each of (Array.isArray(value.channels) ? (value.channels as unknown[]) : []).slice(
    0,
    mostChannels,
  )) {
    const channel = readChannel(each, name, bridge)
    if (channel !== undefined && !channels.has(channel.name)) channels.set(channel.name, channel)
  }
  if (channels.size === 0) return undefined
  return {
    id: name,
    name,
    demo: demo === true,
    startedAt: Number.isNaN(started) ? undefined : started,
    about: readAbout(value),
    channels: [...channels.values()],
  }
}

function readChannel(value: unknown, machine: string, bridge: URL): LabChannel | undefined {
  const listed =
    typeof value === 'string' ? { kind: readChannelName(value)?.kind, token: `${machine}.${value}` } : value
  if (!isRecord(listed) || !isChannelKind(listed.kind) || typeof listed.token !== 'string') return undefined
  const { kind, token } = listed
  const name = token.startsWith(`${machine}.`) ? token.slice(machine.length + 1) : token
  const url = new URL(bridge)
  url.searchParams.set('token', token)
  const label =
    'label' in listed && typeof listed.label === 'string' ? listed.label.slice(0, 80) : channelLabel(name)
  const polite = kind === 'qmp' && 'polite' in listed && listed.polite === true
  return { name, kind, label, token, url: url.href, polite }
}
