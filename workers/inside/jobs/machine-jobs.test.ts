import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import type { Json } from '#base/json/value.ts'
import { endedAway, jobActions, readJobs, shareOf, waitsFor } from './machine-jobs.ts'
import type { MachineJob } from './machine-jobs.ts'

const job = (change: Partial<MachineJob>): MachineJob => ({
  id: 'j',
  type: 'mirror',
  status: 'running',
  done: 0,
  total: 0,
  error: undefined,
  block: undefined,
  ...change,
})

test('both families are one list: what only block jobs tell stands beside', () => {
  const jobs = readJobs(
    [
      { id: 'm', type: 'mirror', status: 'ready', 'current-progress': 5, 'total-progress': 10 },
      {
        id: 'c',
        type: 'create',
        status: 'concluded',
        'current-progress': 1,
        'total-progress': 1,
        error: 'no',
      },
    ],
    [
      {
        device: 'm',
        type: 'mirror',
        len: 10,
        offset: 5,
        speed: 1024,
        'io-status': 'ok',
        'auto-dismiss': false,
      },
    ],
  )
  expect(jobs).toEqual([
    job({
      id: 'm',
      status: 'ready',
      done: 5,
      total: 10,
      block: { speed: 1024, ioStatus: 'ok', finalizesAlone: true, dismissesAlone: false },
    }),
    job({ id: 'c', type: 'create', status: 'concluded', done: 1, total: 1, error: 'no' }),
  ])
})

test('any reply is read: what is no job is left out, progress is a share', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      for (const each of readJobs(a as Json, b as Json)) {
        expect(typeof each.id).toBe('string')
        const share = shareOf(each)
        expect(share === undefined || (share >= 0 && share <= 1)).toBe(true)
      }
    }),
    { numRuns: runs(500) },
  )
  expect(readJobs([{ id: 'x', __proto__: null, status: 5, 'total-progress': -1 }], 7)).toEqual([
    job({ id: 'x', type: 'job', status: 'unknown' }),
  ])
})

test('a job whose length is not known yet has no share', () => {
  expect(shareOf({ done: 0, total: 0 })).toBeUndefined()
  expect(shareOf({ done: 5, total: 10 })).toBe(0.5)
  expect(shareOf({ done: 11, total: 10 })).toBe(1)
})

test('keeping the copy and giving up are two actions, and only for what has a copy', () => {
  const labels = (change: Partial<MachineJob>): string[] => jobActions(job(change)).map(({ label }) => label)
  expect(labels({ status: 'ready' })).toEqual(['Complete', 'Pause', 'Stop and keep the copy', 'Give up'])
  expect(labels({ status: 'running' })).toEqual(['Pause', 'Give up'])
  expect(labels({ status: 'paused' })).toEqual(['Resume', 'Give up'])
  expect(labels({ status: 'pending' })).toEqual(['Finalize', 'Give up'])
  expect(labels({ status: 'concluded', type: 'create' })).toEqual(['Dismiss'])
  expect(labels({ status: 'aborting' })).toEqual([])
  const keep = jobActions(job({ status: 'ready' })).find(({ label }) => label.startsWith('Stop'))
  expect(keep).toMatchObject({ command: 'block-job-cancel', args: { device: 'j' } })
  expect(jobActions(job({ status: 'ready' })).at(-1)).toMatchObject({
    command: 'job-cancel',
    args: { id: 'j' },
  })
})

test('what a job waits for', () => {
  expect(waitsFor(job({ status: 'running' }))).toBeUndefined()
  expect(waitsFor(job({ status: 'ready' }))).toContain('Complete')
  const block = { speed: 0, ioStatus: 'nospace', finalizesAlone: true, dismissesAlone: true }
  expect(waitsFor(job({ status: 'paused', block }))).toBe('stands still: no space left. It waits for Resume')
})

test('what ended while nobody looked: gone, done or failed; what still runs is none of it', () => {
  const before = ['gone', 'done', 'failed', 'runs'].map((id) => ({ id, type: 'backup' }))
  const now = [
    job({ id: 'done', status: 'concluded' }),
    job({ id: 'failed', status: 'concluded', error: 'No space left on device' }),
    job({ id: 'runs' }),
    job({ id: 'other' }),
  ]
  expect(endedAway(before, now)).toEqual([
    { id: 'gone', type: 'backup', how: 'gone', error: undefined },
    { id: 'done', type: 'backup', how: 'done', error: undefined },
    { id: 'failed', type: 'backup', how: 'failed', error: 'No space left on device' },
  ])
})
