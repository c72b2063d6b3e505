import { expect, test } from 'vitest'
import type { Track } from '#record/track.ts'
import { jobVerbs, trackVerbs } from './track-verbs.ts'

function job(state: string, changes: Partial<Track> = {}): Track {
  return {
    ...{
      id: 1,
      kind: 'job',
      name: 'job0',
      type: 'backup',
      start: 0,
      end: undefined,
      progress: [],
      limit: undefined,
    },
    ...{ outcome: 'open', error: undefined, cause: undefined, rows: [], phases: [{ at: 0, state, seq: 0 }] },
    ...changes,
  }
}

test.each([
  ['running', ['job-pause', 'job-cancel']],
  ['paused', ['job-resume', 'job-cancel']],
  ['ready', ['job-pause', 'job-complete', 'job-cancel']],
  ['pending', ['job-finalize', 'job-cancel']],
  ['concluded', ['job-dismiss']],
  ['aborting', []],
])('what applies to a job that is %s', (state, verbs) => {
  expect(jobVerbs(job(state))).toEqual(verbs)
})

test('a job that stands on an error can be resumed; one that is over takes nothing', () => {
  expect(jobVerbs(job('paused', { error: 'failed' }))).toEqual(['job-resume', 'job-cancel'])
  expect(jobVerbs(job('concluded', { end: 1, outcome: 'failed', error: 'failed' }))).toEqual([])
})

test('a job is named in its verbs; a migration has those of its state', () => {
  expect(trackVerbs(job('paused'))).toEqual([
    { command: 'job-resume', args: { id: 'job0' } },
    { command: 'job-cancel', args: { id: 'job0' } },
  ])
  const migration = (state: string, changes: Partial<Track> = {}): Track =>
    job(state, { kind: 'migration', name: '', ...changes })
  expect(trackVerbs(migration('active'))).toEqual([{ command: 'migrate_cancel', args: undefined }])
  expect(trackVerbs(migration('pre-switchover'))).toEqual([
    { command: 'migrate-continue', args: { state: 'pre-switchover' } },
    { command: 'migrate_cancel', args: undefined },
  ])
  expect(trackVerbs(migration('completed', { end: 1, outcome: 'done' }))).toEqual([])
  expect(trackVerbs(job('plugged', { kind: 'device' }))).toEqual([])
})
