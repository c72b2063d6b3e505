import { expect, test } from 'vitest'
import type { JsonObject } from '#base/json/value.ts'
import { placeRefusal } from './refusal-place.ts'
import { commandOf } from '../model/schema.ts'
import { loadSchema } from '../testing/load.ts'
import { validate } from './validate.ts'
import { readRefusal } from './verdict.ts'

const schema72 = loadSchema('qemu-7.2-x86_64')
const schema52 = loadSchema('qemu-5.2-x86_64')

/** Where a refusal of arguments is put; the place is compared whole. */
function placed(version: '5.2' | '7.2', command: string, args: JsonObject, desc: string): string | undefined {
  const schema = version === '5.2' ? schema52 : schema72
  const type = commandOf(schema, command)?.argType ?? ''
  const refusal = readRefusal(desc)
  if (refusal === undefined) throw new Error(`${desc} is no refusal`)
  return placeRefusal(schema, type, args, validate(schema, type, args), refusal).path
}

test('a nested enum, which QEMU names by its last part, is at its own place', () => {
  const args = { id: 'n', type: 'dgram', local: { type: 'x' } }
  expect(placed('7.2', 'netdev_add', args, "Parameter 'type' does not accept value 'x'")).toBe('local.type')
  const image = { driver: 'qcow2', file: { driver: 'x' } }
  expect(placed('7.2', 'blockdev-add', image, "Parameter 'driver' does not accept value 'x'")).toBe(
    'file.driver',
  )
})

test('5.2 names the wrong value itself', () => {
  const image = { driver: 'qcow2', file: { driver: 'x' } }
  expect(placed('5.2', 'blockdev-add', image, "Invalid parameter 'x'")).toBe('file.driver')
  // The value is also the name of a member.
  const other = { driver: 'qcow2', file: { driver: 'file', filename: 'a' }, discard: 'file' }
  expect(placed('5.2', 'blockdev-add', other, "Invalid parameter 'file'")).toBe('discard')
})

test('items without a name, and branches of alternates', () => {
  const actions = { actions: [{ type: 'abort', data: {} }, 5] }
  expect(placed('7.2', 'transaction', actions, "Invalid parameter type for 'null', expected: object")).toBe(
    'actions.1',
  )
  const hosts = { driver: 'qcow2', file: 5 }
  expect(
    placed('7.2', 'blockdev-add', hosts, "Invalid parameter type for 'file', expected: BlockdevRef"),
  ).toBe('file')
})

test('missing and unexpected members are named whole', () => {
  const args = { driver: 'qcow2', file: { driver: 'file' }, 'cache-sizes': 5 }
  expect(placed('7.2', 'blockdev-add', args, "Parameter 'cache-sizes' is unexpected")).toBe('cache-sizes')
  expect(placed('7.2', 'blockdev-add', args, "Parameter 'file.filename' is missing")).toBe('file.filename')
})

test('a too wide integer', () => {
  const args = {
    id: 'c',
    backend: { type: 'socket', data: { addr: { type: 'inet', data: { host: 'h', port: '1', to: 70_000 } } } },
  }
  expect(placed('7.2', 'chardev-add', args, "Parameter 'to' expects uint16_t")).toBe(
    'backend.data.addr.data.to',
  )
})

test('a command that refuses its arguments after they were read', () => {
  const args = { paging: false, protocol: 'file:/tmp/x', length: 1 }
  expect(placed('7.2', 'dump-guest-memory', args, "Parameter 'begin' is missing")).toBe('begin')
  // Nothing of that name is there: no field is blamed.
  expect(placed('7.2', 'dump-guest-memory', args, "Invalid parameter 'elsewhere'")).toBeUndefined()
})
