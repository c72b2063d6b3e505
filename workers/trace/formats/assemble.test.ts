import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assemble, stampOfText } from './assemble.ts'
import type { Assembled, BareMessage } from './assemble.ts'

/** `→` sent, `←` received, `?` not said; `@5` before it: the time in milliseconds. */
function messages(...lines: readonly string[]): BareMessage[] {
  return lines.map((line) => {
    const [, at, sign, text = ''] = /^(?:@(-?\d+) )?([→←?]) ?([^]*)$/.exec(line) ?? []
    const direction = sign === '→' ? 'sent' : sign === '←' ? 'received' : undefined
    return { at: at === undefined ? undefined : Number(at), direction, text }
  })
}

/** Each row in a few words: kind, number, name. */
function said({ lines }: Assembled): string[] {
  return lines.map(({ row }) => {
    switch (row.kind) {
      case 'command':
      case 'return':
      case 'error':
      case 'outcome':
        return `${row.kind} ${row.exec} ${row.name}`.trim()
      case 'raw':
        return `raw ${row.exec}`
      case 'event':
      case 'line':
      case 'channel':
        return `${row.kind} ${row.name}`
      case 'problem':
        return `problem ${row.problem.kind}`
      case 'state':
      case 'gap':
        return row.kind
    }
  })
}

const greeting =
  '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "p"}, "capabilities": ["oob"]}}'

function stop(seconds: number, microseconds = 0): string {
  return `{"timestamp": {"seconds": ${seconds}, "microseconds": ${microseconds}}, "event": "STOP"}`
}

describe('what belongs to what', () => {
  test.each<readonly [string, readonly string[], readonly string[]]>([
    [
      'ids, in any order',
      [
        `← ${greeting}`,
        '→ {"execute":"qmp_capabilities","id":{"a":1,"b":2}}',
        '← {"return": {}, "id": {"b": 2, "a": 1}}',
        '→ {"execute":"x","id":1}',
        '→ {"exec-oob":"y","id":"1"}',
        '← {"return": {}, "id": "1"}',
        '← {"error": {"class": "GenericError", "desc": "d"}, "id": 1}',
      ],
      [
        'event QMP',
        'command 1 qmp_capabilities',
        'return 1 qmp_capabilities',
        'command 2 x',
        'command 3 y',
      ].concat(['return 3 y', 'error 2 x']),
    ],
    [
      'no ids: in the order of sending',
      ['→ {"execute":"x"}', '→ {"execute":"y"}', '← {"return": 1}', '← {"error": {"desc": "d"}}'],
      ['command 1 x', 'command 2 y', 'return 1 x', 'error 2 y'],
    ],
    [
      'one id twice: the older first',
      [
        '→ {"execute":"x","id":1}',
        '→ {"execute":"y","id":1}',
        '← {"return":1,"id":1}',
        '← {"return":1,"id":1}',
      ],
      ['command 1 x', 'command 2 y', 'return 1 x', 'return 2 y'],
    ],
    [
      'an error without id belongs to the only command there is',
      ['→ {"execute":"x","id":1}', '← {"error": {"class": "A", "desc": "d"}}'],
      ['command 1 x', 'error 1 x'],
    ],
    [
      'and to none where there are two',
      ['→ {"execute":"x","id":1}', '→ {"execute":"y","id":2}', '← {"error": {"class": "A", "desc": "d"}}'],
      ['command 1 x', 'command 2 y', 'problem server-parse-error'],
    ],
    [
      'garbage that was sent, and its errors',
      [
        '→ garbage',
        '→ {"execute":"x"}',
        '← {"error":{"desc":"a"}}',
        '← {"error":{"desc":"b"}}',
        '← {"return":1}',
      ].concat(['← {"error":{"desc":"c"}}']),
      ['raw 1', 'command 2 x', 'error 1', 'error 1', 'return 2 x', 'problem server-parse-error'],
    ],
    [
      'what the recording has no command for',
      ['← {"return": 1, "id": 9007199254740993}', '← {"return": 1}'],
      ['problem unknown-id', 'problem unknown-id'],
    ],
    [
      'what is received and no message',
      ['← {"a": 1}', '← [1]', '← {"return": inf}', '← {"event": 5}', '← {"error": 5}', '→ {"a":1}', '→ 5'],
      ['unrecognised', 'garbage', 'garbage', 'unrecognised', 'unrecognised']
        .map((kind) => `problem ${kind}`)
        .concat(['raw 1', 'raw 2']),
    ],
    [
      'another greeting: what was not answered stays so',
      ['→ {"execute":"x","id":1}', `← ${greeting}`, '← {"return": 1, "id": 1}'],
      ['command 1 x', 'outcome 1 x', 'event QMP', 'problem unknown-id'],
    ],
    [
      'no direction: what it says tells',
      [`? ${greeting}`, '? {"execute":"x"}', '? {"return": {}}', `? ${stop(5)}`, '? {"a": 1}', '? x'],
      ['event QMP', 'command 1 x', 'return 1 x', 'event STOP', 'problem unrecognised', 'problem garbage'],
    ],
    [
      'what is sent is more than JSON',
      ["→ {'execute': 'x'} // why", '→ {"execute":"a","execute":"b"}'],
      ['command 1 x', 'raw 2'],
    ],
  ])('%s', (_title, lines, rows) => {
    expect(said(assemble(messages(...lines)))).toEqual(rows)
  })

  test('rows say all that the messages do', () => {
    const out = assemble(
      messages(
        `@1 ← ${greeting}`,
        '@2 → {"exec-oob":"guest-é","id":1}',
        '@9 ← {"error": {"class": "A", "desc": "d"}, "id": 1}',
        `@10 ← ${stop(5, 7).replace('}, ', '}, "data": {"n": 18446744073709551615}, ')}`,
      ),
    )
    expect(out.version).toEqual({ major: 7, minor: 2, micro: 22, package: 'p' })
    expect(out.protocol).toBe('qmp')
    const error = { class: 'A', desc: 'd' }
    expect(out.lines.map(({ row }) => row)).toEqual([
      {
        kind: 'event',
        name: 'QMP',
        at: 1,
        bytes: greeting.length,
        data: undefined,
        timestamp: undefined,
        cause: undefined,
      },
      { kind: 'command', at: 2, bytes: 30, exec: 1, name: 'guest-é', oob: true, origin: 'person' },
      {
        kind: 'error',
        at: 9,
        bytes: 47,
        exec: 1,
        name: 'guest-é',
        error,
        latencyMs: 7,
        late: false,
        origin: 'person',
      },
      {
        kind: 'event',
        at: 10,
        bytes: 102,
        name: 'STOP',
        data: { n: 18446744073709551615n },
        timestamp: { seconds: 5, microseconds: 7 },
      },
    ])
  })

  test('a schema that was asked for, and an agent', () => {
    const out = assemble(
      messages(
        '→ {"execute":"query-qmp-schema"}',
        '← {"return": [{"name": "x"}]}',
        '→ {"execute":"guest-info"}',
      ),
    )
    expect(out.schema).toEqual([{ name: 'x' }])
    expect(out.protocol).toBe('agent')
  })
})

