import { expect, test } from 'vitest'
import type { RunResult } from '#state/machine/parts/run-result.ts'
import { Once } from './once.svelte.ts'
import { fails, returns } from './testing/fake-agent.ts'

test.each<[RunResult, boolean, string, string]>([
  [returns({}), true, 'good', 'done'],
  [
    { kind: 'sent' } as RunResult,
    true,
    'good',
    'guest-shutdown: sent: this command answers only when it fails, and it has not.',
  ],
  [fails('no such mode'), false, 'bad', 'guest-shutdown: no such mode'],
  [
    { kind: 'refused', by: 'person', why: 'Not sent, as you chose.' },
    false,
    'own',
    'Not sent, as you chose.',
  ],
  [{ kind: 'refused', by: 'lock', why: 'locked' }, false, 'bad', 'locked'],
])('%j', async (result, isDone, kind, words) => {
  const once = new Once()
  const sent = once.run({ run: () => Promise.resolve(result) }, 'guest-shutdown', undefined, () => 'done')
  expect(once.why).toBe('guest-shutdown is running')
  expect(
    await once.run({ run: () => Promise.reject(new Error('sent twice')) }, 'x', undefined, () => ''),
  ).toBe(false)
  expect(await sent).toBe(isDone)
  expect(once.said).toEqual({ kind, words })
  expect(once.why).toBeUndefined()
})
