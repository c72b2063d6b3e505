import { expect, test } from 'vitest'
import { readKeys, typedKeys } from './ssh-keys.ts'

test('what the guest says', () => {
  expect(readKeys({ keys: ['ssh-ed25519 AAAA me', 7, '<b>'] })).toEqual({
    keys: ['ssh-ed25519 AAAA me', '<b>'],
    hidden: 0,
  })
  expect(readKeys({ keys: Array.from({ length: 101 }, () => 'a') })?.hidden).toBe(1)
  for (const odd of [null, [], { keys: 'x' }, {}]) expect(readKeys(odd)).toBeUndefined()
})

test('what is typed', () => {
  expect(typedKeys(' ssh-rsa A \n\nssh-rsa B')).toEqual({ keys: ['ssh-rsa A', 'ssh-rsa B'], why: undefined })
  expect(typedKeys('  \n').why).toBe('No key is typed')
  expect(typedKeys('-----BEGIN OPENSSH PRIVATE KEY-----\nabc').keys).toEqual([])
})
