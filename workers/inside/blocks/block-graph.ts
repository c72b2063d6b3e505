/**
 * Makes the block graph of the replies of a machine. All of them are optional: what is not told is named in `notTold`,
 * what has another shape in `leftOut`. Linear in the size of the replies.
 * @qapi query-named-block-nodes, query-block, query-blockstats, query-block-jobs, query-block-exports
 */
import type { Json, JsonObject } from '#base/json/value.ts'
import { objectIn } from '#base/json/members.ts'
import { copiesOf } from './copies.ts'
import type { StartedJob } from './copies.ts'
import type { BlockEdge, BlockGraph, BlockPart, EdgeSource, NotTold } from './block-model.ts'
import { deviceName, deviceNode, driverNode, exportNode, jobNode, nodeId } from './block-parts.ts'
import { LeftOutParts, nameOf, wholeOf } from './reading.ts'
import type { Whole } from './reading.ts'
import { deviceRoots, hiddenAbove, nodeEdges } from './told-edges.ts'
import { mostParts, toldGraph } from './told-graph.ts'
import type { ToldGraph } from './told-graph.ts'

/** What the machine replied; undefined: not asked, not offered or failed. */
export interface BlockReplies {
  /** query-named-block-nodes with flat. */
  readonly nodes?: Json | undefined
  /** query-block. */
  readonly devices?: Json | undefined
  /** query-blockstats. */
  readonly stats?: Json | undefined
  /** query-blockstats with query-nodes. */
  readonly nodeStats?: Json | undefined
  /** x-debug-query-block-graph. */
  readonly graph?: Json | undefined
  readonly jobs?: Json | undefined
  readonly blockJobs?: Json | undefined
  readonly exports?: Json | undefined
  /** Jobs that this page started, with the nodes of their commands: where the graph is not told. */
  readonly started?: readonly StartedJob[] | undefined
}

type Named = ReadonlyMap<string, JsonObject>

/** All replies as objects by name. */
interface BlockEntries {
  readonly nodes: Named
  readonly devices: Named
  readonly deviceList: readonly JsonObject[]
  readonly stats: readonly JsonObject[]
  readonly nodeStats: readonly JsonObject[]
  readonly jobs: Named
  readonly blockJobs: Named
  readonly exports: Named
}

function byName(
  reply: Json | undefined,
  what: string,
  nameIn: (entry: JsonObject) => string | undefined,
  leftOut: LeftOutParts,
): Named {
  const found = new Map<string, JsonObject>()
  for (const entry of leftOut.objects(reply, what, mostParts)) {
    const name = nameIn(entry)
    if (name === undefined) leftOut.add(`${what} without a name`)
    else if (found.has(name)) leftOut.add(`${what} with a name that is there already`)
    else found.set(name, entry)
  }
  return found
}

function entriesOf(replies: BlockReplies, leftOut: LeftOutParts): BlockEntries {
  const named = (member: string) => (entry: JsonObject) => nameOf(entry, member)
  const devices = byName(replies.devices, 'devices', deviceName, leftOut)
  return {
    nodes: byName(replies.nodes, 'nodes', named('node-name'), leftOut),
    devices,
    deviceList: [...devices.values()],
    stats: leftOut.objects(replies.stats, 'statistics', mostParts),
    nodeStats: leftOut.objects(replies.nodeStats, 'statistics of nodes', mostParts),
    jobs: byName(replies.jobs, 'jobs', named('id'), leftOut),
    blockJobs: byName(replies.blockJobs, 'block jobs', named('device'), leftOut),
    exports: byName(replies.exports, 'exports', named('id'), leftOut),
  }
}

/** Collects edges: one of each id. */
class Edges {
  readonly #found = new Map<string, BlockEdge>()

