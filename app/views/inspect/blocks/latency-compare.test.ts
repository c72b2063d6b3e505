import { expect, test } from 'vitest'
import { comparedBins } from './latency-compare.ts'

const boundaries = [1000, 1_000_000]

test('each disk has its share of its own operations, whatever the others do', () => {
  const rows = comparedBins([
    { of: 'reads', boundaries, bins: [0, 1, 3] },
    { of: 'reads', boundaries, bins: [0, 5000n, 5000n] },
  ])
  // The first bin is empty for both.
  expect(rows).toHaveLength(2)
  expect(rows.map(({ disks }) => disks.map(({ percent }) => percent))).toEqual([
    ['25 %', '50 %'],
    ['75 %', '50 %'],
  ])
  // The longest bar is that of the fullest share.
  expect(rows[1]?.disks.map(({ share }) => share)).toEqual([1, 0.5 / 0.75])
  expect(rows[0]?.name).toMatch(/to/)
})

test('a few among many are not none; nothing at all is no row', () => {
  const [row] = comparedBins([{ of: 'writes', boundaries, bins: [1, 9999, 0] }])
  expect(row?.disks[0]?.percent).toBe('< 1 %')
  expect(comparedBins([{ of: 'writes', boundaries, bins: [0, 0, 0] }])).toEqual([])
  expect(comparedBins([])).toEqual([])
})
