import { expect, test } from 'vitest'
import { fileName } from './save.ts'

test('a file is named after its machine and the time', () => {
  const at = new Date(2026, 10, 21, 15, 4)
  expect(fileName([{ name: 'lab1' }], 'transcript', at)).toBe('lab1-2026-11-21T15-04.qmp.jsonl')
  expect(fileName([{ name: 'a/b c' }, { name: 'x' }], 'csv', at)).toBe(
    'a-b-c-and-1-more-2026-11-21T15-04.csv',
  )
  expect(fileName([], 'chrome-trace', at)).toBe('recording-2026-11-21T15-04.trace.json')
})
