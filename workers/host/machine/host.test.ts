import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Batch } from '#api/machine.ts'
import type { ExecId } from '#qmp/report.ts'
import { failedBatchMs, floodRows, paces, torrentRows, tracksABatch } from '#record/flood.ts'
import type { LogRow } from '#record/row.ts'
import type { Track } from '#record/track.ts'
import { createCauseFinder } from '#trace/follow/cause.ts'
import { createStore } from '#store/store.ts'
import { rowsIn } from '#store/testing/any-rows.ts'
import { FakeClock } from '#qmp/testing/fake-server.ts'
import { backoffMs } from './backoff.ts'
import { Batcher } from './batch.ts'
import { compareIdentity } from './identity.ts'
import { checkAddress } from './socket.ts'

function row(seq: number): LogRow {
  return {
    kind: 'event',
    name: `E${seq}`,
    data: undefined,
    timestamp: undefined,
    cause: undefined,
    seq,
    at: seq,
    bytes: 10,
  }
}

/** A batcher on a clock, with a page that takes batches when it is let, as far as `takes` says so. */
function bench({ slow = false, tracks = (): readonly Track[] => [], takes = (): boolean => true } = {}) {
  const clock = new FakeClock()
  const batches: { batch: Batch; at: number }[] = []
  let release: () => void = () => undefined
  let tries = 0
  const batcher = new Batcher({
    now: clock.now,
    after: clock.after,
    queue: () => ({ pending: [], blockedBy: undefined }),
    snapshot: () => ({
      totals: { rows: 0, dropped: 0 },
      errors: 0,
      guestErrors: 0,
      clockLag: undefined,
      events: [],
      tracks: tracks(),
      hits: [],
    }),
    deliver: (batch) => {
      tries += 1
      if (!takes()) return Promise.reject(new Error('could not be cloned'))
      batches.push({ batch, at: clock.now() })
      return slow ? new Promise<void>((resolve) => (release = resolve)) : Promise.resolve()
    },
  })
  return { clock, batches, batcher, release: () => release(), tries: () => tries }
}

const settled = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 0))

describe('batches', () => {
  test('the first update goes out at once, further ones at most once a frame', async () => {
    const { clock, batches, batcher } = bench()
    const begin = clock.now()
    for (let n = 0; n < 200; n += 1) {
      batcher.row()
      clock.advance(1)
      await settled()
    }
    expect((batches[0]?.at ?? 0) - begin).toBeLessThanOrEqual(1)
    expect(batches.length).toBeGreaterThan(200 / paces.calm.batchMs - 1)
    for (let n = 1; n < batches.length; n += 1) {
      expect((batches[n]?.at ?? 0) - (batches[n - 1]?.at ?? 0)).toBeGreaterThanOrEqual(paces.calm.batchMs)
    }
  })

  test('the load is that of the rows since the last batch, sets the pace, and is told when it is over', async () => {
    const { clock, batches, batcher, release } = bench({ slow: true })
    const pass = async (ms: number): Promise<void> => {
      clock.advance(ms)
      release()
      await settled()
    }
    batcher.row()
    await pass(1)
    for (const rows of [torrentRows + 1, floodRows + 1, floodRows]) {
      for (let n = 0; n < rows; n += 1) batcher.row()
      await pass(paces.torrent.batchMs)
    }
    await pass(1000)
    expect(batches.map(({ batch }) => batch.load)).toEqual(['calm', 'torrent', 'flood', 'calm'])
    // In a torrent nothing is told before its pace allows it.
    for (let n = 0; n <= torrentRows; n += 1) batcher.row()
    await pass(0)
    batcher.row()
    await pass(paces.torrent.batchMs - 1)
    expect(batches).toHaveLength(5)
    await pass(1)
    await pass(1000)
    expect(batches.map(({ batch }) => batch.load).slice(4)).toEqual(['torrent', 'calm'])
  })

  test('a slow page gets fewer batches', async () => {
    const { clock, batches, batcher, release } = bench({ slow: true })
    batcher.row()
    clock.advance(1)
    batcher.change({ state: { kind: 'idle' } })
    batcher.change({ state: { kind: 'greeting' } })
    clock.advance(1000)
    expect(batches).toHaveLength(1)
    release()
    await settled()
    clock.advance(1)
    expect(batches[1]?.batch.state).toEqual({ kind: 'greeting' })
  })

  test('tracks that did not fit go with the next batches, though nothing else comes', async () => {
    let left = 2 * tracksABatch + 1
    const { clock, batches, batcher } = bench({
      tracks: () => {
        const now = Math.min(tracksABatch, left)
        left -= now
        return Array.from({ length: now }, () => ({}) as Track)
      },
    })
    batcher.touch()
    for (let frame = 0; frame < 6; frame += 1) {
      clock.advance(paces.calm.batchMs)
      await new Promise((resolve) => setTimeout(resolve))
    }
    expect(batches.map(({ batch }) => batch.tracks.length)).toEqual([tracksABatch, tracksABatch, 1])
  })

  test('only what changed is in a batch', () => {
    const { clock, batches, batcher } = bench()
    batcher.change({ state: { kind: 'greeting' } })
    batcher.queueChanged()
    clock.advance(1)
    expect(batches[0]?.batch.state).toEqual({ kind: 'greeting' })
    expect(batches[0]?.batch.queue).toEqual({ pending: [], blockedBy: undefined })
    expect(Object.keys(batches[0]?.batch ?? {})).not.toContain('identity')
  })
})

