import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import type { ExecId } from '#qmp/report.ts'
import type { LogRow } from '../row.ts'
import { createScan } from '#store/scan/scan.ts'
import { createStore } from '#store/store.ts'
import type { Json } from '#base/json/value.ts'
import { parseFilter } from './language.ts'
import type { ParsedFilter } from './language.ts'
import { fields, operators, printTerm, readTerms, roots } from './terms.ts'
import { memberTerm, withTerm } from './edit-terms.ts'
import type { MeasureOperator, Term } from './terms.ts'
import { timeText } from '../row-facts.ts'
import { readTime } from './time.ts'
import type { Filter } from './filter.ts'

/** A Thursday afternoon, here. */
const now = new Date(2026, 0, 15, 14, 30, 10, 500).getTime()
const machines = [
  { id: 'm1', name: 'lab1' },
  { id: 'm2', name: 'my lab' },
]

function parsed(text: string): ParsedFilter {
  const filter = parseFilter(text, { now, machines })
  if (!filter.ok) throw new Error(`${text}: ${filter.error.message}`)
  return filter.value
}

/** Local time of that day. */
function at(hours: number, minutes: number, seconds = 0, ms = 0, day = 15): number {
  return new Date(2026, 0, day, hours, minutes, seconds, ms).getTime()
}

const text = (find: string, not?: true): object => ({ find, matchCase: false, ...(not && { not }) })
const equals = (value: Json): object => ({ kind: 'equals', value })

