import { expect, test } from 'vitest'
import { Turns, watchInside } from './asking.ts'
import { recordedReplies, recordedReply } from './recorded-reply.ts'
import type { ReplyCalls } from './recorded-reply.ts'

test('at most two tasks run at once, the others follow in their order', async () => {
  const turns = new Turns(2)
  const started: number[] = []
  const ends: (() => void)[] = []
  const runs = [0, 1, 2, 3].map((each) =>
    turns.run(async () => {
      started.push(each)
      await new Promise<void>((resolve) => ends.push(resolve))
      if (each === 1) throw new Error('failed')
      return each
    }),
  )
  const settled = Promise.allSettled(runs)
  await Promise.resolve()
  expect(started).toEqual([0, 1])
  for (const next of [2, 3, 4, 4]) {
    ends.shift()?.()
    await new Promise((resolve) => setTimeout(resolve))
    expect(started).toHaveLength(Math.min(4, next + 1))
  }
  expect((await settled).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
  ])
  expect(started).toEqual([0, 1, 2, 3])
})

test('an event asks at once; the end ends both', async () => {
  let asked = 0
  let happened: () => void = () => undefined
  const end = watchInside(
    {
      fromFile: false,
      record: {
        watchEvents: (names: readonly string[], take: () => void) => {
          expect(names).toEqual(['JOB_STATUS_CHANGE'])
          happened = take
          return () => (happened = () => undefined)
        },
      },
    } as never,
    {
      events: ['JOB_STATUS_CHANGE'],
      idleMs: 1e9,
      ask: async () => {
        asked += 1
        await Promise.resolve()
      },
    },
    { visible: () => true, watch: () => () => undefined },
  )
  await new Promise((resolve) => setTimeout(resolve))
  expect(asked).toBe(1)
  happened()
  await new Promise((resolve) => setTimeout(resolve))
  expect(asked).toBe(2)
  end()
  happened()
  await new Promise((resolve) => setTimeout(resolve))
  expect(asked).toBe(2)
})

/** A record of replies: each with its command's text. */
function recordOf(replies: readonly { readonly sent: string; readonly reply: string }[]): ReplyCalls {
  const textOf = (seq: number): string | undefined => {
    const each = replies[Math.floor(seq / 2)]
    return seq % 2 === 0 ? each?.sent : each?.reply
  }
  return {
    openQuery: () => Promise.resolve(1),
    readQuery: () =>
      Promise.resolve({
        seq: Float64Array.from(replies, (_, index) => index * 2 + 1),
        done: 1,
        all: 1,
      } as never),
    closeQuery: () => undefined,
    rows: (seqs: readonly number[]) =>
      Promise.resolve(
        seqs.map((seq) => ({ row: { seq, at: seq * 10 }, sent: { seq: seq - 1, oob: false } }) as never),
      ),
    text: (seq: number) => Promise.resolve(textOf(seq)),
  }
}

test('a recording answers with its last reply to the same arguments', async () => {
  const calls = recordOf([
    { sent: '{"execute":"qom-list","arguments":{"path":"/a"}}', reply: '{"return":[1]}' },
    { sent: '{"execute":"qom-list","arguments":{"path":"/b"}}', reply: '{"return":[2]}' },
    { sent: '{"execute":"qom-list"}', reply: 'cut off' },
  ])
  expect(await recordedReply(calls, 'qom-list', { path: '/a' })).toEqual({ ok: true, value: [1] })
  expect(await recordedReply(calls, 'qom-list', { path: '/b' })).toEqual({ ok: true, value: [2] })
  expect(await recordedReply(calls, 'qom-list')).toEqual({
    ok: false,
    error: 'The recording has no reply to qom-list.',
  })
})

test('the last replies of a recording come with their times, the newest first', async () => {
  const page = (text: string) => ({
    sent: '{"execute":"human-monitor-command","arguments":{"command-line":"info status"}}',
    reply: JSON.stringify({ return: text }),
  })
  const calls = recordOf([page('first'), page('second'), page('third')])
  const found = await recordedReplies(calls, 'human-monitor-command', { 'command-line': 'info status' }, 2)
  expect(found).toEqual([
    { value: 'third', at: 50 },
    { value: 'second', at: 30 },
  ])
})