describe('times', () => {
  test.each<readonly [string, readonly string[], string, readonly number[]]>([
    ['as recorded', ['@5 ← {}', '@3 ← {}'], 'recorded', [5, 3]],
    ['some recorded', ['← {}', '@5 ← {}', '← {}', '@9 ← {}'], 'recorded', [5, 5, 5, 9]],
    ['none', ['← {}', '← {}', '← {}'], 'made up', [1000, 1001, 1002]],
    [
      'between stamps, before and after',
      ['→ {}', '→ {}', `← ${stop(7)}`, '→ {}', '→ {}', '→ {}', `← ${stop(7, 2500)}`, '→ {}'],
      'from stamps',
      [6998, 6999, 7000, 7001, 7002, 7002.5, 7002.5, 7003.5],
    ],
    [
      'stamps that go back, fail or are no time',
      [`← ${stop(7)}`, `← ${stop(5)}`, `← ${stop(-1, -1)}`, `← ${stop(7, 1e6)}`, `← ${stop(8)}`],
      'from stamps',
      [7000, 7000, 7001, 7002, 8000],
    ],
  ])('%s', (_title, lines, timesAre, times) => {
    const out = assemble(messages(...lines), 1000)
    expect(out.timesAre).toBe(timesAre)
    expect(out.lines.map(({ row }) => row.at)).toEqual(times)
  })

  test('the stamp of a text', () => {
    expect(stampOfText(stop(5, 7))).toBe(5000.007)
    expect(stampOfText(stop(-1, -1))).toBeUndefined()
    expect(stampOfText('{"return": "\\"event\\""}')).toBeUndefined()
  })
})

test('order, texts and numbers hold for any messages', () => {
  const id = fc.constantFrom('', ',"id":1', ',"id":"1"', ',"id":[1]')
  const text = fc.oneof(
    fc
      .tuple(fc.constantFrom('"execute":"x"', '"return":1', '"error":{"desc":"d"}', '"a":1'), id)
      .map(([a, b]) => `{${a}${b}}`),
    fc.nat(5000).map((micros) => stop(9, micros)),
    fc.constantFrom(greeting, 'x', '', '[1]'),
  )
  const message = fc.record<BareMessage>({
    at: fc.constant(undefined),
    direction: fc.constantFrom('sent', 'received', undefined),
    text,
  })
  fc.assert(
    fc.property(fc.array(message, { maxLength: 40 }), (list) => {
      const { lines } = assemble(list)
      const onWire = lines.filter(({ row }) => row.kind !== 'outcome')
      expect(onWire.map((line) => line.text)).toEqual(list.map((each) => each.text))
      const begun = new Set<number>()
      const ended = new Set<number>()
      let last = -Infinity
      for (const { row } of lines) {
        expect(row.at).toBeGreaterThanOrEqual(last)
        last = row.at
        if (row.kind === 'command' || row.kind === 'raw') {
          expect(row.exec).toBe(begun.size + 1)
          begun.add(row.exec)
        } else if (row.kind === 'return' || row.kind === 'error' || row.kind === 'outcome') {
          expect(begun.has(row.exec)).toBe(true)
          if (row.name !== '') expect(ended.has(row.exec)).toBe(false)
          ended.add(row.exec)
        }
      }
    }),
  )
})
