import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decimal } from '#base/json/number.ts'
import { isJsonObject } from '#base/json/value.ts'
import { printJson, textOf } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { anyJson, anyLiteral } from '#base/testing/any-json.ts'
import { commandEffect } from '#qapi/check/effect.ts'
import { relatedQueries } from './compare/around.ts'
import { csvText } from './table-csv.ts'
import { findInJson, findInLines, marked, pattern } from './find-json.ts'
import { linesOf, prettyLines, RowIndex } from './raw-lines.ts'
import { cellOf, cellText, ColumnSet, compareCells, compareLiterals, objectLists, sortRows } from './table.ts'
import type { ReplyColumn } from './table.ts'

function columnsOf(rows: readonly JsonObject[]): readonly ReplyColumn[] {
  const set = new ColumnSet()
  for (const row of rows) set.add(row)
  return set.list()
}

test('lists of objects are found, outer ones first', () => {
  const value: Json = { a: [{ b: [{ c: 1 }] }, { b: [] }], 'x-y': [1], z: [{}] }
  expect(objectLists(value).map((each) => each.path)).toEqual(['a', 'z', 'a[0].b'])
  expect(objectLists([{}]).map((each) => each.path)).toEqual([''])
  expect(objectLists([])).toEqual([])
  expect(objectLists([1, {}])).toEqual([])
  expect(objectLists(decimal('1e400'))).toEqual([])
})

test('columns are the union of the members, objects flattened one level', () => {
  const rows: JsonObject[] = [
    { id: 1, image: { size: 2n ** 64n - 1n, deep: { x: 1 } } },
    { id: null, image: null, late: 'x' },
    { image: {} },
  ]
  const columns = columnsOf(rows)
  expect(columns.map((each) => each.name)).toEqual(['id', 'image.size', 'image.deep', 'image', 'late'])
  expect(rows.map((row) => columns.map((each) => cellText(cellOf(row, each))))).toEqual([
    ['1', '18446744073709551615', '{"x":1}', '', ''],
    ['null', '', '', 'null', 'x'],
    ['', '', '', '{}', ''],
  ])
})

test('every leaf of a row is in exactly one cell, two levels deep', () => {
  fc.assert(
    fc.property(anyJson(), (value) => {
      if (!isJsonObject(value)) return
      const columns = columnsOf([value])
      const wanted = Object.entries(value).flatMap(([, item]) =>
        isJsonObject(item) && Object.keys(item).length > 0 ? Object.values(item) : [item],
      )
      expect(columns.map((each) => textOf(cellOf(value, each)))).toEqual(wanted.map(textOf))
    }),
  )
})

test('rows are sorted by exact numbers, absent last, equal ones as they came', () => {
  const rows: JsonObject[] = [
    { n: 18446744073709551615n, id: 0 },
    { id: 1 },
    { n: 18446744073709551614n, id: 2 },
    { n: decimal('18446744073709551614.5'), id: 3 },
    { n: 10, id: 4 },
    { n: 9, id: 5 },
    { n: 'text', id: 6 },
    { n: null, id: 7 },
    { n: 9, id: 8 },
  ]
  const [column] = columnsOf(rows)
  if (column === undefined) throw new Error('no column')
  const ids = (direction: 'ascending' | 'descending'): readonly Json[] =>
    sortRows(rows, { column, direction }).map((row) => row.id ?? null)
  expect(ids('ascending')).toEqual([5, 8, 4, 2, 3, 0, 6, 7, 1])
  expect(ids('descending')).toEqual([7, 6, 0, 3, 2, 4, 5, 8, 1])
  expect(['b', 'Z', 'ä', 'a'].sort(compareCells)).toEqual(['Z', 'a', 'b', 'ä'])
})

test('literals are ordered by their exact value', () => {
  const wanted = [
    '-1e400',
    '-2',
    '-1.5',
    '-0.1',
    '0',
    '1e-400',
    '0.1',
    '0.10000000000000000001',
    '9',
    '10',
    '1e400',
  ]
  expect([...wanted].reverse().sort(compareLiterals)).toEqual(wanted)
  expect(compareLiterals('1.0', '1')).toBe(0)
  expect(compareLiterals('-0', '0')).toBe(0)
  fc.assert(
    fc.property(anyLiteral, anyLiteral, (a, b) => {
      expect(compareLiterals(a, b) + compareLiterals(b, a)).toBe(0)
      if (Number(a) < Number(b)) expect(compareLiterals(a, b)).toBeLessThan(0)
    }),
  )
})

