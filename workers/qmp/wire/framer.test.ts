import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs, some } from '#base/testing/runs.ts'
import { equalJson } from '#base/json/equal.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { anyJson } from '#base/testing/any-json.ts'
import { createFramer } from './framer.ts'
import type { Framer } from './framer.ts'
import type { FramingProblem, WireMessage } from './framing.ts'
import { anyEventText } from '../testing/any-event.ts'

interface Read {
  readonly framer: Framer
  readonly values: JsonObject[]
  readonly texts: string[]
  readonly problems: FramingProblem[]
}

function reader(limitBytes?: number, resets = true): Read {
  const values: JsonObject[] = []
  const texts: string[] = []
  const problems: FramingProblem[] = []
  let events = 0
  function take(value: JsonObject, wire: WireMessage): void {
    const { bytes, source } = wire
    const text = wire.text()
    values.push(value)
    texts.push(text)
    if (source === undefined) return
    // Whatever the test is about: the bytes that are handed on are those of the text.
    expect(bytes).toBeGreaterThanOrEqual(text.length)
    expect(decoder.decode(source.bytes.subarray(source.at, source.at + bytes))).toBe(text)
  }
  const framer = createFramer(
    {
      message: take,
      // Whatever the test is about: one in two is taken as what it is, the others come as messages.
      event(event, source) {
        events += 1
        if (events % 2 === 0) return false
        take(event.value(), { bytes: event.length, source, text: () => event.text() })
        return true
      },
      problem: (problem) => problems.push(problem),
    },
    { resets, ...(limitBytes === undefined ? {} : { limitBytes }) },
  )
  return { framer, values, texts, problems }
}

test('lines hand on their bytes, in a chunk of their own or with others', () => {
  const lines = Array.from({ length: 50 }, (_, n) => `{"event": "E${n}", "data": {"n": ${n}}}`)
  const bytes = encoder.encode(lines.map((line) => `${line}\r\n`).join(''))
  const found: string[] = []
  const framer = createFramer({
    message(_, { source, bytes: size }) {
      const from = source?.at ?? 0
      found.push(source === undefined ? 'none' : decoder.decode(source.bytes.slice(from, from + size)))
    },
    problem: (problem) => expect(problem).toBeUndefined(),
  })
  framer.push(encoder.encode(`${lines[0]}\r\n`))
  framer.push(bytes)
  expect(found).toEqual([lines[0], ...lines])
})

const encoder = new TextEncoder()
const decoder = new TextDecoder()

function bytesOf(...parts: (string | number)[]): Uint8Array {
  const arrays = parts.map((part) => (typeof part === 'number' ? Uint8Array.of(part) : encoder.encode(part)))
  const all = new Uint8Array(arrays.reduce((sum, each) => sum + each.length, 0))
  let at = 0
  for (const each of arrays) {
    all.set(each, at)
    at += each.length
  }
  return all
}

/** Push the bytes cut at these lengths, again and again; 0 is everything at once. */
function pushCut(framer: Framer, bytes: Uint8Array, cuts: readonly number[]): void {
  let at = 0
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = cuts[turn % cuts.length] ?? 0
    const end = size === 0 ? bytes.length : Math.min(bytes.length, at + size)
    // A copy that is overwritten afterwards: the framer must not keep what it is handed.
    const chunk = bytes.slice(at, end)
    framer.push(chunk)
    chunk.fill(0x7b)
    at = end
  }
}

const everyCut: readonly (readonly [string, readonly number[]])[] = [
  ['whole', [0]],
  ['byte by byte', [1]],
  ['by 2 and 3', [2, 3]],
  ['by 7', [7]],
]

/** Text in, messages (as text) and problems out, for every way of cutting. */
interface Case {
  readonly name: string
  readonly input: (string | number)[]
  readonly messages: readonly string[]
  /** kind@offset+bytes */
  readonly problems?: readonly string[]
}

const hello = '{"return": {}, "id": 1}'
const event = '{"event": "STOP", "data": {"a": [1, {"b": "}{"}]}}'

