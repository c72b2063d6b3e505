import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { createSpans } from './spans.ts'
import type { SpanEnd } from './spans.ts'
import { createStore } from './store.ts'
import { anyLines } from './testing/any-rows.ts'
import type { Line } from './testing/any-rows.ts'

interface Naive {
  readonly seq: number
  end: SpanEnd
  endSeq: number
}

/** The commands of a stream: the last one of each number, as far as its row is kept. */
function naive(lines: readonly Line[], firstSeq: number): Map<number, Naive> {
  const spans = new Map<number, Naive>()
  const open = new Map<number, Naive>()
  lines.forEach(({ row }, seq) => {
    const end = (exec: number, how: SpanEnd): void => {
      const span = open.get(exec >>> 0)
      if (span === undefined) return
      span.end = how
      span.endSeq = seq
      if (how !== 'timed-out') open.delete(exec >>> 0)
    }
    if (row.kind === 'command' || row.kind === 'raw') {
      const span: Naive = { seq, end: 'pending', endSeq: -1 }
      spans.set(row.exec >>> 0, span)
      open.set(row.exec >>> 0, span)
    } else if (row.kind === 'return') end(row.exec, 'returned')
    else if (row.kind === 'error') end(row.exec, 'failed')
    else if (row.kind === 'outcome') end(row.exec, row.outcome)
    else if (row.kind === 'state' && (row.state.kind === 'lost' || row.state.kind === 'ended')) {
      for (const span of open.values()) if (span.end === 'pending') span.end = 'unknown'
      open.clear()
    }
  })
  for (const [exec, span] of spans) if (span.seq < firstSeq) spans.delete(exec)
  return spans
}

/** Each command with a number of its own, as the session gives them. */
function numbered(lines: readonly Line[]): Line[] {
  const latest = new Map<number, number>()
  let next = 0
  return lines.map((line) => {
    const { row } = line
    if (!('exec' in row)) return line
    if (row.kind === 'command' || row.kind === 'raw') {
      next += 1
      latest.set(row.exec, next)
    }
    return { ...line, row: { ...row, exec: (latest.get(row.exec) ?? 0) as typeof row.exec } }
  })
}

describe('the rows of commands', () => {
  test('are those that sent and ended them', () => {
    fc.assert(
      fc.property(anyLines, fc.integer({ min: 5, max: 90 }), (some, rows) => {
        const lines = numbered(some)
        const store = createStore({ rows, bytes: 1e9 })
        for (const { row, text } of lines) store.add(row, text)
        const model = naive(lines, store.firstSeq)
        expect(store.spans.count).toBe(model.size)
        for (const [exec, { seq, end, endSeq }] of model) {
          expect(store.spans.of(exec)).toMatchObject({ seq, end, endSeq })
        }
        expect(store.spans.of(4000)).toBeUndefined()
      }),
      { numRuns: runs(300) },
    )
  })

  test('are found over chunks, out of order, after some were dropped and after the record was cleared', () => {
    const spans = createSpans()
    spans.sent(5000, 0, 0, 1)
    for (let n = 1; n < 4000; n += 1) {
      spans.sent(n, n, n, 1)
      spans.ended(n, n + 1, 'returned')
    }
    expect(spans.of(5000)).toEqual({ seq: 0, start: 0, end: 'pending', endSeq: -1, origin: 1 })
    expect(spans.of(2500)?.endSeq).toBe(2501)
    for (let n = 0; n < 3000; n += 1) spans.dropOldest()
    expect(spans.of(5000)).toBeUndefined()
    expect(spans.of(2500)).toBeUndefined()
    expect(spans.of(3999)?.seq).toBe(3999)
    // It was sent long ago, but its answer may still come.
    spans.ended(5000, 4001, 'returned')
    spans.clear()
    spans.sent(7, 7, 6000, 2)
    expect(spans.of(7)?.origin).toBe(2)
    expect(spans.of(3999)).toBeUndefined()
    expect(spans.count).toBe(1)
  })
})