describe('what a filter means', () => {
  test.each<[string, object]>([
    ['', {}],
    ['  \t ', {}],
    ['block', { texts: [text('block')] }],
    ['Block -disk0', { texts: [text('Block'), text('disk0', true)] }],
    ['"free text" -"not this"', { texts: [text('free text'), text('not this', true)] }],
    ['"a \\"quoted\\" \\\\ word"', { texts: [text('a "quoted" \\ word')] }],
    ['"a""b"', { texts: [text('a'), text('b')] }],
    [
      'node-name :x a=b --x',
      { texts: ['node-name', ':x', 'a=b'].map((each) => text(each)).concat(text('-x', true)) },
    ],
    // Words that only begin like members or measures.
    [
      'data error returned latency size',
      { texts: ['data', 'error', 'returned', 'latency', 'size'].map((each) => text(each)) },
    ],
    ['type:STOP', { names: ['STOP'] }],
    ['TYPE:stop,BLOCK_* type:"RE*"', { names: ['stop', 'BLOCK_*', 'RE*'] }],
    ['type:STOP, -type:RTC_CHANGE,X -type:Y', { names: ['STOP'], exceptNames: ['RTC_CHANGE', 'X', 'Y'] }],
    ['type:""', { names: [''] }],
    ['kind:event kind:Command', { kinds: ['event', 'command'] }],
    ['kind:reply', { kinds: ['return', 'error', 'outcome'] }],
    ['-kind:state,event', { exceptKinds: ['state', 'event'] }],
    ['lane:jobs lane:block', { lanes: ['jobs', 'block'] }],
    ['lane:own-*', { lanes: ['own-command', 'own-reply', 'own-error'] }],
    ['-lane:trouble', { exceptLanes: ['trouble'] }],
    ['is:error', { failures: true }],
    ['-is:error is:own', { failures: false, own: true }],
    ['-is:error,own', { failures: false, own: false }],
    ['is:error,own lane:error,own-reply,jobs', { lanes: ['error', 'own-reply'] }],
    ['is:own -is:own', { own: false, lanes: [] }],
    ['id:41', { execs: [41] }],
    ['id:41,#42 -id:7', { execs: [41, 42], exceptExecs: [7] }],
    ['latency>5ms', { latency: [{ above: 5 }] }],
    ['latency>=0.5s latency<2m', { latency: [{ atLeast: 500 }, { below: 120_000 }] }],
    ['latency<=5000us -latency=3', { latency: [{ atMost: 5 }, { atLeast: 3, atMost: 3, not: true }] }],
    ['size>10kB Size<1.5MiB', { size: [{ above: 10_000 }, { below: 1.5 * 1024 * 1024 }] }],
    ['size=212 size>.5GB', { size: [{ atLeast: 212, atMost: 212 }, { above: 5e8 }] }],
    ['data.device', { values: [{ path: ['data', 'device'], any: [{ kind: 'exists' }] }] }],
    ['-error.class', { values: [{ path: ['error', 'class'], any: [{ kind: 'exists' }], not: true }] }],
    ['data.device=*', { values: [{ path: ['data', 'device'], any: [{ kind: 'exists' }] }] }],
    ['data.device=drive0', { values: [{ path: ['data', 'device'], any: [equals('drive0')] }] }],
    [
      'data.device=drive0,drive1 data.device=a -data.device=b',
      {
        values: [
          { path: ['data', 'device'], any: [equals('drive0'), equals('drive1'), equals('a')] },
          { path: ['data', 'device'], any: [equals('b')], not: true },
        ],
      },
    ],
    [
      'data.device=drive*',
      { values: [{ path: ['data', 'device'], any: [{ kind: 'glob', glob: 'drive*' }] }] },
    ],
    ['data.device="drive*"', { values: [{ path: ['data', 'device'], any: [equals('drive*')] }] }],
    ['data.device=""', { values: [{ path: ['data', 'device'], any: [equals('')] }] }],
    ['data.url=a:b="c', { values: [{ path: ['data', 'url'], any: [equals('a:b="c')] }] }],
    ['data.id=41', { values: [{ path: ['data', 'id'], any: [equals(41), equals('41')] }] }],
    ['data.id="41"', { values: [{ path: ['data', 'id'], any: [equals('41')] }] }],
    [
      'data.id=18446744073709551615',
      {
        values: [
          { path: ['data', 'id'], any: [equals(18446744073709551615n), equals('18446744073709551615')] },
        ],
      },
    ],
    ['data.id=007', { values: [{ path: ['data', 'id'], any: [equals('007')] }] }],
    ['data.on=true,null', { values: [{ path: ['data', 'on'], any: [equals(true), equals(null)] }] }],
    [
      'data.x!=1',
      { values: [{ path: ['data', 'x'], any: [{ kind: 'none', of: [equals(1), equals('1')] }] }] },
    ],
    [
      'data.x!=a,b',
      { values: [{ path: ['data', 'x'], any: [{ kind: 'none', of: [equals('a'), equals('b')] }] }] },
    ],
    ['data.x~io-err', { values: [{ path: ['data', 'x'], any: [{ kind: 'contains', text: 'io-err' }] }] }],
    [
      'data.x~"a b",c',
      {
        values: [
          {
            path: ['data', 'x'],
            any: [
              { kind: 'contains', text: 'a b' },
              { kind: 'contains', text: 'c' },
            ],
          },
        ],
      },
    ],
    [
      'data.len>5 data.len<=1e3',
      {
        values: [
          { path: ['data', 'len'], any: [{ kind: 'above', value: 5 }] },
          { path: ['data', 'len'], any: [{ kind: 'at-most', value: 1000 }] },
        ],
      },
    ],
    ['data.len>=1GiB', { values: [{ path: ['data', 'len'], any: [{ kind: 'at-least', value: 2 ** 30 }] }] }],
    ['data.len<-1', { values: [{ path: ['data', 'len'], any: [{ kind: 'below', value: -1 }] }] }],
    [
      'data.len>18446744073709551614',
      { values: [{ path: ['data', 'len'], any: [{ kind: 'above', value: 18446744073709551614n }] }] },
    ],
    [
      'return[0].inserted.file',
      { values: [{ path: ['return', '0', 'inserted', 'file'], any: [{ kind: 'exists' }] }] },
    ],
    [
      'arguments."a.b c"[12].x-y=1.5',
      { values: [{ path: ['arguments', 'a.b c', '12', 'x-y'], any: [equals(1.5), equals('1.5')] }] },
    ],
    ['since:10m', { fromMs: now - 600_000 }],
    ['since:1h since:500ms until:10s', { fromMs: now - 500, toMs: now - 10_000 }],
    ['-since:2h -until:3d', { toMs: now - 7_200_000, fromMs: now - 259_200_000 }],
    ['since:14:30', { fromMs: at(14, 30) }],
    ['since:14:30:10.5 until:14:30:10.501', { fromMs: at(14, 30, 10, 500), toMs: at(14, 30, 10, 501, 14) }],
    ['until:14:31', { toMs: at(14, 31, 0, 0, 14) }],
    ['since:2026-01-15', { fromMs: at(0, 0) }],
    ['since:2026-01-15T09:05 until:"2026-01-15 09:05:07.25"', { fromMs: at(9, 5), toMs: at(9, 5, 7, 250) }],
    ['since:2026-01-15T09:05:00Z', { fromMs: Date.UTC(2026, 0, 15, 9, 5) }],
    ['since:2026-01-15T09:05:00.000125+02:00', { fromMs: Date.UTC(2026, 0, 15, 7, 5) + 0.125 }],
    ['machine:lab1', {}],
    [
      'type:BLOCK_JOB_* machine:lab1 -type:RTC_CHANGE data.device=drive0 latency>5ms size>10kB id:41 kind:event lane:trouble is:error "free text" word',
      {
        names: ['BLOCK_JOB_*'],
        exceptNames: ['RTC_CHANGE'],
        values: [{ path: ['data', 'device'], any: [equals('drive0')] }],
        latency: [{ above: 5 }],
        size: [{ above: 10_000 }],
        execs: [41],
        kinds: ['event'],
        lanes: ['trouble'],
        failures: true,
        texts: [text('free text'), text('word')],
      },
    ],
  ])('%s', (written, filter) => {
    expect(parsed(written).filter).toEqual(filter)
  })

  test.each<[string, readonly boolean[]]>([
    ['', [true, true]],
    ['machine:LAB1', [true, false]],
    ['machine:m2', [false, true]],
    ['machine:"my lab"', [false, true]],
    ['machine:*lab*', [true, true]],
    ['machine:lab1,m2', [true, true]],
    ['machine:lab1 machine:m2', [true, true]],
    ['-machine:lab1', [false, true]],
    ['machine:* -machine:m?', [false, false]],
  ])('%s of two machines', (written, wanted) => {
    expect(machines.map(parsed(written).machines)).toEqual(wanted)
  })

  test('what is said beside the filter itself', () => {
    const about = (written: string): readonly boolean[] => {
      const { empty, relative, saysOwn } = parsed(written)
      return [empty, relative, saysOwn]
    }
    expect(about(' ')).toEqual([true, false, false])
    expect(about('machine:lab1')).toEqual([false, false, false])
    expect(about('since:10m')).toEqual([false, true, false])
    expect(about('-until:10m')).toEqual([false, true, false])
    expect(about('since:10:00')).toEqual([false, false, false])
    expect(about('-is:own')).toEqual([false, false, true])
    expect(about('is:own,error')).toEqual([false, false, true])
    expect(about('lane:own-reply')).toEqual([false, false, true])
    // A machine that is not known is found out only where the known ones are given.
    expect(parseFilter('machine:lab7', { now }).ok).toBe(true)
  })
})