const cases: readonly Case[] = [
  { name: 'CRLF', input: [`${hello}\r\n${event}\r\n`], messages: [hello, event] },
  { name: 'LF', input: [`${hello}\n${event}\n`], messages: [hello, event] },
  { name: 'no line end', input: [`${hello}${event}`], messages: [hello, event] },
  {
    name: 'several a line',
    input: [`${hello} ${event}${hello}\r\n${event}\r\n`],
    messages: [hello, event, hello, event],
  },
  { name: 'blank lines', input: [`\r\n\r\n  ${hello}\t\r\n\n${event}\n\n`], messages: [hello, event] },
  {
    name: 'pretty',
    input: [
      '{\r\n    "return": {\r\n        "a": {\r\n        }\r\n    },\r\n    "id": 1\r\n}\r\n{\r\n    "event": "X"\r\n}\r\n',
    ],
    messages: [
      '{\r\n    "return": {\r\n        "a": {\r\n        }\r\n    },\r\n    "id": 1\r\n}',
      '{\r\n    "event": "X"\r\n}',
    ],
  },
  {
    name: 'braces, quotes and backslashes in strings',
    input: ['{"a": "\\"}{\\\\"}\r\n{"b":"\\\\"}\r\n'],
    messages: ['{"a": "\\"}{\\\\"}', '{"b":"\\\\"}'],
  },
  {
    name: 'UTF-8 of every length',
    input: ['{"a":"é€😀"}\r\n{"b":"😀"}\r\n'],
    messages: ['{"a":"é€😀"}', '{"b":"😀"}'],
  },
  {
    name: 'surrogates escaped, alone too',
    input: ['{"a":"\\ud83d\\ude00 \\ud83d"}\r\n'],
    messages: ['{"a":"\\ud83d\\ude00 \\ud83d"}'],
  },
  {
    name: '0xFF throws away what came before',
    input: ['{"half', 0xff, `${hello}\n`],
    messages: [hello],
    problems: ['discarded@0+6'],
  },
  {
    name: '0xFF keeps what was complete',
    input: [hello, 0xff, event, 0xff, '\n', 0xff, hello],
    messages: [hello, event, hello],
  },
  {
    name: '0xFF inside a string',
    input: [`${hello}\n{"a":"x`, 0xff, `y"}\n${event}\n`],
    messages: [hello, event],
    problems: ['discarded@24+7', 'garbage@32+3'],
  },
  {
    name: 'a line of garbage',
    input: [`${hello}\r\nsome words\r\n${event}\r\n`],
    messages: [hello, event],
    problems: ['garbage@25+10'],
  },
  {
    name: 'garbage first',
    input: [`RFB 003.008\n${hello}\n`],
    messages: [hello],
    problems: ['garbage@0+11'],
  },
  {
    name: 'garbage before a message of the same line',
    input: [`${hello}\r\noops ${event}\r\n`],
    messages: [hello, event],
    problems: ['garbage@25+4'],
  },
  {
    name: 'inf in a reply',
    input: [`${hello}\r\n{"return": {}, "id": inf}\r\n${event}\r\n`],
    messages: [hello, event],
    problems: ['garbage@25+25'],
  },
  {
    name: 'an object that never ends',
    input: [`${hello}\r\n{"a": {"b": [\r\n${event}\r\n`],
    messages: [hello, event],
    problems: ['garbage@25+13'],
  },
  {
    name: 'a lone brace',
    input: [`${hello}\r\n{\r\n${event}\r\n`],
    messages: [hello, event],
    problems: ['garbage@25+1'],
  },
  {
    name: 'a string that never ends',
    input: [`${hello}\r\n{"a": "b\r\n${event}\r\n`],
    messages: [hello, event],
    problems: ['garbage@25+8'],
  },
  {
    name: 'a string that never ends, first',
    input: [`{"a": "b\r\n${event}\r\n`],
    messages: [event],
    problems: ['garbage@0+8'],
  },
  {
    name: 'an object that never ends, first',
    input: [`{"a": [1\r\n${event}\r\n`],
    messages: [event],
    problems: ['garbage@0+8'],
  },
  {
    name: 'a pretty message cut by another',
    input: [`{\n    "a": {\n        "b": 1\n{\n    "c": 2\n}\n`],
    messages: ['{\n    "c": 2\n}'],
    problems: ['garbage@0+27'],
  },
  {
    name: 'what looked like the rest of an object',
    input: [`{"a":\n${event}\n${hello}\n${event}\n`],
    messages: [event, hello, event],
    problems: ['garbage@0+5'],
  },
  {
    name: 'an object over lines that are not indented, in a stream of unknown style',
    input: ['{"a":\n{"b": 1}\n}\n'],
    messages: ['{"a":\n{"b": 1}\n}'],
  },
  {
    name: 'arrays and scalars are no messages',
    input: [`${hello}\n[1]\n5\n"x"\n${event}\n`],
    messages: [hello, event],
    problems: ['garbage@24+3', 'garbage@28+1', 'garbage@30+3'],
  },
  {
    name: 'an array around an object',
    input: [`${hello}\n[${event}]\n${hello}\n`],
    messages: [hello, event, hello],
    problems: ['garbage@24+1', `garbage@${25 + event.length}+1`],
  },
  {
    name: 'NUL and byte-order mark',
    input: [`${hello}\n\u0000\n\ufeff${event}\n`],
    messages: [hello, event],
    problems: ['garbage@24+1', 'garbage@26+3'],
  },
  {
    name: 'names of prototypes',
    input: ['{"__proto__": {"x": 1}, "constructor": 2}\n'],
    messages: ['{"__proto__": {"x": 1}, "constructor": 2}'],
  },
]

