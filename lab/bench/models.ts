/**
 * What runs beside the page or on each keystroke, in this process: comparing two schemas, laying out a graph, completion
 * and validation. Each against what any such program has to do: parse the same bytes, lay out the same nodes.
 */
import { Graph, layout } from '@dagrejs/dagre'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import { layOut } from '#host/layout/layout.ts'
import type { LayoutGraph } from '#api/layout.ts'
import { blockGraph } from '#inside/blocks/block-graph.ts'
import { keepPlaces } from '#inside/blocks/placing.ts'
import type { Place } from '#inside/blocks/placing.ts'
import { validate } from '#qapi/check/validate.ts'
import { compareSchemas } from '#qapi/compare/compare.ts'
import { completionsAt } from '#qapi/draft/complete.ts'
import { neighbourhood } from '#qapi/model/graph.ts'
import { buildSchema, commandOf } from '#qapi/model/schema.ts'
import type { Schema } from '#qapi/model/schema.ts'
import { root } from '../paths.ts'
import { benchmark } from './measure.ts'
import type { Benchmark } from './measure.ts'
import { diskReplies } from './parts/many-disks.ts'

/** The file of a recorded schema. */
export function recordedText(version: string): string {
  return readFileSync(join(root, 'public', 'schemas', `qemu-${version}-x86_64.json`), 'utf8')
}

function recorded(version: string): Schema {
  const json = parseJson(recordedText(version))
  const schema = json.ok ? buildSchema(json.value) : undefined
  if (schema?.ok !== true) throw new Error(`the recorded schema of ${version} cannot be read`)
  return schema.value
}

/** As the picture of the block graph has it. */
const blockCard = { width: 190, height: 58, gap: 22 }

function cardsOf(parts: readonly { readonly id: string }[]): LayoutGraph['cards'] {
  return parts.map(({ id }) => ({ id, width: blockCard.width, height: blockCard.height }))
}

function placed(graph: LayoutGraph): ReadonlyMap<string, Place> {
  const done = layOut(graph)
  if (!done.ok) throw new Error(done.error)
  return new Map(done.value.places.map(({ id, x, y }) => [id, { x, y }]))
}

function openBlocks(): { readonly replies: Readonly<Record<string, string>>; readonly graph: LayoutGraph } {
  const { nodes, devices, graph: told } = diskReplies()
  const replies = {
    nodes: JSON.stringify(nodes),
    devices: JSON.stringify(devices),
    graph: JSON.stringify(told),
  }
  const graph = blockGraph(
    Object.fromEntries(
      Object.entries(replies).map(([name, text]) => {
        const json = parseJson(text)
        return [name, json.ok ? json.value : null]
      }),
    ),
  )
  return { replies, graph: { cards: cardsOf(graph.parts), edges: graph.edges } }
}

/** Arguments of `blockdev-add`: a qcow2 over a throttle group over a file. */
export const disk = {
  driver: 'qcow2',
  'node-name': 'disk1',
  'cache-size': 4_194_304,
  file: {
    driver: 'throttle',
    'throttle-group': 'tg0',
    file: { driver: 'file', filename: '/tmp/a.qcow2', discard: 'unmap', cache: { direct: true } },
  },
}

function openGraph() {
  const options = { depth: 99, direction: 'out', unfolded: new Set<string>(), limit: 400 } as const
  const { cards, edges } = neighbourhood(recorded('11.1'), 'blockdev-add', options)
  // The sizes that the view gives its cards, nearly: what takes time is how many there are.
  const sizes = cards.map((each) => ({ id: each.name, width: 280, height: 28 + each.rows.length * 17 }))
  return { cards: sizes, edges }
}

function layOutBare({ cards, edges }: ReturnType<typeof openGraph>): void {
  const graph = new Graph()
  graph.setGraph({ rankdir: 'LR', ranksep: 70, nodesep: 18, marginx: 20, marginy: 20 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id, width, height } of cards) graph.setNode(id, { width, height })
  for (const { from, to } of edges) if (from !== to) graph.setEdge(from, to)
  layout(graph)
}

