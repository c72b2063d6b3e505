import { expect, test } from 'vitest'
import { ago, bytes, count, duration, exactTime } from './format.ts'

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.00 KiB'],
  [1536 * 1024 * 1024, '1.50 GiB'],
  [1023 * 1024, '1023 KiB'],
  [18446744073709551615n, '16.0 EiB'],
])('bytes %s', (size, text) => {
  expect(bytes(size)).toBe(text)
})

test.each([
  [0.423, '0.42 ms'],
  [4.23, '4.2 ms'],
  [423, '423 ms'],
  [1300, '1.3 s'],
  [125_000, '2 min 05 s'],
  [7_380_000, '2 h 03 min'],
  [90_000_000, '1 d 01 h'],
])('duration %s', (ms, text) => {
  expect(duration(ms)).toBe(text)
})

test.each([
  [0, 'just now'],
  [12_900, '12 s ago'],
  [59_999, '59 s ago'],
  [60_000, '1 min ago'],
  [7_199_999, '1 h ago'],
  [200_000_000, '2 d ago'],
])('ago %s', (ms, text) => {
  expect(ago(ms)).toBe(text)
})

test('count and time', () => {
  expect(count(1234567)).toBe('1\u202f234\u202f567')
  expect(count(999)).toBe('999')
  expect(exactTime(1_700_000_000_123.456)).toBe('2023-11-14T22:13:20.123456Z')
})