describe.each(everyCut)('%s', (_name, cuts) => {
  test.each(cases)('$name', ({ input, messages, problems = [] }) => {
    const { framer, values, texts, problems: reported } = reader()
    pushCut(framer, bytesOf(...input), cuts)
    expect(texts).toEqual(messages)
    expect(
      reported.map((each) => `${each.kind}@${each.offset}+${'bytes' in each ? each.bytes : ''}`),
    ).toEqual(problems)
    for (const [index, value] of values.entries()) expect(value).toEqual(JSON.parse(texts[index] ?? ''))
    framer.end()
    expect(texts).toEqual(messages)
  })
})

describe('levels', () => {
  const nested = (levels: number): string =>
    `{\n    "return": ${'['.repeat(levels - 1)}"]{"${']'.repeat(levels - 1)},\n    "id": 7\n}`

  test.each(everyCut)('%s: as many as are read, and one more', (_name, cuts) => {
    const { framer, texts, problems } = reader()
    pushCut(framer, bytesOf(`${nested(512)}\n${nested(513)}\n${hello}\n`), cuts)
    expect(texts).toEqual([nested(512), hello])
    expect(problems).toMatchObject([{ kind: 'garbage', message: { kind: 'reply', id: 7 } }])
  })

  test('they are counted on where a message has no line end', () => {
    const { framer, texts, problems } = reader()
    framer.push(bytesOf(`${hello}\n`))
    const line = nested(513).replaceAll('\n', ' ')
    for (const part of [line.slice(0, 100), line.slice(100, 540), line.slice(540)]) {
      framer.push(bytesOf(part))
      framer.idle()
    }
    expect(texts).toEqual([hello])
    expect(problems).toMatchObject([{ kind: 'garbage', message: { kind: 'reply', id: 7 } }])
  })
})

describe('problems', () => {
  test('a 0xFF is garbage where it means nothing', () => {
    const { framer, texts, problems } = reader(undefined, false)
    framer.push(bytesOf(`${hello}\n`, 0xff, `\n${event}\n`))
    expect(texts).toEqual([hello, event])
    expect(problems).toMatchObject([{ kind: 'garbage', offset: 24 }])
  })

  test('the excerpt shows control characters and is short', () => {
    const { framer, problems } = reader()
    framer.push(bytesOf(`\u001b]52;c;evil\u0007${'x'.repeat(200)}\r\n`))
    const [problem] = problems
    expect(problem?.kind).toBe('garbage')
    expect(problem?.excerpt).toMatch(/^\\x1b\]52;c;evil\\x07x+…$/)
    expect(problem?.excerpt.length).toBeLessThanOrEqual(80)
  })

  test('garbage without a line end is reported before one comes, once', () => {
    const { framer, problems, texts } = reader()
    framer.push(new Uint8Array(5000).fill(0x80))
    expect(problems).toHaveLength(1)
    framer.push(new Uint8Array(50_000).fill(0x80))
    expect(problems).toHaveLength(1)
    framer.push(bytesOf(`\n${hello}\n`))
    expect(texts).toEqual([hello])
    expect(problems).toHaveLength(1)
  })

  test('a stream that ends inside a message', () => {
    const { framer, problems } = reader()
    framer.push(bytesOf(`${hello}\r\n{"return": [1, 2`))
    framer.end()
    expect(problems).toEqual([{ kind: 'truncated', offset: 25, bytes: 16, excerpt: '{"return": [1, 2' }])
  })

  test('idle delivers what has no line end although others had', () => {
    const { framer, texts } = reader()
    framer.push(bytesOf(`${hello}\r\n${event}`))
    expect(texts).toEqual([hello])
    framer.idle()
    expect(texts).toEqual([hello, event])
    framer.push(bytesOf(hello))
    framer.idle()
    framer.push(bytesOf(event.slice(0, 20)))
    framer.idle()
    framer.push(bytesOf(event.slice(20)))
    framer.idle()
    expect(texts).toEqual([hello, event, hello, event])
  })
})

