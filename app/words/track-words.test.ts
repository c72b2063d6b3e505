import { expect, test } from 'vitest'
import type { Track } from '#record/track.ts'
import { trackLabel } from './track-words.ts'

const track: Track = {
  ...{ id: 1, kind: 'job', name: 'backup', type: 'mirror', start: 0, end: undefined, limit: undefined },
  ...{ outcome: 'open', error: undefined, cause: undefined, rows: [], progress: [], phases: [] },
}
const running = [{ at: 0, state: 'running', seq: 0 }]

test.each<[string, Partial<Track>]>([
  ['backup (mirror)', {}],
  ['backup (mirror) 66 % running', { phases: running, progress: [{ at: 1, current: 2, total: 3 }] }],
  ['backup (mirror) running', { phases: running, progress: [{ at: 1, current: 0, total: 0 }] }],
  ['backup (mirror) running', { phases: running, progress: [{ at: 1, current: 2, total: 3 }], end: 9 }],
  ['migration running', { kind: 'migration', name: '', type: '', phases: running }],
  ['running', { kind: 'run-state', phases: running }],
  ['\u2068a<U+202E>\u2069 (\u2068<U+2066>\u2069)', { name: 'a\u202e', type: '\u2066' }],
])('%s', (words, some) => {
  expect(trackLabel({ ...track, ...some })).toBe(words)
})
