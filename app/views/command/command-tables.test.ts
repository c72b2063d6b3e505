import { expect, test } from 'vitest'
import { inverseOf } from './inverse.ts'
import { mayCarrySecret } from '#qapi/secrets/secrets.ts'

test('the inverse has the actual arguments', () => {
  expect(inverseOf('stop', undefined)).toEqual({ name: 'cont', arguments: undefined })
  expect(inverseOf('blockdev-add', { driver: 'null-co', 'node-name': 'n0' })).toEqual({
    name: 'blockdev-del',
    arguments: { 'node-name': 'n0' },
  })
  expect(inverseOf('block-dirty-bitmap-add', { node: 'a', name: 'b', persistent: true })).toEqual({
    name: 'block-dirty-bitmap-remove',
    arguments: { node: 'a', name: 'b' },
  })
})

test('there is none without the name of what was made, and none for what cannot be taken back', () => {
  expect(inverseOf('blockdev-add', { driver: 'null-co' })).toBeUndefined()
  expect(inverseOf('quit', undefined)).toBeUndefined()
  expect(inverseOf('constructor', {})).toBeUndefined()
})

test.each([
  ['set_password', {}],
  ['object-add', { 'qom-type': 'secret', id: 's', data: 'x' }],
  ['object-add', { 'qom-type': 'secret_keyring', id: 's' }],
  ['blockdev-add', { driver: 'ssh', password: 'x' }],
  ['blockdev-add', { driver: 'luks', file: { 'key-secret': 'x' } }],
  ['transaction', { actions: [{ data: { password: 'x' } }] }],
])('%s %j may carry a secret', (name, args) => {
  expect(mayCarrySecret(name, args)).toBe(true)
})

test.each([
  ['stop', undefined],
  ['blockdev-add', { driver: 'null-co', 'node-name': 'n0' }],
  ['query-keys', {}],
])('%s %j does not', (name, args) => {
  expect(mayCarrySecret(name, args)).toBe(false)
})
