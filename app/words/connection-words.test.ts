import { expect, test } from 'vitest'
import type { ConnectionState, EndReason, LossReason } from '#qmp/connection.ts'
import { drawingOf } from '#ui/icons.ts'
import { changeSentence, connectionBanner, lossSentence, otherKind } from './connection-banner.ts'
import { connectionWord, machineWord, runStateWord, versionText } from './connection-words.ts'

const url = 'ws://127.0.0.1:6080/?token=lab1.qmp'
const version = { major: 7, minor: 2, micro: 22, package: 'Debian 1:7.2' }
const greeting = { version, capabilities: ['oob'] }

const states: readonly ConnectionState[] = [
  { kind: 'idle' },
  { kind: 'connecting', attempt: 1 },
  { kind: 'greeting' },
  { kind: 'occupied', afterMs: 3000 },
  { kind: 'negotiating', greeting },
  { kind: 'synchronising', tries: 1 },
  { kind: 'silent', tries: 2 },
  { kind: 'ready', greeting, oob: true },
  { kind: 'lost', reason: { kind: 'shut-down' }, retryInMs: 500, attempt: 1 },
  { kind: 'ended', reason: { kind: 'disconnected' } },
]

test('every state has a word of its own, and trouble is never told by colour alone', () => {
  const words = states.map(connectionWord)
  expect(new Set(words.map((each) => each.word)).size).toBe(states.length)
  // The same shape always has the same tone: whoever sees no colours loses nothing.
  const tones = new Map<string, string>()
  for (const { icon, tone } of words) {
    expect(tones.get(icon) ?? tone).toBe(tone)
    tones.set(icon, tone)
    expect(drawingOf(icon)).toMatch(/^M/)
  }
})

test('which states have something to say, and how loud', () => {
  const tones = states.map((state) => [state.kind, connectionBanner(state, 'lab1', url)?.tone])
  expect(Object.fromEntries(tones)).toEqual({
    idle: undefined,
    connecting: undefined,
    greeting: undefined,
    occupied: 'warning',
    negotiating: undefined,
    synchronising: undefined,
    silent: 'warning',
    ready: undefined,
    lost: 'bad',
    ended: 'info',
  })
})

const losses: readonly (readonly [LossReason, RegExp])[] = [
  [
    { kind: 'not-opened', url, detail: 'bridge-down' },
    /bridge that serves this page does not answer.*npm start/,
  ],
  [{ kind: 'not-opened', url, detail: 'wrong-key' }, /needs another key than the one of this page/],
  [{ kind: 'not-opened', url, detail: 'unknown-token' }, /no machine “lab1.qmp” now/],
  [{ kind: 'not-opened', url, detail: 'refused' }, /refused the connection.*another address/],
  [{ kind: 'not-opened', url, detail: 'no-answer' }, /cannot be opened.*Nothing listens.*does not say which/],
  [{ kind: 'target-refused', url }, /nobody listens on the socket of lab1/],
  [
    { kind: 'closed', code: 1000, reason: 'Target closed', beforeGreeting: false },
    /1000, Target closed.*unknown/,
  ],
  [
    { kind: 'closed', code: 1006, reason: '', beforeGreeting: true },
    /before a greeting.*1006.*QMP monitor\?/,
  ],
  [{ kind: 'shut-down' }, /^Lost: lab1 has shut down\.$/],
]

test.each(losses)('lost: %o', (reason, words) => {
  const banner = connectionBanner({ kind: 'lost', reason, retryInMs: 700, attempt: 2 }, 'lab1', url)
  expect(banner?.text).toMatch(words)
  expect(banner?.text).toMatch(/^Lost: /)
  expect(banner?.retryInMs).toBe(700)
})

test('no two reasons of a loss say the same', () => {
  expect(new Set(losses.map(([reason]) => lossSentence(reason, 'lab1'))).size).toBe(losses.length)
})

