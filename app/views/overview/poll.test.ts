import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startPoll } from './poll.ts'
import type { Sight } from './poll.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

/** A page and a question that is answered when the test says so. */
function setUp(visible = true) {
  const page = { visible, changed: (): void => undefined, watched: false }
  const sight: Sight = {
    visible: () => page.visible,
    watch: (then) => {
      page.changed = then
      page.watched = true
      return () => (page.watched = false)
    },
  }
  const answers: (() => void)[] = []
  const poll = startPoll(() => new Promise<void>((resolve) => answers.push(resolve)), 1000, sight)
  const answer = async (): Promise<void> => {
    answers.at(-1)?.()
    await vi.advanceTimersByTimeAsync(0)
  }
  return { page, poll, answer, asked: () => answers.length }
}

test('asks at once, and again some time after each answer, never before it', async () => {
  const { poll, answer, asked } = setUp()
  expect(asked()).toBe(1)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(asked()).toBe(1)
  await answer()
  await vi.advanceTimersByTimeAsync(999)
  expect(asked()).toBe(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(asked()).toBe(2)
  poll.end()
})

test('what happens while a question is under way is one more question after it', async () => {
  const { poll, answer, asked } = setUp()
  poll.soon()
  poll.soon()
  expect(asked()).toBe(1)
  await answer()
  expect(asked()).toBe(2)
  await answer()
  expect(asked()).toBe(2)
  poll.soon()
  expect(asked()).toBe(3)
  await answer()
  await vi.advanceTimersByTimeAsync(1000)
  expect(asked()).toBe(4)
  poll.end()
})

test('nothing is asked out of sight; coming back asks at once', async () => {
  const { page, poll, answer, asked } = setUp()
  await answer()
  page.visible = false
  page.changed()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(asked()).toBe(1)
  page.visible = true
  page.changed()
  expect(asked()).toBe(2)
  poll.end()
})

test('the end is the end', async () => {
  const { page, poll, answer, asked } = setUp()
  poll.soon()
  poll.end()
  await answer()
  poll.soon()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(asked()).toBe(1)
  expect(page.watched).toBe(false)
})