test('a batch that cannot be handed over is not the end of what changed: it goes with a later one, a second apart', async () => {
  let takes = false
  const { clock, batcher, batches, tries } = bench({ takes: () => takes })
  batcher.change({ state: { kind: 'greeting' }, keep: { kind: 'off' } })
  batcher.queueChanged()
  clock.advance(paces.calm.batchMs)
  await settled()
  batcher.change({ keep: { kind: 'failed', why: 'full' } })
  clock.advance(failedBatchMs - 1)
  await settled()
  expect(tries()).toBe(1)
  takes = true
  clock.advance(1)
  await settled()
  expect(batches.map(({ batch }) => batch)).toMatchObject([
    {
      state: { kind: 'greeting' },
      keep: { kind: 'failed', why: 'full' },
      queue: { pending: [], blockedBy: undefined },
    },
  ])
})

describe('the record', () => {
  test('is bounded by count and by size, drops the oldest, and counts it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30), { maxLength: 300 }), (sizes) => {
        const log = createStore({ rows: 50, bytes: 400 })
        sizes.forEach((size, seq) => log.add(row(seq), 'x'.repeat(size)))
        const [rows, totals] = [rowsIn(log), log.totals()]
        expect(totals).toEqual({ rows: sizes.length, dropped: sizes.length - rows.length })
        expect(rows.length).toBeLessThanOrEqual(50)
        const kept = sizes.slice(sizes.length - rows.length)
        expect(rows.map((each) => each.seq)).toEqual(kept.map((_, n) => sizes.length - rows.length + n))
        expect(kept.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(Math.max(400, kept.at(-1) ?? 0))
        for (const each of rows) expect(log.text(each.seq)?.length).toBe(sizes[each.seq])
        if (totals.dropped > 0) expect(log.text(totals.dropped - 1)).toBeUndefined()
      }),
    )
  })

  test('keeps a window that is asked for, and goes on counting after it is cleared', () => {
    const log = createStore()
    for (let n = 0; n < 10; n += 1) log.add(row(n), undefined)
    expect(rowsIn(log, 4, 3).map((each) => each.seq)).toEqual([4, 5, 6])
    log.clear()
    expect(rowsIn(log)).toEqual([])
    log.add(row(10), 'text')
    expect(log.nextSeq).toBe(11)
    expect(log.text(10)).toBe('text')
    expect(log.text(3)).toBeUndefined()
  })
})

describe('the cause of an event', () => {
  const exec = (n: number): ExecId => n as ExecId

  test('a name that both carry is proof, whenever it was given', () => {
    const causes = createCauseFinder()
    causes.sent(exec(1), 'device_del', { id: 'disk0' }, 0)
    causes.sent(exec(2), 'stop', undefined, 500_000)
    expect(
      causes.causeOf('DEVICE_DELETED', { device: 'disk0', path: '/machine/peripheral/disk0' }, 600_000),
    ).toEqual({ exec: 1, proof: 'id' })
    expect(causes.causeOf('DEVICE_DELETED', { device: 'other' }, 600_000)).toBeUndefined()
  })

  test('names are found inside transactions', () => {
    const causes = createCauseFinder()
    causes.sent(
      exec(1),
      'transaction',
      { actions: [{ type: 'blockdev-backup', data: { 'job-id': 'job0' } }] },
      0,
    )
    expect(causes.causeOf('JOB_STATUS_CHANGE', { id: 'job0', status: 'running' }, 10)).toEqual({
      exec: 1,
      proof: 'id',
    })
  })

  test('without a name it is nearness at best, and not for long', () => {
    const causes = createCauseFinder()
    causes.sent(exec(1), 'stop', undefined, 1000)
    expect(causes.causeOf('STOP', undefined, 1001)).toEqual({ exec: 1, proof: 'nearness' })
    expect(causes.causeOf('STOP', undefined, 20_000)).toBeUndefined()
    // It was there before the command was sent, and is read after it.
    expect(causes.causeOf('STOP', undefined, 999)).toBeUndefined()
    expect(causes.causeOf('RESUME', undefined, 1001)).toBeUndefined()
    expect(causes.causeOf('constructor', undefined, 1001)).toBeUndefined()
  })
})

test('the wait between attempts doubles, is capped, and differs by chance', () => {
  expect([0, 1, 2, 3, 4, 5, 100].map((attempt) => backoffMs(attempt, 0))).toEqual([
    250, 500, 1000, 2000, 4000, 5000, 5000,
  ])
  expect(backoffMs(100, 1)).toBe(3500)
})

test('another QEMU is noticed by version, uuid and name', () => {
  const version = { major: 7, minor: 2, micro: 0, package: '' }
  const before = { version, name: 'a', uuid: '1' }
  expect(compareIdentity(before, { version: { ...version }, name: 'a', uuid: '1' })).toBeUndefined()
  expect(
    compareIdentity(before, { version: { ...version, micro: 1 }, name: 'b', uuid: undefined })?.differs,
  ).toEqual(['version', 'uuid', 'name'])
})

test.each([
  ['ws://127.0.0.1:6080/?token=lab1.qmp', undefined],
  ['wss://host/path', undefined],
  ['http://host/', /begins with http:\/\//],
  ['lab1', /no address/],
  ['ws://host/#x', /fragment/],
])('the address %s', (text, why) => {
  const checked = checkAddress(text)
  if (why === undefined) expect('url' in checked).toBe(true)
  else expect('why' in checked ? checked.why : '').toMatch(why)
})
