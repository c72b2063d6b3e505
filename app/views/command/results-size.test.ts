import { expect, test } from 'vitest'
import { mostResultSize, withinBounds } from './results-size.ts'
import type { SentCommand } from './sent.ts'

function sent(number: number, size: number, change: Partial<SentCommand> = {}): SentCommand {
  return {
    number,
    name: 'query-block',
    arguments: { short: 'yes' },
    oob: false,
    ticket: number as never,
    at: number,
    deadlineMs: 1,
    result: { kind: 'returned', exec: number as never, value: 'x'.repeat(size), latencyMs: 1 },
    text: undefined,
    late: undefined,
    around: undefined,
    awaited: undefined,
    dropped: undefined,
    ...change,
  }
}

const lists = (...list: readonly SentCommand[]) => new Map([['a', list]])

test('over all machines only so much is kept of what came back: the oldest replies go, and it is known how much', () => {
  const bounded = withinBounds(
    new Map([
      ['a', [sent(4, 40_000), sent(1, 40_000)]],
      ['b', [sent(3, 40_000), sent(2, 40_000)]],
    ]),
    100_000,
  )
  expect(bounded.get('a')?.map((each) => each.dropped !== undefined)).toEqual([false, true])
  expect(bounded.get('b')?.map((each) => each.dropped !== undefined)).toEqual([false, true])
  const [, oldest] = bounded.get('a') ?? []
  expect(oldest?.dropped).toBeGreaterThan(40_000)
  expect(oldest).toMatchObject({ arguments: { short: 'yes' }, result: { kind: 'returned', value: null } })
  expect(withinBounds(bounded, 100_000)).toEqual(bounded)
})

test('the newest is whole, however large it is; what is small or waits is not touched', () => {
  const large = sent(3, mostResultSize)
  const waits = sent(2, 0, { result: undefined })
  const bounded = withinBounds(lists(large, waits, sent(1, 10)))
  expect(bounded).toEqual(lists(large, waits, sent(1, 10)))
})

test('texts, late replies, errors, arguments and what was asked around count and go as well', () => {
  const long = 'x'.repeat(50_000)
  const value = { kind: 'returned', exec: 1 as never, value: {}, latencyMs: 1 } as const
  const error = { class: 'GenericError', desc: long }
  const changes: readonly Partial<SentCommand>[] = [
    { text: long },
    { late: { kind: 'return', latencyMs: 1, text: long, value: undefined } },
    { late: { kind: 'return', latencyMs: 1, text: undefined, value: long } },
    { result: { kind: 'failed', exec: 1 as never, error, latencyMs: 1 } },
    { arguments: { long } },
    { around: [{ query: { name: 'query-block' }, before: { ok: true, value: long }, after: undefined }] },
  ]
  for (const change of changes) {
    const [, old] =
      withinBounds(lists(sent(2, 1), sent(1, 0, { result: value, ...change })), 10_000).get('a') ?? []
    expect(old?.dropped).toBeGreaterThanOrEqual(50_000)
    expect(JSON.stringify(old).length).toBeLessThan(2000)
  }
})
