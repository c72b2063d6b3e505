import { expect, test } from 'vitest'
import type { LogRow } from '#record/row.ts'
import { HostClock } from './host-clock.svelte.ts'

/** An event that was stamped at that second and arrived `lateMs` milliseconds later. */
const event = (seconds: number, lateMs: number): LogRow =>
  ({ kind: 'event', at: seconds * 1000 + lateMs, timestamp: { seconds, microseconds: 0 } }) as LogRow

test('the least of the latest differences counts; rows without a stamp do not', () => {
  const clock = new HostClock()
  clock.take([{ kind: 'return', at: 5 } as LogRow, event(-1, 0)])
  expect(clock.lag).toBeUndefined()
  clock.take([event(10, 40), event(11, 7), event(12, 90)])
  expect(clock.lag).toBe(7)
  clock.take(Array.from({ length: 64 }, (_, index) => event(20 + index, 30)))
  expect(clock.lag).toBe(30)
})
