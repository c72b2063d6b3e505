import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Sha256 } from './sha256-pieces.ts'

const known = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex')

test('as the platform says, at any length and however it is cut', () => {
  for (const length of [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000]) {
    const content = Uint8Array.from({ length }, (_, at) => (at * 7) & 0xff)
    const hash = new Sha256()
    hash.add(content)
    expect(hash.end(), String(length)).toBe(known(content))
  }
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), (pieces) => {
      const hash = new Sha256()
      for (const each of pieces) hash.add(each)
      expect(hash.end()).toBe(known(Buffer.concat(pieces)))
    }),
    { numRuns: 50 },
  )
})
