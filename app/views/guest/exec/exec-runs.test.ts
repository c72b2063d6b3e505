import { expect, test } from 'vitest'
import type { Json, JsonObject } from '#base/json/value.ts'
import type { RunResult } from '#state/machine/parts/run-result.ts'
import { ExecRuns } from './exec-runs.svelte.ts'
import type { ExecForm } from './exec-reply.ts'

const form: ExecForm = {
  program: 'sleep 9',
  inShell: true,
  isWindows: false,
  args: '',
  environment: '',
  input: '',
}

function returned(value: Json): Promise<RunResult> {
  return Promise.resolve({ kind: 'returned', value, latencyMs: 1 } as RunResult)
}

/** A guest whose program ends after `lasts` questions, or when it is killed. */
function guest(lasts: number, refuse?: string) {
  let now = 0
  let left = lasts
  let isKilled = false
  const sent: { name: string; args: JsonObject | undefined; isAgreed: boolean }[] = []
  const runs = new ExecRuns(
    {
      run: (name, args, options) => {
        sent.push({ name, args, isAgreed: options?.isAgreed === true })
        if (refuse !== undefined)
          return Promise.resolve<RunResult>({ kind: 'refused', by: 'lock', why: refuse })
        if (name === 'guest-exec') {
          if (sent.length > 1) isKilled = true
          return returned({ pid: 7 })
        }
        left -= 1
        if (isKilled) return returned({ exited: true, signal: 9 })
        return returned(
          left < 0 ? { exited: true, exitcode: 3, 'out-data': btoa('hello\n') } : { exited: false },
        )
      },
    },
    {
      now: () => now,
      wait: (ms) => {
        now += ms
        return Promise.resolve()
      },
    },
  )
  return { runs, sent }
}

test('a program that ends: its code and its output', async () => {
  const { runs, sent } = guest(3)
  await runs.start(form, 30_000)
  expect(runs.runs[0]).toMatchObject({ pid: 7, problem: undefined, killed: undefined })
  expect(runs.runs[0]?.end).toMatchObject({ code: 3, out: { text: 'hello\n' } })
  expect(sent.filter(({ name }) => name === 'guest-exec-status')).toHaveLength(4)
  expect(runs.current).toBeUndefined()
})

test('the time limit kills by a second program, which is agreed to', async () => {
  const { runs, sent } = guest(Number.MAX_SAFE_INTEGER)
  await runs.start(form, 1000)
  expect(runs.runs[0]).toMatchObject({ killed: 'time limit of 1 s', end: { signal: 9 } })
  expect(sent.filter(({ name }) => name === 'guest-exec')).toEqual([
    expect.objectContaining({ isAgreed: false }),
    { name: 'guest-exec', args: { path: '/bin/sh', arg: ['-c', 'kill -9 7'] }, isAgreed: true },
  ])
})

test('cancel kills at the next question', async () => {
  const { runs } = guest(Number.MAX_SAFE_INTEGER)
  const done = runs.start(form, 60_000)
  runs.cancel()
  await done
  expect(runs.runs[0]?.killed).toBe('cancelled')
})

test('what the lock refuses is said, and nothing more is sent', async () => {
  const { runs, sent } = guest(1, 'vm is locked')
  await runs.start(form, 1000)
  expect(runs.runs[0]?.problem).toBe('vm is locked')
  expect(sent).toHaveLength(1)
})

test('neither input nor environment is kept', async () => {
  const { runs } = guest(1)
  await runs.start({ ...form, input: 'geheim', environment: 'A=geheim' }, 1000)
  expect(JSON.stringify(runs.runs)).not.toContain('geheim')
})
