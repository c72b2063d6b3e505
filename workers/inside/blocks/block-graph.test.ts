/** The model of the block graph on small replies; the same on random graphs of a real daemon: block-graph.real.test.ts. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyJson } from '#base/testing/any-json.ts'
import { runs } from '#base/testing/runs.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { activeOf, chainOf, commitPreview } from './chain.ts'
import { driverKind } from './drivers.ts'
import { blockGraph } from './block-graph.ts'
import type { BlockReplies } from './block-graph.ts'
import { holdersOf } from './holders.ts'
import type { BlockGraph } from './block-model.ts'

/** The reply of x-debug-query-block-graph: `j:mirror0 -source-> disk0`, a line an edge; b: backend, j: job. */
function told(...lines: readonly string[]): Json {
  const ids = new Map<string, number>()
  const idOf = (name: string): number => {
    if (!ids.has(name)) ids.set(name, ids.size + 1)
    return ids.get(name) ?? 0
  }
  const edges = lines.map((line) => {
    const [from = '', role = '', to = ''] = line.split(/ -(.*)-> /)
    return { parent: idOf(from), child: idOf(to), name: role, perm: ['write'], 'shared-perm': ['resize'] }
  })
  const types: Readonly<Record<string, string>> = { b: 'block-backend', j: 'block-job' }
  const nodes = [...ids].map(([name, id]) => {
    const [letter = '', rest = ''] = /^[bj]:/.test(name) ? name.split(':') : ['', name]
    // Backends without a name are told apart by a digit.
    return {
      id,
      type: types[letter] ?? 'block-driver',
      name: letter === 'b' ? rest.replace(/^\d$/, '') : rest,
    }
  })
  return { nodes, edges }
}

const node = (name: string, drv: string, more: JsonObject = {}): JsonObject => ({
  ...{ 'node-name': name, drv, ro: false, file: `${name}.img`, encrypted: false, ...more },
})

const edgesOf = (graph: BlockGraph): readonly string[] =>
  graph.edges.map(({ from, role, to }) => `${from} -${role}-> ${to}`)

const chain = (...names: readonly string[]): readonly string[] =>
  names.slice(1).map((below, at) => `${names[at] ?? ''} -backing-> ${below}`)

describe('kinds of drivers', () => {
  test.each([
    ['qcow2', 'format'],
    ['file', 'protocol'],
    ['throttle', 'filter'],
    ['mirror_top', 'filter'],
    ['of-tomorrow', 'protocol'],
    [undefined, 'protocol'],
  ])('%s is a %s', (driver, kind) => {
    expect(driverKind(driver, false)).toBe(kind)
  })

  test('one that is not known and has children is taken for a format', () => {
    expect(driverKind('of-tomorrow', true)).toBe('format')
  })
})

