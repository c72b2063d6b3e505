/**
 * What a guest says of itself through its agent, as lines of text. Each reply comes from the guest's root: types are checked,
 * texts and lists are bounded, and what does not fit is counted.
 */
import { amountOf, memberOf } from '#base/json/members.ts'
import { clip } from '#base/clip.ts'
import { isJsonObject, objectsIn } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { bytes, count, dayAndTime, duration } from '#words/format.ts'

/** The queries of the glance, in the order in which they are asked. */
export const glanceQueries = [
  'guest-get-host-name',
  'guest-get-osinfo',
  'guest-get-time',
  'guest-get-users',
  'guest-network-get-interfaces',
  'guest-get-fsinfo',
  'guest-get-disks',
  'guest-get-vcpus',
  'guest-get-memory-blocks',
  'guest-get-memory-block-info',
] as const

/** A query of the glance. */
export type GlanceQuery = (typeof glanceQueries)[number]

/** What became of a query. Times in milliseconds since the epoch, of this page. */
export type GlanceReply =
  | { readonly kind: 'returned'; readonly value: Json; readonly sentAt: number; readonly at: number }
  | { readonly kind: 'failed'; readonly why: string }
  /** The agent has no such command, or it is switched off in the guest. */
  | { readonly kind: 'absent' | 'disabled' }

/** The replies by query; what has not been asked yet is not in it. */
export type GlanceReplies = ReadonlyMap<GlanceQuery, GlanceReply>

/** A line of a part. `full` is the share that is used, from 0 to 1. */
export interface GlanceLine {
  readonly text: string
  readonly full?: number
}

/** A part of the glance: its lines, or why there are none. */
export interface GlancePart {
  readonly label: string
  readonly lines: readonly GlanceLine[]
  /** A sentence; undefined where there are lines. */
  readonly why: string | undefined
}

/** Characters of one text of the guest. */
const longest = 120
/** Lines of a part. */
const mostLines = 24

/** The parts in their order. */
export function glanceParts(replies: GlanceReplies): readonly GlancePart[] {
  return [
    part(replies, 'Host name', 'guest-get-host-name', (value) => one(text(value, 'host-name'))),
    part(replies, 'System', 'guest-get-osinfo', osLines),
    part(replies, 'Clock', 'guest-get-time', clockLines),
    part(replies, 'Users', 'guest-get-users', userLines),
    part(replies, 'Network', 'guest-network-get-interfaces', networkLines),
    part(replies, 'File systems', 'guest-get-fsinfo', fileSystemLines),
    part(replies, 'Disks', 'guest-get-disks', diskLines),
    part(replies, 'CPUs', 'guest-get-vcpus', cpuLines),
    part(replies, 'Memory blocks', 'guest-get-memory-blocks', (value) =>
      memoryLines(value, returned(replies, 'guest-get-memory-block-info')?.value),
    ),
  ]
}

function part(
  replies: GlanceReplies,
  label: string,
  query: GlanceQuery,
  read: (value: Json, reply: ReturnedReply) => readonly GlanceLine[] | undefined,
): GlancePart {
  const reply = replies.get(query)
  if (reply?.kind !== 'returned') return { label, lines: [], why: whyNone(query, reply) }
  const lines = read(reply.value, reply)
  if (lines === undefined) return { label, lines: [], why: `${query} returned something unexpected` }
  if (lines.length === 0) return { label, lines, why: 'none' }
  const more = lines.length - mostLines
  return {
    label,
    lines: more > 0 ? [...lines.slice(0, mostLines), { text: `and ${count(more)} more` }] : lines,
    why: undefined,
  }
}

type ReturnedReply = Extract<GlanceReply, { kind: 'returned' }>

function returned(replies: GlanceReplies, query: GlanceQuery): ReturnedReply | undefined {
  const reply = replies.get(query)
  return reply?.kind === 'returned' ? reply : undefined
}

function whyNone(query: string, reply: Exclude<GlanceReply, ReturnedReply> | undefined): string {
  if (reply === undefined) return 'not asked yet'
  if (reply.kind === 'failed') return clip(reply.why, longest)
  return reply.kind === 'disabled' ? `${query} is disabled in the guest` : `this agent has no ${query}`
}

function one(line: string | undefined): readonly GlanceLine[] | undefined {
  return line === undefined ? undefined : [{ text: line }]
}

/** A text of the guest on one line; undefined where it is none, or empty. */
function text(value: Json | undefined, name: string): string | undefined {
  const found = memberOf(value, name)
  return typeof found === 'string' && found !== '' ? clip(found, longest) : undefined
}

function items(value: Json): readonly JsonObject[] | undefined {
  return Array.isArray(value) ? objectsIn(value) : undefined
}

