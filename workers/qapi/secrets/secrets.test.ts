import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { printJson } from '#base/json/print.ts'
import type { JsonObject } from '#base/json/value.ts'
import { anyJson } from '#base/testing/any-json.ts'
import {
  holdsMark,
  mayCarrySecret,
  redact,
  redactText,
  secretMark,
  secretParameters,
  textMayCarrySecret,
  withoutMarks,
} from './secrets.ts'

describe('what is left out', () => {
  test.each<[string, JsonObject, string[]]>([
    ['set_password', { protocol: 'vnc', password: 'hunter2' }, ['password']],
    ['change-vnc-password', { password: 'hunter2' }, ['password']],
    ['block_passwd', { device: 'd', password: 'hunter2' }, ['password']],
    ['change', { device: 'vnc', target: 'password', arg: 'hunter2' }, ['arg']],
    ['guest-set-user-password', { username: 'root', password: 'aHVudGVyMg==hunter2' }, ['password']],
    ['object-add', { 'qom-type': 'secret', id: 's', data: 'hunter2' }, ['data']],
    [
      'object-add',
      { 'qom-type': 'secret', id: 's', props: { data: 'hunter2', format: 'raw' } },
      ['props.data'],
    ],
    ['blockdev-add', { driver: 'https', cookie: 'id=hunter2' }, ['cookie']],
    [
      'blockdev-add',
      { driver: 'x', file: { nested: [{ passphrase: 'hunter2' }] } },
      ['file.nested.0.passphrase'],
    ],
    ['blockdev-add', { driver: 'https', url: 'https://me:hunter2@host/a' }, ['url']],
    [
      'transaction',
      { actions: [{ type: 'x', data: { 'private-key': 'hunter2' } }] },
      ['actions.0.data.private-key'],
    ],
    ['sev-inject-launch-secret', { 'packet-header': 'h', secret: 'hunter2' }, ['secret']],
    ['qom-set', { path: '/objects/s', property: 'password', value: 'hunter2' }, ['value']],
    ['human-monitor-command', { 'command-line': 'set_password vnc hunter2' }, ['command-line']],
    ['human-monitor-command', { 'command-line': 'change vnc password hunter2' }, ['command-line']],
    ['human-monitor-command', { 'command-line': 'object_add secret,id=s,data=hunter2' }, ['command-line']],
    [
      'human-monitor-command',
      { 'command-line': 'drive_add 0 driver=ssh,password=hunter2' },
      ['command-line'],
    ],
  ])('%s %j', (name, args, paths) => {
    const redacted = redact(name, args)
    expect(redacted.paths).toEqual(paths)
    const text = printJson(redacted.arguments ?? {})
    expect(text).not.toContain('hunter2')
    expect(text).toContain(secretMark)
    expect(holdsMark(redacted.arguments)).toBe(true)
    expect(redactText('QEMU says: hunter2', redacted.secrets)).not.toContain(
      redacted.secrets.includes('hunter2') ? 'hunter2' : '\0',
    )
    expect(mayCarrySecret(name, args)).toBe(true)
    // Once more changes nothing.
    expect(redact(name, redacted.arguments).paths).toEqual([])
    const rest = withoutMarks(redacted.arguments ?? {})
    expect(holdsMark(rest)).toBe(false)
  })
})

describe('what stays', () => {
  test.each<[string, JsonObject | undefined]>([
    ['stop', undefined],
    ['blockdev-add', { driver: 'luks', 'key-secret': 'sec0', file: { 'password-secret': 'sec1' } }],
    ['object-add', { 'qom-type': 'tls-creds-x509', id: 't', passwordid: 'sec0', dir: '/etc' }],
    ['object-add', { 'qom-type': 'secret', id: 's', file: '/run/secret', keyid: 'k' }],
    ['expire_password', { protocol: 'vnc', time: 'never' }],
    ['guest-ssh-add-authorized-keys', { username: 'root', keys: ['ssh-ed25519 AAAA me@here'] }],
    ['blockdev-add', { driver: 'https', url: 'https://host:80/a@b' }],
    ['x', { password: true, token: null }],
    ['set_password', { protocol: 'vnc', password: '${password}' }],
    ['human-monitor-command', { 'command-line': 'info block' }],
    ['human-monitor-command', { 'command-line': 'object_add rng-random,id=r' }],
    ['human-monitor-command', { 'command-line': 'set_password vnc ${password}' }],
    ['constructor', { data: 'x' }],
  ])('%s %j', (name, args) => {
    expect(redact(name, args)).toEqual({ arguments: args, paths: [], secrets: [] })
  })
})

test('arguments of any shape are kept but for the secrets, and `__proto__` is a member', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), anyJson()), (args) => {
      const once = redact('x', args)
      expect(redact('x', once.arguments).paths).toEqual([])
      if (once.paths.length === 0) expect(once.arguments).toBe(args)
    }),
  )
  const hostile = JSON.parse('{"__proto__": {"password": "hunter2"}}') as JsonObject
  expect(printJson(redact('x', hostile).arguments ?? {})).toBe(`{"__proto__":{"password":"${secretMark}"}}`)
})

test('a number as a secret, and parameters in the place of one', () => {
  expect(redact('set_password', { password: 123456 }).secrets).toEqual(['123456'])
  expect([...secretParameters('set_password', { protocol: '${p}', password: '${secret}' })]).toEqual([
    'secret',
  ])
  expect([
    ...secretParameters('human-monitor-command', { 'command-line': 'set_password vnc ${word}' }),
  ]).toEqual(['word'])
  expect([...secretParameters('object-add', { 'qom-type': 'secret', id: '${id}', data: '${d}' })]).toEqual([
    'd',
  ])
})

test('what was left out of a line leaves its beginning', () => {
  const { arguments: args } = redact('human-monitor-command', { 'command-line': 'set_password vnc hunter2' })
  expect(withoutMarks(args ?? {})).toEqual({ 'command-line': 'set_password vnc ' })
  expect(withoutMarks({ a: secretMark, b: [secretMark, 1] })).toEqual({ b: [1] })
})

test.each<[boolean, string, string]>([
  [false, 'blockdev-add', '{"driver": "raw", "file": '],
  [true, 'set_password', '{"protocol": "vnc", '],
  [true, 'object-add', '{"qom-type": "secret", "data": "hunter2'],
  [true, 'blockdev-add', '{"driver": "https", "url": "https://me:hunter2@host/", '],
  // Where nothing can be read yet, its words count.
  [true, 'blockdev-add', '}} password: hunter2'],
  [true, 'human-monitor-command', '{"command-line": "set_password vnc hunter2'],
])('unfinished arguments may carry a secret: %s, %s %s', (may, name, text) => {
  expect(textMayCarrySecret(text, name)).toBe(may)
})
