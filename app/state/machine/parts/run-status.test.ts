import { expect, test, vi } from 'vitest'
import { ok } from '#base/result.ts'
import type { Json } from '#base/json/value.ts'
import type { Result } from '#base/result.ts'
import { RunStatusOf } from './run-status.svelte.ts'

test('questions while one is on its way are one more question', async () => {
  const open: ((reply: Result<Json, string>) => void)[] = []
  const status = new RunStatusOf(() => new Promise((resolve) => open.push(resolve)))
  const first = status.refresh()
  void status.refresh()
  void status.refresh()
  expect(open).toHaveLength(1)
  open[0]?.(ok({ status: 'running', running: true }))
  await vi.waitFor(() => expect(open).toHaveLength(2))
  expect(status.value).toEqual({ status: 'running', running: true })
  expect(open).toHaveLength(2)
  open[1]?.(ok({ status: 'paused' }))
  await first
  expect(status.value).toEqual({ status: 'paused', running: false })
  expect(open).toHaveLength(2)
})

test('a machine that cannot be asked is not, and is asked when it can be', async () => {
  let ready = false
  const status = new RunStatusOf(() =>
    ready ? Promise.resolve(ok({ status: 'running', running: true })) : undefined,
  )
  await status.refresh()
  expect(status.value).toBeUndefined()
  ready = true
  await status.refresh()
  expect(status.value?.running).toBe(true)
})
