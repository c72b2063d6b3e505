import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { longestPressMs, Press } from './press.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A page with its presses, and what has been let go on by now. */
function page(): {
  readonly fire: (kind: string, pointerId: number) => void
  readonly wait: () => () => boolean
} {
  const target = new EventTarget()
  const press = new Press(target)
  return {
    fire: (kind, pointerId) => {
      target.dispatchEvent(Object.assign(new Event(kind), { pointerId }))
    },
    wait: () => {
      let isOver = false
      void press.released().then(() => (isOver = true))
      return () => isOver
    },
  }
}

test('nothing is pressed: at once', async () => {
  const { wait } = page()
  const isOver = wait()
  await Promise.resolve()
  expect(isOver()).toBe(true)
})

test('while something is pressed it waits; the click of the press comes first', async () => {
  const { fire, wait } = page()
  fire('pointerdown', 1)
  const isOver = wait()
  await vi.advanceTimersByTimeAsync(longestPressMs / 2)
  expect(isOver()).toBe(false)
  fire('pointerup', 1)
  await Promise.resolve()
  expect(isOver()).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(isOver()).toBe(true)
})

test('two fingers: until both are lifted, or one is taken away by the browser', async () => {
  const { fire, wait } = page()
  fire('pointerdown', 1)
  fire('pointerdown', 2)
  const isOver = wait()
  fire('pointerup', 1)
  await vi.advanceTimersByTimeAsync(1)
  expect(isOver()).toBe(false)
  fire('pointercancel', 2)
  await vi.advanceTimersByTimeAsync(1)
  expect(isOver()).toBe(true)
})

test('a drag holds nothing back for longer than a press takes', async () => {
  const { fire, wait } = page()
  fire('pointerdown', 1)
  const isOver = wait()
  await vi.advanceTimersByTimeAsync(longestPressMs)
  expect(isOver()).toBe(true)
})
