import { describe, expect, test } from 'vitest'
import type { KeepState } from '#api/machine.ts'
import type { LogRow } from '#record/row.ts'
import { createStore } from '#store/store.ts'
import { FakeClock } from '#qmp/testing/fake-server.ts'
import { createKeeper, keptRow } from './keep.ts'
import type { KeptChunk, ChunkStore } from './keep.ts'

/** A database in memory that can be full. */
class Memory implements ChunkStore {
  readonly chunks = new Map<number, KeptChunk>()
  readonly alive = new Set<string>()
  most = Number.POSITIVE_INFINITY
  #next = 1

  list(machine: string) {
    return Promise.resolve(
      [...this.chunks]
        .filter(([, chunk]) => chunk.machine === machine)
        .map(([key, { writer, at, bytes, rows }]) => ({ key, writer, at, bytes, count: rows.length }))
        .toSorted((a, b) => a.at - b.at),
    )
  }
  read(key: number) {
    return Promise.resolve(structuredClone(this.chunks.get(key)))
  }
  add(chunk: KeptChunk) {
    if (this.chunks.size >= this.most) {
      return Promise.reject(new DOMException('full', 'QuotaExceededError'))
    }
    this.#next += 1
    this.chunks.set(this.#next, structuredClone(chunk))
    return Promise.resolve(this.#next)
  }
  delete(keys: readonly number[]) {
    for (const key of keys) this.chunks.delete(key)
    return Promise.resolve()
  }
  living() {
    return Promise.resolve(this.alive)
  }
}

function event(seq: number, text = `{"event":"E","data":{"n":${seq}}}`): { row: LogRow; text: string } {
  return {
    row: {
      kind: 'event',
      name: 'E',
      data: { n: seq },
      timestamp: { seconds: 1, microseconds: seq },
      cause: undefined,
      seq,
      at: 1000 + seq,
      bytes: text.length,
    },
    text,
  }
}

async function settle(clock: FakeClock, ms: number): Promise<void> {
  for (let at = 0; at < ms; at += 10) {
    clock.advance(10)
    for (let n = 0; n < 20; n += 1) await Promise.resolve()
  }
}

function bench(memory: Memory, writer: string, limits = { rows: 1000, bytes: 1e6 }) {
  const clock = new FakeClock()
  const states: KeepState[] = []
  const store = createStore({ rows: 10_000, bytes: 1e9 })
  const keeper = createKeeper(
    'vm',
    writer,
    store,
    memory,
    { now: clock.now, after: clock.after, said: (state) => states.push(state) },
    limits,
  )
  keeper.begin(0)
  const add = (count: number): void => {
    for (let n = 0; n < count; n += 1) {
      const { row, text } = event(store.nextSeq)
      store.add(row, text)
    }
    keeper.changed()
  }
  return { clock, states, store, keeper, add }
}

describe('a record that is kept', () => {
  test('comes back as it was, without what another living tab writes', async () => {
    const memory = new Memory()
    const first = bench(memory, 'a')
    first.add(3)
    await settle(first.clock, 300)
    first.add(2)
    await settle(first.clock, 300)
    const other = bench(memory, 'b')
    memory.alive.add('b')
    other.add(7)
    await settle(other.clock, 300)
    const rows = await bench(memory, 'c').keeper.restore()
    expect(rows).toEqual([0, 1, 2, 3, 4].map((seq) => event(seq)))
    memory.alive.clear()
    expect(await bench(memory, 'd').keeper.restore()).toHaveLength(12)
  })

  test('is written at once when the page is about to go, and once', async () => {
    const memory = new Memory()
    const { clock, keeper, add } = bench(memory, 'a')
    // After a pause at once, then a while later: many small writes would be slow.
    add(2)
    await settle(clock, 20)
    expect(memory.chunks.size).toBe(1)
    add(3)
    await settle(clock, 20)
    expect(memory.chunks.size).toBe(1)
    keeper.hurry()
    keeper.hurry()
    await settle(clock, 10)
    expect([...memory.chunks.values()].map(({ rows }) => rows.length)).toEqual([2, 3])
    keeper.hurry()
    await settle(clock, 400)
    expect(memory.chunks.size).toBe(2)
    add(1)
    await settle(clock, 400)
    expect(memory.chunks.size).toBe(3)
  })

  test('what comes during a write is written at once after it, when the page is about to go', async () => {
    const memory = new Memory()
    let finish: () => void = () => undefined
    const write = memory.add.bind(memory)
    memory.add = async (chunk) => {
      await new Promise<void>((done) => (finish = done))
      return write(chunk)
    }
    const { clock, keeper, add } = bench(memory, 'a')
    add(1)
    await settle(clock, 200)
    add(2)
    keeper.hurry()
    memory.add = write
    finish()
    await settle(clock, 20)
    expect([...memory.chunks.values()].map(({ rows }) => rows.length)).toEqual([1, 2])
  })

  test('is not written again when it was taken back', async () => {
    const memory = new Memory()
    const first = bench(memory, 'a')
    first.add(3)
    await settle(first.clock, 300)
    const second = bench(memory, 'b')
    const rows = await second.keeper.restore()
    for (const { row, text } of rows) second.store.add({ ...row, seq: second.store.nextSeq }, text)
    second.keeper.begin(second.store.nextSeq)
    second.keeper.changed()
    second.add(1)
    await settle(second.clock, 300)
    expect(await bench(memory, 'c').keeper.restore()).toEqual([0, 1, 2, 3].map((seq) => event(seq)))
  })

  test('is bounded by rows: the oldest go first, and what came too fast is counted', async () => {
    const memory = new Memory()
    const { clock, keeper, add, states } = bench(memory, 'a', { rows: 100, bytes: 1e6 })
    for (let n = 0; n < 8; n += 1) {
      add(40)
      await settle(clock, 300)
    }
    const rows = await bench(memory, 'b', { rows: 100, bytes: 1e6 }).keeper.restore()
    expect(rows.length).toBeLessThanOrEqual(100)
    expect(rows.length).toBeGreaterThanOrEqual(60)
    expect(rows.at(-1)).toEqual(event(319))
    add(500)
    await settle(clock, 500)
    expect(states.at(-1)).toMatchObject({ kind: 'on', left: 400 })
    keeper.close()
    expect(states.at(-1)).toEqual({ kind: 'off' })
  })

  test('gives up its older half when the database is full, and says so when that does not help', async () => {
    const memory = new Memory()
    const { clock, add, states } = bench(memory, 'a')
    memory.most = 4
    for (let n = 0; n < 9; n += 1) {
      add(1)
      await settle(clock, 300)
    }
    expect(states.at(-1)?.kind).toBe('on')
    expect([...memory.chunks.values()].flatMap(({ rows }) => rows.map(({ row }) => row.seq)).at(-1)).toBe(8)
    memory.most = 0
    add(1)
    await settle(clock, 300)
    expect(states.at(-1)).toEqual({
      kind: 'failed',
      why: 'the storage that the browser gives this page is full',
    })
  })

  test('forgets what is older than a time, kept or not yet, and what was in the same chunk stays', async () => {
    const memory = new Memory()
    const { clock, states, store, keeper, add } = bench(memory, 'a')
    for (const count of [3, 4, 2]) {
      add(count)
      await settle(clock, 300)
    }
    add(2)
    store.dropBefore(5)
    keeper.dropBefore(1005)
    await settle(clock, 300)
    const left = [5, 6, 7, 8, 9, 10]
    expect(await bench(memory, 'b').keeper.restore()).toEqual(left.map((seq) => event(seq)))
    expect(states.at(-1)).toMatchObject({ kind: 'on', rows: 6, left: 0 })
    // All that was not written is too old.
    add(3)
    store.dropBefore(store.nextSeq)
    keeper.dropBefore(2000)
    await settle(clock, 300)
    expect(memory.chunks.size).toBe(0)
    expect(states.at(-1)).toMatchObject({ kind: 'on', rows: 0, left: 0 })
  })

  test('is cleared on request', async () => {
    const memory = new Memory()
    const { clock, keeper, add } = bench(memory, 'a')
    add(5)
    await settle(clock, 300)
    await keeper.clear()
    expect(memory.chunks.size).toBe(0)
    add(1)
    await settle(clock, 300)
    expect(await bench(memory, 'b').keeper.restore()).toHaveLength(1)
  })

  test('has no secrets', () => {
    const row = { ...event(0).row, kind: 'command' } as unknown as LogRow
    const kept = keptRow(
      row,
      '{"execute":"set_password","arguments":{"protocol":"vnc","password":"hunter2"},"id":4}',
    )
    expect(kept.text).not.toContain('hunter2')
    expect(kept.text).toContain('"vnc"')
    expect(keptRow(row, '{"execute": "stop",  "id":4}').text).toBe('{"execute": "stop",  "id":4}')
    expect(keptRow({ ...row, kind: 'raw' } as LogRow, 'password hunter2').text).toBeUndefined()
  })
})