describe('the limit', () => {
  test.each(everyCut)('%s: a message above it is named and the next is found', (_name, cuts) => {
    const { framer, texts, problems } = reader(1000)
    pushCut(framer, bytesOf(`${hello}\r\n{"return": "${'x'.repeat(5000)}"}\r\n${event}\r\n`), cuts)
    expect(texts).toEqual([hello, event])
    expect(problems).toMatchObject([{ kind: 'too-large', limitBytes: 1000, offset: 25 }])
  })

  test.each(everyCut)('%s: pretty-printed too', (_name, cuts) => {
    const { framer, texts, problems } = reader(1000)
    const big = `{\r\n    "return": [\r\n${'        "x",\r\n'.repeat(500)}        "x"\r\n    ]\r\n}\r\n`
    pushCut(framer, bytesOf(`${hello}\r\n${big}${event}\r\n`), cuts)
    expect(texts).toEqual([hello, event])
    expect(problems).toMatchObject([{ kind: 'too-large', limitBytes: 1000, offset: 25 }])
  })

  test('a 100 MB line without a line end is an error that names the limit, and holds no memory', () => {
    const { framer, texts, problems } = reader()
    framer.push(bytesOf(`${hello}\r\n{"return": "`))
    const chunk = new Uint8Array(65_536).fill(0x78)
    for (let sent = 0; sent < 100_000_000; sent += chunk.length) framer.push(chunk)
    expect(problems).toMatchObject([{ kind: 'too-large', limitBytes: 64 * 1024 * 1024, offset: 25 }])
    expect(framer.pendingBytes).toBe(0)
    framer.push(bytesOf(`"}\r\n${event}\r\n`))
    expect(texts).toEqual([hello, event])
  })
})

test('a large line whose strings are all different is read, with its numbers, and what follows it', () => {
  const { framer, values, texts, problems } = reader()
  const items = Array.from({ length: 40_000 }, (_, n) => `{"path": "/machine/unattached/device[${n}]"}`)
  const big = `{"return": [${items.join(', ')}], "exact": 18446744073709551615}`
  const bytes = encoder.encode(`${hello}\r\n${big}\r\n${hello}\r\n`)
  for (let at = 0; at < bytes.length; at += 65_536) framer.push(bytes.subarray(at, at + 65_536))
  expect(problems).toEqual([])
  expect(texts.map((text) => text.length)).toEqual([hello.length, big.length, hello.length])
  expect(values[1]?.exact).toBe(18446744073709551615n)
  expect((values[1]?.return as readonly unknown[]).length).toBe(items.length)
})

test('a large line that is no object is held and looked through as any other', () => {
  const { framer, texts, problems } = reader()
  const big = `{"return": "${'x'.repeat(2_000_000)}"}`
  framer.push(bytesOf(`${hello}\r\n`))
  pushCut(framer, bytesOf(`${big} ${event}\r\n${big}!\r\n${hello}\r\n`), [65_536])
  expect(texts.map((text) => text.length)).toEqual([hello, big, event, big, hello].map((text) => text.length))
  expect(problems).toMatchObject([{ kind: 'garbage', excerpt: '!', bytes: 1 }])
})