describe('what is wrong is named, with its place', () => {
  test.each<[string, number, number, RegExp]>([
    ['stop "abc', 5, 4, /closing quotation mark is missing/],
    ['a -', 2, 1, /leave out/],
    ['- a', 0, 1, /leave out/],
    ['a type:', 7, 1, /missing after “type:”/],
    ['type:,,', 5, 1, /missing after “type:”/],
    ['foo:bar', 0, 7, /no field “foo”: type, machine, .* and until are.*quotation marks/],
    ['x -foo:bar', 2, 8, /no field “foo”/],
    ['52:54:00:12', 0, 11, /no field “52”/],
    ['kind:command,evnt', 13, 4, /no kind “evnt”: command, .*line and channel are/],
    ['lane:job', 5, 3, /no lane “job”: command, .* and serial-trouble are/],
    ['is:error,bad', 9, 3, /no “is:bad”: is:error and is:own are/],
    ['latency>', 8, 1, /number is missing after “latency>”, as in latency>5ms/],
    ['latency>x', 8, 1, /number is missing/],
    ['-latency>5parsec', 9, 7, /no unit “parsec” for latency: us, µs, ms, s, m and h are/],
    ['size<5ms', 5, 3, /no unit “ms” for size/],
    ['size<1constructor', 5, 12, /no unit “constructor”/],
    ['id:abc', 3, 3, /“abc” is no number of a command/],
    ['id:1,0', 5, 1, /“0” is no number of a command/],
    ['""', 0, 2, /nothing between/],
    ['-""', 1, 2, /nothing between/],
    ['machine:"a"b', 11, 1, /blank is needed/],
    ['machine:lab1,lab7', 13, 4, /no machine “lab7”: lab1 and my lab are known/],
    ['since:10', 6, 2, /“10” has no unit: since:10m/],
    ['until:tomorrow', 6, 8, /“tomorrow” is no time: until:10m .* until:14:30/],
    ['since:24:00', 6, 5, /no time/],
    ['since:2026-02-30', 6, 10, /no time/],
    ['since:1m,2m', 9, 2, /one time/],
    ['data.', 5, 1, /a name is missing after “data.”, as in data.device=drive0/],
    ['data.a..b', 7, 1, /a name is missing after “data.a.”/],
    ['data.a[x]', 6, 1, /an index is a number in brackets/],
    ['data.a:5', 6, 1, /“:” cannot follow “data.a”: !=, .* and ~ can/],
    ['data.a!5', 6, 1, /“!” cannot follow/],
    ['data."a b', 5, 4, /closing quotation mark/],
    ['data.a=', 7, 1, /a value is missing after “data.a=”/],
    ['-data.a>=', 9, 1, /a value is missing after “data.a>=”/],
    ['data.a="x"y', 10, 1, /blank is needed/],
    ['data.a>b', 7, 1, /“b” is no number, as in data.len>10/],
    ['data.a<1,2', 9, 1, /“<” takes one number/],
    ['data.a<5parsec', 7, 7, /“5parsec” is no number/],
  ])('%s', (written, place, length, message) => {
    const filter = parseFilter(written, { now, machines })
    if (filter.ok) throw new Error('it was read')
    expect(filter.error.message).toMatch(message)
    expect([filter.error.at, filter.error.length]).toEqual([place, length])
    expect(filter.error.message).toMatch(/\.$/)
  })

  test('never throws, and an error is inside the text', () => {
    const pieces = fc.constantFrom(
      'data',
      '.',
      '[0]',
      '"',
      '-',
      ' ',
      ':',
      '=',
      '>',
      ',',
      'type',
      'since',
      '1',
      'm',
      '\\',
      'latency',
    )
    const written = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((each) => each.join('')),
    )
    fc.assert(
      fc.property(written, (each) => {
        const filter = parseFilter(each, { now })
        if (filter.ok) return
        expect(filter.error.at).toBeGreaterThanOrEqual(0)
        expect(filter.error.at).toBeLessThanOrEqual(each.length)
        expect(filter.error.length).toBeGreaterThan(0)
      }),
      { numRuns: runs(1000) },
    )
  })
})

