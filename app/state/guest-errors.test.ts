import { expect, test } from 'vitest'
import type { JsonObject } from '../../workers/base/json.ts'
import type { LogRow } from '../../workers/api.ts'
import { guestErrorsShown, guestErrorWords, isGuestError } from './guest-errors.ts'

function event(name: string, data?: JsonObject): LogRow {
  return {
    kind: 'event',
    name,
    data,
    timestamp: undefined,
    cause: undefined,
    seq: 0,
    at: 0,
    bytes: 0,
  }
}

test.each([
  ['BLOCK_IO_ERROR', {}, true],
  ['GUEST_PANICKED', {}, true],
  ['WATCHDOG', {}, true],
  ['BLOCK_JOB_ERROR', {}, true],
  ['MEM_UNPLUG_ERROR', {}, true],
  ['DEVICE_UNPLUG_GUEST_ERROR', {}, true],
  ['BLOCK_JOB_COMPLETED', { error: 'Input/output error' }, true],
  ['BLOCK_JOB_COMPLETED', {}, false],
  ['MIGRATION', { status: 'failed' }, true],
  ['MIGRATION', { status: 'completed' }, false],
  ['STOP', {}, false],
])('%s %j is an error of the guest: %s', (name, data, is) => {
  expect(isGuestError(event(name, data))).toBe(is)
})

test('a machine in a state of trouble has an error, though its event came before the page', () => {
  expect(guestErrorsShown(0, { status: 'io-error' })).toBe(1)
  expect(guestErrorsShown(3, { status: 'guest-panicked' })).toBe(3)
  expect(guestErrorsShown(0, { status: 'paused' })).toBe(0)
  expect(guestErrorsShown(0, undefined)).toBe(0)
  expect(guestErrorWords(1, '1')).toBe('1 error of the guest')
  expect(guestErrorWords(2, '2')).toBe('2 errors of the guest')
})