/** @qapi GuestOSInfo */
function osLines(value: Json): readonly GlanceLine[] | undefined {
  if (!isJsonObject(value)) return undefined
  const name =
    text(value, 'pretty-name') ??
    ([text(value, 'name'), text(value, 'version')].filter((each) => each !== undefined).join(' ') ||
      undefined)
  const kernel = [text(value, 'kernel-release'), text(value, 'machine')].filter((each) => each !== undefined)
  return [
    ...(name === undefined ? [] : [{ text: name }]),
    ...(kernel.length === 0 ? [] : [{ text: `kernel ${kernel.join(', ')}` }]),
  ]
}

/** Nanoseconds since the epoch, compared with this page at the middle of the request. */
function clockLines(value: Json, { sentAt, at }: ReturnedReply): readonly GlanceLine[] | undefined {
  const nanos = amountOf(value)
  // Beyond this a date is none.
  if (nanos === undefined || nanos > 8.64e21) return undefined
  const guest = nanos / 1e6
  const apart = guest - (sentAt + at) / 2
  const unsure = (at - sentAt) / 2
  const difference =
    Math.abs(apart) <= Math.max(unsure, 1)
      ? `as this page’s, within ${duration(Math.max(unsure, 1))}`
      : `${duration(Math.abs(apart))} ${apart < 0 ? 'behind' : 'ahead of'} this page’s`
  return [{ text: `${dayAndTime(guest)} when asked, ${difference}` }]
}

/** @qapi GuestUser */
function userLines(value: Json): readonly GlanceLine[] | undefined {
  return items(value)?.map((user) => {
    const domain = text(user, 'domain')
    const since = amountOf(user['login-time'])
    const name = text(user, 'user') ?? 'without a name'
    const when = since === undefined || since > 8.64e12 ? '' : ` since ${dayAndTime(since * 1000)}`
    return { text: `${domain === undefined ? '' : `${domain}\\`}${name}${when}` }
  })
}

/** @qapi GuestNetworkInterface */
function networkLines(value: Json): readonly GlanceLine[] | undefined {
  return items(value)?.map((nic) => {
    const addresses = objectsIn(nic['ip-addresses'])
    const shown = addresses.slice(0, 8).map((each) => {
      const prefix = amountOf(each.prefix)
      return `${text(each, 'ip-address') ?? 'unreadable'}${prefix === undefined ? '' : `/${prefix}`}`
    })
    const more = addresses.length - shown.length
    const hardware = text(nic, 'hardware-address')
    const all = [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ')
    return {
      text: `${text(nic, 'name') ?? 'without a name'}: ${all === '' ? 'no address' : all}${hardware === undefined ? '' : ` (${hardware})`}`,
    }
  })
}

/** @qapi GuestFilesystemInfo */
function fileSystemLines(value: Json): readonly GlanceLine[] | undefined {
  return items(value)?.map((each) => {
    const [used, total] = [amountOf(each['used-bytes']), amountOf(each['total-bytes'])]
    const what = `${text(each, 'mountpoint') ?? 'without a place'} (${text(each, 'type') ?? 'unknown type'})`
    if (used === undefined || total === undefined || total === 0) return { text: what }
    const full = Math.min(1, used / total)
    return { text: `${what}: ${bytes(used)} of ${bytes(total)}, ${Math.round(full * 100)}\u00a0% full`, full }
  })
}

/** Whole disks, without their partitions. @qapi GuestDiskInfo */
function diskLines(value: Json): readonly GlanceLine[] | undefined {
  return items(value)
    ?.filter((each) => each.partition !== true)
    .map((each) => {
      const serial = text(memberOf(each, 'address'), 'serial')
      return {
        text: `${text(each, 'name') ?? 'without a name'}${serial === undefined ? '' : `, serial ${serial}`}`,
      }
    })
}

/** @qapi GuestLogicalProcessor */
function cpuLines(value: Json): readonly GlanceLine[] | undefined {
  const all = items(value)
  if (all === undefined) return undefined
  return [
    { text: `${count(all.filter((each) => each.online === true).length)} of ${count(all.length)} online` },
  ]
}

/** @qapi GuestMemoryBlock */
function memoryLines(value: Json, info: Json | undefined): readonly GlanceLine[] | undefined {
  const all = items(value)
  if (all === undefined) return undefined
  const online = all.filter((each) => each.online === true).length
  const size = amountOf(memberOf(info, 'size'))
  return [
    {
      text: `${count(online)} of ${count(all.length)} online${size === undefined ? '' : `, ${bytes(size)} each: ${bytes(size * online)}`}`,
    },
  ]
}
