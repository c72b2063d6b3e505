/**
 * Distinguishes a changed type from a place that now has another type. `extents[]` of a VMDK image had an ImageInfo and
 * now has a VmdkExtentInfo: that is one fact about the place, and not nine about ImageInfo, whose counterpart is at all
 * the other places. Judged by structure, because names are hidden.
 * Tested by workers/qapi/compare/compare.test.ts and workers/qapi/compare/recorded.test.ts.
 */
import type { Link, PairGraph, PairNode, RootPlace } from './pairs.ts'
import type { SchemaFact } from './rules.ts'
import type { TwoSchemas } from './shapes.ts'
import type { Schema } from '../model/schema.ts'

/** A place that has another type now. */
export interface Replaced {
  /** From where it is reached: a pair and what leads on, or commands and events themselves. */
  readonly link: Link | undefined
  readonly places: readonly RootPlace[]
  readonly node: PairNode
  /** The differences between the two types, nested types included. */
  readonly facts: readonly SchemaFact[]
}

/** How facts are listed. */
export interface FactListing {
  /** Pairs whose facts are listed one by one. */
  readonly nodes: readonly PairNode[]
  readonly replaced: readonly Replaced[]
  /** Pairs of types that are each other's counterparts. */
  readonly counterparts: readonly PairNode[]
}

/** Pairs that are visited to see what differs in replaced types, for all places together. */
const mostVisits = 500_000

/** Decide which facts are about pairs and which about places. */
export function findReplaced(schemas: TwoSchemas, graph: PairGraph): FactListing {
  const main = counterpartsIn(schemas, graph.nodes)
  const accepted = new Set(graph.nodes.filter((each) => each.roots.length > 0 && main.has(each)))
  // Nodes that are added on the way are visited too.
  for (const node of accepted) for (const { to } of node.to) if (main.has(to)) accepted.add(to)

  const entries: Omit<Replaced, 'facts'>[] = []
  for (const node of graph.nodes) {
    if (accepted.has(node)) {
      for (const link of node.to)
        if (!accepted.has(link.to)) entries.push({ link, places: [], node: link.to })
    } else if (node.roots.length > 0) entries.push({ link: undefined, places: node.roots, node })
  }
  let left = mostVisits
  const regions = new Map<PairNode, readonly PairNode[]>()
  const regionOf = (node: PairNode): readonly PairNode[] => {
    const known = regions.get(node)
    if (known !== undefined) return known
    const region = new Set([node])
    for (const each of region) {
      for (const { to } of each.to) if (!accepted.has(to) && left > 0) region.add(to)
      left -= each.to.length
    }
    const list = [...region]
    regions.set(node, list)
    return list
  }

  const factsOf = (node: PairNode): readonly SchemaFact[] => regionOf(node).flatMap((each) => each.facts)
  // A single difference says more than "another type".
  const swallowed = new Set(
    entries.filter(({ node }) => factsOf(node).length > 1).flatMap(({ node }) => regionOf(node)),
  )
  const replaced = entries
    .map((each) => ({ ...each, facts: factsOf(each.node) }))
    .filter(({ node, facts }) => facts.length > 0 && regionOf(node).some((each) => swallowed.has(each)))
  return {
    nodes: graph.nodes.filter((each) => !swallowed.has(each)),
    replaced,
    counterparts: graph.nodes.filter((each) => accepted.has(each)),
  }
}

/**
 * Types that share at least half of their names: their differences say more than "another type".
 * QEMU 11.1 has one type for what were the arguments of migrate-set-parameters and the return of query-migrate-parameters.
 */
const leastLikeness = 0.5

/** The pairs of types of which each is the likeliest counterpart of the other, or that are alike anyway. */
function counterpartsIn(schemas: TwoSchemas, nodes: readonly PairNode[]): ReadonlySet<PairNode> {
  interface PairCandidate {
    readonly before: string
    readonly after: string
    readonly order: number
    links: number
    alike: number
  }
  const pairs = new Map<string, PairCandidate>()
  const keyOf = ({ before, after }: { before: string; after: string }): string => `${before}\n${after}`
  for (const { pair, from, roots } of nodes) {
    if (pair.before === '' || pair.after === '') continue
    const known = pairs.get(keyOf(pair))
    if (known !== undefined) known.links += from.length + roots.length
    else {
      const { before, after } = pair
      pairs.set(keyOf(pair), {
        before,
        after,
        order: pairs.size,
        links: from.length + roots.length,
        alike: 0,
      })
    }
  }
  const byBefore = new Map<string, PairCandidate[]>()
  const byAfter = new Map<string, PairCandidate[]>()
  for (const each of pairs.values()) {
    for (const [map, name] of [
      [byBefore, each.before],
      [byAfter, each.after],
    ] as const) {
      const list = map.get(name)
      if (list === undefined) map.set(name, [each])
      else list.push(each)
    }
  }
  for (const each of pairs.values()) {
    const rivals = (byBefore.get(each.before)?.length ?? 0) + (byAfter.get(each.after)?.length ?? 0)
    // A pair without a rival is not measured.
    each.alike = rivals > 2 ? likeness(schemas, each.before, each.after) : 1
  }
  const bestOf = (candidates: readonly PairCandidate[] | undefined): PairCandidate | undefined =>
    candidates?.toSorted((a, b) => b.alike - a.alike || b.links - a.links || a.order - b.order)[0]
  const best = new Set<PairCandidate>()
  const bestAfter = new Set([...byAfter.values()].map(bestOf))
  for (const candidates of byBefore.values()) {
    const one = bestOf(candidates)
    if (one !== undefined && bestAfter.has(one)) best.add(one)
  }
  return new Set(
    nodes.filter(({ pair }) => {
      const candidate = pairs.get(keyOf(pair))
      const isCarried = pair.carriedBefore.length + pair.carriedAfter.length > 0
      return candidate === undefined || isCarried || best.has(candidate) || candidate.alike >= leastLikeness
    }),
  )
}

/** The share of names that are in both types: 1 for all. */
function likeness({ before, after }: TwoSchemas, one: string, other: string): number {
  const [had, has] = [namesIn(before, one), namesIn(after, other)]
  let shared = 0
  for (const name of had) if (has.has(name)) shared += 1
  const all = had.size + has.size - shared
  return all === 0 ? 1 : shared / all
}

function namesIn(schema: Schema, type: string): ReadonlySet<string> {
  const entity = schema.byName.get(type)
  switch (entity?.kind) {
    case 'object':
      return new Set([
        ...entity.members.map((each) => `.${each.name}`),
        ...entity.variants.map((each) => `(${each.case}`),
      ])
    case 'enum':
      return new Set(entity.values.map((each) => each.name))
    default:
      return new Set()
  }
}
