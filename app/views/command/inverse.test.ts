import { expect, test } from 'vitest'
import type { Json, JsonObject } from '#base/json/value.ts'
import { inverseOf } from './inverse.ts'

test.each<readonly [string, JsonObject | undefined, Json | undefined, string, JsonObject | undefined]>([
  ['nbd-server-start', { addr: {} }, {}, 'nbd-server-stop', undefined],
  ['nbd-server-add', { device: 'd0' }, {}, 'nbd-server-remove', { name: 'd0' }],
  ['nbd-server-add', { device: 'd0', name: 'e' }, {}, 'nbd-server-remove', { name: 'e' }],
  ['blockdev-backup', { 'job-id': 'j', device: 'd0' }, {}, 'job-cancel', { id: 'j' }],
  ['drive-mirror', { device: 'd0' }, {}, 'job-cancel', { id: 'd0' }],
  ['migrate', { uri: 'tcp:h:1' }, {}, 'migrate_cancel', undefined],
  ['blockdev-open-tray', { id: 'cd0', force: true }, {}, 'blockdev-close-tray', { id: 'cd0' }],
  ['blockdev-close-tray', { device: 'ide1-cd0' }, {}, 'blockdev-open-tray', { device: 'ide1-cd0' }],
  ['add-fd', undefined, { 'fdset-id': 1, fd: 7 }, 'remove-fd', { 'fdset-id': 1, fd: 7 }],
  ['getfd', { fdname: 'f' }, {}, 'closefd', { fdname: 'f' }],
  [
    'block-dirty-bitmap-enable',
    { node: 'n', name: 'b' },
    {},
    'block-dirty-bitmap-disable',
    { node: 'n', name: 'b' },
  ],
  ['set_link', { name: 'net0', up: false }, {}, 'set_link', { name: 'net0', up: true }],
  [
    'snapshot-save',
    { 'job-id': 's', tag: 't', vmstate: 'n', devices: ['n'] },
    {},
    'snapshot-delete',
    { 'job-id': 's-undo', tag: 't', devices: ['n'] },
  ],
  ['set-vcpu-dirty-limit', { 'dirty-rate': 5 }, {}, 'cancel-vcpu-dirty-limit', undefined],
  ['guest-file-open', { path: '/a' }, 1000, 'guest-file-close', { handle: 1000 }],
])('%s %j, which returned %j, is taken back by %s', (name, args, reply, inverse, expected) => {
  expect(inverseOf(name, args, reply)).toEqual({ name: inverse, arguments: expected })
})

test.each<readonly [string, JsonObject | undefined, Json | undefined]>([
  ['set_link', { name: 'net0', up: 'no' }, {}],
  ['add-fd', undefined, {}],
  ['add-fd', undefined, undefined],
  ['blockdev-open-tray', {}, {}],
  ['snapshot-save', { tag: 't' }, {}],
  ['job-cancel', { id: 'j' }, {}],
  ['__proto__', {}, {}],
])('nothing takes back %s %j, which returned %j', (name, args, reply) => {
  expect(inverseOf(name, args, reply)).toBeUndefined()
})
