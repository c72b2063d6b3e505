import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countBins } from './bins.ts'
import { kinds } from './columns.ts'
import { createSpans, spanOutcomes } from './spans.ts'
import type { SpanOutcome } from './spans.ts'
import { createStore } from './store.ts'
import { anyLines, arrivals } from './testing/any-rows.ts'
import type { Line } from './testing/any-rows.ts'

const start = 1_700_000_000_000
const anyRange = fc
  .tuple(
    fc.integer({ min: -10, max: 2000 }),
    fc.oneof(fc.double({ min: 0.001, max: 500, noNaN: true }), fc.constant(1e9)),
  )
  .map(([from, width]) => ({ from: start + from, to: start + from + width }))

interface Span {
  readonly exec: number
  readonly seq: number
  readonly start: number
  end: number
  outcome: SpanOutcome
}

/** The spans of a stream, command by command. */
function naiveSpans(lines: readonly Line[]): Span[] {
  const at = arrivals(lines)
  const spans: Span[] = []
  const open = new Map<number, Span>()
  lines.forEach(({ row }, seq) => {
    const now = at[seq] ?? 0
    const end = (exec: number, outcome: SpanOutcome): void => {
      const span = open.get(exec >>> 0)
      if (span === undefined) return
      span.end = now
      span.outcome = outcome
      if (outcome !== 'timed-out') open.delete(exec >>> 0)
    }
    if (row.kind === 'command') {
      const span: Span = { exec: row.exec >>> 0, seq, start: now, end: Infinity, outcome: 'pending' }
      spans.push(span)
      open.set(span.exec, span)
    } else if (row.kind === 'return') end(row.exec, 'returned')
    else if (row.kind === 'error') end(row.exec, 'failed')
    else if (row.kind === 'outcome') end(row.exec, row.outcome)
    else if (row.kind === 'state' && (row.state.kind === 'lost' || row.state.kind === 'ended')) {
      for (const span of open.values()) {
        if (span.outcome === 'pending') Object.assign(span, { end: now, outcome: 'unknown' })
      }
      open.clear()
    }
  })
  return spans
}

describe('bins', () => {
  test('hold what arrived in their time, whatever the range', () => {
    fc.assert(
      fc.property(
        anyLines,
        anyRange,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 5, max: 90 }),
        (lines, range, count, rows) => {
          const store = createStore({ rows, bytes: 1e9 })
          for (const { row, text } of lines) store.add(row, text)
          const bins = countBins(store, range.from, range.to, count)
          const at = arrivals(lines)
          const edge = (n: number): number =>
            n === count ? range.to : range.from + ((range.to - range.from) * n) / count
          for (let bin = 0; bin < count; bin += 1) {
            const inside = lines.filter(
              (_, seq) =>
                seq >= store.firstSeq && (at[seq] ?? 0) >= edge(bin) && (at[seq] ?? 0) < edge(bin + 1),
            )
            expect(bins.total[bin]).toBe(inside.length)
            kinds.forEach((kind, code) => {
              expect(bins.byKind[bin * kinds.length + code]).toBe(
                inside.filter(({ row }) => row.kind === kind).length,
              )
            })
            expect(bins.errors[bin]).toBe(
              inside.filter(({ row }) => ['error', 'outcome', 'problem'].includes(row.kind)).length,
            )
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  test('are right over many blocks, after rows were dropped and after the record was cleared', () => {
    const store = createStore({ rows: 20_000, bytes: 1e9 })
    const add = (rows: number): void => {
      for (let n = 0; n < rows; n += 1) {
        const seq = store.nextSeq
        store.add(
          seq % 3 === 0
            ? { kind: 'problem', problem: { kind: 'unrecognised', why: '' }, seq, at: seq, bytes: 0 }
            : {
                kind: 'event',
                name: 'E',
                data: undefined,
                timestamp: undefined,
                cause: undefined,
                seq,
                at: seq,
                bytes: 0,
              },
          undefined,
        )
      }
    }
    const check = (first: number, next: number): void => {
      const bins = countBins(store, 0, next, 7)
      for (let bin = 0; bin < 7; bin += 1) {
        const from = Math.max(first, Math.ceil((next * bin) / 7))
        const to = Math.max(from, Math.ceil((next * (bin + 1)) / 7))
        expect(bins.total[bin]).toBe(to - from)
        expect(bins.errors[bin]).toBe(Math.ceil(to / 3) - Math.ceil(from / 3))
      }
    }
    add(50_001)
    check(30_001, 50_001)
    store.clear()
    check(50_001, 50_001)
    add(9000)
    check(50_001, 59_001)
  })
})

describe('spans', () => {
  test('are those of the commands in the range, and narrow ones of a pixel are one', () => {
    fc.assert(
      fc.property(
        anyLines,
        anyRange,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 5, max: 90 }),
        (lines, { from, to }, pixels, rows) => {
          const store = createStore({ rows, bytes: 1e9 })
          for (const { row, text } of lines) store.add(row, text)
          const pixelMs = (to - from) / pixels
          const groups: { span: Span; end: number; worst: number; count: number }[] = []
          let last: { pixel: number; group: (typeof groups)[number] } | undefined
          for (const span of naiveSpans(lines)) {
            const inside = span.start < to && (span.end > from || (span.start === from && span.end === from))
            if (span.seq < store.firstSeq || !inside) continue
            const worst = spanOutcomes.indexOf(span.outcome)
            const pixel = Math.floor(Math.max(0, span.start - from) / pixelMs)
            const narrow = span.end - span.start < pixelMs
            if (narrow && last?.pixel === pixel) {
              last.group.end = Math.max(last.group.end, span.end)
              last.group.worst = Math.max(last.group.worst, worst)
              last.group.count += 1
              continue
            }
            const group = { span, end: span.end, worst, count: 1 }
            groups.push(group)
            if (narrow) last = { pixel, group }
          }
          const found = store.spans.query(from, to, pixels)
          expect([...found.start]).toEqual(groups.map(({ span }) => span.start))
          expect([...found.end]).toEqual(groups.map(({ end }) => end))
          expect([...found.seq]).toEqual(groups.map(({ span }) => span.seq))
          expect([...found.exec]).toEqual(groups.map(({ span }) => span.exec))
          expect([...found.outcome]).toEqual(groups.map(({ worst }) => worst))
          expect([...found.count]).toEqual(groups.map(({ count }) => count))
        },
      ),
      { numRuns: 500 },
    )
  })

  test('go on over chunks; a long one is found far from its beginning; what was dropped may still be answered', () => {
    const spans = createSpans()
    spans.sent(1, 0, 0)
    for (let n = 2; n < 5000; n += 1) {
      spans.sent(n, n, n)
      if (n > 2) spans.ended(n, n + 0.5, 'returned')
    }
    expect([...spans.query(4000, 4001, 100).exec]).toEqual([1, 2, 4000])
    for (let n = 0; n < 3000; n += 1) spans.dropOldest()
    spans.ended(1, 5001, 'returned')
    expect(spans.count).toBe(1999)
    expect([...spans.query(0, 1e6, 1).count]).toEqual([1999])
    spans.clear()
    spans.sent(7, 7, 6000)
    expect([...spans.query(0, 1e6, 1).exec]).toEqual([7])
  })
})
