/**
 * Who holds a part: why a node cannot be deleted. QEMU deletes a node when a person added it and nothing holds it; its
 * own children go with it. Tested by workers/inside/blocks/block-graph.test.ts.
 * @qapi blockdev-del
 */
import type { BlockEdge, BlockGraph, BlockPart } from './block-model.ts'

/** Something that uses a node, and by which edge. */
export interface NodeHolder {
  readonly part: BlockPart
  readonly edge: BlockEdge
}

/** What stands in the way of deleting a node. */
export interface Holders {
  /** What uses the node itself, in the order of the graph. */
  readonly direct: readonly NodeHolder[]
  /** Devices, exports and jobs that come down to the node, however far above they are. */
  readonly users: readonly BlockPart[]
  /** QEMU made the name, so the node belongs to the one above it: it cannot be deleted alone. */
  readonly isNamedByQemu: boolean
}

/** Edges by the id of their lower part. */
function edgesAbove(edges: readonly BlockEdge[]): ReadonlyMap<string, readonly BlockEdge[]> {
  const found = new Map<string, BlockEdge[]>()
  for (const edge of edges) {
    const those = found.get(edge.to)
    if (those === undefined) found.set(edge.to, [edge])
    else those.push(edge)
  }
  return found
}

/** Everything that holds the part with this id. A circle, which QEMU has not, ends. */
export function holdersOf(graph: BlockGraph, id: string): Holders {
  const parts = new Map(graph.parts.map((part) => [part.id, part]))
  const above = edgesAbove(graph.edges)
  const direct = (above.get(id) ?? []).flatMap((edge) => {
    const part = parts.get(edge.from)
    return part === undefined ? [] : [{ part, edge }]
  })
  const seen = new Set([id])
  const waiting = [id]
  const users: BlockPart[] = []
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const { from } of above.get(at) ?? []) {
      if (seen.has(from)) continue
      seen.add(from)
      const part = parts.get(from)
      if (part !== undefined && isUser(part)) users.push(part)
      waiting.push(from)
    }
  }
  return { direct, users, isNamedByQemu: parts.get(id)?.name.startsWith('#block') === true }
}

function isUser(part: BlockPart): boolean {
  return part.kind === 'device' || part.kind === 'export' || part.kind === 'job' || part.kind === 'backend'
}
