import { expect, test } from 'vitest'
import { keeps } from './storage.ts'

test('a store that takes a value, leaving nothing behind', () => {
  const held = new Map<string, string>()
  const store = {
    setItem: (key: string, value: string) => void held.set(key, value),
    removeItem: (key: string) => void held.delete(key),
  }
  expect(keeps(() => store)).toBe(true)
  expect(held.size).toBe(0)
})

test('a store that is full, and none at all', () => {
  const full = (): never => {
    throw new DOMException('full', 'QuotaExceededError')
  }
  expect(keeps(() => ({ setItem: full, removeItem: () => undefined }))).toBe(false)
  expect(keeps(full)).toBe(false)
})