test('CSV is quoted, exact, and tells null, "" and nothing apart', () => {
  const cells: (Json | undefined)[] = [
    'a,b',
    'say "x"',
    'two\nlines',
    null,
    'null',
    '',
    undefined,
    2n ** 64n,
    true,
  ]
  const text = '"a,b","say ""x""","two\nlines",null,"null","",,18446744073709551616,true\r\n'
  expect(csvText([cells], { isSafe: false })).toBe(text)
  expect(csvText([['=1+1', '-5', -5, '@x', 'x=']], { isSafe: false })).toBe('=1+1,-5,-5,@x,x=\r\n')
  expect(csvText([['=1+1', '-5', -5, '@x', 'x=']], { isSafe: true })).toBe("'=1+1,'-5,-5,'@x,x=\r\n")
  expect(csvText([['\t=1', '\r=1', '\n=1', '＝1', ' =1']], { isSafe: true })).toBe(
    `'\t=1,"'\r=1","'\n=1",'＝1, =1\r\n`,
  )
  expect(csvText([[{ a: [1, 'x'] }]], { isSafe: false })).toBe('"{""a"":[1,""x""]}"\r\n')
})

test('search finds names and values, and says where', () => {
  const value: Json = { Node: [{ name: 'disk0', size: 9007199254740993n }, { disk: 'x"y' }], 'a.b': [] }
  const find = (query: string): readonly string[] =>
    [...findInJson(value, query)].flatMap((keys) => (keys === undefined ? [] : [keys.join('/')]))
  expect(find('DISK')).toEqual(['Node/0/name', 'Node/1/disk'])
  expect(find('4740993')).toEqual(['Node/0/size'])
  expect(find('a.b')).toEqual(['a.b'])
  expect(find('"x')).toEqual(['Node/1/disk'])
  expect(find('')).toEqual([])
  expect([...findInJson('abc', 'B')]).toEqual([[]])
})

test('search in lines finds each match once, also across pieces', () => {
  const long = `${'x'.repeat(256 * 1024 - 2)}needle${'y'.repeat(300_000)}NEEDLE`
  const lines = ['a needle', '', long]
  const hits = [...findInLines((index) => lines[index] ?? '', 3, 'needle')].filter(
    (each) => each !== undefined,
  )
  expect(hits.map(({ line, at }) => [line, at])).toEqual([
    [0, 2],
    [2, 256 * 1024 - 2],
    [2, 256 * 1024 + 4 + 300_000],
  ])
  expect(marked('xAbax', pattern('a'))).toEqual([
    { text: 'x', isHit: false },
    { text: 'A', isHit: true },
    { text: 'b', isHit: false },
    { text: 'a', isHit: true },
    { text: 'x', isHit: false },
  ])
})

test('pretty lines are those of the printer', () => {
  fc.assert(
    fc.property(anyJson(), (value) => {
      expect([...prettyLines(value)].join('\n')).toBe(printJson(value, { indent: 2 }))
    }),
  )
})

test('rows are the lines cut at a width', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.integer({ min: 1, max: 8 }), (lines, width) => {
      const index = new RowIndex(width)
      for (const line of lines) index.add(line)
      expect(index.lines).toBe(lines.length)
      const made = lines.map(() => '')
      for (let row = 0; row < index.rows; row += 1) {
        const { line, from, to } = index.at(row)
        expect(index.rowOf(line, from)).toBe(row)
        made[line] = `${made[line] ?? ''}${(lines[line] ?? '').slice(from, to)}`
      }
      expect(made).toEqual(lines)
    }),
  )
  expect(linesOf('a\r\nb\n')).toEqual(['a', 'b'])
  expect(linesOf('')).toEqual([''])
})

test('related queries only read, are there in a real QEMU, and are left out where they are not', () => {
  const file = JSON.parse(readFileSync('public/schemas/qemu-7.2-x86_64.json', 'utf8')) as unknown
  const text = JSON.stringify(file)
  const names = [...text.matchAll(/"name":"([a-z][\w-]*)"/g)].map((match) => match[1] ?? '')
  const all = new Set(names)
  for (const name of all) {
    for (const query of relatedQueries(name, () => true)) {
      expect(commandEffect(query.name, query.arguments).kind).toBe('reads')
    }
  }
  const of = (name: string): readonly string[] =>
    relatedQueries(name, () => true).map((each) => `${each.name}${textOf(each.arguments)}`)
  expect(of('blockdev-add')).toEqual(['query-named-block-nodes', 'query-block', 'query-jobs'])
  expect(of('device_add').slice(0, 2)).toEqual(['qom-list{"path":"/machine/peripheral"}', 'query-pci'])
  expect(of('migrate-set-parameters')).toEqual(['query-migrate-parameters'])
  expect(of('job-cancel')).toContain('query-jobs')
  expect(of('stop')).toEqual(['query-status'])
  expect(of('query-status')).toEqual([])
  expect(relatedQueries('stop', () => false)).toEqual([])
})
