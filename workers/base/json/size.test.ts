import { expect, test } from 'vitest'
import { jsonSize } from './size.ts'
import { parseJson } from './parse.ts'
import { printJson } from './print.ts'
import type { Json } from './value.ts'

test.each([
  'null',
  '"abc"',
  '12345678901234567890',
  '0.12345678901234567890123',
  '[]',
  '{}',
  '[1,[2,{"a":"b","c":{}}],true]',
])('the size of %s is about that of its text', (text) => {
  const parsed = parseJson(text)
  if (!parsed.ok) throw new Error(text)
  const size = jsonSize(parsed.value)
  expect(size).toBeGreaterThanOrEqual(printJson(parsed.value).length)
  expect(size).toBeLessThanOrEqual(printJson(parsed.value).length + 4)
})

test('nesting without an end that a stack has is measured', () => {
  let deep: Json = 'x'
  for (let level = 0; level < 200_000; level += 1) deep = [deep]
  expect(jsonSize(deep)).toBeGreaterThan(400_000)
})
