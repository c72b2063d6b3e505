import { describe, expect, it } from 'vitest'
import type { LogRow } from '#record/row.ts'
import { RowWindow, windowBytes, windowRows } from './row-window.ts'

function event(seq: number, bytes: number): LogRow {
  return {
    kind: 'event',
    name: 'A',
    data: { x: 1 },
    timestamp: undefined,
    seq,
    at: seq,
    bytes,
  }
}

const entries = (rows: readonly LogRow[]): { machine: string; row: LogRow }[] =>
  rows.map((row) => ({ machine: 'a', row }))

describe('the rows that the page keeps', () => {
  it('are bounded in number: the oldest go, counted', () => {
    const window = new RowWindow()
    const rows = Array.from({ length: windowRows + 5 }, (_, seq) => event(seq, 10))
    expect(window.push(entries(rows))).toBe(5)
    expect(window.entries).toHaveLength(windowRows)
    expect(window.entries[0]?.row.seq).toBe(5)
  })

  it('are bounded in bytes, whatever the size of each', () => {
    const window = new RowWindow()
    const size = 1024 * 1024
    const most = windowBytes / size
    let gone = 0
    for (let seq = 0; seq < most * 3; seq += 1) gone += window.push(entries([event(seq, size)]))
    expect(window.entries).toHaveLength(most)
    expect(gone).toBe(most * 2)
    window.keep(() => false)
    expect(window.push(entries(Array.from({ length: most }, (_, seq) => event(seq, size))))).toBe(0)
  })

  it('are told after a number: the newest, and how many more; what another tab told is not told on', () => {
    const window = new RowWindow()
    window.push(entries([event(1, 1), event(2, 1), event(3, 1)]))
    window.push([
      { machine: 'a', row: event(9, 1), followed: true },
      { machine: 'b', row: event(8, 1) },
    ])
    window.push(entries([event(4, 1)]))
    const seqs = (after: number, most: number): unknown => {
      const { rows, more } = window.after('a', after, most)
      return [rows.map(({ seq }) => seq), more]
    }
    expect(seqs(1, 10)).toEqual([[2, 3, 4], 0])
    expect(seqs(-1, 2)).toEqual([[3, 4], 2])
    expect(seqs(4, 10)).toEqual([[], 0])
  })

  it('keep no data of a row that is larger than a row may be, and the beginning of a long error', () => {
    const window = new RowWindow()
    window.push(
      entries([
        event(1, 10 * 1024 * 1024),
        {
          kind: 'error',
          name: 'a',
          exec: 1 as never,
          error: { class: 'GenericError', desc: 'x'.repeat(10_000_000) },
          latencyMs: 1,
          late: false,
          origin: 'person',
          timestamp: undefined,
          seq: 2,
          at: 2,
          bytes: 10_000_100,
        } as unknown as LogRow,
      ]),
    )
    const [first, second] = window.entries
    expect(first?.row.kind === 'event' && first.row.data).toBeUndefined()
    expect(second?.row.kind === 'error' && second.row.error?.desc.length).toBe(10_001)
  })
})
