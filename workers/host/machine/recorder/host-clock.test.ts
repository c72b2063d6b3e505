import { expect, test } from 'vitest'
import { createStore } from '#store/store.ts'
import { HostClock } from './host-clock.ts'

test('the least of the latest differences counts; rows without a stamp do not', () => {
  const store = createStore()
  /** An event that was stamped at that second and arrived `lateMs` milliseconds later. */
  const event = (seconds: number, lateMs: number): void => {
    const common = { seq: store.nextSeq, at: Math.max(0, seconds * 1000) + lateMs, bytes: 10 }
    const timestamp = { seconds, microseconds: 0 }
    store.add({ ...common, kind: 'event', name: 'E', data: undefined, timestamp }, undefined)
  }
  const clock = new HostClock(store)
  store.add({ kind: 'state', state: { kind: 'idle' }, seq: 0, at: 5, bytes: 0 }, undefined)
  event(-1, 6)
  expect(clock.lag()).toBeUndefined()
  event(10, 40)
  event(11, 7)
  event(12, 90)
  expect(clock.lag()).toBe(7)
  expect(clock.lag()).toBe(7)
  for (let index = 0; index < 64; index += 1) event(20 + index, 30)
  expect(clock.lag()).toBe(30)
  store.clear()
  expect(clock.lag()).toBe(30)
})
