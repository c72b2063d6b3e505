import { expect, test } from 'vitest'
import { secondsWords, timeOfDay } from './countdown.ts'

test('whole seconds', () => {
  expect([0.2, 12, 59.5, 60, 90, 300, -3].map(secondsWords)).toEqual([
    ...['1 s', '12 s', '1 min', '1 min', '1 min 30 s', '5 min', '0 s'],
  ])
  expect(timeOfDay(0)).toMatch(/^\d\d:\d\d:\d\d$/)
})
