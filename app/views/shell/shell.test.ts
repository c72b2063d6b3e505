import { expect, test } from 'vitest'
import type { ConnectionState } from '../../../workers/api.ts'
import { buildSchema } from '../../../workers/qapi/schema.ts'
import {
  changeSentence,
  connectionBanner,
  connectionWord,
  lossSentence,
  versionText,
} from './connection-words.ts'
import { offersFor } from './palette.ts'

const url = 'ws://127.0.0.1:6080/?token=lab1.qmp'
const states: readonly ConnectionState[] = [
  { kind: 'idle' },
  { kind: 'connecting', attempt: 2 },
  { kind: 'greeting' },
  { kind: 'occupied', afterMs: 3000 },
  {
    kind: 'negotiating',
    greeting: { version: { major: 1, minor: 2, micro: 3, package: '' }, capabilities: [] },
  },
  { kind: 'synchronising', tries: 1 },
  { kind: 'silent', tries: 1 },
  { kind: 'ready', greeting: undefined, oob: true },
  { kind: 'lost', reason: { kind: 'shut-down' }, retryInMs: 250, attempt: 1 },
  { kind: 'ended', reason: { kind: 'disconnected' } },
]

test('every state has a word and a sign that is not colour', () => {
  for (const state of states) {
    const { word, sign } = connectionWord(state)
    expect(word).not.toBe('')
    expect(sign).toHaveLength(1)
  }
  expect(connectionBanner({ kind: 'ready', greeting: undefined, oob: true }, 'lab1', url)).toBeUndefined()
})

test('every reason says what was seen, and no two say the same', () => {
  const sentences = [
    lossSentence({ kind: 'not-opened', url, detail: 'bridge-down' }, 'lab1'),
    lossSentence({ kind: 'not-opened', url, detail: 'unknown-token' }, 'lab1'),
    lossSentence({ kind: 'not-opened', url, detail: 'refused' }, 'lab1'),
    lossSentence({ kind: 'not-opened', url, detail: 'no-answer' }, 'lab1'),
    lossSentence({ kind: 'target-refused', url }, 'lab1'),
    lossSentence({ kind: 'closed', code: 1000, reason: 'Target closed', beforeGreeting: false }, 'lab1'),
    lossSentence({ kind: 'closed', code: 1006, reason: '', beforeGreeting: true }, 'lab1'),
    lossSentence({ kind: 'shut-down' }, 'lab1'),
  ]
  expect(new Set(sentences).size).toBe(sentences.length)
  expect(sentences[1]).toContain('lab1.qmp')
  const bad = connectionBanner(
    { kind: 'ended', reason: { kind: 'not-qmp', excerpt: 'RFB', hint: 'VNC.' } },
    'lab1',
    url,
  )
  expect(bad).toEqual({ tone: 'error', text: `${url} does not speak QMP. It said: RFB — VNC.` })
})

test('versions and changes', () => {
  const version = { major: 7, minor: 2, micro: 22, package: ' (Debian 1:7.2)' }
  expect(versionText(version)).toBe('7.2.22 (Debian 1:7.2)')
  expect(versionText({ ...version, package: '' })).toBe('7.2.22')
  const before = { version, name: 'a', uuid: '1' }
  expect(changeSentence({ before, after: { ...before, uuid: undefined }, differs: ['uuid'] })).toContain(
    'uuid 1 → none',
  )
})

test('the palette knows what people call it', () => {
  const schema = buildSchema([
    { name: '0', 'meta-type': 'object', members: [] },
    ...['stop', 'cont', 'system_reset', 'query-stop'].map((name) => ({
      name,
      'meta-type': 'command',
      'arg-type': '0',
      'ret-type': '0',
    })),
  ])
  if (!schema.ok) throw new Error(schema.error)
  const labels = (text: string): string[] =>
    offersFor(
      text,
      schema.value,
      [{ id: 'lab1', name: 'lab1', state: 'ready' }],
      [{ id: 'help', label: 'Show the keys' }],
    ).map((each) => each.label)
  expect(labels('pause')[0]).toBe('stop')
  expect(labels('reb')[0]).toBe('system_reset')
  expect(labels('stop')).toEqual(['stop', 'query-stop'])
  expect(labels('@lab')).toEqual(['lab1'])
  expect(labels('>keys')).toEqual(['Show the keys'])
  expect(labels('/lab')).toEqual([])
  expect(labels('zzz')).toEqual([])
})
