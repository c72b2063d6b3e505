import { expect, test } from 'vitest'
import { keyWords, onlyWords, signed, slowerWords } from './overlay-words.ts'

test('keys and what only one has', () => {
  expect(keyWords('raw -')).toEqual({ kind: 'raw', name: '', rest: '' })
  expect(
    onlyWords([
      { key: 'event BLOCK_IO_ERROR report drive#', rows: 1 },
      { key: 'return stop', rows: 1200 },
      { key: 'raw -', rows: 2 },
    ]),
  ).toBe('1 × BLOCK_IO_ERROR report drive#, 1\u202f200 × return stop, 2 × raw')
  const many = Array.from({ length: 10 }, (_, index) => ({ key: `event E${index}`, rows: 1 }))
  expect(onlyWords(many)).toMatch(/E7, and 2 others$/)
})

test('what took longer, and signs', () => {
  expect(slowerWords(0, 'b')).toBeUndefined()
  expect(slowerWords(1, 'b')).toBe('1 command took more than twice as long in b')
  expect(signed(-2, (ms) => `${ms} ms`)).toBe('−2 ms')
})