const word = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.constantFrom('-x', '"', '\\', 'type:x', 'data.x', 'latency>5', 'a b', '"quoted"', '--', '\u00a0'),
)
const plain = fc
  .string({ minLength: 1 })
  .filter((each) => !/[\s,]/.test(each) && !each.startsWith('"') && !each.startsWith('='))
const number = fc.constantFrom('5', '0.5', '10kB', '1e3')
const anyTerm: fc.Arbitrary<Term> = fc.oneof(
  fc.record({ kind: fc.constant('word' as const), not: fc.boolean(), text: word }),
  fc.record({
    kind: fc.constant('field' as const),
    not: fc.boolean(),
    field: fc.constantFrom(...fields),
    values: fc.array(fc.oneof(word, fc.constant('')), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('measure' as const),
    not: fc.boolean(),
    measure: fc.constantFrom('latency' as const, 'size' as const),
    operator: fc.constantFrom<MeasureOperator[]>('>', '>=', '<', '<=', '='),
    value: number,
  }),
  fc
    .record({
      not: fc.boolean(),
      path: fc.tuple(
        fc.constantFrom<string>(...roots),
        fc.array(fc.oneof(fc.string(), fc.nat().map(String)), { minLength: 1 }),
      ),
      operator: fc.constantFrom(undefined, ...operators),
      values: fc.array(
        fc.oneof(
          fc.record({ text: plain, quoted: fc.constant(false) }),
          fc.record({ text: fc.string(), quoted: fc.constant(true) }),
        ),
        { minLength: 1, maxLength: 3 },
      ),
    })
    .map(({ not, path: [root, rest], operator, values }) => ({
      kind: 'member' as const,
      not,
      path: [root, ...rest],
      operator,
      values: operator === undefined ? [] : values,
    })),
)

describe('printing', () => {
  test('terms that are printed are read as the same', () => {
    fc.assert(
      fc.property(fc.array(anyTerm, { maxLength: 5 }), (terms) => {
        const { terms: read, error } = readTerms(terms.map(printTerm).join(' '))
        expect(error).toBeUndefined()
        expect(read.map(({ term }) => term)).toEqual(terms)
      }),
      { numRuns: runs(1000) },
    )
  })

  test('a filter that is read and printed means the same', () => {
    const written = fc.array(
      fc.constantFrom(
        'type:STOP,"a b"',
        '-type:x',
        'data.x=5',
        'data.x!="5",a*',
        '"a b"',
        'size>=5kB',
        'is:own,error',
        '-since:10m',
        'lane:own-*',
        '-data."a b"[3]~x',
        'id:#4',
      ),
    )
    fc.assert(
      fc.property(written, (terms) => {
        const before = parsed(terms.join('  '))
        const after = parsed(
          readTerms(terms.join('  '))
            .terms.map(({ term }) => printTerm(term))
            .join(' '),
        )
        expect(after.filter).toEqual(before.filter)
      }),
    )
  })

  test('the term of a value finds that value', () => {
    const strings = fc.oneof(
      fc.string(),
      fc.constantFrom('5', 'true', 'a*', '?', '', 'a,b', '"x"', '\\', '-1e5'),
    )
    fc.assert(
      fc.property(
        fc.oneof<fc.Arbitrary<Json>[]>(
          strings,
          fc.integer(),
          fc.boolean(),
          fc.constant(null),
          fc.constant(2n ** 64n),
        ),
        (value) => {
          const term = memberTerm(['data', 'x'], value)
          if (term === undefined) throw new Error('no term')
          const [test] = parsed(printTerm(term)).filter.values ?? []
          expect(test?.any).toContainEqual({ kind: 'equals', value })
          if (typeof value === 'string') expect(test?.any).toHaveLength(1)
        },
      ),
    )
    expect(memberTerm(['return'], 5)).toBeUndefined()
    expect(memberTerm(['timestamp', 'seconds'], 5)).toBeUndefined()
    expect(printTerm(memberTerm(['data', 'a', '0'], []) ?? { kind: 'word', not: false, text: '' })).toBe(
      'data.a[0]',
    )
  })

  test('times are printed as they are read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e15 }), (micros) => {
        const ms = micros / 1000
        expect(Math.round((readTime(timeText(ms), now)?.ms ?? 0) * 1000)).toBe(micros)
      }),
    )
    expect(timeText(Date.UTC(2026, 0, 2, 3, 4, 5) + 6.007)).toBe('2026-01-02T03:04:05.006007Z')
  })
})

