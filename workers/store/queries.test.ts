import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import type { ExecId } from '#qmp/report.ts'
import type { FoundRows } from '#record/row.ts'
import { laneCode } from '#record/lanes.ts'
import { RowSet } from '#trace/rows/row-set.ts'
import { createStore } from './store.ts'
import { anyLines, arrivals } from './testing/any-rows.ts'
import { createQueries } from './queries.ts'

describe('questions to a record', () => {
  test('an open filter hands over every row once, while rows come and go, and the page has what is kept', () => {
    fc.assert(
      fc.property(
        anyLines,
        fc.array(fc.integer({ min: 1, max: 20 })),
        fc.integer({ min: 5, max: 90 }),
        (lines, cuts, most) => {
          const store = createStore({ rows: most, bytes: 1e9 })
          let clock = 0
          // A clock that makes every step short.
          const views = createQueries(store, () => (clock += 1))
          const handle = views.openQuery({ kinds: ['event', 'return'] })
          const set = new RowSet()
          const take = (): FoundRows | undefined => {
            const found = views.readQuery(handle, 0)
            if (found !== undefined) set.append(found)
            return found
          }
          let at = 0
          for (const cut of [...cuts, lines.length]) {
            for (const { row, text } of lines.slice(at, at + cut)) store.add(row, text)
            at = Math.min(lines.length, at + cut)
            take()
          }
          let last = take()
          while (last !== undefined && last.done < last.all) last = take()
          const times = arrivals(lines)
          const expected = lines.flatMap(({ row }, seq) =>
            seq >= store.firstSeq && (row.kind === 'event' || row.kind === 'return') ? [seq] : [],
          )
          expect(Array.from({ length: set.length }, (_, index) => set.seqAt(index))).toEqual(expected)
          expected.forEach((seq, index) => {
            const row = lines[seq]?.row
            expect(set.timeAt(index)).toBe(times[seq])
            expect(set.latencyAt(index)).toEqual(
              row?.kind === 'return' ? Math.fround(row.latencyMs) : Number.NaN,
            )
          })
          views.closeQuery(handle)
          expect(views.readQuery(handle, 0)).toBeUndefined()
        },
      ),
      { numRuns: runs(200) },
    )
  })

  test('rows that are too many for the page to apply at once come in parts', () => {
    const store = createStore({ rows: 1_000_000, bytes: 1e9 })
    const rows = 300_000
    for (let seq = 0; seq < rows; seq += 1) {
      store.add({ kind: 'raw', exec: 1 as ExecId, seq, at: seq, bytes: 0 }, undefined)
    }
    const views = createQueries(store, () => 0)
    const handle = views.openQuery({})
    const set = new RowSet()
    for (
      let found = views.readQuery(handle, 1000);
      found !== undefined;
      found = views.readQuery(handle, 1000)
    ) {
      expect(found.seq.length).toBeLessThan(75_000)
      set.append(found)
      if (found.done === found.all) break
    }
    expect(set.length).toBe(rows)
    expect(set.seqAt(rows - 1)).toBe(rows - 1)
  })

  test('rows come with what ended them, what sent them, and the events that they caused', () => {
    const store = createStore({ rows: 100, bytes: 1e9 })
    const views = createQueries(store, () => 0)
    const base = { at: 0, bytes: 1, origin: 'person' as const, ticket: undefined }
    const exec = (n: number) => n as never
    store.add(
      { kind: 'command', exec: exec(1), name: 'stop', oob: true, ...base, seq: 0 },
      '{"execute":"stop"}',
    )
    store.add(
      {
        kind: 'event',
        name: 'STOP',
        data: undefined,
        timestamp: { seconds: 5, microseconds: 0 },
        cause: { exec: exec(1), proof: 'nearness' },
        seq: 1,
        at: 1,
        bytes: 1,
      },
      '{"event":"STOP"}',
    )
    const before = views.rows([0])[0]
    expect(before?.end).toBeUndefined()
    expect(before?.text).toBe('{"execute":"stop"}')
    store.add(
      {
        kind: 'return',
        exec: exec(1),
        name: 'stop',
        error: undefined,
        latencyMs: 4,
        late: false,
        ...base,
        seq: 2,
      },
      '{"return":{}}',
    )
    const [command, , reply] = views.family(1)
    expect(command?.end).toEqual({ kind: 'return', seq: 2, latencyMs: 4, late: false })
    expect(reply?.sent).toEqual({ seq: 0, oob: true })
    expect(views.family(1).map(({ row }) => row.seq)).toEqual([0, 1, 2])
    expect(views.rows([7, 2, 1]).map(({ row }) => row.seq)).toEqual([2, 1])
    expect(views.rows([1])[0]?.lane).toBe(laneCode['run-state'])
  })

  test('the commands before a row: the last one, and past questions the last that changes something', () => {
    const sent = (name: string, origin: 'person' | 'page' = 'person') => ({ name, origin, refused: false })
    const refused = (name: string) => ({ ...sent(name), refused: true })
    const before = (...rows: readonly ReturnType<typeof sent>[]): readonly string[] => {
      const store = createStore({ rows: 4, bytes: 1e9 })
      for (const [index, each] of rows.entries()) {
        const about = {
          exec: (index + 1) as ExecId,
          name: each.name,
          origin: each.origin,
          at: index,
          bytes: 1,
        }
        const command = { kind: 'command', oob: false, ticket: undefined, seq: store.nextSeq } as const
        store.add({ ...about, ...command }, `{"execute":"${each.name}"}`)
        const error = { kind: 'error', late: false, latencyMs: 1, seq: store.nextSeq } as const
        const why = { class: 'GenericError', desc: 'no' }
        if (each.refused) store.add({ ...about, ...error, error: why }, '{"error":{}}')
      }
      return createQueries(store, () => 0)
        .commandsBefore(store.nextSeq - 1, (name) => name.startsWith('query-'))
        .map(({ row }) => (row.kind === 'command' ? row.name : ''))
    }
    expect(before(sent('cont'), sent('stop'), sent('last'))).toEqual(['stop'])
    expect(before(sent('stop'), sent('query-block'), sent('query-status'), sent('last'))).toEqual([
      'query-status',
      'stop',
    ])
    expect(before(sent('query-block'), sent('stop', 'page'), sent('last'))).toEqual(['query-block'])
    expect(before(sent('stop'), refused('cont'), sent('last'))).toEqual(['cont', 'stop'])
    expect(before(sent('last'))).toEqual([])
    // The oldest are gone.
    expect(before(sent('stop'), sent('query-a'), sent('query-b'), sent('query-c'), sent('last'))).toEqual([
      'query-c',
    ])
  })

  test('statistics are those of the rows that pass', () => {
    fc.assert(
      fc.property(anyLines, (lines) => {
        const store = createStore({ rows: 1000, bytes: 1e9 })
        for (const { row, text } of lines) store.add(row, text)
        const views = createQueries(store, () => 0)
        const all = views.statistics({})
        const times = arrivals(lines)
        const latencies = lines
          .flatMap(({ row }) =>
            row.kind === 'return' || row.kind === 'error' || row.kind === 'outcome' ? [row.latencyMs] : [],
          )
          .toSorted((a, b) => a - b)
        expect(all.rows).toBe(lines.length)
        expect(all.names.reduce((sum, each) => sum + each.rows, 0)).toBe(lines.length)
        expect(all.latency?.commands ?? 0).toBe(latencies.length)
        expect(all.latency?.min).toBe(latencies[0])
        expect(all.latency?.max).toBe(latencies.at(-1))
        expect(all.latency?.median).toBe(latencies[Math.ceil(latencies.length / 2) - 1])
        const byName = new Map<string, number[]>()
        for (const { row } of lines) {
          if (row.kind !== 'return' && row.kind !== 'error' && row.kind !== 'outcome') continue
          byName.set(row.name, [...(byName.get(row.name) ?? []), row.latencyMs])
        }
        expect(all.commands).toHaveLength(byName.size)
        for (const { count, totalMs, meanMs, p99Ms, name } of all.commands) {
          const sorted = (byName.get(name) ?? []).toSorted((a, b) => a - b)
          expect(count).toBe(sorted.length)
          expect(totalMs).toBeCloseTo(sorted.reduce((sum, each) => sum + each, 0))
          expect(meanMs).toBeCloseTo(totalMs / count)
          expect(p99Ms).toBe(sorted[Math.ceil(0.99 * count) - 1])
        }
        const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
        expect(all.gap?.ms).toBe(gaps.length === 0 ? undefined : Math.max(...gaps))
        if (all.gap !== undefined) {
          expect((times[all.gap.after + 1] ?? 0) - (times[all.gap.after] ?? 0)).toBe(all.gap.ms)
        }
      }),
    )
  })
})
