import { expect, test } from 'vitest'
import type { RowView } from '#record/row.ts'
import { burstWords } from './burst-words.ts'

function viewOf(status: unknown, id: unknown = 'job0'): RowView {
  const data = { status, id }
  return { row: { kind: 'event', name: 'JOB_STATUS_CHANGE', data } } as unknown as RowView
}

test('the states of a job, with an arrow between each two', () => {
  expect(burstWords([viewOf('created'), viewOf('running'), viewOf('ready')], 0, [])).toBe(
    'job0: created → running → ready',
  )
  expect(burstWords([viewOf('a'), viewOf('b')], 28, [viewOf('c'), viewOf('d')])).toBe(
    'job0: a → b → 28 more → c → d',
  )
})

test('rows that are not known yet, and what a machine may say instead of a state', () => {
  expect(burstWords([undefined, viewOf('running')], 0, [])).toBe('job0: … → running')
  expect(burstWords([undefined], 0, [])).toBe('…: …')
  expect(burstWords([viewOf('x'.repeat(500), 'a\nb\u202ec')], 0, [])).toBe(`a b c: ${'x'.repeat(79)}…`)
  expect(burstWords([viewOf({ a: 1 }, 7)], 0, [])).toBe('7: …')
})
