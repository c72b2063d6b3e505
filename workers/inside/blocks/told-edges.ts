/**
 * Edges between nodes as the replies tell them, without names of parts beyond nodes: from `children` of
 * query-named-block-nodes where a server has it, else from the trees of query-blockstats.
 * Tested by workers/inside/blocks/block-graph.test.ts.
 * @qapi BlockStats
 */
import type { JsonObject } from '#base/json/value.ts'
import { own } from '#base/own.ts'
import { deviceName } from './block-parts.ts'
import { firstRole, isHiddenFilter } from './drivers.ts'
import type { EdgeSource } from './block-model.ts'
import { objectIn } from '#base/json/members.ts'
import { nameOf } from './reading.ts'
import type { LeftOutParts } from './reading.ts'

/** An edge between two nodes, by their names. */
export interface NodeEdge {
  readonly from: string
  readonly to: string
  readonly role: string
  readonly told: EdgeSource
}

/** The entries of the replies that tell edges, as objects. */
interface EdgeEntries {
  /** Of query-named-block-nodes, by node name. */
  readonly nodes: ReadonlyMap<string, JsonObject>
  /** Of query-blockstats, of devices. */
  readonly stats: readonly JsonObject[]
  /** Of query-blockstats with query-nodes. */
  readonly nodeStats: readonly JsonObject[]
}

/** Children of one node; QEMU's quorum has the most: a few dozen. */
const mostChildren = 512
/** EdgeEntries in the trees of statistics, of all devices together. */
const mostInTrees = 20_000

/** The edges from `children`; undefined where no node has that member. */
function fromChildren(nodes: EdgeEntries['nodes'], leftOut: LeftOutParts): readonly NodeEdge[] | undefined {
  const all = [...nodes]
  if (!all.some(([, each]) => Array.isArray(own(each, 'children')))) return undefined
  return all.flatMap(([from, node]) =>
    leftOut.objects(own(node, 'children'), 'children of nodes', mostChildren).flatMap((child) => {
      const to = nameOf(child, 'node-name')
      const role = nameOf(child, 'child')
      if (to !== undefined && role !== undefined) return [{ from, to, role, told: 'children' as const }]
      leftOut.add('children of nodes of another shape')
      return []
    }),
  )
}

function driverOf(nodes: EdgeEntries['nodes'], name: string): string | undefined {
  const node = nodes.get(name)
  return node === undefined ? undefined : nameOf(node, 'drv')
}

/** One edge a node: its first child. Deeper levels say the same of other nodes. */
function firstChildren({ nodes, nodeStats }: EdgeEntries): readonly NodeEdge[] {
  return nodeStats.flatMap((entry) => {
    const from = nameOf(entry, 'node-name')
    const parent = objectIn(entry, 'parent')
    const to = parent === undefined ? undefined : nameOf(parent, 'node-name')
    if (from === undefined || to === undefined) return []
    return [{ from, to, role: firstRole(driverOf(nodes, from)), told: 'stats' as const }]
  })
}

/** First children and backing nodes of whatever stands under a device. */
function underDevices({ nodes, stats }: EdgeEntries, leftOut: LeftOutParts): readonly NodeEdge[] {
  const found: NodeEdge[] = []
  const waiting = [...stats].reverse()
  let seen = 0
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    seen += 1
    if (seen > mostInTrees) {
      leftOut.add(`entries of statistics beyond ${mostInTrees}`, waiting.length + 1)
      break
    }
    const from = nameOf(entry, 'node-name')
    const [parent, backing] = [objectIn(entry, 'parent'), objectIn(entry, 'backing')]
    const [first, below] = [parent, backing].map((each) =>
      each === undefined ? undefined : nameOf(each, 'node-name'),
    )
    if (from !== undefined) {
      const role = firstRole(driverOf(nodes, from))
      if (first !== undefined) found.push({ from, to: first, role, told: 'stats' })
      // A filter's only child is told twice.
      if (below !== undefined && below !== first) {
        found.push({ from, to: below, role: 'backing', told: 'stats' })
      }
    }
    for (const each of [backing, parent]) if (each !== undefined) waiting.push(each)
  }
  return found
}

/** The nodes that lists of devices leave out, by the node below: what is above that one stands above these. */
export function hiddenAbove(
  nodes: EdgeEntries['nodes'],
  edges: readonly NodeEdge[],
): ReadonlyMap<string, string> {
  return new Map(
    edges.flatMap(({ from, to }) => (isHiddenFilter(driverOf(nodes, from), from) ? [[to, from]] : [])),
  )
}

/** The node at which something of a device really ends: the hidden filter above it, or above that one. */
export function throughHidden(hidden: ReadonlyMap<string, string>, name: string): string {
  let at = name
  for (let steps = 0; steps < hidden.size; steps += 1) {
    const above = hidden.get(at)
    if (above === undefined) break
    at = above
  }
  return at
}

/** The edges between nodes, and whether all children are told. */
export function nodeEdges(
  entries: EdgeEntries,
  leftOut: LeftOutParts,
): { readonly edges: readonly NodeEdge[]; readonly areAll: boolean } {
  const children = fromChildren(entries.nodes, leftOut)
  if (children !== undefined) return { edges: children, areAll: true }
  const first = firstChildren(entries)
  const hidden = hiddenAbove(entries.nodes, first)
  const known = new Set(first.map(({ from, to }) => `${from}\0${to}`))
  const more = new Map<string, NodeEdge>()
  for (const edge of underDevices(entries, leftOut)) {
    const to = throughHidden(hidden, edge.to)
    if (to === edge.from) continue
    const key = `${edge.from}\0${to}`
    if (!known.has(key) && !known.has(`${edge.from}\0${edge.to}`)) more.set(key, { ...edge, to })
  }
  return { edges: [...first, ...more.values()], areAll: false }
}

/** The node of each device, by the name of the device. */
export function deviceRoots(
  devices: readonly JsonObject[],
  hidden: ReadonlyMap<string, string>,
): readonly { readonly device: string; readonly node: string }[] {
  return devices.flatMap((entry) => {
    const device = deviceName(entry)
    const inserted = objectIn(entry, 'inserted')
    const node = inserted === undefined ? undefined : nameOf(inserted, 'node-name')
    return device === undefined || node === undefined ? [] : [{ device, node: throughHidden(hidden, node) }]
  })
}
