import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { lingerMs, Usage } from './usage.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function made(): { usage: Usage; calls: string[] } {
  const calls: string[] = []
  const usage = new Usage({
    connect: () => void calls.push('connect'),
    disconnect: () => void calls.push('disconnect'),
  })
  return { usage, calls }
}

test('opened for the first user, closed a while after the last', () => {
  const { usage, calls } = made()
  const one = usage.use()
  const other = usage.use()
  one()
  one()
  vi.advanceTimersByTime(lingerMs)
  expect(calls).toEqual(['connect'])
  other()
  vi.advanceTimersByTime(lingerMs - 1)
  const again = usage.use()
  vi.advanceTimersByTime(lingerMs)
  expect(calls).toEqual(['connect'])
  again()
  vi.advanceTimersByTime(lingerMs)
  expect(calls).toEqual(['connect', 'disconnect'])
})

test('what a person gave free stays free until it is taken up', () => {
  const { usage, calls } = made()
  const end = usage.use()
  usage.letGo()
  end()
  vi.advanceTimersByTime(lingerMs)
  usage.use()
  expect([usage.isWanted, calls]).toEqual([false, ['connect']])
  usage.takeUp()
  expect(usage.isWanted).toBe(true)
})