describe('edges', () => {
  test('of `children`, where a server has them: QEMU 11.1', () => {
    const children = [
      { child: 'file', 'node-name': 'disk0-file' },
      { child: 'backing', 'node-name': 'base' },
    ]
    const graph = blockGraph({
      nodes: [
        node('disk0', 'qcow2', { children }),
        node('disk0-file', 'file', { children: [] }),
        node('base', 'qcow2', { children: [] }),
      ],
    })
    expect(edgesOf(graph)).toEqual(['node:disk0 -file-> node:disk0-file', 'node:disk0 -backing-> node:base'])
    expect(graph.notTold).toEqual(['permissions', 'job-nodes', 'jobs', 'exports', 'devices'])
  })

  test('of statistics, where it has not: first children of all nodes, backing nodes under devices', () => {
    const stats = [
      {
        ...{ device: 'ide0', 'node-name': 'disk0' },
        parent: { 'node-name': 'disk0-file' },
        backing: { 'node-name': 'base', parent: { 'node-name': 'base-file' } },
      },
    ]
    const nodeStats = [
      { 'node-name': 'disk0', parent: { 'node-name': 'disk0-file' } },
      { 'node-name': 'alone', parent: { 'node-name': 'alone-file' } },
    ]
    const graph = blockGraph({
      ...{ nodes: [node('disk0', 'qcow2'), node('base', 'qcow2')], stats, nodeStats },
      devices: [{ device: 'ide0', inserted: { 'node-name': 'disk0' } }],
    })
    expect(edgesOf(graph)).toEqual([
      'node:disk0 -file-> node:disk0-file',
      'node:alone -file-> node:alone-file',
      'node:disk0 -backing-> node:base',
      'node:base -file-> node:base-file',
      'device:ide0 -root-> node:disk0',
    ])
    expect(graph.notTold).toContain('backing')
  })

  test('pass the filter that a job put in, which lists of devices do not show', () => {
    const graph = blockGraph({
      nodes: [node('disk0', 'qcow2'), node('#block123', 'mirror_top')],
      devices: [{ device: '', qdev: 'vd0', inserted: { 'node-name': 'disk0' } }],
      nodeStats: [{ 'node-name': '#block123', parent: { 'node-name': 'disk0' } }],
    })
    expect(edgesOf(graph)).toEqual([
      'node:#block123 -backing-> node:disk0',
      'device:vd0 -root-> node:#block123',
    ])
  })

  test('of the graph have permissions; an export takes the backend that reads, the job has the other', () => {
    const graph = blockGraph({
      graph: {
        nodes: [
          { id: 1, type: 'block-driver', name: 'disk0' },
          { id: 2, type: 'block-backend', name: '' },
          { id: 3, type: 'block-backend', name: '' },
        ],
        edges: [
          { parent: 2, child: 1, name: 'root', perm: ['write'], 'shared-perm': [] },
          { parent: 3, child: 1, name: 'root', perm: ['consistent-read'], 'shared-perm': ['write'] },
        ],
      },
      exports: [{ id: 'x', type: 'nbd', 'node-name': 'disk0', 'shutting-down': false }],
    })
    expect(edgesOf(graph)).toEqual(['backend:disk0:1 -root-> node:disk0', 'export:x -root-> node:disk0'])
    expect(graph.edges[1]).toMatchObject({ needs: ['consistent-read'], shares: ['write'], told: 'graph' })
  })

  test('of a command that this page sent, where the job still goes on', () => {
    const replies: BlockReplies = {
      nodes: [node('disk0', 'raw'), node('copy', 'raw')],
      jobs: [{ id: 'm', type: 'mirror', status: 'running', 'current-progress': 0, 'total-progress': 0 }],
      started: [
        { job: 'm', source: 'disk0', target: 'copy' },
        { job: 'over', source: 'disk0', target: 'copy' },
      ],
    }
    const graph = blockGraph(replies)
    expect(graph.copies).toEqual([{ job: 'job:m', from: 'node:disk0', to: 'node:copy' }])
    expect(edgesOf(graph)).toHaveLength(2)
  })
})

describe('copies of jobs, as QEMU 7.2 tells their nodes', () => {
  test.each([
    ['mirror', ['j:j -main node-> f', 'j:j -source-> a', 'j:j -target-> b'], 'a', 'b'],
    ['backup', ['f -target-> b', 'f -file-> a', 'j:j -main node-> f', 'j:j -target-> b'], 'a', 'b'],
    [
      'commit',
      [...chain('a', 'b', 'c'), 'j:j -main node-> a', 'j:j -intermediate node-> b', 'j:j -base-> c'],
      'b',
      'c',
    ],
    [
      'stream',
      [
        ...chain('a', 'b', 'c'),
        ...['j:j -main node-> f', 'j:j -active node-> a', 'j:j -intermediate node-> c'],
        'j:j -intermediate node-> b',
      ],
      'b',
      'a',
    ],
  ])('%s', (type, lines, from, to) => {
    const graph = blockGraph({
      graph: told(...lines),
      nodes: [node('f', 'copy-before-write')],
      jobs: [{ id: 'j', type, status: 'running' }],
    })
    expect(graph.copies).toEqual([{ job: 'job:j', from: `node:${from}`, to: `node:${to}` }])
  })
})

