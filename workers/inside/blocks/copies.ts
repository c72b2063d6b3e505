/** From where to where the jobs of a graph copy. Tested by workers/inside/blocks/block-graph.test.ts. */
import type { BlockCopy, BlockEdge, BlockPart } from './block-model.ts'

/** A job of a command that this page sent. */
export interface StartedJob {
  readonly job: string
  /** Names of nodes. */
  readonly source: string | undefined
  readonly target: string | undefined
}

/** The graph, looked up by id. */
interface Lookup {
  readonly parts: ReadonlyMap<string, BlockPart>
  readonly below: ReadonlyMap<string, readonly BlockEdge[]>
}

/** Edges by the id of their upper part. */
export function edgesBelow(edges: readonly BlockEdge[]): ReadonlyMap<string, readonly BlockEdge[]> {
  const found = new Map<string, BlockEdge[]>()
  for (const edge of edges) {
    const those = found.get(edge.from)
    if (those === undefined) found.set(edge.from, [edge])
    else those.push(edge)
  }
  return found
}

/** The node that a filter passes requests on to; undefined where that is not told. */
export function filteredBy(below: Lookup['below'], id: string): string | undefined {
  return below.get(id)?.find(({ role }) => role === 'file' || role === 'backing' || role === 'raw')?.to
}

/** The node below a filter that a job put in; the node itself where it is no filter. */
function throughFilter(id: string | undefined, { parts, below }: Lookup): string | undefined {
  if (id === undefined || parts.get(id)?.kind !== 'filter') return id
  return filteredBy(below, id) ?? id
}

function backingOf(id: string | undefined, { below }: Lookup): string | undefined {
  return id === undefined ? undefined : below.get(id)?.find(({ role }) => role === 'backing')?.to
}

/** Of nodes of one chain, the one that is no other's backing. */
function topOf(ids: readonly string[], lookup: Lookup): string | undefined {
  const under = new Set(ids.map((id) => backingOf(id, lookup)))
  return ids.find((id) => !under.has(id))
}

function copyOf(
  job: BlockPart,
  held: readonly BlockEdge[],
  lookup: Lookup,
): Omit<BlockCopy, 'job'> | undefined {
  const at = (role: string): string | undefined => held.find((each) => each.role === role)?.to
  const main = throughFilter(at('main node'), lookup)
  const between = held.filter(({ role }) => role === 'intermediate node').map(({ to }) => to)
  let [from, to] = [at('source') ?? main, at('target')]
  const type = job.kind === 'job' ? job.type : ''
  if (type === 'commit' && to === undefined) [from, to] = [topOf(between, lookup), at('base')]
  if (type === 'stream' && to === undefined) {
    to = at('active node') ?? main
    from = topOf(between, lookup) ?? backingOf(to, lookup)
  }
  return from === undefined || to === undefined || from === to ? undefined : { from, to }
}

/**
 * The copies of all jobs. A mirror and a backup go from their source to their target, a commit from the node that is
 * emptied to the base, a stream from what is below into the node.
 */
export function copiesOf(list: readonly BlockPart[], edges: readonly BlockEdge[]): readonly BlockCopy[] {
  const lookup = { parts: new Map(list.map((part) => [part.id, part])), below: edgesBelow(edges) }
  return list.flatMap((part) => {
    const held = part.kind === 'job' ? lookup.below.get(part.id) : undefined
    const copy = held === undefined ? undefined : copyOf(part, held, lookup)
    return copy === undefined ? [] : [{ job: part.id, ...copy }]
  })
}
