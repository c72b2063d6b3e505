import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import type { ExecId } from '#qmp/report.ts'
import type { LogRow } from '#record/row.ts'
import { equalJson } from '#base/json/equal.ts'
import { isDecimal } from '#base/json/number.ts'
import { isJsonObject, jsonKind } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { textOf } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'
import { matchesGlob } from '#record/filter/glob.ts'
import type { NumberBounds, Filter, ValueIs, ValueTest } from '#record/filter/filter.ts'
import { lanes } from '#record/lanes.ts'
import { blockRows } from '../columns.ts'
import { createNeedle, findBytes } from '../find-bytes.ts'
import { createScan } from './scan.ts'
import { createStore } from '../store.ts'
import type { Store } from '../store.ts'
import { recordText } from './text-condition.ts'
import { addInPieces, anyLines, arrivals } from '../testing/any-rows.ts'
import type { Line } from '../testing/any-rows.ts'

const start = 1_700_000_000_000

const globs = fc.constantFrom('*', 'query-*', '*BLOCK', '*_*', 's?OP', 'STOP', '??', '')
const kinds = fc.subarray([
  'command',
  'return',
  'error',
  'event',
  'outcome',
  'state',
  'problem',
  'raw',
] as const)
const anyLanes = fc.subarray([...lanes])
const boundsTo = (most: number): fc.Arbitrary<NumberBounds[]> =>
  fc.array(
    fc.record(
      {
        above: fc.nat(most),
        atLeast: fc.nat(most),
        below: fc.nat(most),
        atMost: fc.nat(most),
        not: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
    { maxLength: 2 },
  )
const scalar = fc.constantFrom<Json>('STOP', 'query-block', 1, 1n, 2n ** 64n - 1n, 0.1, true, null, 'é💾', '')
const valueIs: fc.Arbitrary<ValueIs> = fc.oneof(
  fc.constant({ kind: 'exists' as const }),
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('equals' as const), value: scalar }) },
  fc.record({ kind: fc.constant('glob' as const), glob: globs }),
  fc.record({ kind: fc.constant('contains' as const), text: fc.constantFrom('', 'O', '1', 'é', 'quer') }),
  fc.record({
    kind: fc.constantFrom('above' as const, 'at-least' as const, 'below' as const, 'at-most' as const),
    value: fc.constantFrom<number | bigint>(0, 1, -1, 0.5, 2n ** 63n, 1e300),
  }),
)
const values = fc.array(
  fc.record({
    path: fc.constantFrom<string[]>(
      ['event'],
      ['execute'],
      ['id'],
      ['return'],
      ['return', '0'],
      ['error', 'class'],
      ['data'],
      ['data', ''],
      ['data', 'toString'],
      ['arguments', '0'],
      [],
    ),
    any: fc.array(
      fc.oneof(
        { weight: 4, arbitrary: valueIs },
        fc.array(valueIs, { maxLength: 2 }).map((of) => ({ kind: 'none' as const, of })),
      ),
      { maxLength: 3 },
    ),
    not: fc.boolean(),
  }),
  { minLength: 1, maxLength: 3 },
)
const texts = fc.array(
  fc.record({
    find: fc.constantFrom(
      'a',
      'EX',
      'event',
      '": ',
      '"',
      '',
      'é',
      '}',
      'STOP',
      'st',
      'attempt',
      '\\',
      '\n',
      '\r\n{',
    ),
    matchCase: fc.boolean(),
    not: fc.boolean(),
  }),
  { minLength: 1, maxLength: 3 },
)
const anyFilter: fc.Arbitrary<Filter> = fc.record(
  {
    kinds,
    exceptKinds: kinds,
    lanes: anyLanes,
    exceptLanes: anyLanes,
    own: fc.boolean(),
    failures: fc.boolean(),
    names: fc.array(globs, { maxLength: 2 }),
    exceptNames: fc.array(globs, { maxLength: 1 }),
    fromMs: fc.nat(300).map((ms) => start + ms),
    toMs: fc.nat(300).map((ms) => start + ms),
    latency: boundsTo(5),
    size: boundsTo(80),
    origins: fc.subarray(['person', 'page', 'client'] as const),
    execs: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 5 }),
    exceptExecs: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 5 }),
    texts,
    values,
  },
  { requiredKeys: [], noNullPrototype: true },
)
/** With few conditions, so that rows are found; those that take the most code are asked most. */
const fewConditions = fc
  .tuple(anyFilter, fc.infiniteStream(fc.nat(9)))
  .map(([filter, dice]): Filter =>
    Object.fromEntries(
      Object.entries(filter).filter(
        ([name]) => Number(dice.next().value) < (name === 'values' || name === 'texts' ? 5 : 2),
      ),
    ),
  )