describe('parts', () => {
  test('a node has its sizes, exact, its bitmaps and its throttle group', () => {
    const graph = blockGraph({
      nodes: [
        node('disk0', 'qcow2', {
          image: { 'virtual-size': 9_007_199_254_740_993n, 'actual-size': 200_704 },
          'dirty-bitmaps': [
            { name: 'b0', count: 65_536, granularity: 65_536, recording: true, busy: false },
            7,
          ],
        }),
        node('limited', 'throttle', { file: 'json:{"throttle-group": "slow", "driver": "throttle"}' }),
      ],
      nodeStats: [{ 'node-name': 'disk0', stats: { wr_highest_offset: 512 } }],
    })
    expect(graph.parts[0]).toMatchObject({
      ...{ kind: 'format', virtualSize: 9_007_199_254_740_993n, actualSize: 200_704, highestOffset: 512 },
      bitmaps: [{ name: 'b0', isRecording: true }],
    })
    expect(graph.parts[1]).toMatchObject({ kind: 'filter', throttleGroup: 'slow' })
    expect(graph.leftOut).toEqual(['1 × dirty bitmaps of another shape: left out'])
  })

  test('a device has what it read and wrote; one without a medium is there, too', () => {
    const graph = blockGraph({
      devices: [
        { device: '', qdev: '/machine/vd0', removable: false, inserted: { 'node-name': 'disk0' } },
        { device: '', qdev: 'cd0', removable: true, tray_open: true },
      ],
      stats: [
        {
          ...{ device: '', qdev: '/machine/vd0', 'node-name': 'disk0' },
          stats: { rd_bytes: 1024, rd_operations: 2, failed_rd_operations: 1, failed_wr_operations: 2 },
        },
      ],
    })
    expect(graph.parts[0]).toMatchObject({ io: { readBytes: 1024, reads: 2, failed: 3n }, isEmpty: false })
    expect(graph.parts[1]).toMatchObject({ name: 'cd0', isEmpty: true, isTrayOpen: true, isRemovable: true })
  })

  test('histograms of a device have one bin more than boundaries, or are none', () => {
    const histogramsOf = (histogram: Json) => {
      const stats = [{ device: 'd', stats: { rd_latency_histogram: histogram } }]
      const [device] = blockGraph({ devices: [{ device: 'd' }], stats }).parts
      return device?.kind === 'device' ? device.histograms : undefined
    }
    expect(histogramsOf({ boundaries: [10, 100], bins: [1, 2, 3] })).toEqual([
      { of: 'reads', boundaries: [10, 100], bins: [1, 2, 3] },
    ])
    for (const wrong of [7, {}, { boundaries: [10], bins: [1] }, { boundaries: ['a'], bins: [1, 2] }]) {
      expect(histogramsOf(wrong)).toEqual([])
    }
  })

  test('jobs of both families are one job each', () => {
    const graph = blockGraph({
      jobs: [
        { id: 'm', type: 'mirror', status: 'ready', 'current-progress': 5, 'total-progress': 5 },
        { id: 'c', type: 'create', status: 'concluded', error: 'no space' },
      ],
      blockJobs: [{ device: 'm', type: 'mirror', speed: 7, ready: true, len: 5, offset: 5 }],
    })
    expect(graph.parts).toMatchObject([
      { id: 'job:m', isReady: true, speed: 7, done: 5 },
      { id: 'job:c', error: 'no space', speed: undefined },
    ])
  })
})

describe('who holds a node', () => {
  test('what uses it, and the devices, exports and jobs above', () => {
    const graph = blockGraph({
      graph: told('b:vd0 -root-> top', ...chain('top', 'base'), 'j:m -source-> top', 'b:1 -root-> base'),
      exports: [{ id: 'x', type: 'nbd', 'node-name': 'base' }],
    })
    const found = holdersOf(graph, 'node:base')
    expect(found.direct.map(({ part, edge }) => `${part.id} ${edge.role}`)).toEqual([
      'node:top backing',
      'export:x root',
    ])
    expect(found.users.map(({ id }) => id).sort()).toEqual(['device:vd0', 'export:x', 'job:m'])
  })

  test('nobody holds the top, and a circle ends', () => {
    const graph = blockGraph({ graph: told('a -file-> b', 'b -file-> a', 'c -file-> a') })
    expect(holdersOf(graph, 'node:c').direct).toEqual([])
    expect(holdersOf(graph, 'node:a').direct).toHaveLength(2)
    expect(chainOf(blockGraph({ graph: told(...chain('a', 'b', 'a')) }), 'node:a')).toHaveLength(2)
  })
})

