/** Reads `lab.json`, the list of machines that lab/ keeps beside the page. */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'

/** A machine of the list: one QMP monitor or guest agent. */
export interface LabMachine {
  readonly id: string
  readonly name: string
  /** The address without the key: `withKey` makes the one that is opened. */
  readonly url: string
  readonly protocol: 'qmp' | 'agent'
  readonly demo: boolean
  /** Milliseconds since the epoch. */
  readonly startedAt: number | undefined
  readonly channels: readonly string[]
}

/** The list. */
export interface LabList {
  readonly machines: readonly LabMachine[]
  /** SHA-256 of the key that the bridge wants, in hexadecimal; undefined: it wants none. */
  readonly keySha256: string | undefined
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
  const machines: LabMachine[] = []
  for (const each of value.machines as unknown[]) {
    if (!isRecord(each) || typeof each.name !== 'string') continue
    const channels = strings(each.channels)
    const started = typeof each.since === 'string' ? Date.parse(each.since) : Number.NaN
    for (const [channel, protocol] of [
      ['qmp', 'qmp'],
      ['qga', 'agent'],
    ] as const) {
      if (!channels.includes(channel)) continue
      const url = new URL(base)
      url.searchParams.set('token', `${each.name}.${channel}`)
      machines.push({
        id: protocol === 'qmp' ? each.name : `${each.name}.qga`,
        name: protocol === 'qmp' ? each.name : `${each.name} guest agent`,
        url: url.href,
        protocol,
        demo: each.demo === true,
        startedAt: Number.isNaN(started) ? undefined : started,
        channels,
      })
    }
  }
  const keySha256 = typeof value.keySha256 === 'string' ? value.keySha256.toLowerCase() : undefined
  return ok({ machines, keySha256, problems: strings(value.problems) })
}