function openArguments() {
  const schema = recorded('11.1')
  const typeOf = (name: string): string => commandOf(schema, name)?.argType ?? ''
  const text = printJson(disk, { indent: 2 })
  const actions = Array.from({ length: 8000 }, (_, index) => ({
    type: 'blockdev-snapshot-sync',
    data: {
      'node-name': `node${index}`,
      'snapshot-file': `/tmp/${index}.qcow2`,
      'snapshot-node-name': `o${index}`,
    },
  }))
  const large = printJson({ actions })
  if (large.length < 1_000_000) throw new Error(`only ${large.length} bytes`)
  const names = (JSON.parse(recordedText('11.1')) as readonly { readonly name: string }[]).map(
    ({ name }) => name,
  )
  return { schema, typeOf, names, text, at: text.indexOf('"discard"') + 1, actions: { actions }, large }
}

/** Calls timed together: one takes less than the clock is exact to. */
const completions = 100

/** The benchmarks of the models. */
export const benchmarks: readonly Benchmark[] = [
  benchmark('explorer, comparing', {
    open: () => ({
      texts: [recordedText('5.2'), recordedText('11.1')],
      before: recorded('5.2'),
      after: recorded('11.1'),
    }),
    figures: [
      {
        name: 'comparing 5.2 with 11.1',
        unit: 'times parsing and printing both as JSON',
        goal: '<= 7.1',
        baseline: ({ texts }) => void texts.map((each) => JSON.stringify(JSON.parse(each))),
        work: ({ before, after }) => compareSchemas(before, after),
      },
    ],
  }),
  benchmark('explorer, graph', {
    open: openGraph,
    figures: [
      {
        name: 'graph of blockdev-add laid out',
        unit: 'times bare dagre with the same nodes and edges',
        goal: '<= 1.13',
        baseline: layOutBare,
        work: (graph) => {
          const done = layOut(graph)
          if (!done.ok) throw new Error(done.error)
        },
      },
    ],
  }),
  benchmark('inspect, block graph', {
    open: openBlocks,
    figures: [
      {
        name: 'block graph of 500 nodes placed',
        unit: 'times laying out the same graph alone',
        goal: '<= 2',
        baseline: ({ graph }) => void placed(graph),
        work: ({ replies }) => {
          const read = Object.fromEntries(
            Object.entries(replies).map(([name, text]) => {
              const json = parseJson(text)
              return [name, json.ok ? json.value : null]
            }),
          )
          const graph = blockGraph(read)
          const places = placed({ cards: cardsOf(graph.parts), edges: graph.edges })
          keepPlaces(places, places, graph.edges, blockCard)
        },
      },
    ],
  }),
  benchmark('commands, completion and validation', {
    open: openArguments,
    figures: [
      {
        name: 'completion',
        unit: 'times filtering and sorting all names of the schema',
        goal: '<= 3.1',
        rounds: 25,
        baseline: ({ names }) => {
          for (let call = 0; call < completions; call += 1)
            names.filter((each) => each.includes('dis')).sort()
        },
        work: ({ schema, typeOf, text, at }) => {
          for (let call = 0; call < completions; call += 1) {
            const found = completionsAt(schema, typeOf('blockdev-add'), text, at)
            if (found === undefined || found.options.length === 0) throw new Error('nothing to complete')
          }
        },
      },
      {
        name: 'validating 1 MB of arguments',
        unit: 'times JSON.parse of the same bytes',
        goal: '<= 3.3',
        baseline: ({ large }) => void JSON.parse(large),
        work: ({ schema, typeOf, actions }) => {
          const issues = validate(schema, typeOf('transaction'), actions)
          if (issues.length > 0) throw new Error(issues[0]?.message)
        },
      },
    ],
  }),
]