describe('the work stays linear', () => {
  const big = printJson({
    return: Array.from({ length: 4000 }, (_, n) => ({ name: `name ${n}`, deep: { a: [n, '}'] } })),
    id: 1,
  })
  const pretty = JSON.stringify(JSON.parse(big), null, 4)
  const streams: readonly (readonly [string, string])[] = [
    ['open braces', '{'.repeat(100_000)],
    ['one large message', `${big}\r\n`],
    ['one large message without line end', big],
    ['pretty', `${pretty}\n`],
    ['unbalanced lines', `${hello}\n${'{"a":\n'.repeat(30_000)}`],
    ['unbalanced lines, first', '{"a":\n'.repeat(30_000)],
    ['open strings', '{"a": "\n'.repeat(30_000)],
    ['lone braces', '{\n'.repeat(50_000)],
    ['words', 'x '.repeat(100_000)],
  ]
  test.each(some(streams))('%s', (_name, text) => {
    const bytes = bytesOf(text)
    for (const cuts of [[1], [5], [4096], [0]]) {
      const { framer } = reader()
      pushCut(framer, bytes, cuts)
      framer.end()
      expect(framer.work.scanned).toBeLessThanOrEqual(4 * bytes.length + 10_000)
      expect(framer.work.copied).toBeLessThanOrEqual(4 * bytes.length + 10_000)
    }
  })
})

