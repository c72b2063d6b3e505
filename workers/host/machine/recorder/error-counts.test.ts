import { describe, expect, test } from 'vitest'
import type { JsonObject } from '#base/json/value.ts'
import { laneOfEvent } from '#record/lanes.ts'
import { GuestErrors } from './error-counts.ts'

const kinds: readonly (readonly [name: string, data: JsonObject, is: boolean])[] = [
  ['BLOCK_IO_ERROR', {}, true],
  ['GUEST_PANICKED', {}, true],
  ['WATCHDOG', {}, true],
  ['BLOCK_JOB_ERROR', {}, true],
  ['MEM_UNPLUG_ERROR', {}, true],
  ['DEVICE_UNPLUG_GUEST_ERROR', {}, true],
  ['BLOCK_JOB_COMPLETED', { error: 'Input/output error' }, true],
  ['BLOCK_JOB_COMPLETED', {}, false],
  ['DUMP_COMPLETED', { error: 'no space' }, true],
  ['MIGRATION', { status: 'failed' }, true],
  ['MIGRATION', { status: 'completed' }, false],
  ['STOP', {}, false],
]

describe('errors of the guest', () => {
  test.each(kinds)('%s %j is one: %s; its lane says so', (name, data, is) => {
    expect(laneOfEvent(name, data) === 'trouble').toBe(is)
    const errors = new GuestErrors()
    errors.unrecorded({ name, data })
    expect(errors.total(0)).toBe(is ? 1 : 0)
  })

  test('what a track tells is counted once, by the track', () => {
    const errors = new GuestErrors()
    errors.event('BLOCK_JOB_COMPLETED')
    expect(errors.total(1)).toBe(1)
    // It was found out later that it had been cancelled.
    expect(errors.total(0)).toBe(0)
  })

  test('what was kept is passed over, and a record that is cleared begins at nothing', () => {
    const errors = new GuestErrors()
    errors.passOver(2)
    errors.event('GUEST_PANICKED')
    expect(errors.total(3)).toBe(2)
    errors.clear(3)
    expect(errors.total(3)).toBe(0)
  })

  test('any number of names takes a limited amount of memory', () => {
    const errors = new GuestErrors()
    for (let n = 0; n < 5000; n += 1) errors.event(`E${n}_ERROR`)
    expect(errors.total(0)).toBe(5000)
  })
})
