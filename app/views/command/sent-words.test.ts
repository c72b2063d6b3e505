import { expect, test } from 'vitest'
import type { ExecId } from '#qmp/report.ts'
import type { RunResult } from '#state/machine/parts/run-result.ts'
import { endOf, sentenceOf, tookOf, wentWrong } from './sent-words.ts'

const exec = 1 as ExecId

test.each<readonly [RunResult | undefined, string, string, string, boolean]>([
  [undefined, 'waiting', 'waiting', '', false],
  [{ kind: 'returned', exec, value: {}, latencyMs: 1.2 }, 'returned', 'returned', '1.2 ms', false],
  [
    { kind: 'refused', by: 'person', why: 'Not sent, as you chose.' },
    'not sent',
    'Not sent, as you chose.',
    '',
    false,
  ],
  [{ kind: 'refused', by: 'lock', why: 'vm is locked.' }, 'refused', 'vm is locked.', '', true],
  [
    { kind: 'failed', exec, error: { class: 'DeviceNotFound', desc: 'no' }, latencyMs: 3 },
    'failed',
    'DeviceNotFound: no',
    '3.0 ms',
    true,
  ],
])('%o is said', (result, end, sentence, took, wrong) => {
  expect(endOf({ result })).toBe(end)
  expect(sentenceOf({ result })).toContain(sentence)
  expect(tookOf({ result })).toBe(took)
  expect(wentWrong({ result })).toBe(wrong)
})
