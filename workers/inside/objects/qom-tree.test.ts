import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyJson } from '#base/testing/any-json.ts'
import { runs } from '#base/testing/runs.ts'
import type { Json } from '#base/json/value.ts'
import {
  childPath,
  isAbsolutePath,
  lastName,
  longestPath,
  looksLikeObject,
  parentPath,
  pathsAbove,
} from './qom-path.ts'
import { mostProperties, readProperties } from './qom-object.ts'
import { mostObjects, qomKey, QomTree } from './qom-tree.ts'

const list = (...entries: readonly [name: string, type: string][]): Json =>
  entries.map(([name, type]) => ({ name, type }))
const properties = (...entries: readonly [string, string][]) => readProperties(list(...entries))

describe('paths', () => {
  test.each([
    ['/', 'machine', '/machine'],
    ['/machine', 'device[10]', '/machine/device[10]'],
    ['/machine', '', undefined],
    ['/machine', 'a/b', undefined],
    ['/machine', 'x'.repeat(longestPath), undefined],
    ['/machine/fw_cfg', '\\x2from@etc[0]', '/machine/fw_cfg/\\x2from@etc[0]'],
  ])('%s and %s', (parent, name, path) => {
    expect(childPath(parent, name)).toBe(path)
    if (path !== undefined) expect([parentPath(path), lastName(path)]).toEqual([parent, name])
  })

  test('what is above', () => {
    expect(pathsAbove('/machine/peripheral/vd1')).toEqual(['/', '/machine', '/machine/peripheral'])
    expect(pathsAbove('/')).toEqual([])
  })

  test.each([
    ['/machine/peripheral/vd1', true],
    ['/objects/io0', true],
    ['/chardevs/compat_monitor0', true],
    ['/machine', false],
    ['/machine/', false],
    ['/machine//a', false],
    ['/var/lib/a.qcow2', false],
    ['/objects', false],
    ['', false],
    [`/machine/${'a'.repeat(longestPath)}`, false],
  ])('%s is shown as the path of an object: %s', (text, is) => expect(looksLikeObject(text)).toBe(is))

  test('any text: no throw, and what looks like an object is absolute', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (looksLikeObject(text)) expect(isAbsolutePath(text)).toBe(true)
        expect(pathsAbove(text.startsWith('/') ? text : `/${text}`)[0] ?? '/').toBe('/')
      }),
      { numRuns: runs(1000) },
    )
  })
})

test('parts by name, numbers by their size; links are no parts', () => {
  const tree = new QomTree()
  tree.put('/', properties(['device[10]', 'child<irq>'], ['device[2]', 'child<vmport>'], ['a', 'link<bus>']))
  expect(tree.childrenOf('/')).toEqual([
    { name: 'device[2]', path: '/device[2]', type: 'vmport' },
    { name: 'device[10]', path: '/device[10]', type: 'irq' },
  ])
  expect(tree.typeOf('/device[2]')).toBe('vmport')
})

test('rows: open ones only, with their places', () => {
  const tree = new QomTree()
  tree.put('/', properties(['machine', 'child<q35>'], ['objects', 'child<container>']))
  tree.put('/machine', properties(['cpu', 'child<cpu>']))
  const shape = (open: string[]) =>
    tree
      .rows(new Set(open))
      .map((row) => [row.path, row.level, row.position, row.siblings, row.parent, row.parts])
  expect(shape(['/'])).toEqual([
    ['/', 1, 1, 1, -1, 2],
    ['/machine', 2, 1, 2, 0, 1],
    ['/objects', 2, 2, 2, 0, undefined],
  ])
  expect(shape(['/', '/machine']).map(([path]) => path)).toEqual([
    '/',
    '/machine',
    '/machine/cpu',
    '/objects',
  ])
})

