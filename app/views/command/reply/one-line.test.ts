import { expect, test } from 'vitest'
import { parseJson } from '#base/json/parse.ts'
import { oneLine } from './one-line.ts'

test.each<readonly [string, boolean]>([
  ['{}', true],
  ['[]', true],
  ['null', true],
  ['"a"', true],
  ['12345678901234567890.5', true],
  ['{"running":true,"status":"running"}', true],
  ['{"a":{"b":[1,2,{"c":null}]}}', true],
  [`"${'x'.repeat(60)}"`, false],
  [`[${'1,'.repeat(40)}1]`, false],
  [`{"a":{"b":"${'x'.repeat(50)}"}}`, false],
])('%s in a line of 50: %s', (text, fits) => {
  const read = parseJson(text)
  if (!read.ok) throw new Error(text)
  expect(oneLine(read.value, 50)).toBe(fits ? text : undefined)
})

test('of a large reply only the first few values are looked at', () => {
  const many = Array.from({ length: 1000 }, (_, index) => index)
  let looked = 0
  const counted = new Proxy(many, {
    get: (list, key) => {
      if (typeof key === 'string' && /^\d+$/.test(key)) looked += 1
      return Reflect.get(list, key) as unknown
    },
  })
  expect(oneLine(counted, 50)).toBe(undefined)
  expect(looked).toBeLessThan(50)
})