describe('properties', () => {
  const message = fc.dictionary(
    fc.oneof(fc.string(), fc.constantFrom('__proto__', 'return', 'id')),
    anyJson(),
  )
  const style = fc.constantFrom<(value: Json) => string>(
    (value) => printJson(value),
    (value) => printJson(value, { indent: 4 }),
    (value) => printJson(value, { indent: 1 }),
    (value) => printJson(value, { indent: 4 }).replaceAll('\n', '\r\n'),
  )
  const lineEnd = fc.constantFrom('\r\n', '\n', '', ' ', '\r\n\r\n')
  const cutList = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 10 })

  test('every message of any stream, in any style, cut anywhere', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(message, style, lineEnd), { maxLength: 8 }),
        fc.oneof(cutList, fc.constant([0])),
        (stream, cuts) => {
          const { framer, values, problems } = reader()
          pushCut(
            framer,
            bytesOf(stream.map(([value, print, end]) => print(value as Json) + end).join('')),
            cuts,
          )
          framer.idle()
          expect(problems).toEqual([])
          expect(values.length).toBe(stream.length)
          for (const [index, [value]] of stream.entries()) {
            expect(equalJson(values[index] ?? null, value as Json)).toBe(true)
          }
          expect(framer.pendingBytes).toBe(0)
        },
      ),
      { numRuns: runs(1500) },
    )
  })

  test('events as QEMU prints them, among all else, in chunks of any size', () => {
    const reply = fc.nat(5000).map((size) => `{"return": "${'x'.repeat(size)}", "id": 1}`)
    const odd = fc.constantFrom('{"event": "é", "data": {"a": 18446744073709551615}}', '?! no message')
    const line = fc.tuple(
      fc.oneof(
        { weight: 8, arbitrary: anyEventText },
        { weight: 1, arbitrary: reply },
        { weight: 1, arbitrary: odd },
      ),
      fc.constantFrom('\r\n', '\r\n', '\n', '\n\n'),
    )
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 60 }),
        fc.array(fc.oneof(fc.integer({ min: 900, max: 9000 }), fc.integer({ min: 1, max: 40 })), {
          minLength: 1,
          maxLength: 5,
        }),
        fc.option(fc.nat(2000), { nil: undefined }),
        (stream, cuts, limit) => {
          const { framer, texts, values, problems } = reader(limit === undefined ? undefined : 200 + limit)
          const bytes = bytesOf(`${hello}\r\n${stream.map(([text, end]) => text + end).join('')}`)
          pushCut(framer, bytes, cuts)
          const isMessage = (text: string): boolean =>
            text.startsWith('{') && (limit === undefined || encoder.encode(text).length <= 200 + limit)
          // Where a message is too large, what follows it on its way may be dropped with it; without a limit nothing is.
          if (limit === undefined) {
            expect(texts).toEqual([hello, ...stream.map(([text]) => text).filter(isMessage)])
            expect(problems.map(({ offset }) => decoder.decode(bytes.subarray(offset, offset + 2)))).toEqual(
              stream.filter(([text]) => text.startsWith('?!')).map(() => '?!'),
            )
          } else {
            expect(texts.filter((text) => !isMessage(text))).toEqual([])
          }
          for (const [index, value] of values.entries()) {
            expect(printJson(value)).toBe(printJson(valueOf(texts[index] ?? '')))
          }
          framer.end()
          expect(framer.pendingBytes).toBe(0)
        },
      ),
      { numRuns: runs(500) },
    )
  })

  test('large chunks and small, cut through text, numbers and line ends', () => {
    const numbers = [
      '1E400',
      '-1e-0400',
      '9007199254740993',
      '0.1234567890123456789',
      '18446744073709551615',
      '7',
    ]
    const large = fc
      .tuple(
        fc.array(fc.constantFrom(...numbers), { maxLength: 6 }),
        fc.integer({ min: 0, max: 4000 }),
        fc.constantFrom('x', '\\\\', '\\u00e9', '}\\n{'),
        fc.constantFrom('', '', '', 'é', '\u2028'),
      )
      .map(
        ([list, size, pad, odd]) =>
          `{"return": ["${pad.repeat(Math.ceil(size / pad.length))}${odd}", ${[...list, '0'].join(', ')}]}`,
      )
    const prints = fc.constantFrom<(text: string) => string>(
      (text) => `${text}\r\n`,
      (text) => `${printJson(valueOf(text), { indent: 4 })}\r\n`,
      (text) => `${text}\n`,
      (text) => `${text}\n\r\n`,
      (text) => `${text}\r\n?! no message\r\n`,
    )
    fc.assert(
      fc.property(
        fc.array(fc.tuple(large, prints), { minLength: 1, maxLength: 8 }),
        fc.array(fc.oneof(fc.integer({ min: 1000, max: 5000 }), fc.integer({ min: 1, max: 40 })), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.boolean(),
        (stream, cuts, pretty) => {
          const first = pretty ? `${printJson(valueOf(hello), { indent: 4 })}\r\n` : `${hello}\r\n`
          const { framer, values, problems } = reader()
          const bytes = bytesOf(first + stream.map(([text, print]) => print(text)).join(''))
          pushCut(framer, bytes, cuts)
          framer.idle()
          expect(values.length).toBe(stream.length + 1)
          for (const [index, [text]] of stream.entries()) {
            expect(printJson(values[index + 1] ?? null)).toBe(printJson(valueOf(text)))
          }
          const garbage = stream.filter(([text, print]) => print(text).includes('?!')).length
          expect(problems.map((each) => each.kind)).toEqual(Array.from({ length: garbage }, () => 'garbage'))
          for (const problem of problems) {
            expect(decoder.decode(bytes.subarray(problem.offset, problem.offset + 2))).toBe('?!')
          }
          expect(framer.pendingBytes).toBe(0)
        },
      ),
      { numRuns: runs(600) },
    )
  })

  function valueOf(text: string): Json {
    const parsed = parseJson(text)
    if (!parsed.ok) throw new Error(parsed.error.message)
    return parsed.value
  }

  test('any line of garbage between messages is reported at its offset, and no message is lost', () => {
    const garbage = fc
      .oneof(
        fc.string({ minLength: 1, maxLength: 30 }),
        fc.string({
          unit: fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\\', 'a', ' ', '1'),
          minLength: 1,
          maxLength: 12,
        }),
      )
      .map((text) => text.replace(/[\r\n]/g, '.'))
      .filter((text) => text.trim() !== '' && !holdsObject(text))
    fc.assert(
      fc.property(
        message,
        garbage,
        message,
        fc.boolean(),
        fc.oneof(cutList, fc.constant([0])),
        (a, text, b, first, cuts) => {
          const before = first ? '' : `${printJson(a)}\r\n`
          const { framer, values, problems } = reader()
          pushCut(framer, bytesOf(`${before}${text}\r\n${printJson(b)}\r\n${hello}\r\n`), cuts)
          framer.idle()
          expect(values.slice(-2).map((each) => printJson(each))).toEqual([
            printJson(b as Json),
            printJson({ return: {}, id: 1 }),
          ])
          expect(values.length).toBe(first ? 2 : 3)
          expect(problems.length).toBeGreaterThan(0)
          const lead = text.length - text.trimStart().length
          const start = encoder.encode(before + text.slice(0, lead)).length
          expect(problems[0]?.offset).toBe(start)
        },
      ),
      { numRuns: runs(1500) },
    )
  })

  /** Whether some part of a text is a whole object: then it is a message and no garbage. */
  function holdsObject(text: string): boolean {
    for (let from = text.indexOf('{'); from >= 0; from = text.indexOf('{', from + 1)) {
      for (let to = text.indexOf('}', from); to >= 0; to = text.indexOf('}', to + 1)) {
        try {
          JSON.parse(text.slice(from, to + 1))
          return true
        } catch {
          // Not this part.
        }
      }
    }
    return false
  }
})
