/** Random events, printed as QEMU prints them. */
import fc from 'fast-check'
import type { Json } from '#base/json/value.ts'

const ascii = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
})
/** What needs no escape. */
const plain = fc.oneof(
  ascii.map((text) => text.replace(/["\\]/g, '.')),
  fc.constantFrom('drive0', '}, event: {', '{', '}', '\u007f', 'x'.repeat(200), '12345678901234567890'),
)
const name = fc.oneof(plain, fc.constantFrom('__proto__', 'constructor', 'device', '7', 'data', 'event'))
const integer = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger().map((value) => value % 1e15),
  fc.constant(-0),
)

function nested(depth: number): fc.Arbitrary<Json> {
  const scalar = fc.oneof(plain, integer, fc.constantFrom<Json>(true, false, null))
  if (depth === 0) return scalar
  const inner = nested(depth - 1)
  return fc.oneof({ weight: 4, arbitrary: scalar }, fc.array(inner, { maxLength: 4 }), members(inner))
}

function members(value: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  return fc
    .array(fc.tuple(name, value), { maxLength: 5 })
    .map((entries) => Object.fromEntries(entries) as Json)
}

const stamp = fc.record(
  { seconds: fc.nat(2 ** 31 - 1), microseconds: fc.nat(999_999) },
  { noNullPrototype: true },
)
const eventName = fc.oneof(
  fc.constantFrom('STOP', 'BLOCK_JOB_COMPLETED', 'RTC_CHANGE', 'x-odd.name_1'),
  fc.string({ unit: fc.constantFrom('A', 'B', '_', '9'), minLength: 1, maxLength: 100 }),
)

/** The text of an event that is recognised without being parsed. */
export const anyEventText: fc.Arbitrary<string> = fc
  .record({ timestamp: stamp, event: eventName, data: fc.option(members(nested(3)), { nil: undefined }) })
  .map(({ timestamp, event, data }) =>
    printAsQemu(data === undefined ? { timestamp, event } : { timestamp, event, data }),
  )

/** JSON with a blank after colons and commas. */
function printAsQemu(value: Json): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(printAsQemu).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${printAsQemu(each)}`)
    return `{${entries.join(', ')}}`
  }
  return Object.is(value, -0) ? '-0' : JSON.stringify(value)
}
