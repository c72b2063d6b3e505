/**
 * Backing chains, and what a commit would leave of one. Tested by workers/inside/blocks/block-graph.test.ts.
 * @qapi block-commit
 */
import { edgesBelow, filteredBy } from './copies.ts'
import type { BlockGraph, BlockPart, DriverNode } from './block-model.ts'

/** The longest chain that is followed: QEMU's own tools give up long before. */
const longestChain = 1000

function isDriver(part: BlockPart | undefined): part is DriverNode {
  return part?.kind === 'format' || part?.kind === 'filter' || part?.kind === 'protocol'
}

/**
 * The images that a node reads through, from itself to the one without a backing image. Filters between them are left
 * out; one at the top is looked through.
 */
export function chainOf(graph: BlockGraph, id: string): readonly DriverNode[] {
  const parts = new Map(graph.parts.map((part) => [part.id, part]))
  const below = edgesBelow(graph.edges)
  const chain: DriverNode[] = []
  let at: string | undefined = id
  for (let steps = 0; at !== undefined && steps < longestChain; steps += 1) {
    const part = parts.get(at)
    if (!isDriver(part) || chain.includes(part)) break
    if (part.kind === 'filter') {
      at = filteredBy(below, at)
      continue
    }
    chain.push(part)
    at = below.get(at)?.find(({ role }) => role === 'backing')?.to
  }
  return chain
}

/**
 * The uppermost node of the chain that a node is in: its own id where nothing reads through it. Where several chains stand
 * on it, the first of them.
 */
export function activeOf(graph: BlockGraph, id: string): string {
  const parts = new Map(graph.parts.map((part) => [part.id, part]))
  let at = id
  for (let steps = 0; steps < longestChain; steps += 1) {
    const above = graph.edges.find(({ from, to, role }) => {
      const part = parts.get(from)
      return to === at && isDriver(part) && (role === 'backing' || part.kind === 'filter')
    })
    if (above === undefined || above.from === id) break
    at = above.from
  }
  return at
}

/** Why a commit of these cannot be sent. */
export type CommitRefusal = 'not-in-chain' | 'base-not-below-top'

/** What a commit does to a chain. */
export interface CommitPreview {
  /** Names of nodes from the top down, before and after. */
  readonly before: readonly string[]
  readonly after: readonly string[]
  /** Their data goes into the base, then they leave the chain. The last of them is next to the base. */
  readonly emptied: readonly string[]
  readonly base: string
  /** The top is what is written to now: the job becomes ready and waits for `job-complete`. */
  readonly isActive: boolean
  /** The base is smaller than the top, and is made larger first. */
  readonly grows: boolean
  /**
   * Others that read the base or what is emptied through another chain: they would see data that is not theirs. Names
   * of their parts.
   */
  readonly harmed: readonly string[]
}

/** Look ahead: commit `top` and what is under it down to `base` (names), in the chain of `active`. */
export function commitPreview(
  graph: BlockGraph,
  chain: readonly DriverNode[],
  top: string,
  base: string,
): CommitPreview | CommitRefusal {
  const names = chain.map(({ name }) => name)
  const [from, to] = [names.indexOf(top), names.indexOf(base)]
  if (from < 0 || to < 0) return 'not-in-chain'
  if (to <= from) return 'base-not-below-top'
  const [topNode, baseNode] = [chain[from], chain[to]]
  const written = new Set(chain.slice(from, to + 1).map(({ id }) => id))
  return {
    before: names,
    after: [...names.slice(0, from), ...names.slice(to)],
    emptied: names.slice(from, to),
    base,
    isActive: from === 0,
    grows: isLess(baseNode?.virtualSize, topNode?.virtualSize),
    harmed: otherReaders(graph, new Set(chain.map(({ id }) => id)), written, topNode?.id),
  }
}

function isLess(one: number | bigint | undefined, other: number | bigint | undefined): boolean {
  return one !== undefined && other !== undefined && one < other
}

/** Names of nodes outside of the chain, and of devices and exports, that stand on what is written or goes away. */
function otherReaders(
  graph: BlockGraph,
  chain: ReadonlySet<string>,
  written: ReadonlySet<string>,
  top: string | undefined,
): readonly string[] {
  const parts = new Map(graph.parts.map((part) => [part.id, part]))
  return graph.edges.flatMap(({ from, to }) => {
    const part = parts.get(from)
    // What stands on the top sees the same data afterwards.
    if (!written.has(to) || to === top || chain.has(from) || part === undefined) return []
    return part.kind === 'job' || part.kind === 'backend' || part.kind === 'filter' ? [] : [part.name]
  })
}