/** The same question, asked of each row. The lane is what the record says. */
function naive({ row, text }: Line, at: number, lane: string, filter: Filter): boolean {
  const name = 'name' in row ? row.name : ''
  const latency = 'latencyMs' in row ? row.latencyMs : undefined
  const origin = 'origin' in row ? row.origin : undefined
  const ofCommands: readonly (number | undefined)[] =
    'exec' in row ? [row.exec] : row.kind === 'event' ? [row.cause?.exec, row.cause?.verb] : []
  const isOf = (execs: readonly number[]): boolean => execs.some((each) => ofCommands.includes(each))
  const failed =
    ['error', 'outcome', 'problem'].includes(row.kind) || lane === 'trouble' || lane === 'serial-trouble'
  const isNamed = (glob: string): boolean =>
    new RegExp(
      `^${glob.replaceAll('?', '[^]').replaceAll('*', '[^]*')}$`,
      /[A-Z]/.test(glob) ? '' : 'i',
    ).test(name)
  const parsed = parseJson(text ?? '')
  const message = text !== undefined && parsed.ok ? parsed.value : undefined
  const isOfRecord = text === undefined || row.kind === 'problem'
  return (
    (filter.kinds?.some((each) => each === row.kind) ?? true) &&
    !(filter.exceptKinds?.some((each) => each === row.kind) ?? false) &&
    (filter.lanes?.some((each) => each === lane) ?? true) &&
    !(filter.exceptLanes?.some((each) => each === lane) ?? false) &&
    (filter.own === undefined || filter.own === lane.startsWith('own-')) &&
    (filter.failures === undefined || filter.failures === failed) &&
    (filter.names?.some(isNamed) ?? true) &&
    !(filter.exceptNames?.some(isNamed) ?? false) &&
    at >= (filter.fromMs ?? 0) &&
    at < (filter.toMs ?? Infinity) &&
    (filter.latency ?? []).every((each) => isWithin(latency, each)) &&
    (filter.size ?? []).every((each) => isWithin(row.bytes, each)) &&
    (filter.origins === undefined || (origin !== undefined && filter.origins.includes(origin))) &&
    (filter.execs === undefined || isOf(filter.execs)) &&
    !isOf(filter.exceptExecs ?? []) &&
    (filter.texts ?? []).every(({ find, matchCase, not }) => {
      const fold = (each: string): string =>
        matchCase ? each : each.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
      const ways = [
        find,
        JSON.stringify(find).slice(1, -1),
        find === 'é' ? '\\u00E9' : JSON.stringify(find).slice(1, -1),
      ]
      const hays = [name, text ?? '', isOfRecord ? recordText(row) : '']
      return hays.some((hay) => ways.some((way) => fold(hay).includes(fold(way)))) !== not
    }) &&
    (filter.values ?? []).every((each) => holds(message, each))
  )
}

function isWithin(value: number | undefined, { above, atLeast, below, atMost, not }: NumberBounds): boolean {
  const isIn =
    value !== undefined &&
    (above === undefined || value > above) &&
    (atLeast === undefined || value >= atLeast) &&
    (below === undefined || value < below) &&
    (atMost === undefined || value <= atMost)
  return isIn !== (not ?? false)
}

function holds(message: Json | undefined, { path, any, not }: ValueTest): boolean {
  let value = message
  for (const step of path) {
    const members: Record<string, Json> | readonly Json[] =
      value !== undefined && (Array.isArray(value) || isJsonObject(value))
        ? (value as Record<string, Json>)
        : {}
    value = Object.hasOwn(members, step) && step !== 'length' ? members[step] : undefined
  }
  const found = value
  return (found !== undefined && any.some((each) => isOne(found, each))) !== (not ?? false)
}

function isOne(value: Json, wanted: ValueIs): boolean {
  const number =
    jsonKind(value) !== 'number'
      ? NaN
      : isDecimal(value)
        ? Number(value.valueOf())
        : (value as number | bigint)
  switch (wanted.kind) {
    case 'exists':
      return true
    case 'equals':
      return equalJson(value, wanted.value)
    case 'glob':
      return typeof value === 'string' && matchesGlob(value, wanted.glob)
    case 'contains':
      return textOf(value).toLowerCase().includes(wanted.text.toLowerCase())
    case 'above':
      return number > wanted.value
    case 'at-least':
      return number >= wanted.value
    case 'below':
      return number < wanted.value
    case 'at-most':
      return number <= wanted.value
    case 'none':
      return !wanted.of.some((each) => isOne(value, each))
  }
}

