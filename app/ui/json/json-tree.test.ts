import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decimal } from '#base/json/number.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import {
  firstChunk,
  leafText,
  nextChunk,
  openAtFirst,
  pathOf,
  revealIn,
  treeKey,
  treeRows,
} from './json-tree.ts'
import type { TreeRow } from './json-tree.ts'

const none = { open: new Set<string>(), shown: new Map<string, number>() }

function rowsOf(value: Json, levels: number): readonly TreeRow[] {
  return treeRows(value, { open: openAtFirst(value, levels), shown: new Map() })
}

/** One line for a row: indent, name, and what it is. */
function draw(row: TreeRow): string {
  const indent = ' '.repeat(row.level - 1)
  if (row.kind === 'more') return `${indent}more ${row.hidden}`
  const name = row.name === undefined ? '' : `${row.name}: `
  return row.kind === 'leaf'
    ? `${indent}${name}${leafText(row.value, 400).text}`
    : `${indent}${name}${row.open ? '▾' : '▸'}${row.size}`
}

test('levels open at first', () => {
  const value = { a: [1, { b: null }], 'x y': {}, n: 18446744073709551615n }
  expect(rowsOf(value, 0).map(draw)).toEqual(['▸3'])
  expect(rowsOf(value, 1).map(draw)).toEqual(['▾3', ' a: ▸2', ' x y: {}', ' n: 18446744073709551615'])
  expect(rowsOf(value, 3).map(draw)).toEqual([
    '▾3',
    ' a: ▾2',
    '  0: 1',
    '  1: ▾1',
    '   b: null',
    ' x y: {}',
    ' n: 18446744073709551615',
  ])
})

test('paths are what JavaScript would write, and tell apart what looks alike', () => {
  expect(pathOf('', 'a', false)).toBe('a')
  expect(pathOf('a', 'b', false)).toBe('a.b')
  expect(pathOf('a', '0', true)).toBe('a[0]')
  expect(pathOf('a', '0', false)).toBe('a["0"]')
  expect(pathOf('', 'node-name', false)).toBe('["node-name"]')
  expect(pathOf('', 'a.b', false)).not.toBe(pathOf('a', 'b', false))
})

test('long containers come in chunks, and what is hidden is counted', () => {
  const value = Array.from({ length: 10_000 }, (_, index) => index)
  const rows = rowsOf(value, 2)
  expect(rows).toHaveLength(1 + firstChunk + 1)
  expect(rows.at(-1)).toMatchObject({ kind: 'more', of: '', hidden: 9900, next: nextChunk, size: 10_000 })
  const more = treeRows(value, { open: new Set(['']), shown: new Map([['', 9_950]]) })
  expect(more.at(-1)).toMatchObject({ hidden: 50, next: 50 })
  expect(treeRows(value, { open: new Set(['']), shown: new Map([['', 99_999]]) })).toHaveLength(10_001)
})

test('few rows are open at first, whatever the value', () => {
  const wide = Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => 1))
  expect(rowsOf(wide, 2).length).toBeLessThanOrEqual(401)
  expect(rowsOf(wide, 2).length).toBeGreaterThan(101)
})

test('leaves are exact; long strings are cut and counted', () => {
  expect(leafText(decimal('0.10000000000000000001'), 10).text).toBe('0.10000000000000000001')
  expect(leafText('x'.repeat(12), 10)).toEqual({ text: `"${'x'.repeat(10)}"…`, hidden: 2 })
  expect(leafText('x"', 10)).toEqual({ text: '"x\\""', hidden: 0 })
})

test('members named like those of every object are members', () => {
  const value = JSON.parse('{"__proto__": 1, "constructor": 2}') as Json
  expect(rowsOf(value, 1).map(draw)).toEqual(['▾2', ' __proto__: 1', ' constructor: 2'])
})

test('the keys of a tree', () => {
  const rows = rowsOf({ a: [1], b: 2 }, 1) // ▾root, a: ▸, b
  expect(treeKey(rows, 0, 'ArrowDown')).toEqual({ kind: 'go', to: 1 })
  expect(treeKey(rows, 0, 'ArrowUp')).toEqual({ kind: 'go', to: 0 })
  expect(treeKey(rows, 0, 'ArrowRight')).toEqual({ kind: 'go', to: 1 })
  expect(treeKey(rows, 1, 'ArrowRight')).toEqual({ kind: 'toggle' })
  expect(treeKey(rows, 2, 'ArrowRight')).toBeUndefined()
  expect(treeKey(rows, 2, 'ArrowLeft')).toEqual({ kind: 'go', to: 0 })
  expect(treeKey(rows, 0, 'ArrowLeft')).toEqual({ kind: 'toggle' })
  expect(treeKey(rows, 0, 'End')).toEqual({ kind: 'go', to: 2 })
  expect(treeKey(rows, 2, 'Home')).toEqual({ kind: 'go', to: 0 })
  expect(treeKey(rows, 1, 'Enter')).toEqual({ kind: 'toggle' })
  expect(treeKey(rows, 1, 'x')).toBeUndefined()
  expect(treeKey([], 0, 'ArrowDown')).toBeUndefined()
})

test('for any value: one row each, paths unique, every parent before its children and one level up', () => {
  function nodes(value: Json): number {
    const inside = Array.isArray(value)
      ? (value as readonly Json[])
      : isJsonObject(value)
        ? Object.values(value)
        : []
    return inside.reduce<number>((sum, each) => sum + nodes(each), 1)
  }
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (random) => {
      const value = random as Json
      const all = { ...none, open: new Set<string>() }
      // Open everything by opening what each pass shows.
      let rows = treeRows(value, all)
      for (let pass = 0; pass < 8; pass += 1) {
        for (const row of rows) if (row.kind === 'branch') all.open.add(row.path)
        rows = treeRows(value, all)
      }
      expect(rows).toHaveLength(nodes(value))
      expect(new Set(rows.map((row) => row.path)).size).toBe(rows.length)
      rows.forEach((row, index) => {
        if (row.parent < 0) {
          expect(index).toBe(0)
          return
        }
        expect(row.parent).toBeLessThan(index)
        expect(rows[row.parent]?.level).toBe(row.level - 1)
      })
    }),
  )
})

test('a place is revealed by opening what is around it, and by showing enough of it', () => {
  const value: Json = { list: Array.from({ length: 3000 }, (_, index) => ({ index })), 'a.b': {} }
  const found = revealIn(value, ['list', '2500', 'index'])
  expect(found).toEqual({
    path: 'list[2500].index',
    open: ['', 'list', 'list[2500]'],
    shown: new Map([['list', 3000]]),
  })
  const rows = treeRows(value, { open: new Set(found?.open), shown: found?.shown ?? new Map() })
  expect(rows.some((row) => row.path === 'list[2500].index')).toBe(true)
  expect(revealIn(value, ['a.b'])?.path).toBe('["a.b"]')
  expect(revealIn(value, ['toString'])).toBeUndefined()
  expect(revealIn(value, ['list', '3000'])).toBeUndefined()
  expect(revealIn(value, [])).toEqual({ path: '', open: [], shown: new Map() })
})