describe('adding', () => {
  const term = (written: string): Term => {
    const [first] = readTerms(written).terms
    if (first === undefined) throw new Error(`no term in ${written}`)
    return first.term
  }

  test.each<[string, string, string]>([
    ['', 'type:STOP', 'type:STOP'],
    ['"a  b"  kind:event', 'type:STOP', '"a  b" kind:event type:STOP'],
    ['type:STOP x', 'type:STOP', 'type:STOP x'],
    ['type:RESUME,STOP x type:A', 'type:STOP', 'type:STOP x'],
    ['-type:STOP x', 'type:STOP', 'x type:STOP'],
    ['type:STOP x', '-type:STOP', 'x -type:STOP'],
    ['-type:A', '-type:B', '-type:A -type:B'],
    ['data.a=1 data.b=2', 'data.a=3', 'data.a=3 data.b=2'],
    ['data.a>1 data.a<9', 'data.a>=3', 'data.a>=3 data.a<9'],
    ['data.a', 'data.a=3', 'data.a data.a=3'],
    ['latency>5ms', 'latency<9ms', 'latency>5ms latency<9ms'],
    ['latency>5ms', 'latency>=9ms', 'latency>=9ms'],
    ['since:10m', 'since:2026-01-01', 'since:2026-01-01'],
    ['is:error', 'is:own', 'is:error is:own'],
    ['a', 'b', 'a b'],
    ['a type: b', 'type:STOP', 'a type:STOP'],
    ['a "not closed', '-"b c"', 'a -"b c"'],
  ])('%s with %s', (before, added, after) => {
    expect(withTerm(before, term(added))).toBe(after)
  })

  test('a term that was added is there once', () => {
    fc.assert(
      fc.property(fc.array(anyTerm, { maxLength: 4 }), anyTerm, (terms, added) => {
        const before = terms.map(printTerm).join(' ')
        const after = withTerm(before, added)
        const printed = readTerms(after).terms.map((each) => printTerm(each.term))
        expect(printed.filter((each) => each === printTerm(added))).toHaveLength(1)
        expect(withTerm(after, added)).toBe(after)
      }),
    )
  })
})

