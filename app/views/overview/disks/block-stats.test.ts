import { expect, test } from 'vitest'
import { readBlockStats, sortStats } from './block-stats.ts'

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

test('a counter that is no whole number counts nothing, and the others stay', () => {
  const [row] = readBlockStats([{ device: 'a', stats: { rd_bytes: 1.5, wr_bytes: 7 } }] as never, [], 0)
  expect(row?.values).toMatchObject({ rd_bytes: 0n, wr_bytes: 7n })
})

test('sorted by any column, either way, beyond what a double holds', () => {
  const stats = (wr_bytes: number | bigint): object => ({ stats: { wr_bytes } })
  const rows = readBlockStats(
    [
      { device: 'b', ...stats(9007199254740993n) },
      { device: 'a', ...stats(9007199254740992n) },
      { device: 'a', ...stats(1) },
    ] as never,
    [],
    0,
  )
  const names = (...args: [Parameters<typeof sortStats>[1], boolean]): string =>
    sortStats(rows, ...args)
      .map((row) => row.key)
      .join()
  expect(names('device', false)).toBe('1 a,2 a,0 b')
  expect(names('device', true)).toBe('0 b,1 a,2 a')
  expect(names('wr_bytes', true)).toBe('0 b,1 a,2 a')
  expect(names('wr_bytes', false)).toBe('2 a,1 a,0 b')
})
