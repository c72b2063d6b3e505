import { expect, test } from 'vitest'
import { readBlockStats } from './block-stats.ts'

const reply = (read: number | bigint): never =>
  [
    {
      device: '',
      qdev: '/machine/x',
      stats: { rd_bytes: read, wr_bytes: 0, rd_operations: 1, wr_operations: 0, flush_operations: 0 },
    },
  ] as never

test('names, exact counters, and rates from the second poll on', () => {
  const first = readBlockStats(reply(1000), [], 0)
  expect(first).toMatchObject([{ device: '/machine/x', rates: undefined }])
  const second = readBlockStats(reply(18446744073709551615n), first, 2000)
  expect(second[0]?.values.rd_bytes).toBe(18446744073709551615n)
  expect(readBlockStats(reply(3000), first, 2000)[0]?.rates?.rd_bytes).toBe(1000)
})

test('a counter that went back (the guest was restarted) gives no rate', () => {
  expect(readBlockStats(reply(1), readBlockStats(reply(1000), [], 0), 1000)[0]?.rates).toBeUndefined()
})

test('what is no list of statistics has no rows', () => {
  expect(readBlockStats(null, [], 0)).toEqual([])
  expect(readBlockStats([1, {}], [], 0)).toEqual([])
})
