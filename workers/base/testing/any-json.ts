/** Random JSON values for properties: with what a double cannot hold, and the names and strings that break parsers. */
import fc from 'fast-check'
import { numberFrom } from '../json/number.ts'
import type { Json } from '../json/value.ts'

const literal = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(fc.constant('0'), fc.bigInt({ min: 1n, max: 10n ** 24n }).map(String), fc.nat().map(String)),
    fc.oneof(
      fc.constant(''),
      fc.nat(999_999).map((digits) => `.${digits}`),
      fc.constant('.12345678901234567890123'),
    ),
    fc.oneof(
      fc.constant(''),
      fc.integer({ min: -400, max: 400 }).map((power) => `e${power}`),
      fc.constant('E+10'),
    ),
  )
  .map((parts) => parts.join(''))

/** Literals of numbers, each valid JSON. */
export const anyLiteral = literal

/** Any number of JSON, exact. */
const anyNumber: fc.Arbitrary<Json> = fc.oneof(
  fc.integer(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).map((value) => numberFrom(String(value))),
  literal.map(numberFrom),
  fc.constantFrom<Json>(9007199254740993n, 18446744073709551615n, -9223372036854775808n, 0.1, 1e22, -0),
)

const anyString = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '\ud800',
    '}{',
    '"',
    '\\',
    '\u0000',
    '😀',
    '12345678901234567890',
    '1e400',
    '__proto__',
    '\u2028',
  ),
)

const anyName = fc.oneof(anyString, fc.constantFrom('__proto__', 'constructor', 'toString', 'return', 'id'))

/** Any JSON value. */
export function anyJson(): fc.Arbitrary<Json> {
  return fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom<Json>(null, true, false, ''),
      anyNumber,
      anyString,
      fc.array(tie('value'), { maxLength: 5 }),
      fc
        .array(fc.tuple(anyName, tie('value')), { maxLength: 5 })
        .map((members) => Object.fromEntries(members) as Json),
    ),
  })).value
}
