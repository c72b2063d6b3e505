import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyJson } from '#base/testing/any-json.ts'
import { runs } from '#base/testing/runs.ts'
import type { Json } from '#base/json/value.ts'
import { linkTarget, plotted, readListGet, readProperties, readSetting, settingKind } from './qom-object.ts'
import type { QomValue } from './qom-object.ts'
import { compareMoments, compareReadings } from './qom-difference.ts'
import type { QomReading } from './qom-difference.ts'
import { searchObjects } from './qom-search.ts'
import { QomTree } from './qom-tree.ts'

const value = (json: Json): QomValue => ({ kind: 'value', value: json })

test('children, links and values', () => {
  const { list } = readProperties([
    { name: 'a', type: 'child<irq>' },
    { name: 'b', type: 'link<bus>', description: 'where', 'default-value': '' },
    { name: 'c', type: 'int' },
    { name: 'c', type: 'bool' },
    { name: 7, type: 'int' },
    'x',
  ])
  expect(list.map(({ name, kind, of, description }) => [name, kind, of, description])).toEqual([
    ['a', 'child', 'irq', undefined],
    ['b', 'link', 'bus', 'where'],
    ['c', 'value', undefined, undefined],
  ])
  expect(list[1]?.default).toBe('')
})

test('one item of qom-list-get: what has no value cannot be read', () => {
  const { properties, values } = readListGet({
    properties: [
      { name: 'a', type: 'int', value: 1 },
      { name: 'b', type: 'struct tm' },
    ],
  })
  expect(properties.list.length).toBe(2)
  expect(values.get('a')).toEqual(value(1))
  expect(values.get('b')?.kind).toBe('refused')
})

test.each([
  [undefined, undefined],
  [value(''), undefined],
  [value('/machine/q35'), '/machine/q35'],
  [value(7), undefined],
])('a link %j leads to %s', (from, to) => expect(linkTarget(from)).toBe(to))

test.each([
  [7, 7],
  [2n ** 64n - 1n, 2 ** 64],
  [true, 1],
  ['7', undefined],
  [null, undefined],
])('%s is plotted as %s', (json, number) => expect(plotted(value(json))).toBe(number))

test.each([
  ['bool', undefined, 'switch'],
  ['uint32', undefined, 'number'],
  ['str', undefined, 'text'],
  ['OnOffAuto', value('auto'), 'text'],
  ['int', value(3), 'number'],
  ['whatever', undefined, 'json'],
  ['ThrottleLimits', value({}), 'json'],
  ['link<bus>', undefined, 'text'],
] as const)('%s with %j is set as %s', (type, now, kind) => {
  const [property] = readProperties([{ name: 'a', type }]).list
  expect(property && settingKind(property, now)).toBe(kind)
})

test.each([
  ['text', 'a "b', 'a "b'],
  ['number', ' 18446744073709551615 ', 2n ** 64n - 1n],
  ['switch', 'true', true],
  ['json', '{"a": 1}', { a: 1 }],
] as const)('%s: %s', (kind, text, json) =>
  expect(readSetting(kind, text)).toEqual({ ok: true, value: json }),
)

test.each([
  ['number', 'abc'],
  ['number', '"7"'],
  ['number', ''],
  ['switch', '1'],
  ['json', 'abc'],
] as const)('%s refuses %s', (kind, text) => expect(readSetting(kind, text).ok).toBe(false))

const reading = (type: string, entries: Readonly<Record<string, readonly [string, Json?]>>): QomReading => ({
  type,
  properties: readProperties(Object.entries(entries).map(([name, [of]]) => ({ name, type: of }))).list,
  values: new Map(
    Object.entries(entries).flatMap(([name, [, json]]) => (json === undefined ? [] : [[name, value(json)]])),
  ),
})

test('what differs between two objects', () => {
  const found = compareReadings(
    '/a',
    reading('x', {
      same: ['int', 1],
      other: ['int', 1],
      gone: ['str', 'a'],
      type: ['int', 1],
      unread: ['int'],
    }),
    reading('y', {
      same: ['int', 1],
      other: ['int', 2],
      come: ['str'],
      type: ['bool', true],
      unread: ['int', 4],
    }),
  )
  expect(found.map(({ property, kind }) => [property, kind])).toEqual([
    [undefined, 'type'],
    ['other', 'value'],
    ['gone', 'only-first'],
    ['type', 'type'],
    ['come', 'only-second'],
  ])
})

test('two moments: no differences with itself, the same number the other way round', () => {
  const json = fc.oneof(fc.integer({ max: 3 }), fc.constantFrom('a', null, true))
  const one = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.tuple(fc.constantFrom('int', 'str'), json))
  const moment = fc
    .dictionary(fc.constantFrom('/x', '/y', '/z'), one)
    .map((all) => new Map(Object.entries(all).map(([path, entries]) => [path, reading('t', entries)])))
  fc.assert(
    fc.property(moment, moment, (first, second) => {
      expect(compareMoments(first, first).differences).toEqual([])
      const there = compareMoments(first, second).differences
      const back = compareMoments(second, first).differences
      expect(there.length).toBe(back.length)
    }),
    { numRuns: runs(500) },
  )
})

test('a search: paths and types, properties by name, type and value; all words; parts by their own path', () => {
  const tree = new QomTree()
  tree.put('/', readProperties([{ name: 'vd1', type: 'child<virtio-blk-pci>' }]))
  tree.put(
    '/vd1',
    readProperties([
      { name: 'addr', type: 'int32' },
      { name: 'drive', type: 'str' },
      { name: 'bar', type: 'child<memory-region>' },
    ]),
  )
  const values = new Map([['drive', value('Node0')]])
  const find = (query: string) =>
    searchObjects(tree.all(), (path) => (path === '/vd1' ? values : undefined), query).hits.map(
      ({ path, property, text }) => [path, property, text],
    )
  expect(find('VIRTIO')).toEqual([['/vd1', undefined, 'virtio-blk-pci']])
  expect(find('int32 addr')).toEqual([['/vd1', 'addr', 'int32']])
  expect(find('node0')).toEqual([['/vd1', 'drive', 'Node0']])
  expect(find('bar')).toEqual([])
  expect(find('  ')).toEqual([])
})

test('any reply is read without a throw', () => {
  fc.assert(
    fc.property(anyJson(), fc.string(), (json, query) => {
      const properties = readProperties(json)
      const tree = new QomTree()
      tree.put('/', properties)
      searchObjects(tree.all(), () => readListGet(json).values, query)
      for (const each of properties.list) settingKind(each, undefined)
    }),
    { numRuns: runs(500) },
  )
})