test('an object that is gone when its parent is read again goes with all in it; one of another type too', () => {
  const tree = new QomTree()
  tree.put('/', properties(['a', 'child<x>'], ['b', 'child<x>']))
  tree.put('/a', properties(['c', 'child<y>']))
  tree.put('/a/c', properties(['n', 'int']))
  tree.put('/b', properties(['n', 'int']))
  tree.put('/', properties(['b', 'child<x>']))
  expect([...tree.all()].map(({ path }) => path).sort()).toEqual(['/', '/b'])
  tree.put('/', properties(['b', 'child<other>']))
  expect(tree.get('/b')).toBeUndefined()
})

test('a machine that says too much fills neither an object nor the tree', () => {
  const many = Array.from({ length: mostProperties + 7 }, (_, n) => ({ name: `p${n}`, type: 'int' }))
  const read = readProperties(many)
  expect([read.list.length, read.dropped]).toEqual([mostProperties, 7])
  const tree = new QomTree()
  for (let n = 0; n < mostObjects; n += 1) tree.put(`/o${n}`, { list: [], dropped: 0 })
  expect(tree.put('/one-more', { list: [], dropped: 0 })).toBe(false)
  expect([tree.size, tree.isFull]).toEqual([mostObjects, true])
  // One that is there is read again.
  expect(tree.put('/o1', { list: [], dropped: 0 })).toBe(true)
})

test('a tree that goes into itself ends', () => {
  const tree = new QomTree()
  const open = new Set<string>()
  for (let path = '/', depth = 0; depth < 100; depth += 1) {
    tree.put(path, properties(['a', 'child<a>']))
    open.add(path)
    path = childPath(path, 'a') ?? '/'
  }
  expect(tree.rows(open).length).toBeLessThan(60)
})

test('any replies: rows stand below their parents, each path once, and as many as are told', () => {
  const name = fc.oneof(
    fc.constantFrom('a', 'b', '__proto__', 'constructor', 'x/y', ''),
    fc.string({ maxLength: 5 }),
  )
  const type = fc.constantFrom('child<a>', 'child<', 'link<a>', 'int', 'child<__proto__>', 'a>b<')
  const reply = fc.oneof(anyJson(), fc.array(fc.record({ name, type }), { maxLength: 6 }))
  fc.assert(
    fc.property(fc.array(reply, { maxLength: 12 }), fc.boolean(), (replies, all) => {
      const tree = new QomTree()
      const paths = ['/']
      for (const each of replies) {
        const path = paths.shift() ?? '/'
        tree.put(path, readProperties(each))
        paths.push(...(tree.childrenOf(path) ?? []).map((child) => child.path))
      }
      const rows = tree.rows(new Set(all ? [...tree.all()].map((each) => each.path) : ['/']))
      expect(new Set(rows.map((row) => row.path)).size).toBe(rows.length)
      for (const [index, row] of rows.entries()) {
        if (row.parent < 0) expect(index).toBe(0)
        else {
          expect(row.parent).toBeLessThan(index)
          expect(rows[row.parent]?.path).toBe(parentPath(row.path))
          expect(rows[row.parent]?.level).toBe(row.level - 1)
        }
        for (const key of ['ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight', 'End', 'PageDown']) {
          const done = qomKey(rows, index, key)
          if (done?.kind === 'go') expect(rows[done.to]).toBeDefined()
        }
      }
    }),
    { numRuns: runs(1000) },
  )
})

test.each([
  ['ArrowRight', 0, { kind: 'go', to: 1 }],
  ['ArrowRight', 1, { kind: 'open', path: '/machine' }],
  ['ArrowLeft', 1, { kind: 'go', to: 0 }],
  ['ArrowLeft', 0, { kind: 'close', path: '/' }],
  ['Enter', 1, { kind: 'choose', path: '/machine' }],
  ['End', 0, { kind: 'go', to: 1 }],
  ['x', 0, undefined],
] as const)('%s on row %i', (key, at, done) => {
  const tree = new QomTree()
  tree.put('/', properties(['machine', 'child<q35>']))
  expect(qomKey(tree.rows(new Set(['/'])), at, key)).toEqual(done)
})
