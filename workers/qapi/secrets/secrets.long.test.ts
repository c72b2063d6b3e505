/** Long texts are searched for secrets in linear time: quadratic work does not end within a test's limit. */
import { test } from 'vitest'
import { printJson } from '#base/json/print.ts'
import { createSecretCleaner } from './secret-cleaner.ts'
import { redact, redactText } from './secrets.ts'

test.each([
  ...['://', '://a', '://a:b/ ', '://a@b:', 'rbd:', 'rbd:key', 'json:{', 'json:{"', 'json:{} ', 'iscsi://%'],
  ...[
    'password',
    'password=',
    'password="',
    'data=',
    'secret,data',
    'token: ',
    '?token=',
    '@',
    '%41',
    '\\u0041',
  ],
  ...[',,', '\\', '"', 'cookie\t', 'zQ9', 'zQ9x '],
])('a text of %j', (part) => {
  const known = ['zQ9xW7kz', ...Array.from({ length: 2000 }, (_, index) => `zQ9${index}`)]
  const text = part.repeat(Math.ceil(400_000 / part.length))
  redactText(text, known)
  redact('human-monitor-command', { 'command-line': text })
  createSecretCleaner().text(printJson({ return: text }))
})

test('long texts take a time that grows with their length', () => {
  for (const part of ['y', '://', ':', 'a:', '://a:b', 'object_add ', 'data=', '${']) {
    const text = part.repeat(200_000)
    redact('x', { text, [text]: 'x' })
    redact('human-monitor-command', { 'command-line': text })
  }
})
