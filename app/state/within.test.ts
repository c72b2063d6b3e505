import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { within } from './within.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Whether a promise has ended by now. */
async function isOver(promise: Promise<void>): Promise<boolean> {
  let over = false
  void promise.then(() => (over = true))
  await vi.advanceTimersByTimeAsync(0)
  return over
}

test('it ends with the work, or at the limit, and leaves no timer', async () => {
  let end: () => void = () => undefined
  const done = within(1000, new Promise<void>((resolve) => (end = resolve)))
  expect(await isOver(done)).toBe(false)
  end()
  expect(await isOver(done)).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
  const never = within(1000, new Promise(() => undefined))
  await vi.advanceTimersByTimeAsync(999)
  expect(await isOver(never)).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(await isOver(never)).toBe(true)
})

test('work that fails has ended', async () => {
  expect(await isOver(within(1000, Promise.reject(new Error('no'))))).toBe(true)
})
