import { describe, expect, test } from 'vitest'
import type { JsonObject } from '#base/json/value.ts'
import type { ExecId } from '#qmp/report.ts'
import { laneOfEvent } from '#record/lanes.ts'
import { eventNamesABatch } from '#record/flood.ts'
import { Counts } from './counts.ts'

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
    const errors = new Counts()
    errors.unrecorded({ name, data, at: 1 })
    expect(errors.guestErrors(0)).toBe(is ? 1 : 0)
  })

  test('what a track tells is counted once, by the track', () => {
    const errors = new Counts()
    errors.event('BLOCK_JOB_COMPLETED', 1)
    expect(errors.guestErrors(1)).toBe(1)
    // It was found out later that it had been cancelled.
    expect(errors.guestErrors(0)).toBe(0)
  })

  test('what was kept is passed over, and a record that is cleared begins at nothing', () => {
    const errors = new Counts()
    errors.passOver(2)
    errors.event('GUEST_PANICKED', 1)
    expect(errors.guestErrors(3)).toBe(2)
    errors.clear(3)
    expect(errors.guestErrors(3)).toBe(0)
  })

  test('any number of names takes a limited amount of memory', () => {
    const errors = new Counts()
    for (let n = 0; n < 5000; n += 1) errors.event(`E${n}_ERROR`, 1)
    expect(errors.guestErrors(0)).toBe(5000)
  })
})

describe('subscribed events', () => {
  test('are told by name with their number and times, once', () => {
    const counts = new Counts()
    counts.event('STOP', 1)
    counts.subscribe(['STOP', '*DEVICE*'])
    for (const [name, at] of [
      ['STOP', 2],
      ['RESUME', 3],
      ['STOP', 4],
      ['DEVICE_DELETED', 5],
    ] as const)
      counts.event(name, at)
    counts.unrecorded({ name: 'STOP', data: undefined, at: 6 })
    expect(counts.takeNews()).toEqual([
      { name: 'STOP', rows: 3, firstAt: 2, lastAt: 6 },
      { name: 'DEVICE_DELETED', rows: 1, firstAt: 5, lastAt: 5 },
    ])
    expect(counts.takeNews()).toEqual([])
    counts.subscribe([])
    counts.event('STOP', 7)
    expect(counts.takeNews()).toEqual([])
  })

  test('of any number of names are limited in each batch', () => {
    const counts = new Counts()
    counts.subscribe(['*'])
    for (let n = 0; n < 5000; n += 1) counts.event(`E${n}`, n)
    expect(counts.takeNews()).toHaveLength(eventNamesABatch)
  })
})

test('errors are those of people and of the connection', () => {
  const counts = new Counts()
  const base = { seq: 0, at: 0, bytes: 0, exec: 1 as ExecId, name: 'a', latencyMs: 1 }
  const reply = { ...base, kind: 'error', error: { class: 'GenericError', desc: '' }, late: false } as const
  counts.row({ ...reply, origin: 'person' })
  counts.row({ ...reply, origin: 'page' })
  counts.row({ ...base, kind: 'outcome', outcome: 'unknown' })
  counts.row({ ...base, kind: 'problem', problem: { kind: 'unrecognised', why: '' } })
  counts.row({ ...base, kind: 'command', ticket: undefined, oob: false, origin: 'person' })
  expect(counts.errors).toBe(3)
  counts.clear(0)
  expect(counts.errors).toBe(0)
})
