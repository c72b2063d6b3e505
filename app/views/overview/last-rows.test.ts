import { expect, test } from 'vitest'
import type { LogRow } from '#record/row.ts'
import { isErrorRow, isPrintedLine, lastOf } from './last-rows.ts'

const line = (seq: number, failed = false, bytes = 10): LogRow => ({
  ...{ kind: 'line', name: 'serial', failed, seq, bytes },
  at: seq,
})
const own = (seq: number): LogRow =>
  ({ kind: 'error', name: 'query-balloon', origin: 'page', seq, at: seq, bytes: 1 }) as unknown as LogRow

test('the last ones, oldest first; blank lines and the page’s own errors are none', () => {
  const rows = [line(0), line(1, true), line(2, false, 2), own(3), line(4)]
  expect(lastOf(rows, isPrintedLine, 2)).toEqual([1, 4])
  expect(lastOf(rows, isErrorRow, 5)).toEqual([1])
  expect(lastOf([line(-1, true)], isErrorRow, 5)).toEqual([])
})
