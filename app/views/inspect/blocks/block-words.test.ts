import { expect, test } from 'vitest'
import type { Json } from '#base/json/value.ts'
import { blockGraph } from '#inside/blocks/block-graph.ts'
import type { BlockPart } from '#inside/blocks/block-model.ts'
import { partFacts } from './part-facts.ts'
import { addressOf, copyLine, edgeLine, partAt, shapeOf } from './picture.ts'
import {
  binsOf,
  busyWords,
  edgeWords,
  holderWords,
  partKind,
  partName,
  partNote,
  permissionWords,
} from './block-words.ts'

const graph = blockGraph({
  nodes: [
    {
      ...{ 'node-name': 'disk0', drv: 'qcow2', ro: true, file: '/a', encrypted: true, write_threshold: 512 },
      image: { 'virtual-size': 2048, 'actual-size': 1024 },
      'dirty-bitmaps': [{ name: 'b', count: 0, recording: true, persistent: true, inconsistent: true }],
    },
  ],
  devices: [
    { device: '', qdev: '/machine/peripheral/vd0/virtio-backend', 'io-status': 'nospace', inserted: {} },
    { device: 'cd0', removable: true, tray_open: true },
  ],
  jobs: [
    { id: 'm', type: 'mirror', status: 'running', 'current-progress': 1, 'total-progress': 3, error: 'no' },
    { id: 'new', type: 'mirror', status: 'created', 'current-progress': 0, 'total-progress': 0 },
  ],
  exports: [{ id: 'x', type: 'nbd', 'node-name': 'disk0', 'shutting-down': true }],
} satisfies Record<string, Json>)

const part = (id: string): BlockPart => {
  const found = graph.parts.find((each) => each.id === id)
  if (found === undefined) throw new Error(id)
  return found
}

const vd0 = 'device:/machine/peripheral/vd0/virtio-backend'

test.each([
  ['node:disk0', 'disk0', 'qcow2', '2.00 KiB, read only, encrypted, 1 bitmap'],
  [vd0, 'vd0', 'device', 'I/O nospace'],
  ['device:cd0', 'cd0', 'drive', 'no medium'],
  ['job:m', 'm', 'mirror job', 'running, 33 %'],
  ['job:new', 'new', 'mirror job', 'created'],
  ['export:x', 'x', 'nbd export', 'shutting down'],
])('%s', (id, name, kind, note) => {
  expect([partName(part(id)), partKind(part(id)), partNote(part(id))]).toEqual([name, kind, note])
})

test('what the panel says of a node, a device and a job', () => {
  const said = (id: string): readonly string[] =>
    partFacts(part(id), undefined).map(({ name, value }) => `${name}: ${value}`)
  expect(said('node:disk0')).toEqual(
    expect.arrayContaining(['Access: read only', 'Encryption: encrypted', 'File: /a']),
  )
  expect(said('node:disk0').join()).toMatch(/inconsistent: remove it/)
  expect(partFacts(part('node:disk0'), undefined).find(({ name }) => name === 'Takes')?.share).toBe(0.5)
  expect(said('device:cd0')).toEqual(expect.arrayContaining(['Tray: open', 'Medium: none']))
  expect(said('job:m')).toEqual(expect.arrayContaining(['Error: no', 'Done: 1 B of 3 B']))
})

test('an edge says its role and its permissions, or that they are not told', () => {
  const [edge] = graph.edges
  if (edge === undefined) throw new Error('no edge')
  const parts = new Map(graph.parts.map((each) => [each.id, each]))
  expect(edgeWords(edge, parts)).toBe('x uses disk0 as root; permissions are not told (told by its holder)')
  expect(permissionWords({ ...edge, needs: [], shares: ['write', 'resize'] })).toBe(
    'needs nothing; lets others write, resize',
  )
  const many = Array.from({ length: 6 }, () => ({ part: part('job:m'), edge }))
  expect(holderWords(many)).toMatch(/and 2 more$/)
})

test('an address names one part, and the shape does not change with progress', () => {
  for (const each of graph.parts) expect(partAt(graph, addressOf(each))).toBe(each)
  expect(partAt(graph, 'gone')).toBeUndefined()
  const jobs = [{ id: 'm', type: 'mirror', status: 'ready' }]
  expect(shapeOf(blockGraph({ jobs }))).toBe(shapeOf(blockGraph({ jobs: [{ id: 'm', status: 'running' }] })))
})

test('lines go from side to side, copies below', () => {
  expect(edgeLine({ x: 0, y: 0 }, { x: 300, y: 100 })).toBe('M 190 29 C 245 29, 245 129, 300 129')
  expect(copyLine({ x: 0, y: 0 }, { x: 300, y: 100 }).label.y).toBeGreaterThan(158)
})

test('bins of a histogram have names, and shares of the fullest', () => {
  expect(binsOf({ of: 'reads', boundaries: [20_000, 5_000_000], bins: [1, 4n, 0] })).toEqual([
    { name: 'below 20 µs', count: 1, share: 0.25 },
    { name: '20 µs to 5 ms', count: 4n, share: 1 },
    { name: '5 ms and more', count: 0, share: 0 },
  ])
})

test('a name that turns the text round stays on its own, and a long one is cut', () => {
  const [part] = blockGraph({ nodes: [{ 'node-name': 'a\u202eb', drv: 'raw' }] }).parts
  expect(part === undefined ? '' : partName(part)).toContain('<U+202E>')
  const [long] = blockGraph({ nodes: [{ 'node-name': 'x'.repeat(1000), drv: 'raw' }] }).parts
  expect(long === undefined ? '' : partName(long).length).toBeLessThan(300)
})

test('a busy device says its rate, or how long its operations take', () => {
  const rates = { readBytes: 1024, writtenBytes: 1024, reads: 1, writes: 1, readMs: 0.12, writeMs: 13 }
  expect(busyWords(rates, 'bytes')).toBe('2.00 KiB/s')
  expect(busyWords(rates, 'latency')).toBe('read 0.12 ms, write 13 ms')
  expect(busyWords({ ...rates, readMs: undefined, writeMs: undefined }, 'latency')).toBe('')
})
