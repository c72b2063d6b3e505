import { expect, test } from 'vitest'
import { lockOnCommand, lockOnLine } from './lock.ts'
import type { JsonObject } from '#base/json/value.ts'
import type { Words } from '#words/sentence.ts'
import { printSettings, readSettings } from '../page/settings-text.ts'

const plainWords = (parts: Words): string =>
  parts.map((part) => (typeof part === 'string' ? part : part.given)).join('')

test.each([
  ['free', 'quit', 'pass'],
  ['read-only', 'quit', 'refuse'],
  ['read-only', 'stop', 'refuse'],
  ['read-only', 'no-such', 'refuse'],
  ['read-only', 'query-status', 'pass'],
  ['watch', 'stop', 'refuse'],
  ['watch', 'no-such', 'refuse'],
  ['watch', 'query-status', 'pass'],
  // The gate refuses it, whatever the line is.
  ['watch', 'human-monitor-command', 'refuse'],
  ['ask', 'quit', 'ask'],
  ['ask', 'no-such', 'ask'],
  ['ask', 'stop', 'pass'],
  // Anything but exactly "free" asks.
  ['Free', 'quit', 'ask'],
  ['', 'quit', 'ask'],
  ['free ', 'quit', 'ask'],
])('the lock %j on %s: %s', (lock, name, kind) => {
  expect(lockOnCommand(lock, 'lab1', name, undefined).kind).toBe(kind)
})

test('the question says what will happen to which machine', () => {
  const answer = lockOnCommand('ask', 'lab1', 'screendump', { filename: '/tmp/a' })
  expect(answer).toEqual({
    kind: 'ask',
    question: {
      title: ['', { given: 'screendump' }, ' on ', { given: 'lab1' }, '?'],
      text: [
        'On ',
        { given: 'lab1' },
        ': ',
        'What the guest shows is written to a file of the host, which is overwritten.',
        ' ',
        'Sent: ',
        { given: 'screendump {"filename":"/tmp/a"}' },
        '',
      ],
      action: ['Run ', { given: 'screendump' }, ''],
    },
  })
})

test('the question names what the command is about', () => {
  const title = (name: string, args: JsonObject | undefined): string => {
    const asked = lockOnCommand('ask', 'lab1', name, args)
    return asked.kind === 'ask' ? plainWords(asked.question.title) : asked.kind
  }
  expect(title('device_del', { id: 'disk0' })).toBe('device_del of disk0 on lab1?')
  expect(title('snapshot-load', { 'job-id': 'j', tag: 't', vmstate: 'n', devices: [] })).toContain(
    'of j on lab1?',
  )
  expect(title('quit', undefined)).toBe('quit on lab1?')
  expect(title('no-such', { id: 'x'.repeat(5000) }).length).toBeLessThan(100)
})

test('the question shows what is sent, without its secrets, and cut where it is long', () => {
  const secret = lockOnCommand('ask', 'lab1', 'set_password', { protocol: 'vnc', password: 'hunter2' })
  const shown = secret.kind === 'ask' ? plainWords(secret.question.text) : ''
  expect(shown).toContain('set_password {"protocol":"vnc"')
  expect(shown).not.toContain('hunter2')
  const long = lockOnCommand('ask', 'lab1', 'screendump', { filename: 'x'.repeat(5000) })
  expect(long.kind === 'ask' && plainWords(long.question.text).length < 500).toBe(true)
})

test('a line of more than one command asks, and is refused at read only', () => {
  const line = '{"execute":"query-status"}{"execute":"quit"}'
  const asked = lockOnLine('ask', 'lab1', line)
  expect(asked.kind === 'ask' && plainWords(asked.question.title)).toBe(`${line} on lab1?`)
  expect(lockOnLine('read-only', 'lab1', line).kind).toBe('refuse')
  expect(lockOnLine('read-only', 'lab1', '{"execute":"query-status"}').kind).toBe('pass')
  const long = lockOnLine('ask', 'lab1', 'x'.repeat(100_000))
  expect(long.kind === 'ask' && plainWords(long.question.title).length).toBeLessThan(300)
})

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
  'a machine named %s has its own lock, and none before',
  (name) => {
    const none = readSettings('{}')
    expect(none.locks.get(name)).toBeUndefined()
    const text = printSettings({
      ...none,
      locks: new Map([[name, 'read-only' as const]]),
      sizes: new Map([[name, 5]]),
      lists: new Map([[name, ['a']]]),
    })
    const read = readSettings(text)
    expect(read.locks.get(name)).toBe('read-only')
    expect(read.sizes.get(name)).toBe(5)
    expect(read.lists.get(name)).toEqual(['a'])
    expect(read.locks.size).toBe(1)
  },
)

test('a lock of another word is none', () => {
  const read = readSettings('{"locks": {"a": "Free", "b": true, "c": "free", "d": ["free"]}}')
  expect([...read.locks]).toEqual([['c', 'free']])
})
