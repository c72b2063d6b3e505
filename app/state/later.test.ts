import { afterEach, expect, test, vi } from 'vitest'
import { later } from './later.ts'

afterEach(() => {
  vi.useRealTimers()
})

test('code is loaded at the first call, and once', async () => {
  const load = vi.fn(() => Promise.resolve('code'))
  const door = later(load)
  expect(load).not.toHaveBeenCalled()
  expect(await Promise.all([door(), door()])).toEqual(['code', 'code'])
  expect(await door()).toBe('code')
  expect(load).toHaveBeenCalledTimes(1)
})

test('code that could not be loaded is undefined, and is tried again at the next call', async () => {
  const load = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new Error('no such file'))
  load.mockResolvedValueOnce('code')
  const door = later(load)
  expect(await door()).toBeUndefined()
  expect(await door()).toBe('code')
})

test('code that does not come is not waited for without an end', async () => {
  vi.useFakeTimers()
  const load = vi.fn(() => new Promise<string>(() => undefined))
  const door = later(load)
  const [code] = await Promise.all([door(), vi.runAllTimersAsync()])
  expect(code).toBeUndefined()
  void door()
  expect(load).toHaveBeenCalledTimes(2)
})
