import { expect, test } from 'vitest'
import { newestDataBytes, newestRows } from '#record/flood.ts'
import type { LogRow } from '#record/row.ts'
import { NewestRows } from './newest-rows.svelte.ts'

const event = (seq: number, bytes = 10): LogRow => ({
  ...{ kind: 'event', name: 'E', data: { a: 'b' }, timestamp: { seconds: 1, microseconds: 0 } },
  ...{ seq, at: seq, bytes },
})
const own: LogRow = {
  ...{ kind: 'command', exec: 1 as never, ticket: undefined, name: 'query-status', oob: false },
  ...{ origin: 'page', seq: 5, at: 5, bytes: 10 },
}

test('a window of the newest rows, which watchers are told of with the number of the others', () => {
  const newest = new NewestRows()
  const told: [number, number][] = []
  const end = newest.watch((rows, more) => told.push([rows.length, more]))
  newest.take([event(0), event(1)], 0)
  newest.take(
    Array.from({ length: newestRows - 1 }, (_, n) => event(10 + n)),
    8,
  )
  end()
  newest.take([event(2000)], 0)
  expect(told).toEqual([
    [2, 0],
    [newestRows - 1, 8],
  ])
  expect(newest.rows).toHaveLength(newestRows)
  expect(newest.after(2000 - 1000, 2)).toMatchObject({ rows: [{ seq: 1008 }, { seq: 2000 }], more: 7 })
})

test('large data is left to the record, and the last row is none of the page’s own', () => {
  const newest = new NewestRows()
  newest.take([event(1, newestDataBytes), event(2, newestDataBytes + 1), own], 0)
  expect(newest.rows.map((row) => row.kind === 'event' && row.data)).toEqual([{ a: 'b' }, undefined, false])
  expect(newest.last?.seq).toBe(2)
  newest.take([own], 0)
  expect(newest.last?.seq).toBe(2)
  newest.clear()
  expect(newest.last).toBeUndefined()
  expect(newest.rows).toEqual([])
})
