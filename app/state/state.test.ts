import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeNotSent, describeOutcome } from '#words/outcome.ts'
import { readLab } from './machine/lab-list.ts'

describe('lab.json', () => {
  const list = (machines: unknown, others: object = {}): string =>
    JSON.stringify({ version: 1, machines, problems: ['one'], ...others })

  test('a machine with its channels, at the page’s own bridge', () => {
    const read = readLab(
      list([
        { name: 'lab 1&x', channels: ['qmp', 'vnc', 'qga'], since: '2026-01-02T03:04:05.000Z', demo: true },
      ]),
      'http://127.0.0.1:6080/#/x',
    )
    if (!read.ok) throw new Error(read.error)
    expect(read.value.problems).toEqual(['one'])
    expect(read.value.machines.map(({ id }) => id)).toEqual(['lab 1&x'])
    expect(
      read.value.machines[0]?.channels.map(({ name, kind, label, url }) => [name, kind, label, url]),
    ).toEqual([
      ['qmp', 'qmp', 'QMP monitor', 'ws://127.0.0.1:6080/?token=lab+1%26x.qmp'],
      ['vnc', 'vnc', 'Screen', 'ws://127.0.0.1:6080/?token=lab+1%26x.vnc'],
      ['qga', 'qga', 'Guest agent', 'ws://127.0.0.1:6080/?token=lab+1%26x.qga'],
    ])
    expect(read.value.machines[0]).toMatchObject({ demo: true, startedAt: Date.UTC(2026, 0, 2, 3, 4, 5) })
  })

  test('version 2 says kind, label and token of each; what is none of ours is left out', () => {
    const channels = [
      { kind: 'qmp', label: 'QMP monitor', token: 'a.qmp' },
      { kind: 'serial', label: 'Boot loader', token: 'a.serial1' },
      { kind: 'serial', label: 'the same again', token: 'a.serial1' },
      { kind: 'vnc', token: 'elsewhere.vnc' },
      { kind: 'spice', label: 'x', token: 'a.spice' },
      { kind: 'qga' },
      7,
    ]
    const read = readLab(list([{ name: 'a', channels }], { version: 2 }), 'http://127.0.0.1:6080/')
    expect(read.ok && read.value.machines[0]?.channels.map(({ name, label }) => [name, label])).toEqual([
      ['qmp', 'QMP monitor'],
      ['serial1', 'Boot loader'],
      ['elsewhere.vnc', 'elsewhere.vnc'],
    ])
  })

  test('a bridge elsewhere, and https', () => {
    const machines = [{ name: 'a', channels: ['qmp'] }]
    const elsewhere = readLab(list(machines, { bridge: 'wss://bridge.example/b/' }), 'https://page.example/')
    expect(elsewhere.ok && elsewhere.value.machines[0]?.channels[0]?.url).toBe(
      'wss://bridge.example/b/?token=a.qmp',
    )
    const secure = readLab(list(machines), 'https://page.example/sub/index.html')
    expect(secure.ok && secure.value.machines[0]?.channels[0]?.url).toBe(
      'wss://page.example/sub/?token=a.qmp',
    )
  })

  test.each(['', '{', '[]', '{"machines": 5}', 'null', '{"machines": [], "bridge": "http://["}'])(
    '%j is said, not thrown',
    (text) => {
      expect(readLab(text, 'http://127.0.0.1/').ok).toBe(false)
    },
  )

  test('any JSON gives a list or a sentence', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const strange = [value, { name: value, channels: value, since: value }]
        const good = { name: 'a', channels: ['qmp'] }
        // What is no machine is left out, and what is beside it stays.
        const read = readLab(
          JSON.stringify({ version: 1, machines: [...strange, good] }),
          'http://127.0.0.1/',
        )
        expect(read.ok && read.value.machines.map(({ id }) => id)).toContain('a')
        for (const other of [value, { machines: [], bridge: value }]) {
          const list = readLab(JSON.stringify(other), 'http://127.0.0.1/')
          if (!list.ok) expect(list.error).toMatch(/^lab\.json beside this page /)
        }
      }),
    )
  })
})

test('every outcome has a sentence, and each another', () => {
  const exec = 1 as never
  const sentences = [
    describeOutcome({ kind: 'returned', exec, value: {}, latencyMs: 1 }),
    describeOutcome({ kind: 'sent', exec }),
    describeOutcome({ kind: 'timed-out', exec, afterMs: 1000 }),
    describeOutcome({ kind: 'unknown', exec, why: 'connection-lost' }),
    describeOutcome({ kind: 'unknown', exec, why: 'reply-unreadable' }),
    describeOutcome({ kind: 'unknown', exec, why: 'worker-died' }),
    ...(
      [
        'cancelled',
        'deadline',
        'not-connected',
        'connection-lost',
        'oob-not-negotiated',
        'queue-full',
        'no-command',
        'dropped-by-server',
      ] as const
    ).map(describeNotSent),
  ]
  expect(new Set(sentences).size).toBe(sentences.length)
  expect(
    describeOutcome({ kind: 'failed', exec, error: { class: 'GenericError', desc: 'no' }, latencyMs: 1 }),
  ).toBe('no')
  expect(
    describeOutcome({ kind: 'failed', exec, error: { class: 'CommandNotFound', desc: 'no' }, latencyMs: 1 }),
  ).toBe('CommandNotFound: no')
})
