import { describe, expect, test } from 'vitest'
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import type { LogRow } from '#record/row.ts'
import { createQueries } from './queries.ts'
import { burstGapMs, burstRows } from './bursts.ts'
import { createStore } from './store.ts'
import type { Store } from './store.ts'

/** An event with its time and its text. Data that is no text is printed. */
type Line = readonly [at: number, name: string, data: object | string]

function add(store: Store, [at, name, data]: Line): void {
  const printed = typeof data === 'string' ? data : JSON.stringify(data)
  const text = `{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "${name}", "data": ${printed}}`
  const parsed = parseJson(printed)
  const row: LogRow = {
    kind: 'event',
    name,
    data: parsed.ok && isJsonObject(parsed.value) ? parsed.value : undefined,
    timestamp: undefined,
    cause: undefined,
    seq: store.nextSeq,
    at,
    bytes: text.length,
  }
  store.add(row, text)
}

/** Which rows continue a burst: a letter each, `-` for those that do. */
function foldsOf(lines: readonly Line[], cuts: readonly number[] = []): string {
  const store = createStore({ rows: 1_000_000, bytes: 1e9 })
  const queries = createQueries(store, () => 0)
  const handle = queries.openQuery({})
  let folds = ''
  lines.forEach((line, index) => {
    add(store, line)
    if (index < lines.length - 1 && !cuts.includes(index)) return
    const found = queries.readQuery(handle, 1000)
    const places = new Set(found?.continues)
    folds += Array.from(found?.seq ?? [], (_, place) => (places.has(place) ? '-' : 'x')).join('')
  })
  return folds
}

const job = (at: number, status: string, id = 'job0'): Line => [at, 'JOB_STATUS_CHANGE', { status, id }]

describe('bursts of state changes', () => {
  test.each<[string, string, readonly Line[]]>([
    ['one job', 'x--', [job(0, 'created'), job(1, 'running'), job(2, 'ready')]],
    [
      'two jobs',
      'x-x-',
      [job(0, 'created'), job(1, 'running'), job(2, 'created', 'b'), job(3, 'running', 'b')],
    ],
    ['an id that begins as another', 'xx', [job(0, 'created', 'job'), job(1, 'created', 'job0')]],
    [
      'another row between them',
      'xxx-',
      [job(0, 'created'), [1, 'STOP', {}], job(2, 'running'), job(3, 'ready')],
    ],
    [
      'another event of the job',
      'xxx',
      [job(0, 'ready'), [1, 'BLOCK_JOB_READY', { device: 'job0' }], job(2, 'null')],
    ],
    ['at the edge of the gap', 'x-x', [job(0, 'a'), job(burstGapMs, 'b'), job(2 * burstGapMs + 1, 'c')]],
    ['an id with an escape', 'xx', [job(0, 'a', 'x\\y'), job(1, 'b', 'x\\y')]],
    [
      'no id',
      'xx',
      [
        [0, 'JOB_STATUS_CHANGE', { status: 'a' }],
        [1, 'JOB_STATUS_CHANGE', { status: 'b' }],
      ],
    ],
    [
      'an id that is no text',
      'xx',
      [
        [0, 'JOB_STATUS_CHANGE', { id: 7 }],
        [1, 'JOB_STATUS_CHANGE', { id: 7 }],
      ],
    ],
    [
      'two members of that name',
      'xx',
      [
        [0, 'JOB_STATUS_CHANGE', '{"x": {"id": "a"}, "id": "b"}'],
        [1, 'JOB_STATUS_CHANGE', '{"x": {"id": "a"}, "id": "c"}'],
      ],
    ],
    [
      'a member whose name ends in it',
      'xx',
      [
        [0, 'JOB_STATUS_CHANGE', String.raw`{"\"id": "a"}`],
        [1, 'JOB_STATUS_CHANGE', String.raw`{"\"id": "a"}`],
      ],
    ],
    [
      'a message that is too long',
      'xx',
      [
        [0, 'JOB_STATUS_CHANGE', { id: 'a', more: 'x'.repeat(2000) }],
        [1, 'JOB_STATUS_CHANGE', { id: 'a', more: 'x'.repeat(2000) }],
      ],
    ],
    [
      'written without and with blanks',
      'x-',
      [
        [0, 'JOB_STATUS_CHANGE', '{"id":"a","status":"b"}'],
        [1, 'JOB_STATUS_CHANGE', '{"status" : "c", "id"  :\n "a"}'],
      ],
    ],
  ])('%s', (_, expected, lines) => {
    expect(foldsOf(lines)).toBe(expected)
    // The same where the answers are cut between any two rows.
    expect(
      foldsOf(
        lines,
        lines.map((_line, index) => index),
      ),
    ).toBe(expected)
  })

  test('a flood of one job is many bursts, none of them above the bound', () => {
    const lines = Array.from({ length: 3 * burstRows + 5 }, (_, n) =>
      job(n / 100, n % 2 === 0 ? 'paused' : 'running'),
    )
    const burst = `x${'-'.repeat(burstRows - 1)}`
    expect(foldsOf(lines)).toBe(`${burst}${burst}${burst}x----`)
  })

  test('a row that was dropped is continued by none', () => {
    const store = createStore({ rows: 2, bytes: 1e9 })
    const queries = createQueries(store, () => 0)
    const handle = queries.openQuery({})
    add(store, job(0, 'created'))
    expect(queries.readQuery(handle, 1000)?.continues).toHaveLength(0)
    for (const each of [job(1, 'running'), job(2, 'ready')]) add(store, each)
    // The first row is gone by now.
    expect([...(queries.readQuery(handle, 1000)?.continues ?? [])]).toEqual([1])
  })

  test('rows that a filter leaves out are not between the others', () => {
    const store = createStore({ rows: 100, bytes: 1e9 })
    const queries = createQueries(store, () => 0)
    const handle = queries.openQuery({ names: ['JOB_STATUS_CHANGE'] })
    for (const each of [job(0, 'created'), [1, 'STOP', {}] as const, job(2, 'running')]) add(store, each)
    expect([...(queries.readQuery(handle, 1000)?.continues ?? [])]).toEqual([1])
  })
})
