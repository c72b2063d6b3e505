import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { LogRow, RowOf } from '#record/row.ts'
import { Following, mostUnanswered } from './follow-tab.ts'
import { mostRows, printNews } from './following.ts'
import { readNews } from './read-news.ts'
import type { News } from './following.ts'

const version = { major: 7, minor: 2, micro: 22, package: 'Debian' }

function event(seq: number, data?: Record<string, string>): LogRow {
  return { kind: 'event', name: 'STOP', data, timestamp: undefined, seq, at: seq, bytes: 100 }
}

function news(rows: readonly LogRow[]): News {
  return {
    identity: { version, name: 'vm', uuid: undefined },
    runStatus: { status: 'paused', running: false },
    rows,
    omitted: 0,
    last: rows.at(-1)?.seq ?? -1,
  }
}

/** Over the channel and read again. */
const told = (given: News): News | undefined => readNews(structuredClone(printNews(given)))

test('what a tab tells is read as it was', () => {
  const exec = 3 as RowOf<'command'>['exec']
  const common = { exec, name: 'stop', at: 5, bytes: 10, origin: 'person' } as const
  const rows: LogRow[] = [
    { ...common, kind: 'command', ticket: undefined, oob: false, seq: 1 },
    {
      ...common,
      kind: 'error',
      error: { class: 'GenericError', desc: 'no' },
      latencyMs: 1.5,
      late: false,
      seq: 2,
    },
    { kind: 'outcome', exec, name: 'stop', outcome: 'unknown', latencyMs: 7, at: 6, bytes: 0, seq: 3 },
    { ...event(4, { a: 'b' }), timestamp: { seconds: 1, microseconds: 2 } } as LogRow,
  ]
  expect(told(news(rows))).toEqual(news(rows))
})

test('what is the other tab’s own is not told', () => {
  const rows: LogRow[] = [
    { kind: 'state', state: { kind: 'idle' }, seq: 1, at: 1, bytes: 0 },
    { kind: 'gap', why: 'paused', since: 0, rows: 1, seq: 2, at: 1, bytes: 0 },
    event(3),
  ]
  expect(told(news(rows))?.rows.map(({ seq }) => seq)).toEqual([3])
})

test('an answer is bounded: in rows, which are counted, and in the size of each', () => {
  const many = told(news(Array.from({ length: mostRows + 7 }, (_, seq) => event(seq))))
  expect(many?.rows).toHaveLength(mostRows)
  expect(many?.omitted).toBe(7)
  const large = { ...event(1, { a: 'x'.repeat(10_000) }), bytes: 10_020 }
  const row = told(news([large]))?.rows[0]
  expect(row?.kind === 'event' && row.data).toBeUndefined()
})

test('what is no answer is nothing, and what is no row is left out', () => {
  for (const data of [null, 'news', [], {}, { rows: [] }, { rows: [], omitted: -1, last: 1 }])
    expect(readNews(data)).toBeUndefined()
  const rows = [
    null,
    { kind: 'event' },
    { kind: 'state', name: 'x', seq: 1, at: 1, bytes: 1 },
    { kind: 'event', name: 'A', seq: 1, at: Number.NaN, bytes: 1 },
    { kind: 'return', name: 'a', seq: 1, at: 1, bytes: 1, exec: 'x' },
    { kind: 'event', name: 'B'.repeat(1000), seq: 1, at: 1, bytes: 1, data: '['.repeat(3000) },
  ]
  const read = readNews({ rows, omitted: 0, last: 1, identity: { version: 'x' }, runStatus: { status: 5 } })
  expect(read?.identity).toBeUndefined()
  expect(read?.runStatus).toBeUndefined()
  expect(read?.rows).toHaveLength(1)
  expect(read?.rows[0]).toMatchObject({ name: 'B'.repeat(200), data: undefined })
})

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

test('a tab that is followed is asked after what is known, and is gone when it does not answer', () => {
  const asked: number[] = []
  let gone = 0
  const following = new Following(
    (after) => asked.push(after),
    () => (gone += 1),
  )
  following.answered({ ...news([event(7)]), last: 7 })
  vi.advanceTimersByTime(1000)
  expect(asked).toEqual([-1, 7])
  vi.advanceTimersByTime((mostUnanswered - 1) * 1000)
  expect(gone).toBe(0)
  vi.advanceTimersByTime(1000)
  expect(gone).toBe(1)
  following.end()
  vi.advanceTimersByTime(60_000)
  expect(asked).toHaveLength(1 + mostUnanswered)
})