/** What the model finds among the rows that are kept, by their numbers. */
function expected(store: Store, lines: readonly Line[], filter: Filter): readonly number[] {
  const at = arrivals(lines)
  return lines
    .filter((line, seq) => {
      if (seq < store.firstSeq || seq >= store.nextSeq) return false
      const lane = lanes[store.block(seq).lane[seq % blockRows] ?? 0] ?? ''
      return naive(line, at[seq] ?? 0, lane, filter)
    })
    .map(({ row }) => row.seq)
}

describe('a scan', () => {
  test('finds what looking at each row finds, in one step or in many', () => {
    fc.assert(
      fc.property(
        anyLines,
        fewConditions,
        fc.boolean(),
        fc.integer({ min: 20, max: 90 }),
        (lines, filter, slow, rows) => {
          const store = createStore({ rows, bytes: 1e9 })
          addInPieces(store, lines)
          let time = 0
          const scan = createScan(store, filter, () => (slow ? (time += 1) : 0))
          let steps = 0
          while (!scan.step(0.5)) steps += 1
          expect(steps).toBeLessThanOrEqual(1)
          expect([...scan.found()]).toEqual(expected(store, lines, filter))
          expect(scan.progress.done).toBe(scan.progress.all)
        },
      ),
      { numRuns: runs(800) },
    )
  })

  test('that is carried on finds each row once, while rows come and go', () => {
    fc.assert(
      fc.property(
        anyLines,
        fewConditions,
        fc.array(fc.nat(30), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 20, max: 90 }),
        (lines, filter, cuts, rows) => {
          const store = createStore({ rows, bytes: 1e9 })
          const scan = createScan(store, filter, () => 0)
          const taken: number[] = []
          const wanted: number[] = []
          let next = 0
          for (const cut of [...cuts, lines.length]) {
            const from = next
            for (; next < Math.min(lines.length, from + cut); next += 1) {
              const line = lines[next]
              if (line !== undefined) store.add(line.row, line.text)
            }
            // Rows that were dropped before they were looked at are not found.
            wanted.push(...expected(store, lines, filter).filter((seq) => seq >= from))
            scan.extend()
            expect(scan.step(1)).toBe(true)
            expect([...scan.found()]).toEqual(wanted.slice(taken.length))
            taken.push(...scan.take())
            expect([...scan.take()]).toEqual([])
            expect(scan.progress.done).toBe(scan.progress.all)
          }
          expect(taken).toEqual(wanted)
        },
      ),
      { numRuns: runs(500) },
    )
  })

  test('goes no further than it was told, and never back', () => {
    const store = createStore({ rows: 100, bytes: 1e9 })
    const scan = createScan(store, {}, () => 0, { fromSeq: 2, toSeq: 4 })
    const add = (count: number): void => {
      for (let n = 0; n < count; n += 1) {
        const seq = store.nextSeq
        store.add({ kind: 'raw', exec: 1 as ExecId, seq, at: seq, bytes: 0 }, undefined)
      }
    }
    add(10)
    scan.extend(4)
    scan.step(1)
    expect([...scan.take()]).toEqual([2, 3])
    scan.extend(1)
    expect(scan.step(1)).toBe(true)
    expect(scan.progress).toEqual({ done: 2, all: 2 })
    scan.extend(6)
    scan.step(1)
    expect([...scan.take()]).toEqual([4, 5])
    scan.extend(1000)
    scan.step(1)
    expect([...scan.take()]).toEqual([6, 7, 8, 9])
  })

  test('goes on while rows come and go, and never gives a name the decision of another', () => {
    const store = createStore({ rows: 5000, bytes: 1e9 })
    const add = (name: string): void => {
      const seq = store.nextSeq
      const row: LogRow = {
        kind: 'event',
        name,
        data: undefined,
        timestamp: undefined,
        cause: undefined,
        seq,
        at: seq,
        bytes: 0,
      }
      store.add(row, undefined)
    }
    for (let n = 0; n < 4999; n += 1) add(n < 10 ? 'OLD' : 'OTHER')
    add('WANTED')
    let time = 0
    const scan = createScan(store, { names: ['OLD', 'WANTED'] }, () => (time += 1), { toSeq: 5000 })
    expect(scan.step(0)).toBe(false)
    // OLD goes, and its number is given to NEW; then most of the rest goes.
    for (let n = 0; n < 4900; n += 1) add(n < 10 ? 'OTHER' : 'NEW')
    while (!scan.step(0));
    expect([...scan.found()]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 4999])
    // NEW has the number that OLD had, which was decided when the scan began.
    scan.extend()
    while (!scan.step(0));
    expect(scan.found()).toHaveLength(11)
    store.clear()
    expect(createScan(store, {}, () => 0).step(1)).toBe(true)
  })

  test('searches values and texts in many neighbouring rows', () => {
    const store = createStore({ rows: 1e6, bytes: 1e9 })
    const rows = runs(10_000)
    for (let seq = 0; seq < rows; seq += 1) {
      const text = `{"event": "E", "data": {"n": ${seq}, "id": "d\\u0065v${seq % 10}", "big": 9007199254740993}}`
      store.add({ kind: 'raw', exec: 1 as ExecId, seq, at: seq, bytes: text.length }, text)
    }
    const count = (filter: Filter): number => {
      const scan = createScan(store, filter, () => 0)
      while (!scan.step(1));
      return scan.found().length
    }
    const value = (path: string, ...any: readonly ValueIs[]): number =>
      count({ values: [{ path: path.split('.'), any }] })
    const not = (path: string, ...any: readonly ValueIs[]): number =>
      count({ values: [{ path: path.split('.'), any, not: true }] })
    expect(value('data.n', { kind: 'above', value: rows - 11 })).toBe(10)
    expect(value('data.n', { kind: 'at-least', value: rows - 11 })).toBe(11)
    expect(value('data.n', { kind: 'below', value: 7 })).toBe(7)
    expect(value('data.n', { kind: 'at-most', value: 7 })).toBe(8)
    expect(value('data.n', { kind: 'equals', value: 41 }, { kind: 'equals', value: '41' })).toBe(1)
    expect(not('data.n', { kind: 'equals', value: 41 })).toBe(rows - 1)
    expect(value('data.id', { kind: 'equals', value: 'dev3' })).toBe(rows * 0.1)
    expect(not('data.id', { kind: 'equals', value: 'dev3' }, { kind: 'equals', value: 'dev4' })).toBe(
      rows * 0.8,
    )
    expect(value('data.id', { kind: 'glob', glob: 'd*3' })).toBe(rows * 0.1)
    expect(value('data.id', { kind: 'contains', text: 'DEV3' })).toBe(rows * 0.1)
    expect(value('data.id', { kind: 'none', of: [{ kind: 'equals', value: 'dev3' }] })).toBe(rows * 0.9)
    expect(value('data.none', { kind: 'none', of: [{ kind: 'equals', value: 'dev3' }] })).toBe(0)
    expect(value('data.big', { kind: 'equals', value: 9007199254740993n })).toBe(rows)
    expect(value('data.big', { kind: 'above', value: 9007199254740992n })).toBe(rows)
    expect(value('data.big', { kind: 'above', value: 9007199254740993n })).toBe(0)
    expect(value('data.nothing', { kind: 'exists' })).toBe(0)
    expect(not('data.nothing', { kind: 'exists' })).toBe(rows)
    const texts = (find: string, matchCase: boolean): number => count({ texts: [{ find, matchCase }] })
    expect(texts(`"N": ${rows / 10 - 1}`, false)).toBe(11)
    expect(texts(`"N": ${rows / 10 - 1}`, true)).toBe(0)
    expect(count({ texts: [{ find: `"n": ${rows / 10 - 1}`, matchCase: true, not: true }] })).toBe(rows - 11)
    // What ends one text and begins the next is in neither.
    expect(texts('}}{"event"', true)).toBe(0)
  })

  test('looks for texts in names, in what JSON makes of them, and in rows that are no messages', () => {
    const store = createStore({ rows: 100, bytes: 1e9 })
    const numbered = (): { seq: number; at: number; bytes: number } => ({
      seq: store.nextSeq,
      at: store.nextSeq,
      bytes: 0,
    })
    const command = (name: string, text: string | undefined): void =>
      store.add(
        {
          kind: 'command',
          exec: 1 as ExecId,
          ticket: undefined,
          name,
          oob: false,
          origin: 'person',
          ...numbered(),
        },
        text,
      )
    command('stop', '{"execute": "x-secret"}')
    command('query-status', '{"say": "a \\"quoted\\" caf\\u00E9 caf\u00e9"}')
    store.add({ kind: 'state', state: { kind: 'connecting', attempt: 3 }, ...numbered() }, undefined)
    store.add(
      { kind: 'problem', problem: { kind: 'unknown-id', id: '"zebra"' }, ...numbered() },
      '{"return": {}, "id": "giraffe"}',
    )
    store.add(
      { kind: 'outcome', exec: 1 as ExecId, name: 'stop', outcome: 'timed-out', latencyMs: 1, ...numbered() },
      undefined,
    )
    const find = (...finds: readonly string[]): readonly number[] => {
      const scan = createScan(
        store,
        {
          texts: finds.map((each) => ({
            find: each.replace(/^-/, ''),
            matchCase: false,
            not: each[0] === '-',
          })),
        },
        () => 0,
      )
      scan.step(1)
      return [...scan.found()]
    }
    expect(find('STOP')).toEqual([0, 4])
    expect(find('secret')).toEqual([0])
    expect(find('stop', '-secret')).toEqual([4])
    expect(find('a "quoted"')).toEqual([1])
    expect(find('\\"quoted\\"')).toEqual([1])
    expect(find('caf\u00e9 caf\u00e9')).toEqual([])
    expect(find('caf\u00e9')).toEqual([1])
    expect(find('attempt')).toEqual([2])
    expect(find('Connecting')).toEqual([2])
    expect(find('zebra')).toEqual([3])
    expect(find('giraffe')).toEqual([3])
    expect(find('timed-out')).toEqual([4])
    expect(find('-stop', '-query', '-connecting')).toEqual([3])
    expect(find('')).toEqual([0, 1, 2, 3, 4])
    expect(find('-')).toEqual([])
  })
})

