import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatMarks, parseMarks } from './marks.ts'

test('marks come back from the address, in the order of their times', () => {
  const mark = fc.record({
    at: fc.integer({ min: 0, max: 4e15 }).map((micros) => micros / 1000),
    text: fc.string({ maxLength: 40 }),
  })
  fc.assert(
    fc.property(fc.array(mark, { maxLength: 8 }), (marks) => {
      expect(parseMarks(formatMarks(marks))).toEqual(marks.toSorted((a, b) => a.at - b.at))
    }),
  )
})

test('what is no mark is left out', () => {
  expect(parseMarks('')).toEqual([])
  expect(parseMarks('x;12 a;-3 b;1e9;99')).toEqual([
    { at: 12, text: 'a' },
    { at: 99, text: '' },
  ])
})
