/** Which commands the changes of a job are attributed to: scripts as of follow.test.ts, and for each event its cause. */
import { describe, expect, test } from 'vitest'
import { changeIn } from './job-verbs.ts'
import { Player } from './testing/player.ts'

/** For each event of a script: the number of the command that started the job, and of the verb that led to it. */
function causesOf(script: string): string {
  const { found } = new Player().play(script)
  return found
    .map((cause) =>
      cause === undefined ? '-' : `${cause.exec}${cause.verb === undefined ? '' : `+${cause.verb}`}`,
    )
    .join(' ')
}

const begin = `> blockdev-mirror {"job-id":"j","device":"n","target":"t"}
  * JOB_STATUS_CHANGE {"id":"j","status":"created"}
  * JOB_STATUS_CHANGE {"id":"j","status":"running"}
  < {}`
const pausedAndResumed = `> job-pause {"id":"j"}
  * JOB_STATUS_CHANGE {"id":"j","status":"paused"}
  < {}
  > job-resume {"id":"j"}
  * JOB_STATUS_CHANGE {"id":"j","status":"running"}
  < {}`
const end = `* JOB_STATUS_CHANGE {"id":"j","status":"waiting"}
  * JOB_STATUS_CHANGE {"id":"j","status":"pending"}
  * BLOCK_JOB_COMPLETED {"device":"j","type":"mirror","len":9,"offset":9,"speed":0}
  * JOB_STATUS_CHANGE {"id":"j","status":"concluded"}
  * JOB_STATUS_CHANGE {"id":"j","status":"null"}`

describe('an event of a job', () => {
  test.each<[title: string, causes: string, ...script: string[]]>([
    ['ends it alone: caused by the command that started it', '1 1 1 1 1 1 1', begin, end],
    [
      'ends it alone after it was paused and resumed: neither verb is named',
      '1 1 1+2 1+3 1 1 1 1 1',
      begin,
      pausedAndResumed,
      end,
    ],
    [
      'follows job-complete: that is the verb',
      '1 1 1 1 1+2 1+2 1+2 1+2 1+2',
      begin,
      `* JOB_STATUS_CHANGE {"id":"j","status":"ready"}
       * BLOCK_JOB_READY {"device":"j","type":"mirror","len":9,"offset":9,"speed":0}
       > job-complete {"id":"j"}
       < {}`,
      end,
    ],
    [
      'follows job-cancel, whose reply comes later',
      '1 1 1+2 1+3 1+4 1+4 1+4 1+4',
      begin,
      pausedAndResumed,
      `> job-cancel {"id":"j"}
       * JOB_STATUS_CHANGE {"id":"j","status":"aborting"}
       * BLOCK_JOB_CANCELLED {"device":"j","type":"mirror","len":9,"offset":3,"speed":0}
       * JOB_STATUS_CHANGE {"id":"j","status":"concluded"}
       * JOB_STATUS_CHANGE {"id":"j","status":"null"}
       < {}`,
    ],
    [
      'follows verbs of block jobs',
      '1 1 1+2',
      begin,
      `> block-job-cancel {"device":"j"}
       * BLOCK_JOB_CANCELLED {"device":"j","type":"mirror","len":9,"offset":3,"speed":0}`,
    ],
    [
      'follows job-dismiss: only its disappearance is caused by that',
      '1 1 1 1+2',
      begin,
      `* JOB_STATUS_CHANGE {"id":"j","status":"concluded"}
       > job-dismiss {"id":"j"}
       * JOB_STATUS_CHANGE {"id":"j","status":"null"}`,
    ],
    [
      'follows a refused verb: not caused by it',
      '1 1 1',
      begin,
      `> job-cancel {"id":"j"}
       ! it is gone
       * JOB_STATUS_CHANGE {"id":"j","status":"concluded"}`,
    ],
    [
      'is a pause that came without a verb, long after one that had one',
      '1 1 1+2 1+3 1',
      begin,
      pausedAndResumed,
      '* JOB_STATUS_CHANGE {"id":"j","status":"paused"}',
    ],
    [
      'is of a job that was there before: the verb is all that is known',
      '- 1 1',
      `* JOB_STATUS_CHANGE {"id":"j","status":"running"}
       > job-cancel {"id":"j"}
       * JOB_STATUS_CHANGE {"id":"j","status":"aborting"}
       * JOB_STATUS_CHANGE {"id":"j","status":"null"}`,
    ],
    [
      'is of the second job of that name: the first is forgotten',
      '1 1 1+2 3 3',
      begin,
      `> job-cancel {"id":"j"}
       * JOB_STATUS_CHANGE {"id":"j","status":"null"}
       < {}
       > block-stream {"job-id":"j","device":"n"}
       * JOB_STATUS_CHANGE {"id":"j","status":"created"}
       * JOB_STATUS_CHANGE {"id":"j","status":"concluded"}`,
    ],
    [
      'is of one of several jobs of a transaction',
      '1 1+2 1',
      `> transaction {"actions":[{"type":"drive-backup","data":{"device":"a","target":"t"}},{"type":"drive-backup","data":{"device":"b","target":"t"}}]}
       * JOB_STATUS_CHANGE {"id":"a","status":"running"}
       > job-cancel {"id":"b"}
       * JOB_STATUS_CHANGE {"id":"b","status":"aborting"}
       * JOB_STATUS_CHANGE {"id":"a","status":"concluded"}`,
    ],
  ])('%s', (_, expected, ...script) => {
    expect(causesOf(script.join('\n'))).toBe(expected)
  })

  test('and its track name the same command', () => {
    const player = new Player().play([begin, pausedAndResumed, end].join('\n'))
    const [track] = player.follower.tracks()
    expect(track?.cause?.exec).toBe(1)
    expect(new Set(player.found.map((cause) => cause?.exec))).toEqual(new Set([1]))
  })
})

test('the change that an event tells of', () => {
  expect(changeIn('JOB_STATUS_CHANGE', { status: 'ready' })).toBe('ready')
  expect(changeIn('JOB_STATUS_CHANGE', { status: 7 })).toBe('JOB_STATUS_CHANGE')
  expect(changeIn('JOB_STATUS_CHANGE', undefined)).toBe('JOB_STATUS_CHANGE')
  expect(changeIn('BLOCK_JOB_READY', { status: 'ready' })).toBe('BLOCK_JOB_READY')
})