test('numbers are found however JSON writes them', () => {
  const written = fc.constantFrom(
    '41',
    '41.0',
    '4.1e1',
    '410E-1',
    '410e-1',
    '"41"',
    '"4\\u0031"',
    '42',
    '-41',
    '"42"',
    'null',
    '[41]',
    '{}',
  )
  const space = fc.constantFrom('', ' ', '\t', '\n  ')
  fc.assert(
    fc.property(
      fc.array(fc.tuple(written, space, space, fc.constantFrom('n', 'm')), { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      (members, not) => {
        const text = `{${members.map(([value, a, b, key]) => `"${key}"${a}:${b}${value}`).join(',')}}`
        const store = createStore({ rows: 10, bytes: 1e9 })
        store.add({ kind: 'raw', exec: 1 as ExecId, seq: 0, at: 0, bytes: 0 }, text)
        const parsed = parseJson(text)
        for (const any of [
          [{ kind: 'equals' as const, value: 41 }],
          [
            { kind: 'equals' as const, value: 41 },
            { kind: 'equals' as const, value: '41' },
          ],
          [{ kind: 'equals' as const, value: 41n }],
          [{ kind: 'above' as const, value: 41 }],
          [{ kind: 'at-most' as const, value: -41 }],
        ] satisfies ValueIs[][]) {
          const each = { path: ['n'], any, not }
          const scan = createScan(store, { values: [each] }, () => 0)
          scan.step(1)
          expect(scan.found().length === 1).toBe(holds(parsed.ok ? parsed.value : undefined, each))
        }
      },
    ),
    { numRuns: runs(500) },
  )
})

test('bytes are found where a text has them', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'é'), maxLength: 30 })
  fc.assert(
    fc.property(text, text, fc.boolean(), (hay, find, matchCase) => {
      fc.pre(find !== '')
      const fold = (each: string): string => (matchCase ? each : each.replaceAll('A', 'a'))
      const encoder = new TextEncoder()
      const place = fold(hay).indexOf(fold(find))
      const bytes = encoder.encode(`xx${hay}${find}`)
      const end = 2 + encoder.encode(hay).length
      expect(findBytes(bytes, 2, end, createNeedle(find, matchCase))).toBe(
        place < 0 ? -1 : 2 + encoder.encode(hay.slice(0, place)).length,
      )
    }),
  )
})

test('a pattern of many stars takes no longer than it is', () => {
  expect(matchesGlob('a'.repeat(5000), `${'*a'.repeat(50)}*b`)).toBe(false)
  expect(matchesGlob('BLOCK_JOB_READY', 'BLOCK_*_R?ADY')).toBe(true)
})
