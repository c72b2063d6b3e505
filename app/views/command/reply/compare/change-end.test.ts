import { expect, test } from 'vitest'
import type { JsonObject } from '#base/json/value.ts'
import type { Track } from '#record/track.ts'
import { endOfChange, hasEnded } from './change-end.ts'

test.each<[string, JsonObject, string | undefined]>([
  ['stop', {}, 'STOP'],
  ['cont', {}, 'RESUME'],
  ['system_powerdown', {}, 'SHUTDOWN'],
  ['eject', { id: 'cd0' }, 'DEVICE_TRAY_MOVED'],
  ['device_del', { id: 'disk0' }, 'DEVICE_DELETED of disk0'],
  ['device_del', {}, undefined],
  ['blockdev-mirror', { 'job-id': 'm0', device: 'd' }, 'the end of the job m0'],
  ['block-stream', { device: 'd' }, 'the end of the job d'],
  ['blockdev-create', { 'job-id': 'c0' }, 'the end of the job c0'],
  ['job-pause', { id: 'j' }, 'the state paused or standby of the job j'],
  ['job-dismiss', { id: 'j' }, 'the end of the job j'],
  ['block-job-cancel', { device: 'j' }, 'the state concluded of the job j'],
  ['block-job-set-speed', { device: 'j', speed: 1 }, undefined],
  ['migrate', { uri: 'x' }, 'the end of the migration'],
  ['migrate-set-parameters', {}, undefined],
  ['blockdev-add', { driver: 'null-co' }, undefined],
  ['constructor', {}, undefined],
])('%s %j waits for %s', (name, args, what) => {
  expect(endOfChange(name, args)?.what).toBe(what)
})

test('what is so already is not waited for', () => {
  expect(endOfChange('stop', undefined, { running: false })).toBeUndefined()
  expect(endOfChange('stop', undefined, { running: true })).toBeDefined()
  expect(endOfChange('cont', undefined, { running: true })).toBeUndefined()
  expect(endOfChange('cont', undefined, [])).toBeDefined()
})

const track = (of: Partial<Track>): Track => ({
  ...{ id: 1, kind: 'job', name: 'm0', type: 'mirror', start: 0, end: undefined, phases: [], progress: [] },
  ...{ limit: undefined, outcome: 'open', error: undefined, cause: undefined, rows: [] },
  ...of,
})

test('a job has ended when it is ready, concluded or gone, after the command and not before', () => {
  const end = endOfChange('blockdev-mirror', { 'job-id': 'm0' })
  if (end?.kind !== 'track') throw new Error('no track')
  expect(hasEnded(end, track({}), 100)).toBe(false)
  expect(hasEnded(end, track({ phases: [{ at: 50, state: 'ready', seq: 1 }] }), 100)).toBe(false)
  expect(hasEnded(end, track({ phases: [{ at: 150, state: 'ready', seq: 1 }] }), 100)).toBe(true)
  expect(hasEnded(end, track({ phases: [{ at: 150, state: 'running', seq: 1 }] }), 100)).toBe(false)
  expect(hasEnded(end, track({ end: 150 }), 100)).toBe(true)
  expect(hasEnded(end, track({ end: 150, name: 'other' }), 100)).toBe(false)
  expect(hasEnded(end, track({ end: 150, kind: 'device' }), 100)).toBe(false)
})

test('a device has gone, or would not go', () => {
  const end = endOfChange('device_del', { id: '/machine/peripheral/disk0' })
  if (end?.kind !== 'track') throw new Error('no track')
  const device = (of: Partial<Track>): Track => track({ kind: 'device', name: 'disk0', ...of })
  expect(hasEnded(end, device({ phases: [{ at: 1, state: 'unplug-asked', seq: 1 }] }), 0)).toBe(false)
  expect(hasEnded(end, device({ phases: [{ at: 1, state: 'unplug-failed', seq: 1 }] }), 0)).toBe(true)
  expect(hasEnded(end, device({ end: 2 }), 0)).toBe(true)
})
