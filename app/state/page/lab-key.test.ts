import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isKey, keyOfToken, publicToken } from '#base/bridge-token.ts'
import { readKeyedFragment, readPastedKey, shownAddress, withKey } from './lab-key.ts'

const key = '00112233445566778899aabbccddeeff'

describe('a key in the fragment', () => {
  test.each([
    ['', undefined],
    ['#/machine/key=x/overview', undefined],
    ['#/?key=x', undefined],
    [`#key=${key}`, { key, route: undefined }],
    [`key=${key}`, { key, route: undefined }],
    [`#key=${key}/machine/lab1/schema?q=a&b=c`, { key, route: '#/machine/lab1/schema?q=a&b=c' }],
    [`#key=${key}&/machine/lab1/schema`, { key, route: '#/machine/lab1/schema' }],
    // What cannot be a key is taken out of the address all the same: it may be most of one.
    ['#key=', { key: undefined, route: undefined }],
    ['#key=short/machine/a', { key: undefined, route: '#/machine/a' }],
    [`#key=${key}%00`, { key: undefined, route: undefined }],
  ])('%s', (fragment, expected) => {
    expect(readKeyedFragment(fragment)).toEqual(expected)
  })
})

describe('what a person pastes', () => {
  test.each([
    key,
    `  ${key}\n`,
    `#key=${key}`,
    `http://127.0.0.1:6080/#key=${key}`,
    `http://127.0.0.1:6080/#key=${key}/machine/lab1/overview`,
  ])('%s holds the key', (text) => {
    expect(readPastedKey(text)).toEqual({ ok: true, value: key })
  })

  test.each([
    '',
    ' ',
    'short',
    'http://127.0.0.1:6080/',
    'http://127.0.0.1:6080/#/machine/a',
    `#key=${key} x`,
  ])('“%s” does not, and the answer does not repeat it', (text) => {
    const read = readPastedKey(text)
    expect(read.ok).toBe(false)
    if (text.trim().length > 4) expect(read.ok ? '' : read.error).not.toContain(text.trim())
  })
})

test('the key goes before the name of the channel, and into no other part of the address', () => {
  expect(withKey('ws://127.0.0.1:6080/?token=lab1.qmp', key)).toBe(
    `ws://127.0.0.1:6080/?token=${key}.lab1.qmp`,
  )
  expect(withKey('ws://127.0.0.1:6080/?token=lab1.qmp', undefined)).toBe(
    'ws://127.0.0.1:6080/?token=lab1.qmp',
  )
})

describe('an address as it is shown, recorded and saved', () => {
  test.each([
    ['ws://127.0.0.1:6080/?token=lab1.qmp', 'ws://127.0.0.1:6080/?token=lab1.qmp'],
    [`ws://127.0.0.1:6080/?token=${key}.a.b.qga`, 'ws://127.0.0.1:6080/?token=a.b.qga'],
    ['wss://host/x?token=some-secret', 'wss://host/x?token=hidden'],
    ['wss://host/?token=a&access=secret&token=secret', 'wss://host/?token=hidden&access=hidden&token=hidden'],
    ['wss://host/?secret', 'wss://host/?hidden'],
    ['wss://user:secret@host/', 'wss://host/'],
    ['ws://host/?token=', 'ws://host/?token='],
    ['ws://host:1/', 'ws://host:1/'],
    ['no address: secret', 'hidden'],
  ])('%s', (address, shown) => {
    expect(shownAddress(address)).toBe(shown)
    expect(shown).not.toMatch(new RegExp(`secret|${key}`))
  })

  test('holds no key, whatever the name; a second time it stays the same', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,30}$/), (name) => {
        const shown = shownAddress(withKey(`ws://127.0.0.1:6080/?token=${name}.qmp`, key))
        expect(shown).not.toContain(key)
        expect(shownAddress(shown)).toBe(shown)
      }),
    )
  })
})

test.each([
  [`${key}.lab1.qmp`, key, 'lab1.qmp'],
  ['lab1.qmp', undefined, 'lab1.qmp'],
  ['my.long.name.serial', undefined, 'my.long.name.serial'],
  [key, undefined, 'hidden'],
  [`${key}.qmp`, undefined, 'hidden'],
  [`${key}...qmp`, undefined, 'hidden'],
  ['../other/x.qmp', undefined, 'hidden'],
])('the token %s', (token, found, shown) => {
  expect(keyOfToken(token)).toBe(found)
  expect(publicToken(token)).toBe(shown)
})

test.each([
  [key, true],
  ['a'.repeat(16), true],
  ['a'.repeat(15), false],
  ['a'.repeat(129), false],
  [`${key}.`, false],
  [`${key} `, false],
])('%s as a key: %s', (text, expected) => {
  expect(isKey(text)).toBe(expected)
})
