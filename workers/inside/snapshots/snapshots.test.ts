import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import type { Json } from '#base/json/value.ts'
import { isPlainTag, preflightLoad, preflightSave, readDisks, tagsOf } from './snapshots.ts'
import type { SnapshotDisk } from './snapshots.ts'

const snapshot = (name: string, state = 0, date = 5): Json => ({
  id: '1',
  name,
  'vm-state-size': state,
  'date-sec': date,
})

const block: Json = [
  {
    device: '',
    qdev: '/machine/peripheral/vd0/virtio-backend',
    inserted: {
      'node-name': 'disk0',
      drv: 'qcow2',
      ro: false,
      image: {
        filename: 'top.qcow2',
        format: 'qcow2',
        snapshots: [snapshot('a', 100), snapshot('b', 0, 9)],
        'backing-image': { filename: 'base.qcow2', format: 'qcow2' },
      },
    },
  },
  {
    device: 'raw0',
    inserted: { 'node-name': 'disk1', drv: 'raw', ro: false, image: { filename: 'r.img', format: 'raw' } },
  },
  { device: 'cd0' },
]
const nodes: Json = [{ 'node-name': 'base', drv: 'qcow2', file: 'base.qcow2' }]
const disk = (node: string, change: Partial<SnapshotDisk> = {}): SnapshotDisk => ({
  ...{ node, device: node, path: undefined, driver: 'qcow2', isReadOnly: false, snapshots: [], chain: [] },
  ...change,
})

test('the disks that are in, their chains and what they hold', () => {
  const disks = readDisks(block, nodes)
  expect(disks.map(({ node, device, driver }) => [node, device, driver])).toEqual([
    ['disk0', '/machine/peripheral/vd0/virtio-backend', 'qcow2'],
    ['disk1', 'raw0', 'raw'],
  ])
  expect(disks[0]?.chain).toEqual([
    { file: 'top.qcow2', format: 'qcow2', node: 'disk0' },
    { file: 'base.qcow2', format: 'qcow2', node: 'base' },
  ])
  expect(tagsOf(disks)).toEqual([
    { name: 'b', nodes: ['disk0'], stateNode: undefined, stateBytes: 0, date: 9 },
    { name: 'a', nodes: ['disk0'], stateNode: 'disk0', stateBytes: 100, date: 5 },
  ])
})

test('any reply is read; a chain without an end is cut', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      expect(() => tagsOf(readDisks(a as Json, b as Json))).not.toThrow()
    }),
    { numRuns: runs(500) },
  )
  let image: Json = { filename: 'x', format: 'qcow2' }
  for (let depth = 0; depth < 400; depth += 1)
    image = { filename: 'x', format: 'qcow2', 'backing-image': image }
  const [deep] = readDisks([{ inserted: { 'node-name': 'n', image } }], [])
  expect(deep?.chain).toHaveLength(200)
})

test('before a save: a raw disk is named with what mends it, chosen or left out', () => {
  const disks = [disk('good'), disk('raw0', { driver: 'raw' })]
  const find = (nodes: string[], stateNode?: string) =>
    preflightSave(disks, { tag: 't', nodes: new Set(nodes), stateNode })
  expect(find(['good', 'raw0'], 'good').map(({ node, kind }) => [node, kind])).toEqual([['raw0', 'refused']])
  expect(find(['good', 'raw0'], 'good')[0]?.why).toContain('raw0 has the format raw')
  // QEMU accepts this without a word: it is the dangerous one.
  expect(find(['good'], 'good').map(({ node, kind }) => [node, kind])).toEqual([['raw0', 'unsafe']])
  expect(find(['good', 'raw0'], 'raw0').map(({ kind }) => kind)).toEqual(['refused', 'refused'])
  expect(find(['raw0'], 'good').at(-1)?.why).toContain('No chosen disk takes the state')
})

test('before a save: read only disks are no trouble, filters are not known, a name is used once', () => {
  const disks = [
    disk('good', { snapshots: [{ id: '1', name: 't', stateBytes: 0, date: 0 }] }),
    disk('rom', { isReadOnly: true, driver: 'raw' }),
    disk('slow', { driver: 'throttle' }),
  ]
  const found = preflightSave(disks, { tag: 't', nodes: new Set(['good', 'slow']), stateNode: 'good' })
  expect(found.map(({ node, kind }) => [node, kind])).toEqual([
    ['good', 'refused'],
    ['slow', 'unknown'],
  ])
  const all = preflightSave(disks, { tag: 'u', nodes: new Set(['good', 'rom', 'slow']), stateNode: 'good' })
  expect(all.map(({ node, kind }) => [node, kind])).toEqual([
    ['rom', 'refused'],
    ['slow', 'unknown'],
  ])
})

test('before a load: disks without it are named; one without a state cannot be loaded', () => {
  const disks = readDisks(block, nodes)
  const [b, a] = tagsOf(disks)
  expect(a === undefined ? [] : preflightLoad(disks, a).map(({ node, kind }) => [node, kind])).toEqual([
    ['disk1', 'unsafe'],
  ])
  expect(b === undefined ? [] : preflightLoad(disks, b).map(({ kind }) => kind)).toEqual([
    'unsafe',
    'refused',
  ])
})

test('a tag in a line of the human monitor has no word in it', () => {
  expect(isPlainTag('snap-1.a')).toBe(true)
  for (const tag of ['', 'a b', 'a;quit', 'a\nquit', 'x'.repeat(256)]) expect(isPlainTag(tag)).toBe(false)
})