describe('on rows', () => {
  const store = createStore({ rows: 100, bytes: 1e6 })
  const rows: [string, object, string | undefined][] = [
    [
      'add',
      { kind: 'command', exec: 41, ticket: undefined, name: 'blockdev-add', oob: false, origin: 'person' },
      '{"execute": "blockdev-add", "arguments": {"node-name": "disk0", "size": 41}}',
    ],
    [
      'added',
      {
        kind: 'error',
        exec: 41,
        name: 'blockdev-add',
        error: undefined,
        latencyMs: 4,
        late: false,
        origin: 'person',
      },
      '{"error": {"class": "GenericError", "desc": "no such disk"}}',
    ],
    [
      'query',
      { kind: 'command', exec: 42, ticket: undefined, name: 'query-block', oob: false, origin: 'page' },
      '{"execute": "query-block"}',
    ],
    [
      'stop',
      {
        kind: 'event',
        name: 'STOP',
        data: undefined,
        timestamp: undefined,
        cause: { exec: 41, proof: 'id' },
      },
      '{"event": "STOP"}',
    ],
    [
      'error',
      { kind: 'event', name: 'BLOCK_IO_ERROR', data: undefined, timestamp: undefined, cause: undefined },
      '{"event": "BLOCK_IO_ERROR", "data": {"nodes": [{"id": "7"}]}}',
    ],
    ['lost', { kind: 'outcome', exec: 42, name: 'query-block', outcome: 'timed-out' }, undefined],
  ]
  for (const [, row, message] of rows) {
    const seq = store.nextSeq
    store.add(
      { ...row, seq, at: now - 1000 + seq * 100, bytes: message?.length ?? 0 } as LogRow & { exec: ExecId },
      message,
    )
  }

  test.each<[string, string]>([
    ['', 'add added query stop error lost'],
    ['DISK', 'add added'],
    ['stop', 'stop'],
    ['blockdev', 'add added'],
    ['-block', 'stop'],
    ['type:block*', 'add added error'],
    ['kind:reply', 'added lost'],
    ['is:error', 'added error lost'],
    ['is:own', 'query lost'],
    ['is:error is:own', 'lost'],
    ['is:error -is:own', 'added error'],
    ['id:41', 'add added stop'],
    ['latency>=4', 'added'],
    ['-latency>3ms', 'add query stop error lost'],
    ['arguments.size=41', 'add'],
    ['arguments.size="41"', ''],
    ['data.nodes[0].id=7', 'error'],
    ['arguments.node-name!=disk1', 'add'],
    ['-arguments.node-name=disk0', 'added query stop error lost'],
    ['error.desc~DISK', 'added'],
    ['since:700ms', 'stop error lost'],
    ['until:800ms', 'add added'],
    ['timed', 'lost'],
    ['lane:own-*,trouble', 'query error lost'],
  ])('%s', (written, found) => {
    const scan = createScan(store, parsed(written).filter satisfies Filter, () => 0)
    scan.step(1)
    expect([...scan.found()].map((seq) => rows[seq]?.[0]).join(' ')).toBe(found)
  })

  test('a minus sign turns one term round', () => {
    const count = (written: string): number => {
      const scan = createScan(store, parsed(written).filter, () => 0)
      scan.step(1)
      return scan.found().length
    }
    for (const each of [
      'type:S*',
      'kind:event,raw',
      'lane:jobs',
      'is:own',
      'id:41',
      'latency>3',
      'size<20',
      'since:800ms',
      'disk',
      '"x y"',
      'data.nodes',
      'arguments.size=41',
      'arguments.size>40',
      'arguments.size!=41',
      'error.desc~disk',
    ]) {
      expect(count(each) + count(`-${each}`), each).toBe(rows.length)
    }
  })
})