describe('a commit, before it is sent', () => {
  const graph = blockGraph({
    graph: told('b:vd0 -root-> s3', ...chain('s3', 's2', 's1', 'base'), 'other -backing-> s1'),
    nodes: ['s3', 's2', 's1', 'base', 'other'].map((name) =>
      node(name, 'qcow2', { image: { 'virtual-size': name === 'base' ? 100 : 200 } }),
    ),
  })
  const images = chainOf(graph, 'node:s3')

  test('its chain begins at the top, below the filter of a job', () => {
    expect(activeOf(graph, 'node:s1')).toBe('node:s3')
    expect(activeOf(graph, 'node:s3')).toBe('node:s3')
    const filtered = blockGraph({
      graph: told('f -backing-> s3', ...chain('s3', 's2')),
      nodes: [node('f', 'mirror_top')],
    })
    expect(activeOf(filtered, 'node:s2')).toBe('node:f')
    expect(chainOf(filtered, 'node:f').map(({ name }) => name)).toEqual(['s3', 's2'])
  })

  test('into the middle', () => {
    expect(commitPreview(graph, images, 's2', 's1')).toEqual({
      ...{ before: ['s3', 's2', 's1', 'base'], after: ['s3', 's1', 'base'], emptied: ['s2'], base: 's1' },
      ...{ isActive: false, grows: false, harmed: ['other'] },
    })
  })

  test('of all', () => {
    expect(commitPreview(graph, images, 's3', 'base')).toMatchObject({
      ...{ after: ['base'], emptied: ['s3', 's2', 's1'], isActive: true, grows: true, harmed: ['other'] },
    })
  })

  test.each([
    ['s1', 's2', 'base-not-below-top'],
    ['s1', 's1', 'base-not-below-top'],
    ['s9', 's1', 'not-in-chain'],
  ])('%s into %s is %s', (top, base, refusal) => {
    expect(commitPreview(graph, images, top, base)).toBe(refusal)
  })

  test('keeps the order, and takes out exactly what it empties', () => {
    const at = fc.nat(3)
    fc.assert(
      fc.property(at, at, (top, base) => {
        const names = ['s3', 's2', 's1', 'base']
        const preview = commitPreview(graph, images, names[top] ?? '', names[base] ?? '')
        if (typeof preview === 'string') return base <= top
        const left = names.filter((name) => !preview.emptied.includes(name))
        return String(left) === String(preview.after) && preview.after.includes(preview.base)
      }),
    )
  })
})

describe('whatever a server says', () => {
  const members = ['graph', 'nodes', 'devices', 'stats', 'nodeStats', 'jobs', 'blockJobs', 'exports'] as const

  test('every edge has both its parts, ids are used once, and nothing throws', () => {
    const names = fc.constantFrom('', 'a', 'b', '__proto__', '#block1', 'constructor')
    const entry = fc.dictionary(
      fc.constantFrom(
        ...'node-name drv device qdev id type name parent child children stats inserted'.split(' '),
      ),
      fc.oneof(names, fc.nat(3), anyJson(), fc.array(fc.record({ child: names, 'node-name': names }))),
    )
    const list = fc.oneof(anyJson(), fc.array(entry))
    const graph = fc.oneof(anyJson(), fc.record({ nodes: list, edges: list }))
    fc.assert(
      fc.property(fc.tuple(graph, fc.array(list, { minLength: 7, maxLength: 7 })), ([first, rest]) => {
        const replies = Object.fromEntries([first, ...rest].map((reply, at) => [members[at] ?? '', reply]))
        for (const asked of [replies, { ...replies, graph: undefined }]) {
          const found = blockGraph(asked)
          const ids = found.parts.map(({ id }) => id)
          expect(new Set(ids).size).toBe(ids.length)
          for (const { from, to } of found.edges) expect(ids).toEqual(expect.arrayContaining([from, to]))
          for (const id of ids.slice(0, 5)) {
            holdersOf(found, id)
            chainOf(found, id)
          }
        }
      }),
      { numRuns: runs(2000) },
    )
  })

  test('a deep tree of statistics and thousands of nodes are bounded', () => {
    let deep: JsonObject = { 'node-name': 'end' }
    for (let level = 0; level < 21_000; level += 1) deep = { 'node-name': `n${level}`, backing: deep }
    const many = Array.from({ length: 5000 }, (_, at) => node(`m${at}`, 'raw'))
    const graph = blockGraph({ stats: [deep], nodes: many })
    expect(graph.leftOut).toEqual([
      '1000 × nodes beyond 4000: left out',
      '1 × entries of statistics beyond 20000: left out',
    ])
  })
})
