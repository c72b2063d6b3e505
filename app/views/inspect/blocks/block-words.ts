/** Words for the parts and edges of the block graph. Tested by app/views/inspect/blocks/block-words.test.ts. */
import { apart, inWords } from '#base/apart.ts'
import { assertNever } from '#base/assert-never.ts'
import type { NodeHolder } from '#inside/blocks/holders.ts'
import type {
  BlockEdge,
  BlockPart,
  EdgeSource,
  LatencyHistogram,
  NotTold,
} from '#inside/blocks/block-model.ts'
import type { HeatKind, IoRates } from '#inside/blocks/rates.ts'
import { bytes, duration, rate } from '#words/format.ts'

/** The name of a part on its card. */
export function partName(part: BlockPart): string {
  if (part.kind === 'backend') return 'without a name'
  // A device is known by its id: of its QOM path the part that a person chose.
  const peripheral = /^\/machine\/peripheral\/([^/]+)/.exec(part.name)
  return inWords(peripheral?.[1] ?? part.name)
}

/** What it is, in a word or two: `qcow2`, `mirror job`. */
export function partKind(part: BlockPart): string {
  switch (part.kind) {
    case 'format':
    case 'protocol':
      return apart(part.driver ?? part.kind)
    case 'filter':
      return `filter ${apart(part.driver ?? '')}`
    case 'device':
      return part.qdev === undefined ? 'drive' : 'device'
    case 'backend':
      return 'block backend'
    case 'export':
      return `${apart(part.type)} export`
    case 'job':
      return `${apart(part.type)} job`
    default:
      return assertNever(part)
  }
}

/** How far a job is, from 0 to 1; undefined while it is not known. */
export function shareDone(part: BlockPart): number | undefined {
  if (part.kind !== 'job' || part.total === undefined || part.done === undefined || Number(part.total) === 0)
    return undefined
  return Math.max(0, Math.min(1, Number(part.done) / Number(part.total)))
}

/** The third line of a card: what one looks for first. */
export function partNote(part: BlockPart): string {
  switch (part.kind) {
    case 'format':
    case 'filter':
    case 'protocol':
      return [
        ...(part.virtualSize === undefined ? [] : [bytes(part.virtualSize)]),
        ...(part.isReadOnly ? ['read only'] : []),
        ...(part.isEncrypted ? ['encrypted'] : []),
        ...(part.isCorrupt ? ['corrupt'] : []),
        ...(part.throttleGroup === undefined ? [] : [`group ${inWords(part.throttleGroup)}`]),
        ...(part.bitmaps.length === 0
          ? []
          : [`${part.bitmaps.length} ${part.bitmaps.length === 1 ? 'bitmap' : 'bitmaps'}`]),
      ].join(', ')
    case 'device':
      return part.isEmpty
        ? 'no medium'
        : part.ioStatus === undefined || part.ioStatus === 'ok'
          ? ''
          : `I/O ${apart(part.ioStatus)}`
    case 'backend':
      return ''
    case 'export':
      return part.isShuttingDown ? 'shutting down' : ''
    case 'job': {
      const share = shareDone(part)
      return share === undefined ? apart(part.status) : `${apart(part.status)}, ${Math.floor(share * 100)} %`
    }
    default:
      return assertNever(part)
  }
}

/** Who holds, in one line: `device vd0 (root), job m0 (source)`. */
export function holderWords(holders: readonly NodeHolder[]): string {
  const words = holders.map(({ part, edge }) => `${partKind(part)} ${partName(part)} (${inWords(edge.role)})`)
  return words.length <= 4 ? words.join(', ') : `${words.slice(0, 4).join(', ')} and ${words.length - 4} more`
}

/** Who told of an edge. */
export const toldBy: Readonly<Record<EdgeSource, string>> = {
  graph: 'told by the graph',
  children: 'told by the node',
  stats: 'told by the statistics',
  holder: 'told by its holder',
  command: 'from the command that started the job',
}

/** What a server does not tell. */
export const notToldWords: Readonly<Record<NotTold, string>> = {
  permissions: 'permissions of edges',
  backing: 'backing images of nodes that no device uses',
  'other-children': 'children of a node beyond the first',
  'job-nodes': 'which nodes a job uses',
  jobs: 'jobs',
  exports: 'exports',
  devices: 'devices',
}

/** An edge in a sentence: who uses whom as what, and what is allowed. */
export function edgeWords(edge: BlockEdge, parts: ReadonlyMap<string, BlockPart>): string {
  const [from, to] = [edge.from, edge.to].map((id) => {
    const part = parts.get(id)
    return part === undefined ? id : partName(part)
  })
  return `${from} uses ${to} as ${inWords(edge.role)}; ${permissionWords(edge)}`
}

/** The permissions of an edge. */
export function permissionWords({ needs, shares, told }: BlockEdge): string {
  if (needs === undefined || shares === undefined) return `permissions are not told (${toldBy[told]})`
  const list = (each: readonly string[]): string =>
    each.length === 0 ? 'nothing' : each.map(inWords).join(', ')
  return `needs ${list(needs)}; lets others ${list(shares)}`
}

/** A duration in the unit that reads best: `20 µs`, `5 ms`. */
export function latency(ns: number | bigint): string {
  const value = Number(ns)
  if (value < 1e6) return `${Math.round(value / 1e3)} µs`
  return value < 1e9 ? `${Math.round(value / 1e6)} ms` : `${Math.round(value / 1e9)} s`
}

/** How busy a device is, for its card: `1.5 MiB/s`, or `read 0.12 ms, write 1.3 ms`. */
export function busyWords({ readBytes, writtenBytes, readMs, writeMs }: IoRates, by: HeatKind): string {
  if (by === 'bytes') return rate(readBytes + writtenBytes)
  return [
    ...(readMs === undefined ? [] : [`read ${duration(readMs)}`]),
    ...(writeMs === undefined ? [] : [`write ${duration(writeMs)}`]),
  ].join(', ')
}

/** The bins of a histogram, each with its share of the fullest. */
export function binsOf({ boundaries, bins }: LatencyHistogram): readonly {
  readonly name: string
  readonly count: number | bigint
  readonly share: number
}[] {
  const fullest = Math.max(1, ...bins.map(Number))
  return bins.map((count, index) => {
    const [from, to] = [boundaries[index - 1], boundaries[index]]
    const name =
      from === undefined
        ? `below ${latency(to ?? 0)}`
        : to === undefined
          ? `${latency(from)} and more`
          : `${latency(from)} to ${latency(to)}`
    return { name, count, share: Number(count) / fullest }
  })
}
