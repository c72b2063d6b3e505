import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatComparison, parseComparison } from './comparison.ts'
import type { Stretch } from '../lanes/scale.ts'
import type { Anchor, RunComparison } from './comparison.ts'

const anyStretch: fc.Arbitrary<Stretch | undefined> = fc.option(
  fc
    .tuple(fc.nat(4e12), fc.integer({ min: 1, max: 1e9 }), fc.nat(999))
    .map(([from, width, micros]) => ({ from: from + micros / 1000, to: from + micros / 1000 + width }))
    .map(({ from, to }) => ({ from: Math.round(from * 1000) / 1000, to: Math.round(to * 1000) / 1000 })),
  { nil: undefined },
)
const anyAnchor: fc.Arbitrary<Anchor | undefined> = fc.option(
  fc.record(
    {
      key: fc.oneof(
        fc.constantFrom('event STOP', 'command a#b', 'event ☃'),
        fc.string({ minLength: 1, unit: 'grapheme' }),
      ),
      nth: fc.integer({ min: 1, max: 1e8 }),
    },
    { noNullPrototype: true },
  ),
  { nil: undefined },
)
const none: RunComparison = {
  b: undefined,
  in: { a: undefined, b: undefined },
  at: { a: undefined, b: undefined },
}

test('a comparison comes back from its address', () => {
  fc.assert(
    fc.property(
      fc.option(fc.string({ unit: 'grapheme' }), { nil: undefined }),
      anyStretch,
      anyStretch,
      anyAnchor,
      anyAnchor,
      (b, inA, inB, atA, atB) => {
        const comparison: RunComparison = { b, in: { a: inA, b: inB }, at: { a: atA, b: atB } }
        expect(parseComparison(formatComparison(comparison))).toEqual(comparison)
      },
    ),
  )
})

test.each([
  '',
  '1',
  'in-a=5',
  'in-a=9-5',
  'in-a=-1-5',
  'at-a=STOP',
  'at-a=STOP#0',
  'at-a=#3',
  '%%%',
  'in-b=1e3-5e3',
])('the address %j asks for nothing in particular', (text) => {
  expect(parseComparison(text)).toEqual(none)
})

test('without anything chosen it still says that there is a comparison', () => {
  expect(formatComparison(none)).toBe('1')
})
