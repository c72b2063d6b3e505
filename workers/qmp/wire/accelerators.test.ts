/** The accelerators of the framer against the plain path: the same streams, cut alike, make the same messages and problems. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import { anyEventText } from '../testing/any-event.ts'
import { hostileBytes, randomOf } from '../testing/hostile.ts'
import type { Accelerators } from './accelerators.ts'
import { createFramer } from './framer.ts'

const plain: Accelerators = { printedEvents: false, jsonBytes: false }
const others: readonly Accelerators[] = [
  { printedEvents: true, jsonBytes: false },
  { printedEvents: false, jsonBytes: true },
  { printedEvents: true, jsonBytes: true },
]

/** Everything that a framer reports of a stream, and how many events it recognised in their bytes. */
function report(accelerators: Accelerators, bytes: Uint8Array, cuts: readonly number[], limitBytes: number) {
  const said: string[] = []
  let recognised = 0
  const framer = createFramer(
    {
      message: (value, wire) => said.push(`${wire.bytes} ${wire.text()} ${printJson(value)}`),
      event(event) {
        recognised += 1
        // One in two is taken as an event, the others come as messages.
        if (recognised % 2 === 0) return false
        said.push(`${event.length} ${event.text()} ${printJson(event.value())}`)
        return true
      },
      problem: (problem) => said.push(JSON.stringify(problem)),
    },
    { limitBytes, accelerators },
  )
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = cuts[turn % cuts.length] ?? bytes.length
    framer.push(bytes.subarray(at, at + size))
    at += size
  }
  framer.end()
  return { said, recognised }
}

const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 500, max: 9000 })), {
  minLength: 1,
  maxLength: 5,
})

function compare(bytes: Uint8Array, sizes: readonly number[], limitBytes: number): number {
  const expected = report(plain, bytes, sizes, limitBytes)
  expect(expected.recognised).toBe(0)
  let recognised = 0
  for (const accelerators of others) {
    const accelerated = report(accelerators, bytes, sizes, limitBytes)
    expect(accelerated.said).toEqual(expected.said)
    recognised += accelerated.recognised
  }
  return recognised
}

/** The same object, as `pretty=on` prints it. */
function pretty(text: string): string {
  const parsed = parseJson(text)
  return parsed.ok ? printJson(parsed.value, { indent: 4 }) : text
}

test('events, replies, exact numbers and garbage, on one line or pretty-printed', () => {
  const line = fc.oneof(
    { weight: 6, arbitrary: anyEventText },
    { weight: 2, arbitrary: fc.json().map((json) => `{"return": ${json}, "id": 1}`) },
    { weight: 1, arbitrary: fc.constantFrom('{"return": 18446744073709551615}', '{"a": 0.10}', '?!', '[]') },
  )
  let recognised = 0
  fc.assert(
    fc.property(
      fc.array(fc.tuple(line, fc.constantFrom('\r\n', '\n', '\r\n\r\n'), fc.nat(3)), { maxLength: 30 }),
      cuts,
      fc.constantFrom(300, 64 * 1024 * 1024),
      (lines, sizes, limitBytes) => {
        const text = lines.map(([each, end, way]) => (way === 0 ? pretty(each) : each) + end).join('')
        const bytes = new TextEncoder().encode(text)
        recognised += compare(bytes, sizes, limitBytes)
      },
    ),
    { numRuns: runs(500) },
  )
  expect(recognised).toBeGreaterThan(runs(100))
})

test('streams of a hostile server', () => {
  fc.assert(
    fc.property(fc.integer(), cuts, (seed, sizes) => {
      compare(hostileBytes(randomOf(seed), 20, [1, 2, 3]), sizes, 100_000)
    }),
    { numRuns: runs(300) },
  )
})
