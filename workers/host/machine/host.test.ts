import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Batch } from '#api/machine.ts'
import type { ExecId } from '#qmp/report.ts'
import type { LogRow } from '#record/row.ts'
import type { Track } from '#record/track.ts'
import { createCauseFinder } from '#trace/follow/cause.ts'
import { createStore } from '#store/store.ts'
import { FakeClock } from '#qmp/testing/fake-server.ts'
import { backoffMs } from './backoff.ts'
import { createBatcher, floodMs, frameMs, rowsInFlood, tracksABatch } from './batch.ts'
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

/** A batcher on a clock, with a page that takes batches when it is let. */
function bench(slow = false, tracks: () => readonly Track[] = () => []) {
  const clock = new FakeClock()
  const batches: { batch: Batch; at: number }[] = []
  let release: () => void = () => undefined
  const batcher = createBatcher({
    now: clock.now,
    after: clock.after,
    queue: () => ({ pending: [], blockedBy: undefined }),
    totals: () => ({ rows: 0, dropped: 0 }),
    guestErrors: () => 0,
    // What has an odd number has been dropped since.
    row: (seq) => (seq % 2 === 0 ? row(seq) : undefined),
    tracks,
    hits: () => [],
    deliver: (batch) => {
      batches.push({ batch, at: clock.now() })
      return slow ? new Promise<void>((resolve) => (release = resolve)) : Promise.resolve()
    },
  })
  return { clock, batches, batcher, release: () => release() }
}

describe('batches', () => {
  test('the first update goes out at once, further ones at most once a frame', async () => {
    const { clock, batches, batcher } = bench()
    for (let n = 0; n < 200; n += 1) {
      batcher.row(row(n))
      clock.advance(1)
      await Promise.resolve()
      await Promise.resolve()
    }
    clock.advance(100)
    expect(batches.flatMap(({ batch }) => batch.rows.map((each) => each.seq))).toEqual(
      Array.from({ length: 200 }, (_, n) => n),
    )
    for (let n = 1; n < batches.length; n += 1) {
      expect((batches[n]?.at ?? 0) - (batches[n - 1]?.at ?? 0)).toBeGreaterThanOrEqual(frameMs)
    }
  })

  test('a slow page gets fewer and larger batches, and rows above the limit are counted', async () => {
    const { clock, batches, batcher, release } = bench(true)
    batcher.row(row(0))
    clock.advance(1)
    for (let n = 1; n < 10_000; n += 1) batcher.row(row(n))
    clock.advance(1000)
    expect(batches).toHaveLength(1)
    release()
    await new Promise((resolve) => setTimeout(resolve))
    clock.advance(floodMs)
    expect(batches).toHaveLength(2)
    const second = batches[1]?.batch
    expect(second?.rows).toHaveLength(rowsInFlood)
    expect(second?.rows.at(-1)?.seq).toBe(9999)
    expect((second?.rows.length ?? 0) + (second?.omitted ?? 0)).toBe(9999)
  })

  test('rows of the record are read when they go, those that are still there, in the order in which they came', () => {
    const { clock, batches, batcher } = bench()
    batcher.recorded(0)
    batcher.row(row(1))
    batcher.recorded(3)
    batcher.recorded(4)
    clock.advance(100)
    expect(batches.flatMap(({ batch }) => batch.rows.map((each) => each.seq))).toEqual([0, 1, 4])
  })

  test('tracks that did not fit go with the next batches, though nothing else comes', async () => {
    let left = 2 * tracksABatch + 1
    const { clock, batches, batcher } = bench(false, () => {
      const now = Math.min(tracksABatch, left)
      left -= now
      return Array.from({ length: now }, () => ({}) as Track)
    })
    batcher.touch()
    for (let frame = 0; frame < 6; frame += 1) {
      clock.advance(frameMs)
      await new Promise((resolve) => setTimeout(resolve))
    }
    expect(batches.map(({ batch }) => batch.tracks.length)).toEqual([tracksABatch, tracksABatch, 1])
  })

  test('only what changed is in a batch', () => {
    const { clock, batches, batcher } = bench()
    batcher.state({ kind: 'greeting' })
    clock.advance(1)
    expect(batches[0]?.batch).toMatchObject({
      state: { kind: 'greeting' },
      queue: undefined,
      identity: undefined,
      rows: [],
    })
  })
})

describe('a batch that cannot be handed over', () => {
  /** A page that takes only batches that pass. */
  function picky(takes: (batch: Batch) => boolean) {
    const clock = new FakeClock()
    const taken: Batch[] = []
    const batcher = createBatcher({
      now: clock.now,
      after: clock.after,
      queue: () => ({ pending: [], blockedBy: undefined }),
      totals: () => ({ rows: 0, dropped: 0 }),
      guestErrors: () => 0,
      row: () => undefined,
      tracks: () => [],
      hits: () => [],
      deliver: (batch) => {
        if (!takes(batch)) return Promise.reject(new Error('could not be cloned'))
        taken.push(batch)
        return Promise.resolve()
      },
    })
    return { clock, batcher, taken }
  }

  const settled = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 0))
  const odd: LogRow = {
    ...row(2),
    kind: 'event',
    name: 'ODD',
    data: { deep: [] },
    timestamp: undefined,
    cause: undefined,
  }

  test('goes again without data, with all rows and the state', async () => {
    const { clock, batcher, taken } = picky(({ rows }) =>
      rows.every((each) => each.kind !== 'event' || each.data === undefined),
    )
    batcher.state({ kind: 'greeting' })
    batcher.row(odd)
    batcher.row(row(4))
    clock.advance(frameMs)
    await settled()
    expect(taken).toHaveLength(1)
    expect(taken[0]?.state).toEqual({ kind: 'greeting' })
    expect(taken[0]?.rows.map(({ seq }) => seq)).toEqual([2, 4])
  })

  test('goes without its rows, which are counted, where that is not enough', async () => {
    const { clock, batcher, taken } = picky(({ rows }) => rows.length === 0)
    batcher.state({ kind: 'greeting' })
    batcher.row(odd)
    clock.advance(frameMs)
    await settled()
    expect(taken).toMatchObject([{ state: { kind: 'greeting' }, rows: [], omitted: 1 }])
  })

  test('is not the end of what changed: it goes with a later one, a second apart', async () => {
    let takes = false
    let tries = 0
    const { clock, batcher, taken } = picky(() => {
      tries += 1
      return takes
    })
    batcher.state({ kind: 'greeting' })
    batcher.row(odd)
    clock.advance(frameMs)
    await settled()
    clock.advance(900)
    await settled()
    expect(tries).toBe(3)
    takes = true
    clock.advance(100)
    await settled()
    expect(taken).toMatchObject([{ state: { kind: 'greeting' }, omitted: 1 }])
  })
})

describe('the record', () => {
  test('is bounded by count and by size, drops the oldest, and counts it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30), { maxLength: 300 }), (sizes) => {
        const log = createStore({ rows: 50, bytes: 400 })
        sizes.forEach((size, seq) => log.add(row(seq), 'x'.repeat(size)))
        const { rows, totals } = log.page(0, 1000)
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
    expect(log.page(4, 3).rows.map((each) => each.seq)).toEqual([4, 5, 6])
    log.clear()
    expect(log.page(0, 10).rows).toEqual([])
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
