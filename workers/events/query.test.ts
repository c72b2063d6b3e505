import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ExecId, LogRow } from '../api.ts'
import { equalJson, isJsonObject, parseJson } from '../base/json.ts'
import { createNeedle, findBytes } from './find-bytes.ts'
import { createScan, matchesGlob } from './query.ts'
import type { Filter, ValueTest } from './query.ts'
import { createStore } from './store.ts'
import { anyLines, arrivals } from './testing/any-rows.ts'
import type { Line } from './testing/any-rows.ts'

const start = 1_700_000_000_000

const globs = fc.constantFrom('*', 'query-*', '*block', '*_*', 'S?OP', 'STOP', '??')
const anyFilter = fc.record(
  {
    kinds: fc.subarray(['command', 'return', 'error', 'event', 'outcome', 'state', 'problem'] as const),
    names: fc.array(globs, { minLength: 1, maxLength: 2 }),
    exceptNames: fc.array(globs, { maxLength: 1 }),
    fromMs: fc.nat(300).map((ms) => start + ms),
    toMs: fc.nat(300).map((ms) => start + ms),
    latencyAbove: fc.nat(3),
    latencyBelow: fc.nat(1000),
    sizeAbove: fc.nat(40),
    sizeBelow: fc.nat(100),
    failures: fc.boolean(),
    origins: fc.subarray(['person', 'page', 'client'] as const),
    exec: fc.integer({ min: 1, max: 30 }),
    text: fc.record({
      find: fc.constantFrom('a', 'EX', 'event', '": ', '', 'é', '}'),
      matchCase: fc.boolean(),
    }),
    values: fc.constant([{ path: ['event'], kind: 'equals' as const, value: 'STOP' }]),
  },
  { requiredKeys: [] },
)

/** The same question, asked of each row. */
function naive({ row, text }: Line, at: number, filter: Filter): boolean {
  const name = 'name' in row ? row.name : ''
  const latency = 'latencyMs' in row ? row.latencyMs : undefined
  const failed = row.kind === 'error' || row.kind === 'outcome' || row.kind === 'problem'
  const origin = 'origin' in row ? row.origin : undefined
  const exec = 'exec' in row ? row.exec : row.kind === 'event' ? row.cause?.exec : undefined
  const glob = (each: string): boolean =>
    new RegExp(`^${each.replaceAll('?', '[^]').replaceAll('*', '[^]*')}$`).test(name)
  const fold = (each: string): string =>
    filter.text?.matchCase === true ? each : each.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  const inText = (test: ValueTest): boolean => {
    const parsed = parseJson(text ?? '')
    if (!parsed.ok || !isJsonObject(parsed.value) || test.kind !== 'equals') return false
    const value = Object.hasOwn(parsed.value, test.path[0] ?? '')
      ? parsed.value[test.path[0] ?? '']
      : undefined
    return value !== undefined && equalJson(value, test.value)
  }
  return (
    (filter.kinds?.some((each) => each === row.kind) ?? true) &&
    (filter.names?.some(glob) ?? true) &&
    !(filter.exceptNames?.some(glob) ?? false) &&
    at >= (filter.fromMs ?? 0) &&
    at < (filter.toMs ?? Infinity) &&
    (filter.latencyAbove === undefined || (latency !== undefined && latency > filter.latencyAbove)) &&
    (filter.latencyBelow === undefined || (latency !== undefined && latency < filter.latencyBelow)) &&
    (filter.sizeAbove === undefined || row.bytes > filter.sizeAbove) &&
    (filter.sizeBelow === undefined || row.bytes < filter.sizeBelow) &&
    (filter.failures !== true || failed) &&
    (filter.origins === undefined || (origin !== undefined && filter.origins.includes(origin))) &&
    (filter.exec === undefined || exec === filter.exec) &&
    (filter.text === undefined ||
      filter.text.find === '' ||
      (text !== undefined && fold(text).includes(fold(filter.text.find)))) &&
    (filter.values ?? []).every(inText)
  )
}

describe('a scan', () => {
  test('finds what looking at each row finds, in one step or in many', () => {
    fc.assert(
      fc.property(
        anyLines,
        anyFilter,
        fc.boolean(),
        fc.integer({ min: 20, max: 90 }),
        (lines, filter, slow, rows) => {
          const store = createStore({ rows, bytes: 1e9 })
          for (const { row, text } of lines) store.add(row, text)
          let time = 0
          const scan = createScan(store, filter, () => (slow ? (time += 1) : 0))
          let steps = 0
          while (!scan.step(0.5)) steps += 1
          expect(steps).toBeLessThanOrEqual(1)
          const at = arrivals(lines)
          const expected = lines
            .filter((line, seq) => seq >= store.firstSeq && naive(line, at[seq] ?? 0, filter as Filter))
            .map(({ row }) => row.seq)
          expect([...scan.found()]).toEqual(expected)
          expect(scan.progress.done).toBe(scan.progress.all)
        },
      ),
      { numRuns: 1000 },
    )
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
    for (let n = 0; n < 4900; n += 1) add('NEW')
    while (!scan.step(0));
    expect([...scan.found()]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 4999])
    store.clear()
    expect(createScan(store, {}, () => 0).step(1)).toBe(true)
  })

  test('searches values and texts in many neighbouring rows', () => {
    const store = createStore({ rows: 1e6, bytes: 1e9 })
    for (let seq = 0; seq < 10_000; seq += 1) {
      const text = `{"event": "E", "data": {"n": ${seq}, "id": "d\\u0065v${seq % 10}", "big": 9007199254740993}}`
      store.add({ kind: 'raw', exec: 1 as ExecId, seq, at: seq, bytes: text.length }, text)
    }
    const count = (filter: Filter): number => {
      const scan = createScan(store, filter, () => 0)
      while (!scan.step(1));
      return scan.found().length
    }
    const value = (path: string, test: object): number =>
      count({ values: [{ path: path.split('.'), ...test } as unknown as ValueTest] })
    expect(value('data.n', { kind: 'above', value: 9989 })).toBe(10)
    expect(value('data.n', { kind: 'below', value: 7 })).toBe(7)
    expect(value('data.id', { kind: 'equals', value: 'dev3' })).toBe(1000)
    expect(value('data.id', { kind: 'contains', text: 'DEV3' })).toBe(1000)
    expect(value('data.big', { kind: 'equals', value: 9007199254740993n })).toBe(10_000)
    expect(value('data.big', { kind: 'above', value: 1 })).toBe(10_000)
    expect(value('data.nothing', { kind: 'exists' })).toBe(0)
    expect(count({ text: { find: '"N": 999', matchCase: false } })).toBe(11)
    expect(count({ text: { find: '"N": 999', matchCase: true } })).toBe(0)
    // What ends one text and begins the next is in neither.
    expect(count({ text: { find: '}}{"event"', matchCase: true } })).toBe(0)
  })
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
