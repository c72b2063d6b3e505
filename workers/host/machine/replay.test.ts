import { describe, expect, test } from 'vitest'
import type { ExecId } from '#qmp/report.ts'
import { createStore } from '#store/store.ts'
import { rowsIn } from '#store/testing/any-rows.ts'
import { FakeClock } from '#qmp/testing/fake-server.ts'
import { createReplay } from './replay.ts'

/** A record of rows at these times, and a replay of it. */
function bench(times: readonly number[]) {
  const clock = new FakeClock()
  const store = createStore()
  const raw = { kind: 'raw', exec: 1 as ExecId, bytes: 1 } as const
  for (const at of times) store.add({ ...raw, seq: store.nextSeq, at }, String(at))
  const replay = createReplay({
    store,
    now: clock.now,
    after: clock.after,
    clear: () => store.clear(),
    take: (row, text) => store.add({ ...row, seq: store.nextSeq }, text),
  })
  const shown = (): string[] => {
    const rows = rowsIn(store)
    return rows.map(({ seq }) => store.text(seq) ?? '?')
  }
  const look = () => replay.order({ kind: 'look' })
  return { clock, replay, shown, look }
}

const times = [1000, 1100, 1200, 2000, 5000]
const all = times.map(String)

describe('a replay', () => {
  test('is off at first, and everything is shown', () => {
    const { look, shown } = bench(times)
    expect(look()).toMatchObject({ kind: 'off', from: 1000, to: 5000, shown: 5, rows: 5, restarts: 0 })
    expect(shown()).toEqual(all)
  })

  test('rows come at their own pace, and faster', () => {
    const { clock, replay, shown, look } = bench(times)
    replay.order({ kind: 'play', speed: 1 })
    clock.advance(40)
    expect(shown()).toEqual(['1000'])
    expect(look()).toMatchObject({ kind: 'playing', restarts: 1, rows: 5, shown: 1 })
    clock.advance(300)
    expect(shown()).toEqual(['1000', '1100', '1200'])
    replay.order({ kind: 'play', speed: 100 })
    clock.advance(80)
    expect(shown()).toEqual(all)
    expect(look()).toMatchObject({ kind: 'paused', at: 5000, shown: 5 })
  })

  test('as fast as it can, also with a million milliseconds between rows', () => {
    const { clock, replay, shown } = bench([0, 1e6, 2e6])
    replay.order({ kind: 'play', speed: Number.POSITIVE_INFINITY })
    clock.advance(1)
    expect(shown()).toEqual(['0', '1000000', '2000000'])
  })

  test('stands while it is paused, and goes on from there', () => {
    const { clock, replay, shown, look } = bench(times)
    replay.order({ kind: 'play', speed: 1 })
    clock.advance(150)
    replay.order({ kind: 'pause' })
    clock.advance(10_000)
    expect(shown()).toEqual(['1000', '1100'])
    expect(look().kind).toBe('paused')
    replay.order({ kind: 'play', speed: 1 })
    clock.advance(100)
    expect(shown()).toEqual(['1000', '1100', '1200'])
  })

  test('goes to a time, forth and back', () => {
    const { clock, replay, shown, look } = bench(times)
    replay.order({ kind: 'seek', at: 1500 })
    clock.advance(1)
    expect(shown()).toEqual(['1000', '1100', '1200'])
    expect(look()).toMatchObject({ kind: 'paused', at: 1500 })
    replay.order({ kind: 'seek', at: 1100 })
    clock.advance(1)
    expect(shown()).toEqual(['1000', '1100'])
    replay.order({ kind: 'seek', at: 2000 })
    clock.advance(1)
    expect(shown()).toEqual(['1000', '1100', '1200', '2000'])
  })

  test('plays again from the beginning when it is at the end', () => {
    const { clock, replay, shown } = bench(times)
    replay.order({ kind: 'play', speed: Number.POSITIVE_INFINITY })
    clock.advance(1)
    replay.order({ kind: 'play', speed: 1 })
    clock.advance(40)
    expect(shown()).toEqual(['1000'])
  })

  test('ended: everything is shown, whatever it did before', () => {
    const { clock, replay, shown, look } = bench(times)
    replay.order({ kind: 'play', speed: 1 })
    clock.advance(120)
    replay.order({ kind: 'all' })
    clock.advance(1)
    expect(shown()).toEqual(all)
    expect(look().kind).toBe('off')
    clock.advance(10_000)
    expect(shown()).toEqual(all)
  })

  test('a recording without rows does nothing', () => {
    const { clock, replay, look } = bench([])
    replay.order({ kind: 'play', speed: 1 })
    clock.advance(100)
    expect(look()).toMatchObject({ rows: 0, shown: 0 })
  })
})
