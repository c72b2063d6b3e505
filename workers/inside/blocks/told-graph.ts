/**
 * The reply of x-debug-query-block-graph: all nodes, block backends and jobs with all edges and permissions. It is
 * unstable, so each shape is looked at. Tested by workers/inside/blocks/block-graph.test.ts.
 * @qapi XDbgBlockGraph
 */
import type { Json, JsonObject } from '#base/json/value.ts'
import { isJsonObject, stringsIn } from '#base/json/value.ts'
import { own } from '#base/own.ts'
import { nameOf, textOf, wholeOf } from './reading.ts'
import type { LeftOutParts } from './reading.ts'

/** A vertex: what it is, and QEMU's name for it (empty: a block backend without one). */
export interface Vertex {
  readonly type: 'block-backend' | 'block-job' | 'block-driver'
  readonly name: string
}

/** An edge between two vertices, by their places in the list. */
export interface VertexEdge {
  readonly from: number
  readonly to: number
  readonly role: string
  readonly needs: readonly string[]
  readonly shares: readonly string[]
}

/** The graph as it was told. */
export interface ToldGraph {
  readonly vertices: readonly Vertex[]
  readonly edges: readonly VertexEdge[]
}

/** Bounds of a graph; 500 nodes have some 1,500 edges. */
export const mostParts = 4000
const mostEdges = 20_000
/** There are five permissions. */
const mostPermissions = 16

function vertexOf(entry: JsonObject): Vertex | undefined {
  const type = own(entry, 'type')
  const name = textOf(entry, 'name')
  if (type !== 'block-backend' && type !== 'block-job' && type !== 'block-driver') return undefined
  return name === undefined || (name === '' && type !== 'block-backend') ? undefined : { type, name }
}

/** Read the reply; undefined where it was not asked or is none. */
export function toldGraph(reply: Json | undefined, leftOut: LeftOutParts): ToldGraph | undefined {
  if (reply === undefined) return undefined
  if (!isJsonObject(reply)) {
    leftOut.add('graph of another shape')
    return undefined
  }
  const vertices: Vertex[] = []
  const places = new Map<string, number>()
  for (const entry of leftOut.objects(own(reply, 'nodes'), 'nodes of the graph', mostParts)) {
    const vertex = vertexOf(entry)
    const id = wholeOf(entry, 'id')
    if (vertex === undefined || id === undefined || places.has(String(id))) {
      leftOut.add('nodes of the graph of another shape')
      continue
    }
    places.set(String(id), vertices.length)
    vertices.push(vertex)
  }
  const edges: VertexEdge[] = []
  for (const entry of leftOut.objects(own(reply, 'edges'), 'edges of the graph', mostEdges)) {
    const [from, to] = ['parent', 'child'].map((each) => places.get(String(wholeOf(entry, each))))
    const role = nameOf(entry, 'name')
    if (from === undefined || to === undefined || role === undefined) {
      leftOut.add('edges of the graph of another shape')
      continue
    }
    const [needs, shares] = ['perm', 'shared-perm'].map((each) =>
      stringsIn(own(entry, each)).slice(0, mostPermissions),
    )
    edges.push({ from, to, role, needs: needs ?? [], shares: shares ?? [] })
  }
  return { vertices, edges }
}
