import { expect, test } from 'vitest'
import { ok } from '#base/result.ts'
import type { Json } from '#base/json/value.ts'
import type { Result } from '#base/result.ts'
import type { LogRow } from '#record/row.ts'
import { mayChangeRunStatus, RunStatusOf } from './run-status.svelte.ts'

test('questions while one is on its way are one more question', async () => {
  const open: ((reply: Result<Json, string>) => void)[] = []
  const status = new RunStatusOf(() => new Promise((resolve) => open.push(resolve)))
  const first = status.refresh()
  void status.refresh()
  void status.refresh()
  expect(open).toHaveLength(1)
  open[0]?.(ok({ status: 'running', running: true }))
  await Promise.resolve()
  await Promise.resolve()
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

test('an event of the run state, or rows that were left out, may have changed it', () => {
  const rows = (name: string): readonly LogRow[] => [{ kind: 'event', name } as LogRow]
  expect(mayChangeRunStatus({ rows: rows('STOP'), omitted: 0 })).toBe(true)
  expect(mayChangeRunStatus({ rows: rows('RTC_CHANGE'), omitted: 0 })).toBe(false)
  expect(mayChangeRunStatus({ rows: [], omitted: 1 })).toBe(true)
})