test.each<[EndReason, RegExp]>([
  [{ kind: 'disconnected' }, /^Not connected to lab1/],
  [
    { kind: 'not-qmp', excerpt: 'RFB 003.008', hint: 'This is a VNC server.' },
    /It said: RFB 003.008 — This is a VNC/,
  ],
  [{ kind: 'negotiation-refused', desc: 'no' }, /refused the negotiation: no/],
  [
    { kind: 'bad-address', url: 'ftp://x', why: 'Not a WebSocket.' },
    /^ftp:\/\/x cannot be used.*Not a WebSocket/,
  ],
])('ended: %o', (reason, words) => {
  const banner = connectionBanner({ kind: 'ended', reason }, 'lab1', url)
  expect(banner?.text).toMatch(words)
  expect(banner?.retryInMs).toBeUndefined()
})

test('an occupied monitor: who, why, and what will happen', () => {
  const text = connectionBanner({ kind: 'occupied', afterMs: 3000 }, 'lab1', url)?.text
  expect(text).toMatch(/another client holds this monitor/)
  expect(text).toMatch(/within 3 s; QEMU serves one client at a time/)
  expect(text).toMatch(/connects when the monitor becomes/)
  expect(text).toMatch(/no QMP monitor/)
})

test('the run state speaks QEMU’s words, and wins over the connection only while that is ready', () => {
  expect(runStateWord({ status: 'running', running: true })).toMatchObject({ word: 'running', tone: 'ok' })
  expect(runStateWord({ status: 'paused', running: false })).toMatchObject({ word: 'paused', icon: 'pause' })
  expect(runStateWord({ status: 'io-error', running: false })).toMatchObject({ tone: 'bad', icon: 'warning' })
  const running = { status: 'running', running: true }
  expect(machineWord({ kind: 'ready', greeting, oob: true }, running).word).toBe('running')
  expect(machineWord({ kind: 'ready', greeting, oob: true }, undefined).word).toBe('ready')
  expect(machineWord({ kind: 'idle' }, running).word).toBe('not connected')
})

test('versions and changes of them', () => {
  expect(versionText(version)).toBe('7.2.22 (Debian 1:7.2)')
  expect(versionText({ ...version, package: ' (v7.2) ' })).toBe('7.2.22 (v7.2)')
  expect(versionText({ ...version, package: '' })).toBe('7.2.22')
  const before = { version, name: 'a', uuid: '1' }
  const after = { version: { ...version, micro: 23 }, name: undefined, uuid: '2' }
  expect(changeSentence({ before, after, differs: ['version', 'uuid', 'name'] })).toBe(
    'Another QEMU answers than before the connection was lost: version 7.2.22 (Debian 1:7.2) → 7.2.23 (Debian 1:7.2), uuid 1 → 2, name a → none.',
  )
})

test('a socket of the other kind is offered as what it is', () => {
  const noAgent = { kind: 'ended', reason: { kind: 'no-agent' } } as const
  expect(connectionBanner(noAgent, 'lab1', 'ws://x')?.text).toContain('lab1 is a QMP monitor')
  expect(otherKind(noAgent, 'agent')).toBe('qmp')
  expect(otherKind({ kind: 'occupied', afterMs: 3000 }, 'qmp')).toBe('agent')
  expect(otherKind({ kind: 'silent', tries: 2 }, 'agent')).toBeUndefined()
  expect(otherKind({ kind: 'idle' }, 'qmp')).toBeUndefined()
})

test('a loss says what the page itself was asking', () => {
  const lost = {
    kind: 'lost',
    reason: { kind: 'closed', code: 1006, reason: '', beforeGreeting: false },
    retryInMs: 5,
    attempt: 1,
  } as const
  expect(connectionBanner(lost, 'lab1', 'ws://x')?.text).not.toContain('asking')
  const asking = ['device-list-properties {"typename":"virtio-vga-gl"}', 'query-status']
  expect(connectionBanner({ ...lost, asking }, 'lab1', 'ws://x')?.text).toContain(
    'The connection was lost while QMP Studio was asking device-list-properties {"typename":"virtio-vga-gl"} and 1 more on its own.',
  )
})
