/** Lays out a graph of cards in layers from left to right, by dagre. */
import { Graph, layout } from '@dagrejs/dagre'
import type { GraphLayout, LayoutGraph } from '#api/layout.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'

/** Place the cards. Positions are of the upper left corners, in the units of the sizes. */
export function layOut({ cards, edges }: LayoutGraph): Result<GraphLayout, string> {
  const graph = new Graph()
  graph.setGraph({ rankdir: 'LR', ranksep: 70, nodesep: 18, marginx: 20, marginy: 20 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id, width, height } of cards) graph.setNode(id, { width, height })
  for (const { from, to } of edges) if (from !== to) graph.setEdge(from, to)
  try {
    layout(graph)
  } catch (error) {
    return err(`The graph could not be laid out: ${String(error)}`)
  }
  const places = cards.map(({ id, width, height }) => {
    const node = graph.node(id) as { x: number; y: number }
    return { id, x: node.x - width / 2, y: node.y - height / 2 }
  })
  return ok({ places })
}