  add(edge: Omit<BlockEdge, 'id'>): void {
    const id = `${edge.from} ${edge.role} ${edge.to}`
    if (!this.#found.has(id)) this.#found.set(id, { id, ...edge })
  }

  all(): readonly BlockEdge[] {
    return [...this.#found.values()]
  }
}

const untold = { needs: undefined, shares: undefined }

/** The edges as the lists of nodes, devices, exports and commands tell them. Names of nodes go into `names`. */
function edgesOfLists(
  entries: BlockEntries,
  started: readonly StartedJob[],
  leftOut: LeftOutParts,
  names: Set<string>,
): { readonly edges: Edges; readonly areAll: boolean } {
  const edges = new Edges()
  const add = (from: string, node: string, role: string, told: EdgeSource): void => {
    names.add(node)
    edges.add({ from, to: nodeId(node), role, ...untold, told })
  }
  const between = nodeEdges(entries, leftOut)
  for (const { from, to, role, told } of between.edges) {
    names.add(from)
    add(nodeId(from), to, role, told)
  }
  const hidden = hiddenAbove(entries.nodes, between.edges)
  for (const { device, node } of deviceRoots(entries.deviceList, hidden)) {
    add(`device:${device}`, node, 'root', 'holder')
  }
  for (const [name, entry] of entries.exports) {
    const node = nameOf(entry, 'node-name')
    if (node !== undefined) add(`export:${name}`, node, 'root', 'holder')
  }
  for (const { job, source, target } of started) {
    if (!entries.jobs.has(job) && !entries.blockJobs.has(job)) continue
    // A command may name a device: its node may be another one by now.
    if (source !== undefined && entries.nodes.has(source)) add(`job:${job}`, source, 'source', 'command')
    if (target !== undefined && entries.nodes.has(target)) add(`job:${job}`, target, 'target', 'command')
  }
  return { edges, areAll: between.areAll }
}

/**
 * The ids of the vertices of a told graph. A block backend without a name that stands on the node of an export is that
 * export: a job has one, too, which mostly does not read.
 */
function vertexIds(told: ToldGraph, entries: BlockEntries): readonly string[] {
  const roots = new Map(told.edges.map((edge) => [edge.from, edge]))
  const exportsOf = new Map<string, string[]>()
  for (const [name, entry] of entries.exports) {
    const node = nameOf(entry, 'node-name') ?? ''
    exportsOf.set(node, [...(exportsOf.get(node) ?? []), name])
  }
  const ids = told.vertices.map(({ type, name }) => {
    if (type === 'block-driver') return nodeId(name)
    if (type === 'block-job') return `job:${name}`
    return name === '' ? '' : `device:${name}`
  })
  const nameless = ids.flatMap((id, place) => {
    if (id !== '') return []
    const root = roots.get(place)
    return [{ place, node: told.vertices[root?.to ?? -1]?.name ?? '', reads: isReader(root?.needs) }]
  })
  const counts = new Map<string, number>()
  // Those that read come first: exports do.
  for (const { place, node } of nameless.sort((a, b) => Number(b.reads) - Number(a.reads))) {
    const name = exportsOf.get(node)?.shift()
    const count = (counts.get(node) ?? 0) + 1
    if (name === undefined) counts.set(node, count)
    ids[place] = name === undefined ? `backend:${node}:${count}` : `export:${name}`
  }
  return ids
}

function isReader(needs: readonly string[] | undefined): boolean {
  return needs?.includes('consistent-read') === true
}

function edgesOfGraph(told: ToldGraph, ids: readonly string[]): Edges {
  const edges = new Edges()
  for (const { from, to, role, needs, shares } of told.edges) {
    edges.add({ from: ids[from] ?? '', to: ids[to] ?? '', role, needs, shares, told: 'graph' })
  }
  return edges
}

/** The parts with these names, each with what is known of it. */
function partsOf(
  entries: BlockEntries,
  edges: readonly BlockEdge[],
  names: { readonly nodes: Iterable<string>; readonly more: readonly string[] },
  leftOut: LeftOutParts,
): readonly BlockPart[] {
  const parents = new Set(edges.map(({ from }) => from))
  const highest = new Map<string, Whole | undefined>()
  for (const entry of entries.nodeStats) {
    const stats = objectIn(entry, 'stats')
    highest.set(nameOf(entry, 'node-name') ?? '', stats && wholeOf(stats, 'wr_highest_offset'))
  }
  const stats = new Map(entries.stats.map((each) => [deviceName(each) ?? '', each]))
  const parts = new Map<string, BlockPart>()
  const put = (part: BlockPart): void => {
    if (!parts.has(part.id)) parts.set(part.id, part)
  }
  for (const [name, entry] of entries.devices) put(deviceNode(name, entry, stats.get(name)))
  for (const [name, entry] of entries.exports) put(exportNode(name, entry))
  for (const name of new Set([...entries.jobs.keys(), ...entries.blockJobs.keys()])) {
    put(jobNode(name, entries.jobs.get(name), entries.blockJobs.get(name)))
  }
  for (const name of new Set([...entries.nodes.keys(), ...names.nodes])) {
    const more = { hasChildren: parents.has(nodeId(name)), highestOffset: highest.get(name), leftOut }
    put(driverNode(name, entries.nodes.get(name), more))
  }
  for (const id of names.more) {
    const name = id.slice(id.indexOf(':') + 1)
    if (id.startsWith('job:')) put(jobNode(name, undefined, undefined))
    else if (id.startsWith('device:')) put(deviceNode(name, undefined, stats.get(name)))
    else if (id.startsWith('backend:')) put({ id, kind: 'backend', name: '', record: undefined })
  }
  return [...parts.values()]
}

function notTold(replies: BlockReplies, isWhole: boolean, areAll: boolean): readonly NotTold[] {
  const found: NotTold[] = []
  if (!isWhole) found.push('permissions', 'job-nodes')
  if (!isWhole && !areAll) found.push('backing', 'other-children')
  if (replies.jobs === undefined && replies.blockJobs === undefined) found.push('jobs')
  if (replies.exports === undefined) found.push('exports')
  if (replies.devices === undefined) found.push('devices')
  return found
}

/** The block graph of these replies. Never throws, whatever they are. */
export function blockGraph(replies: BlockReplies): BlockGraph {
  const leftOut = new LeftOutParts()
  const entries = entriesOf(replies, leftOut)
  const told = toldGraph(replies.graph, leftOut)
  const names = new Set<string>()
  let edges: readonly BlockEdge[]
  let more: readonly string[] = []
  let areAll = true
  if (told === undefined) {
    const found = edgesOfLists(entries, replies.started ?? [], leftOut, names)
    edges = found.edges.all()
    areAll = found.areAll
  } else {
    more = vertexIds(told, entries)
    edges = edgesOfGraph(told, more).all()
    for (const { type, name } of told.vertices) if (type === 'block-driver') names.add(name)
  }
  const parts = partsOf(entries, edges, { nodes: names, more }, leftOut)
  return {
    parts,
    edges,
    copies: copiesOf(parts, edges),
    notTold: notTold(replies, told !== undefined, areAll),
    leftOut: leftOut.lines(),
  }
}
