/** Cutting a client's bytes into requests: as QEMU 7.2 does it, whatever the pieces are. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { RequestReader } from './request-reader.ts'

function read(pieces: readonly Uint8Array[], limit = 10_000): string[] {
  const said: string[] = []
  const reader = new RequestReader(
    {
      request: (text) => said.push(text),
      broken: (why) => said.push(`broken: ${why}`),
      tooLarge: () => said.push('too large'),
    },
    limit,
  )
  for (const each of pieces) reader.push(each)
  return said
}

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8')

test.each<[string, readonly string[]]>([
  ['{"execute":"a"}', ['{"execute":"a"}']],
  ['{"a":1}{"b":2} \r\n{"c":3}', ['{"a":1}', '{"b":2}', '{"c":3}']],
  ['[1,{"a":"]}"}]\n', ['[1,{"a":"]}"}]']],
  ["{'a':'\\'}'}", ["{'a':'\\'}'}"]],
  ['{"a":"\\"}"}', ['{"a":"\\"}"}']],
  ['{"a":"é"}', ['{"a":"é"}']],
  // Anything else is one error a run, and what follows is read.
  ['}}x {"a":1}', ['broken: expecting value', '{"a":1}']],
  ['3 4\n', ['broken: expecting value', 'broken: expecting value']],
  // No comments: what is judged here must be what is read there.
  [
    '{"a":1 // {"b":2}\n}{"c":3}',
    [
      expect.stringContaining('broken: stray'),
      'broken: expecting value',
      '{"b":2}',
      'broken: expecting value',
      '{"c":3}',
    ],
  ],
  // A control character forgets what was begun, inside of a string and outside.
  ['{"a":"x\u0001{"b":2}', ['broken: stray control character', '{"b":2}']],
  ['{"a":"x\n{"b":2}', ['broken: stray control character', '{"b":2}']],
  ['{"a":\u0001{"b":2}', [expect.stringContaining('broken: stray'), '{"b":2}']],
])('%j', (text, expected) => {
  expect(read([bytes(text)])).toEqual(expected)
  expect(read([...bytes(text)].map((each) => Uint8Array.of(each)))).toEqual(expected)
})

test('a byte that is no text is an error, and 0xFF a reset', () => {
  expect(read([Buffer.from([0x7b, 0x22, 0xc3, 0x22, 0x7d]), bytes('{}')])).toEqual([
    'broken: invalid UTF-8 sequence in string',
    '{}',
  ])
  expect(read([bytes('{"a":"'), Buffer.from([0xff]), bytes('{}')])).toEqual([
    'broken: stray control character',
    '{}',
  ])
})

test('a request above the limit ends the reading', () => {
  expect(read([bytes(`{"a":"${'x'.repeat(200)}`), bytes('"}{}')], 100)).toEqual(['too large'])
  expect(read([bytes(`{"a":"${'x'.repeat(90)}"}`)], 100)).toHaveLength(1)
})

test('requests are the same however they are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 6 }),
      fc.array(fc.nat(), { maxLength: 8 }),
      (values, cuts) => {
        const texts = values.map((value) => JSON.stringify({ value }))
        const all = bytes(texts.join('\n'))
        const at = [0, ...cuts.map((cut) => cut % (all.length + 1)).sort((a, b) => a - b), all.length]
        expect(read(at.slice(1).map((end, index) => all.subarray(at[index], end)))).toEqual(texts)
      },
    ),
    { numRuns: runs(2000) },
  )
})

test('any bytes are read to their end, in one pass', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 }), (pieces) => {
      for (const each of read(pieces)) expect(typeof each).toBe('string')
    }),
    { numRuns: runs(3000) },
  )
})
