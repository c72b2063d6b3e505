import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimal } from '#base/json/number.ts'
import type { Json } from '#base/json/value.ts'
import { beginning, compact } from './compact.ts'

describe('one short line', () => {
  it.each<[Json, string]>([
    [{}, ''],
    [{ driver: 'qcow2', 'node-name': 'disk0' }, 'driver=qcow2 node-name=disk0'],
    [{ file: { driver: 'file', filename: '/a b' } }, 'file={driver:file,filename:"/a b"}'],
    [
      { on: true, off: 'true', n: '12', nothing: null, empty: '' },
      'on=true off="true" n="12" nothing=null empty=""',
    ],
    [[1, 'a', []], '[1,a,[]]'],
    [9007199254740993n, '9007199254740993'],
    [{ d: decimal('0.1234567890123456789') }, 'd=0.1234567890123456789'],
    ['a\nb', '"a\\nb"'],
    [{ 'odd name': 1 }, '"odd name"=1'],
  ])('case %#', (value, expected) => {
    expect(compact(value)).toBe(expected)
  })

  it('is cut, and says so', () => {
    expect(compact({ a: 'x'.repeat(50) }, 10)).toBe('a=xxxxxxxx…')
    expect(compact('😀'.repeat(9), 4).length).toBeLessThanOrEqual(6)
    expect(beginning('x'.repeat(10_000_000))).toBe(`${'x'.repeat(240)}…`)
    expect(beginning('😀😀', 3)).toBe('😀…')
    expect(beginning('abc', 3)).toBe('abc')
  })

  it('does bounded work on what is large', () => {
    let looks = 0
    const large = new Proxy(
      Array.from({ length: 20_000 }, (_, index) => index),
      {
        get: (items, key): unknown => {
          looks += 1
          return Reflect.get(items, key)
        },
      },
    )
    expect(compact({ large }, 100).length).toBeLessThanOrEqual(101)
    expect(looks).toBeLessThan(1000)
  })

  it('is one line without control characters for any value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const char of compact(value as Json, 60)) expect(char >= ' ').toBe(true)
      }),
    )
  })
})
