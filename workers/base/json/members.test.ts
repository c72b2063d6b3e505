import { describe, expect, it } from 'vitest'
import { amountIn, amountOf, memberOf, objectIn, textIn } from './members.ts'
import { parseJson } from './parse.ts'
import type { Json } from './value.ts'

describe('members of what was said', () => {
  it('are those of an object itself', () => {
    expect(memberOf({ a: 1 }, 'a')).toBe(1)
    expect(memberOf({ a: 1 }, 'constructor')).toBeUndefined()
    for (const value of [undefined, null, 'text', 7, ['a'], 2n ** 60n] as const)
      expect(memberOf(value, 'length')).toBeUndefined()
  })

  it('are of their type, or undefined', () => {
    const all: Json = { text: '', number: 0, object: {}, list: [], none: null }
    const names = Object.keys(all)
    expect(names.filter((name) => textIn(all, name) !== undefined)).toEqual(['text'])
    expect(names.filter((name) => objectIn(all, name) !== undefined)).toEqual(['object'])
    expect(names.filter((name) => amountIn(all, name) !== undefined)).toEqual(['number'])
  })

  it('an amount is finite and not negative', () => {
    expect(amountOf(12)).toBe(12)
    expect(amountOf(2n ** 60n)).toBe(2 ** 60)
    const huge = parseJson('[1e999, -1, -9223372036854775808]')
    expect(huge.ok && Array.isArray(huge.value) && huge.value.map((each: Json) => amountOf(each))).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})
