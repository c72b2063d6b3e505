/**
 * Tracks made from rows, as a table: a script of the messages on the wire, and the resulting tracks. Lines of a
 * script: testing/player.ts.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { anyJson } from '#base/testing/any-json.ts'
import { createFollower } from './follow.ts'
import { mostPhases, mostProgress, mostRows } from '#record/track.ts'
import type { Track } from '#record/track.ts'
import { lost, Player } from './testing/player.ts'
test.each<[title: string, script: string, ...tracks: string[]]>([
  [
    'a backup from its command to its end; the command of a pause is not its cause',
    `> blockdev-backup {"job-id":"j","device":"n","target":"t"}
     * JOB_STATUS_CHANGE {"id":"j","status":"created"}
     * JOB_STATUS_CHANGE {"id":"j","status":"running"}
     < {}
     > job-pause {"id":"j"}
     * JOB_STATUS_CHANGE {"id":"j","status":"paused"}
     < {}
     * JOB_STATUS_CHANGE {"id":"j","status":"waiting"}
     * BLOCK_JOB_COMPLETED {"device":"j","type":"backup","len":9,"offset":9,"speed":0}
     * JOB_STATUS_CHANGE {"id":"j","status":"concluded"}
     * JOB_STATUS_CHANGE {"id":"j","status":"null"}`,
    'job backup j: created@1#1 running@2#2 paused@5#5 waiting@7#7 concluded@9#9 → done@10 by 1, rows 0 1 2 3 5 7 8 9 10',
  ],
  [
    'an id that is used again is another job, also while the reply to its command is on its way',
    `> block-stream {"job-id":"j","device":"n"}
     * JOB_STATUS_CHANGE {"id":"j","status":"created"}
     * JOB_STATUS_CHANGE {"id":"j","status":"null"}
     < {}
     * JOB_STATUS_CHANGE {"id":"j","status":"created"}
     > block-commit {"job-id":"j","device":"n"}
     * JOB_STATUS_CHANGE {"id":"j","status":"null"}
     * JOB_STATUS_CHANGE {"id":"j","status":"created"}`,
    'job stream j: created@1#1 → unknown@2 by 1, rows 0 1 2 3',
    'job j: created@4#4 → unknown@6, rows 4 6',
    'job commit j: created@7#7 → open by 2, rows 5 7',
  ],
  [
    'the end of a job that went unseen',
    `* JOB_STATUS_CHANGE {"id":"j","status":"running"}
     * JOB_STATUS_CHANGE {"id":"j","status":"created"}`,
    'job j: running@0#0 → unknown@1, rows 0',
    'job j: created@1#1 → open, rows 1',
  ],
  [
    'a job that fails, with its error',
    `* JOB_STATUS_CHANGE {"id":"j","status":"running"}
     * JOB_STATUS_CHANGE {"id":"j","status":"aborting"}
     * BLOCK_JOB_COMPLETED {"device":"j","type":"mirror","len":9,"offset":3,"speed":7,"error":"No space left on device"}
     * JOB_STATUS_CHANGE {"id":"j","status":"concluded"}
     * JOB_STATUS_CHANGE {"id":"j","status":"null"}`,
    'job mirror j: running@0#0 aborting@1#1 concluded@3#3 → failed@4 (No space left on device), rows 0 1 2 3 4',
  ],
  [
    'a job of no block device: what went wrong is in query-jobs',
    `> blockdev-create {"job-id":"c","options":{"driver":"file"}}
     * JOB_STATUS_CHANGE {"id":"c","status":"created"}
     < {}
     * JOB_STATUS_CHANGE {"id":"c","status":"aborting"}
     * JOB_STATUS_CHANGE {"id":"c","status":"concluded"}
     ? query-jobs [{"id":"c","type":"create","status":"concluded","current-progress":0,"total-progress":1,"error":"Is a directory"}]`,
    'job create c: created@1#1 aborting@3#3 concluded@4#4 → failed (Is a directory) by 1, rows 0 1 2 3 4',
  ],
  [
    'a job that is cancelled, told before the reply to that',
    `* JOB_STATUS_CHANGE {"id":"c","status":"running"}
     > job-cancel {"id":"c"}
     * JOB_STATUS_CHANGE {"id":"c","status":"aborting"}
     * JOB_STATUS_CHANGE {"id":"c","status":"concluded"}
     < {}`,
    'job c: running@0#0 aborting@2#2 concluded@3#3 → cancelled, rows 0 1 2 3 4',
  ],
  [
    'a job that somebody else cancelled',
    `* JOB_STATUS_CHANGE {"id":"c","status":"running"}
     * JOB_STATUS_CHANGE {"id":"c","status":"aborting"}
     * JOB_STATUS_CHANGE {"id":"c","status":"concluded"}
     ? query-jobs [{"id":"c","type":"create","status":"concluded","current-progress":0,"total-progress":1,"error":"Operation canceled"}]`,
    'job create c: running@0#0 aborting@1#1 concluded@2#2 → cancelled, rows 0 1 2',
  ],
  [
    'a job that was there before the connection, its trouble, and its disappearance',
    `? query-jobs [{"id":"m","type":"mirror","status":"ready","current-progress":1,"total-progress":2}]
     ? query-block-jobs [{"device":"m","type":"mirror","len":2,"offset":1,"speed":5,"io-status":"nospace","paused":false,"busy":true,"ready":true}]
     ? query-jobs []
     ? query-jobs []`,
    'job mirror m: ready@0#1 → unknown@3 (nospace), rows 1',
  ],
  [
    'jobs of one transaction, each with the same cause',
    `> transaction {"actions":[{"type":"drive-backup","data":{"device":"d0","target":"a"}},{"type":"blockdev-backup","data":{"device":"n","job-id":"b","target":"t"}}]}
     * JOB_STATUS_CHANGE {"id":"d0","status":"created"}
     * JOB_STATUS_CHANGE {"id":"b","status":"created"}
     < {}`,
    'job backup d0: created@1#1 → open by 1, rows 0 1 3',
    'job backup b: created@2#2 → open by 1, rows 0 2 3',
  ],
  [
    'the run state: why it stopped is not lost to STOP, and queries are more exact',
    `? query-status {"status":"prelaunch","running":false}
     * RESUME
     * STOP
     ? query-status {"status":"paused","running":false}
     * RESUME
     * BLOCK_IO_ERROR {"device":"d","operation":"read","action":"stop","reason":"x"}
     * STOP
     ? query-status {"status":"io-error","running":false}
     * RESUME
     * RESET {"guest":true,"reason":"guest-reset"}
     * GUEST_PANICKED {"action":"pause"}
     * STOP
     * WATCHDOG {"action":"none"}
     * SHUTDOWN {"guest":false,"reason":"host-qmp-quit"}
     = lost`,
    'run-state: prelaunch@0#1 running@1#2 paused@2#3 running@4#6 io-error@5#7 running@8#11 guest-panicked@10#13 shutdown@13#16 → done@14, rows 1 2 3 6 7 8 11 12 13 14 15 16',
  ],
  [
    'the connection is lost: running tracks end as unknown, and begin again',
    `* RESUME
     * JOB_STATUS_CHANGE {"id":"j","status":"running"}
     = lost
     * STOP
     = ready
     ? query-status {"status":"paused","running":false}
     ? query-jobs [{"id":"j","type":"stream","status":"running","current-progress":1,"total-progress":2}]`,
    'run-state: running@0#0 → unknown@2, rows 0',
    'job j: running@1#1 → unknown@2, rows 1',
    'run-state: paused@5#6 → open, rows 6',
    'job stream j: running@6#8 → open, rows 8',
  ],
  [
    'a migration that tells of itself',
    `> migrate {"uri":"tcp:h:1"}
     * MIGRATION {"status":"setup"}
     < {}
     * MIGRATION_PASS {"pass":1}
     * MIGRATION {"status":"active"}
     ? query-migrate {"status":"active","ram":{"transferred":1,"remaining":3,"total":4}}
     * MIGRATION {"status":"completed"}
     ? query-migrate {"status":"completed","ram":{"transferred":4,"remaining":0,"total":4}}`,
    'migration outgoing: setup@1#1 active@4#4 completed@6#7 → done@6 near 1, rows 0 1 2 3 4 7',
  ],
  [
    'a migration without events, that fails; every later query reports its end again',
    `> migrate {"uri":"tcp:h:1"}
     < {}
     ? query-migrate {"status":"active","ram":{"transferred":1,"remaining":3,"total":4}}
     ? query-migrate {"status":"failed","error-desc":"Connection refused"}
     ? query-migrate {"status":"failed","error-desc":"Connection refused"}
     * MIGRATION {"status":"failed"}`,
    'migration outgoing: setup@1#1 active@2#3 failed@3#5 → failed@3 (Connection refused) near 1, rows 0 1 3 5 8',
  ],
  [
    'why a migration failed comes after the event',
    `* MIGRATION {"status":"active"}
     * MIGRATION {"status":"failed"}
     ? query-migrate {"status":"failed","error-desc":"Broken pipe"}`,
    'migration: active@0#0 failed@1#1 → failed@1 (Broken pipe), rows 0 1',
  ],
  [
    'an old end of a migration is no migration; one that comes in is told apart',
    `? query-migrate {"status":"completed","ram":{"transferred":4,"remaining":0,"total":4}}
     ? query-status {"status":"inmigrate","running":false}
     ? query-migrate {"status":"active"}
     * MIGRATION {"status":"cancelled"}`,
    'run-state: inmigrate@1#3 → open, rows 3',
    'migration incoming: active@2#5 cancelled@3#6 → cancelled@3, rows 5 6',
  ],
  [
    'a dump in the background, and one that is waited for',
    `> dump-guest-memory {"paging":false,"protocol":"file:x","detach":true}
     < {}
     ? query-dump {"status":"active","completed":1,"total":4}
     * DUMP_COMPLETED {"result":{"status":"completed","completed":4,"total":4}}
     > dump-guest-memory {"paging":false,"protocol":"file:x"}
     * DUMP_COMPLETED {"result":{"status":"failed","completed":0,"total":0},"error":"No space"}
     ! dump: failed`,
    'dump: active@1#1 completed@3#4 → done@3 near 1, rows 0 1 4',
    'dump: failed@5#6 → failed@5 (No space) near 3, rows 5 6 7',
  ],
  [
    'a dump whose end the query told first',
    `> dump-guest-memory {"paging":false,"protocol":"file:x","detach":true}
     < {}
     ? query-dump {"status":"completed","completed":4,"total":4}
     * DUMP_COMPLETED {"result":{"status":"completed","completed":4,"total":4}}`,
    'dump: active@1#1 completed@2#3 → done@2 near 1, rows 0 1 3 4',
  ],
  [
    'a device from plug to unplug, refused by the guest at first',
    `> device_add {"driver":"virtio-net-pci","id":"net0"}
     < {}
     > device_del {"id":"net0"}
     < {}
     * DEVICE_UNPLUG_GUEST_ERROR {"device":"net0","path":"/machine/peripheral/net0"}
     > device_del {"id":"/machine/peripheral/net0"}
     < {}
     * DEVICE_DELETED {"path":"/machine/peripheral/net0/virtio-backend"}
     * DEVICE_DELETED {"device":"net0","path":"/machine/peripheral/net0"}`,
    'device virtio-net-pci net0: plugged@1#1 unplug-asked@3#3 unplug-failed@4#4 unplug-asked@6#6 deleted@8#8 → done@8 by 1, rows 0 1 2 3 4 5 6 7 8',
  ],
  [
    'a device that is gone before the reply; one that nobody named; one that was there before; memory that is in use',
    `> device_add {"driver":"usb-tablet","id":"tab"}
     < {}
     > device_del {"id":"tab"}
     * DEVICE_DELETED {"device":"tab","path":"/machine/peripheral/tab"}
     < {}
     > device_add {"driver":"usb-kbd"}
     < {}
     > device_add {"driver":"nonsense","id":"x"}
     ! no such driver
     > device_del {"id":"old"}
     < {}
     * MEM_UNPLUG_ERROR {"device":"old","msg":"memory is in use"}`,
    'device usb-tablet tab: plugged@1#1 unplug-asked@2#2 deleted@3#3 → done@3 by 1, rows 0 1 2 3 4',
    'device usb-kbd: plugged@6#6 → open by 3, rows 5 6',
    'device old: unplug-asked@10#10 unplug-failed@11#11 → open (memory is in use) by 5, rows 9 10 11',
  ],
  [
    'a device that is asked for once more, and gone before the reply: the states stay in order',
    `> device_add {"driver":"d","id":"x"}
     < {}
     > device_del {"id":"x"}
     * DEVICE_UNPLUG_GUEST_ERROR {"device":"x","path":"/machine/peripheral/x"}
     * DEVICE_DELETED {"device":"x","path":"/machine/peripheral/x"}
     < {}`,
    'device d x: plugged@1#1 unplug-failed@3#3 unplug-asked@3#2 deleted@4#4 → done@4 by 1, rows 0 1 2 3 4 5',
  ],
])('%s', (_, script, ...tracks) => {
  expect(new Player().play(script).tracks).toEqual(tracks)
})

describe('a server before jobs told of themselves', () => {
  test('a job begins when its command is carried out, and ends with its event', () => {
    const player = new Player(2).play(`
      > drive-mirror {"device":"d","target":"t"}
      < {}
      ? query-block-jobs [{"device":"d","type":"mirror","len":4,"offset":1,"speed":0,"paused":true,"io-status":"ok"}]
      * BLOCK_JOB_READY {"device":"d","type":"mirror","len":4,"offset":4,"speed":0}
      > block-job-complete {"device":"d"}
      * BLOCK_JOB_COMPLETED {"device":"d","type":"mirror","len":4,"offset":4,"speed":0}
      < {}
      > drive-backup {"device":"d","target":"t"}
      * BLOCK_JOB_CANCELLED {"device":"d","type":"backup","len":4,"offset":4,"speed":0}
      < {}`)
    expect(player.tracks).toEqual([
      'job mirror d: running@1#1 paused@2#3 ready@3#4 concluded@5#6 → done@5 by 1, rows 0 1 3 4 6',
      'job backup d: concluded@8#9 → cancelled@8 by 4, rows 8 9 10',
    ])
  })
})

describe('the queries', () => {
  const all = ['query-status', 'query-jobs', 'query-block-jobs', 'query-migrate', 'query-dump']
  const nothing = `? query-jobs []
    ? query-block-jobs []
    ? query-migrate
    ? query-dump {"status":"none","completed":0,"total":0}
    ? query-status {"status":"running","running":true}`

  test('all queries once, and then those of running tracks, one at a time', () => {
    const player = new Player()
    expect(player.follower.polls()).toEqual(all)
    expect(player.play(nothing).follower.polls()).toEqual([])
    player.play('* STOP')
    expect(player.follower.polls()).toEqual(['query-status'])
    const exec = player.command('query-status')
    expect(player.follower.polls()).toEqual([])
    player.reply(exec, { status: 'paused' })
    expect(player.follower.polls()).toEqual([])
    player.play('* JOB_STATUS_CHANGE {"id":"j","status":"running"}')
    expect(player.follower.polls()).toEqual(['query-jobs', 'query-block-jobs'])
    player.play('* JOB_STATUS_CHANGE {"id":"j","status":"concluded"}')
    expect(player.follower.polls()).toContain('query-jobs')
    // It stays until somebody dismisses it, and there is no more to learn.
    player.play(
      '? query-jobs [{"id":"j","type":"create","status":"concluded","current-progress":1,"total-progress":1}]',
    )
    expect(player.follower.polls()).toEqual([])
    player.play('> migrate {"uri":"x"}\n< {}')
    expect(player.follower.polls()).toEqual(['query-migrate'])
    player.play('* MIGRATION {"status":"completed"}\n? query-migrate\n? query-status')
    player.play('> dump-guest-memory {"detach":true}\n< {}')
    expect(player.follower.polls()).toEqual(['query-dump'])
  })

  test('a query that timed out is asked again, one that the server does not know is not, until the next connection', () => {
    const player = new Player()
    const exec = player.command('query-jobs')
    expect(player.follower.polls()).not.toContain('query-jobs')
    player.row({ kind: 'outcome', exec, name: 'query-jobs', outcome: 'timed-out' }, undefined)
    expect(player.follower.polls()).toContain('query-jobs')
    player.refuse(player.command('query-jobs'), 'none', 'CommandNotFound')
    player.refuse(player.command('query-dump'), 'not now')
    player.play('* JOB_STATUS_CHANGE {"id":"j","status":"running"}')
    expect(player.follower.polls()).toEqual(['query-status', 'query-block-jobs', 'query-migrate'])
    player.play('= lost')
    expect(player.follower.polls()).toEqual([])
    player.play('= ready')
    expect(player.follower.polls()).toEqual(all)
  })

  test('a guest agent is asked nothing', () => {
    const follower = createFollower()
    const state = { kind: 'ready' as const, greeting: undefined, oob: false }
    follower.add({ kind: 'state', state, seq: 0, at: 0, bytes: 0 }, undefined)
    expect(follower.polls()).toEqual([])
  })

  test('after it is cleared, everything again', () => {
    const player = new Player().play(nothing)
    player.follower.clear()
    expect(player.follower.tracks()).toEqual([])
    expect(player.follower.polls()).toEqual(all)
  })
})

describe('progress and limits', () => {
  test('samples with their unit, a limit that comes and goes, integers beyond 2^53', () => {
    const player = new Player().play(`
      ? query-jobs [{"id":"j","type":"mirror","status":"running","current-progress":1,"total-progress":18446744073709551615}]
      ? query-block-jobs [{"device":"j","type":"mirror","len":1,"offset":1,"speed":1000,"io-status":"ok"}]`)
    expect(player.follower.tracks()[0]).toMatchObject({
      progress: [{ at: 0, current: 1, total: 2 ** 64 }],
      limit: 1000,
    })
    player.play('? query-block-jobs [{"device":"j","type":"mirror","speed":0}]')
    expect(player.follower.tracks()[0]?.limit).toBeUndefined()
  })

  test('a long job keeps evenly spread samples, the first and the newest exact', () => {
    const player = new Player()
    const total = 10_000
    for (let current = 0; current < total; current += 1) {
      player.at = current * 500
      player.reply(player.command('query-jobs'), [
        { id: 'j', type: 'mirror', status: 'running', 'current-progress': current, 'total-progress': total },
      ])
    }
    const progress = player.follower.tracks()[0]?.progress ?? []
    expect(progress.length).toBeLessThanOrEqual(mostProgress)
    expect(progress.length).toBeGreaterThanOrEqual(mostProgress / 4)
    expect(progress[0]).toEqual({ at: 0, current: 0, total })
    expect(progress.at(-1)).toEqual({ at: 9999 * 500, current: 9999, total })
    const gaps = progress.slice(1, -1).map((each, index) => each.at - (progress[index]?.at ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(4 * Math.min(...gaps))
    for (const each of progress) expect(each.current * 500).toBe(each.at)
  })

  test('a standstill is seen, and costs two samples', () => {
    const player = new Player()
    const poll = `? query-jobs [{"id":"j","type":"mirror","status":"running","current-progress":5,"total-progress":9}]\n`
    player.play(poll.repeat(10))
    expect(player.follower.tracks()[0]?.progress).toEqual([
      { at: 0, current: 5, total: 9 },
      { at: 9000, current: 5, total: 9 },
    ])
  })

  test('phases and rows: the first and the newest', () => {
    const player = new Player()
    for (let n = 0; n < 1000; n += 1) player.event(n % 2 === 0 ? 'RESUME' : 'STOP')
    const run = player.follower.tracks()[0]
    expect(run?.phases.length).toBe(mostPhases)
    expect(run?.rows.length).toBe(mostRows)
    expect([run?.phases[0]?.seq, run?.phases.at(-1)?.seq]).toEqual([0, 999])
    expect([run?.rows[0], run?.rows.at(-1)]).toEqual([0, 999])
  })

  test('a flood of jobs: 5,000 are kept, the running ones among them; those over before a call are not told', () => {
    const player = new Player().play(`
      * RESUME
      * JOB_STATUS_CHANGE {"id":"long","status":"running"}`)
    expect(player.follower.changed()).toHaveLength(2)
    const jobs = runs(200_000)
    for (let n = 0; n < jobs; n += 1) {
      player.event('JOB_STATUS_CHANGE', { id: `j${n}`, status: 'created' })
      player.event('JOB_STATUS_CHANGE', { id: `j${n}`, status: 'null' })
    }
    const tracks = player.follower.tracks()
    expect(tracks).toHaveLength(5000)
    expect(player.follower.dropped).toBe(jobs + 2 - 5000)
    expect(tracks.slice(0, 2).map((each) => each.kind)).toEqual(['run-state', 'job'])
    expect(tracks[1]?.name).toBe('long')
    expect(tracks.at(-1)?.name).toBe(`j${jobs - 1}`)
    expect(player.follower.changed().length).toBeLessThanOrEqual(5000)
    expect(player.follower.changed()).toEqual([])
  })

  test('when many tracks have changed the running ones are reported first, and all in the end', () => {
    const player = new Player()
    for (let n = 0; n < 50; n += 1) {
      player.event('JOB_STATUS_CHANGE', { id: `over${n}`, status: 'created' })
      player.event('JOB_STATUS_CHANGE', { id: `over${n}`, status: 'null' })
    }
    player.play('* JOB_STATUS_CHANGE {"id":"long","status":"running"}')
    const first = player.follower.changed(20)
    expect(first).toHaveLength(20)
    expect(first.map(({ name }) => name)).toContain('long')
    const rest = [...player.follower.changed(20), ...player.follower.changed(20)]
    expect(new Set([...first, ...rest].map(({ id }) => id)).size).toBe(51)
    expect(player.follower.changed()).toEqual([])
  })

  test('devices that are only seen to go get no track when there are thousands at once, and are counted', () => {
    const player = new Player()
    for (let n = 0; n < 3000; n += 1) player.event('DEVICE_DELETED', { device: `d${n}` })
    expect(player.follower.tracks()).toHaveLength(1000)
    expect(player.follower.dropped).toBe(2000)
    player.follower.changed()
    player.event('DEVICE_DELETED', { device: 'later' })
    expect(player.follower.changed().map(({ name }) => name)).toEqual(['later'])
  })

  test('a flood of open devices: the oldest go, and their end is told', () => {
    const player = new Player()
    player.play('* JOB_STATUS_CHANGE {"id":"long","status":"running"}')
    player.reply(player.command('device_add', { driver: 'd', id: 'first' }), {})
    player.follower.changed()
    for (let n = 0; n < 20_000; n += 1)
      player.reply(player.command('device_add', { driver: 'd', id: `d${n}` }), {})
    expect(player.follower.tracks()).toHaveLength(5000)
    const told = player.follower.changed()
    expect(told.find((each) => each.name === 'first')).toMatchObject({
      outcome: 'unknown',
      end: expect.any(Number) as number,
    })
    expect(told.length).toBeLessThanOrEqual(5001)
    expect(player.follower.tracks()[0]).toMatchObject({ name: 'long', outcome: 'open' })
  })
})

test('a changed track is a new object with the same id, and only what changed is told', () => {
  const player = new Player().play('* RESUME\n* JOB_STATUS_CHANGE {"id":"j","status":"created"}')
  const [run, job] = player.follower.changed()
  expect(player.follower.changed()).toEqual([])
  player.play('* JOB_STATUS_CHANGE {"id":"j","status":"running"}')
  const [again, ...others] = player.follower.changed()
  expect(others).toEqual([])
  expect(again?.id).toBe(job?.id)
  expect(again).not.toBe(job)
  expect(job?.phases).toHaveLength(1)
  expect(player.follower.tracks()[0]).toBe(run)
})

// ── properties ─────────────────────────────────────────────────────────────────────────────────────────────────

const eventNames = [
  ...[
    'STOP',
    'RESUME',
    'SHUTDOWN',
    'RESET',
    'GUEST_PANICKED',
    'BLOCK_IO_ERROR',
    'WATCHDOG',
    'SUSPEND',
    'WAKEUP',
  ],
  ...[
    'JOB_STATUS_CHANGE',
    'JOB_STATUS_CHANGE',
    'JOB_STATUS_CHANGE',
    'BLOCK_JOB_READY',
    'BLOCK_JOB_COMPLETED',
  ],
  ...['BLOCK_JOB_CANCELLED', 'BLOCK_JOB_ERROR', 'BLOCK_JOB_PENDING', 'BLOCK_EXPORT_DELETED', 'MIGRATION'],
  ...['MIGRATION_PASS', 'DUMP_COMPLETED', 'DEVICE_DELETED', 'DEVICE_UNPLUG_GUEST_ERROR', 'MEM_UNPLUG_ERROR'],
]
const commandNames = [
  ...[
    'query-status',
    'query-jobs',
    'query-block-jobs',
    'query-migrate',
    'query-dump',
    'device_add',
    'device_del',
  ],
  ...[
    'job-cancel',
    'block-job-cancel',
    'migrate',
    'migrate-incoming',
    'dump-guest-memory',
    'blockdev-backup',
  ],
  ...['drive-mirror', 'transaction', 'stop', 'quit'],
]
const word = fc.constantFrom<Json>(
  ...[
    'a',
    'b',
    '/machine/peripheral/a',
    'created',
    'running',
    'aborting',
    'concluded',
    'null',
    'active',
    'setup',
  ],
  ...['completed', 'failed', 'cancelled', 'none', 'inmigrate', 'stop', 'pause', ''],
)
const members = fc.constantFrom(
  ...['id', 'device', 'status', 'path', 'error', 'type', 'len', 'offset', 'speed', 'job-id', 'driver', 'ram'],
  ...[
    'current-progress',
    'total-progress',
    'action',
    'result',
    'remaining',
    'total',
    'completed',
    'io-status',
  ],
  ...['detach', 'resume', 'error-desc'],
)
const value: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: word },
  { weight: 2, arbitrary: fc.nat(100) },
  { weight: 1, arbitrary: anyJson() },
)
const object: fc.Arbitrary<JsonObject> = fc.dictionary(members, value, { maxKeys: 6, noNullPrototype: true })
const reply: fc.Arbitrary<Json> = fc.oneof(object, fc.array(object, { maxLength: 3 }), anyJson())
const move = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constant('event'), fc.constantFrom(...eventNames), object) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('command'), fc.constantFrom(...commandNames), object) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('reply'), fc.nat(3), reply) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('refuse'), fc.nat(3), fc.constant(null)) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom('lost', 'ready', 'old', 'clear'), fc.constant(0), fc.constant(null)),
  },
)

test('whatever a server says: no throw, and tracks that hold together', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
      const player = new Player()
      const known = new Map<number, Track>()
      let newest = 0
      for (const [kind, what, data] of moves) {
        player.at += 10
        if (kind === 'event') player.event(what, data)
        else if (kind === 'command') player.command(what, data)
        else if (kind === 'reply') player.reply(player.exec - what, data)
        else if (kind === 'refuse') player.refuse(player.exec - what, 'no', 'CommandNotFound')
        else if (kind === 'lost') player.state(lost)
        else if (kind === 'ready') player.ready()
        else if (kind === 'old') player.ready(2)
        else {
          player.follower.clear()
          known.clear()
        }
        for (const track of player.follower.changed()) {
          const before = known.get(track.id)
          if (before === undefined) {
            expect(track.id).toBeGreaterThan(newest)
            newest = Math.max(newest, track.id)
          } else {
            expect([track.kind, track.name, track.start]).toEqual([before.kind, before.name, before.start])
            if (before.end !== undefined) expect(track.end).toBe(before.end)
          }
          known.set(track.id, track)
        }
        if (kind !== 'clear') newest = Math.max(newest, ...known.keys())
      }
      // What was told of piece by piece is what there is.
      expect([...known.values()].sort((a, b) => a.id - b.id)).toEqual(player.follower.tracks())
      for (const track of known.values()) {
        const times = [
          track.start,
          ...track.phases.map((each) => each.at),
          ...(track.end === undefined ? [] : [track.end]),
        ]
        expect(times).toEqual([...times].sort((a, b) => a - b))
        expect(track.rows).toEqual([...new Set(track.rows)].sort((a, b) => a - b))
        expect(track.rows).toEqual(expect.arrayContaining(track.phases.map((each) => each.seq)))
        if (track.end !== undefined) expect(track.outcome).not.toBe('open')
        track.phases.forEach((phase, index) => expect(phase.state).not.toBe(track.phases[index - 1]?.state))
        const { progress } = track
        expect(progress.every((each) => Number.isFinite(each.current) && each.total > 0)).toBe(true)
        expect(progress.map((each) => each.at)).toEqual(progress.map((each) => each.at).sort((a, b) => a - b))
      }
      // One of each id and kind goes on at a time.
      const open = [...known.values()].filter((each) => each.end === undefined && each.name !== '')
      expect(new Set(open.map((each) => `${each.kind} ${each.name}`)).size).toBe(open.length)
    }),
    { numRuns: runs(2000) },
  )
})

test('an event that no track is about is not wanted', () => {
  const player = new Player()
  expect(player.follower.wants('RTC_CHANGE')).toBe('nothing')
  expect(player.follower.wants('JOB_STATUS_CHANGE')).toBe('data')
})

describe('a gap in the record', () => {
  test('ends what went on as unknown where the gap begins, and what still goes on is asked for', () => {
    const player = new Player()
    player.row(
      {
        kind: 'event',
        name: 'JOB_STATUS_CHANGE',
        data: { id: 'j', status: 'created' },
        timestamp: undefined,
        cause: undefined,
      },
      undefined,
    )
    player.at = 50
    player.row({ kind: 'gap', why: 'paused', since: 20, rows: 3 }, undefined)
    expect(player.follower.tracks().find(({ name }) => name === 'j')).toMatchObject({
      end: 20,
      outcome: 'unknown',
    })
    expect(player.follower.polls()).toContain('query-jobs')
  })
})
