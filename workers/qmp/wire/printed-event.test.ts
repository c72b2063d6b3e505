import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'
import { JsonBytes } from '#base/json/bytes.ts'
import { EventReader } from './printed-event.ts'
import { anyEventText } from '../testing/any-event.ts'

const encoder = new TextEncoder()

function valueOf(text: string): Json {
  const parsed = parseJson(text)
  if (!parsed.ok) throw new Error(parsed.error.message)
  return parsed.value
}

/** What a reader finds at the beginning of a text. */
function found(reader: EventReader, text: string, lineEnd = '\r\n', before = ''): Json | undefined {
  const from = encoder.encode(before).length
  if (!reader.read(encoder.encode(before + text + lineEnd), from)) return undefined
  expect(reader.end).toBe(from + text.length)
  expect(reader.length).toBe(text.length)
  expect(reader.text()).toBe(text)
  const value = reader.value()
  const timestamp = { seconds: reader.seconds, microseconds: reader.microseconds }
  expect(value.timestamp).toEqual(timestamp)
  expect(value.event).toBe(reader.name)
  expect(Object.hasOwn(value, 'data')).toBe(reader.hasData)
  expect(printJson(reader.data() ?? null)).toBe(printJson(value.data ?? null))
  return value
}

const stop = '{"timestamp": {"seconds": 1732153431, "microseconds": 7}, "event": "STOP"}'
const withData = (data: string): string => `${stop.slice(0, -1)}, "data": ${data}}`

describe('an event as QEMU prints it', () => {
  test('is read as JSON.parse reads it, to the order of its members', () => {
    // One for all: what it remembers of texts must not get into others.
    const reader = new EventReader(new JsonBytes())
    fc.assert(
      fc.property(
        anyEventText,
        fc.constantFrom('\r\n', '\n'),
        fc.constantFrom('', '{}\n', '"'),
        (text, lineEnd, before) => {
          const value = found(reader, text, lineEnd, before) ?? null
          expect(printJson(value)).toBe(printJson(valueOf(text)))
        },
      ),
      { numRuns: runs(3000) },
    )
  })

  test('of QEMU: without data, with an empty one, with a name that is no prototype', () => {
    const reader = new EventReader(new JsonBytes())
    for (const text of [stop, withData('{}'), withData('{"__proto__": {"x": [1, -2, null]}, "a": "b"}')]) {
      expect(printJson(found(reader, text) ?? null)).toBe(printJson(valueOf(text)))
    }
  })

  test('that somebody changed is recognised only where it still is JSON, and says the same', () => {
    const reader = new EventReader(new JsonBytes())
    const edit = fc.record({
      at: fc.nat(400),
      drop: fc.nat(3),
      put: fc.string({
        unit: fc.constantFrom(...Array.from('{}[]",:\\ 0189-+.eEtrufalsn\n\r\u0000\u001f\u007fé')),
        maxLength: 3,
      }),
    })
    let recognised = 0
    fc.assert(
      fc.property(anyEventText, fc.array(edit, { minLength: 1, maxLength: 2 }), (text, edits) => {
        let changed = text
        for (const { at, drop, put } of edits) {
          const place = at % (changed.length + 1)
          changed = changed.slice(0, place) + put + changed.slice(place + drop)
        }
        const bytes = encoder.encode(`${changed}\r\n`)
        if (!reader.read(bytes, 0)) return
        if (changed !== text) recognised += 1
        const line = reader.text()
        expect(`${changed}\r\n`.startsWith(line)).toBe(true)
        expect(`${changed}\r\n`.slice(line.length)).toMatch(/^\r?\n/)
        expect(printJson(reader.value())).toBe(printJson(valueOf(line)))
      }),
      { numRuns: runs(6000) },
    )
    // Changes inside of names and texts leave an event that is read.
    expect(recognised).toBeGreaterThan(runs(100))
  })
})

test('nothing is read after the end, wherever it ends', () => {
  const bytes = encoder.encode(`${withData('{"a": "b", "c": [12, {"d": true}]}')}\r\n`)
  const reader = new EventReader(new JsonBytes())
  for (let length = 0; length < bytes.length; length += 1) {
    expect(reader.read(bytes.slice(0, length), 0)).toBe(false)
  }
  expect(reader.read(bytes, 0)).toBe(true)
})

test('an event with more strings than are remembered at a time is whole', () => {
  const data = JSON.stringify({ many: Array.from({ length: 9000 }, (_, n) => ({ n: `text ${n}` })) })
  const text = withData(data.replaceAll(':', ': ').replaceAll(',', ', '))
  expect(printJson(found(new EventReader(new JsonBytes()), text) ?? null)).toBe(printJson(valueOf(text)))
})

test.each([
  ['an escape', withData('{"a": "\\n"}')],
  ['a control character', withData('{"a": "\u0001"}')],
  ['a letter beyond ASCII', withData('{"a": "é"}')],
  ['a fraction', withData('{"a": 0.5}')],
  ['an exponent', withData('{"a": 1e400}')],
  ['an integer that a double does not hold', withData('{"a": 9007199254740993}')],
  ['a zero in front', withData('{"a": 01}')],
  ['a lone minus', withData('{"a": -}')],
  ['data that is no object', withData('[1]')],
  ['data that is not closed', withData('{"a": 1')],
  ['a comma too many', withData('{"a": 1, }')],
  ['another literal', withData('{"a": nil}')],
  ['more members', withData('{}, "more": 1')],
  ['something after the object', `${stop} {}`],
  ['another order', '{"event": "STOP", "timestamp": {"seconds": 1, "microseconds": 7}}'],
  ['other blanks', stop.replaceAll(': ', ':')],
  ['a clock that failed', stop.replace('1732153431', '-1').replace(': 7', ': -1')],
  ['microseconds that are none', stop.replace(': 7}', ': 1000000}')],
  ['no name', stop.replace('STOP', '')],
  ['a name of a hundred and one letters', stop.replace('STOP', 'S'.repeat(101))],
  ['too deep', withData('{"a": [[[[[1]]]]]}')],
  ['a reply', '{"return": {}, "id": 1}'],
])('%s is read as any other message', (_, text) => {
  expect(found(new EventReader(new JsonBytes()), text)).toBeUndefined()
})
