import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isLineName, lineNameOf, printLineName, readLineName } from './line-name.ts'

const newName = (): string => lineNameOf(crypto.getRandomValues(new Uint8Array(16)))

test('a name that was printed is read, with what follows it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), (rest) => {
      const name = newName()
      expect(isLineName(name)).toBe(true)
      const bytes = new Uint8Array([...printLineName(name), ...rest])
      expect(readLineName(bytes)).toEqual({ name, rest })
    }),
  )
})

test('what a person types is no name: keys, a part of one, one with something before it', () => {
  const printed = printLineName(newName())
  const upper = printLineName('A'.repeat(32))
  for (const bytes of [[], [0x1b], [0x1b, 0x5f], [0x61, ...printed], printed.slice(0, -1), upper]) {
    expect(readLineName(new Uint8Array(bytes))).toBeUndefined()
  }
  fc.assert(fc.property(fc.uint8Array(), (bytes) => readLineName(bytes) === undefined))
})
