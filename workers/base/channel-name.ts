/**
 * The name of a machine's channel, as it stands after the last dot of a socket's file and of a bridge's token: its kind, with
 * a number where a machine has several of that kind (`qmp`, `serial`, `serial0`, `vnc1`).
 * @adr 0054
 */

/**
 * What speaks at the other end: QMP, the human monitor as text, a serial line's raw bytes, VNC (RFB), or the guest agent's
 * variant of QMP. In the order in which they are listed.
 */
export const channelKinds = ['qmp', 'hmp', 'serial', 'vnc', 'qga'] as const

/** The kind of a channel. */
export type ChannelKind = (typeof channelKinds)[number]

/** A name that was read. */
export interface ChannelName {
  readonly kind: ChannelKind
  /** From 0 to 99; undefined: the name has none. */
  readonly number: number | undefined
}

const nameForm = /^([a-z]{1,8})(\d{0,2})$/

const labels: Readonly<Record<ChannelKind, string>> = {
  qmp: 'QMP monitor',
  hmp: 'Human monitor',
  serial: 'Serial line',
  vnc: 'Screen',
  qga: 'Guest agent',
}

/** Whether a text names a kind of channels. */
export function isChannelKind(text: unknown): text is ChannelKind {
  return (channelKinds as readonly unknown[]).includes(text)
}

/** Read the name of a channel; undefined for anything else. */
export function readChannelName(text: string): ChannelName | undefined {
  const [, kind, digits] = nameForm.exec(text) ?? []
  if (!isChannelKind(kind) || digits === undefined) return undefined
  return { kind, number: digits === '' ? undefined : Number(digits) }
}

/** What people call it: `Serial line`, `Serial line 1`. Any other name is its own label. */
export function channelLabel(name: string): string {
  const read = readChannelName(name)
  if (read === undefined) return name
  return read.number === undefined ? labels[read.kind] : `${labels[read.kind]} ${read.number}`
}

/** The order of a list: by kind, then by number, the one without a number first. */
export function compareChannels(a: string, b: string): number {
  const [first, second] = [readChannelName(a), readChannelName(b)]
  if (first === undefined || second === undefined) return a < b ? -1 : a > b ? 1 : 0
  const kinds = channelKinds.indexOf(first.kind) - channelKinds.indexOf(second.kind)
  return kinds === 0 ? (first.number ?? -1) - (second.number ?? -1) : kinds
}
