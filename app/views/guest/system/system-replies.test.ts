import { expect, test } from 'vitest'
import { aheadWords, clockAhead, nanoseconds, readTrim } from './system-replies.ts'

test('what was trimmed, by path', () => {
  const paths = [
    { path: '/data', trimmed: 16_230_400, minimum: 0 },
    { path: '/boot', error: 'trim not supported' },
    { path: 7, trimmed: -1 },
    'x',
    { path: '<b>/..', trimmed: 2n ** 60n },
  ]
  expect(readTrim({ paths })).toEqual({
    paths: [
      { path: '/data', words: '15.5 MiB given back', isError: false },
      { path: '/boot', words: 'trim not supported', isError: true },
      { path: 'a path that is no text', words: 'the agent does not say how much', isError: false },
      { path: '<b>/..', words: '1.00 EiB given back', isError: false },
    ],
    hidden: 0,
  })
  expect(readTrim({ paths: Array.from({ length: 120 }, () => ({ path: 'a' })) })?.hidden).toBe(20)
  for (const odd of [null, 7, [], {}, { paths: 'x' }]) expect(readTrim(odd)).toBeUndefined()
})

test('the difference of the clocks, and a time to set', () => {
  expect(clockAhead(5_000_000_000_000n, 4_990_000, 4_990_200)).toBeCloseTo(9900)
  expect(clockAhead('x', 1, 2)).toBeUndefined()
  expect(aheadWords(9900, 20)).toBe('9.9 s ahead of this computer’s')
  expect(aheadWords(-60_000, 20)).toBe('1 min 00 s behind this computer’s')
  expect(aheadWords(30, 20)).toMatch(/^the same/)
  expect(nanoseconds(1_700_000_000_123)).toBe(1_700_000_000_123_000_000n)
})
