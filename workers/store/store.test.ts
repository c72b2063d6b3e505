import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import type { ExecId, Ticket } from '#qmp/report.ts'
import type { Filter } from '#record/filter/filter.ts'
import type { LogRow } from '#record/row.ts'
import { blockRows } from './columns.ts'
import { createStore } from './store.ts'
import { Slab } from './slab.ts'
import { createScan } from './scan/scan.ts'
import type { Store } from './store.ts'
import { anyLines, naiveStampOrders, rowsIn, wellFormed } from './testing/any-rows.ts'

/** Of vitest, an object with a member `constructor` is equal to no other. */
function same(a: readonly LogRow[], b: readonly LogRow[]): void {
  assert.deepStrictEqual(a, b)
}

describe('the slab', () => {
  test('gives every text back as it was, whatever its size, until it is released', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.nat(300).map((size) => 'é'.repeat(size)),
    )
    // What came together: texts of ASCII one behind the other, of which some are stored, and others between them.
    const anyPiece = fc.array(
      fc.record({ text: fc.oneof(anyText, fc.string({ unit: 'grapheme-ascii' })), between: fc.boolean() }),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(fc.array(anyPiece, { maxLength: 8 }), fc.nat(20), (pieces, kept) => {
        const slab = new Slab(128)
        const held: { text: string; position: number; length: number }[] = []
        const store = (text: string, source?: { bytes: Uint8Array; at: number }): void => {
          const position = source === undefined ? slab.append(text) : slab.appendBytes(source, text.length)
          held.push({ text, position, length: slab.lastLength })
          if (held.length > kept) slab.release(held.shift()?.position ?? -1)
          for (const each of held) expect(slab.read(each.position, each.length)).toBe(each.text)
        }
        for (const piece of pieces) {
          const isAscii = (text: string): boolean => !/[^\0-\x7f]/.test(text)
          const inPiece = piece.map(({ text }) => wellFormed(text)).filter(isAscii)
          const bytes = new TextEncoder().encode(`${inPiece.join('\r\n')}\r\n`)
          const source = { bytes, at: 0 }
          for (const { text: any, between } of piece) {
            const text = wellFormed(any)
            if (!isAscii(text)) store(text)
            else {
              if (!between) store(text, source)
              source.at += text.length + 2
            }
          }
          bytes.fill(0)
        }
      }),
    )
  })

  test('keeps a byte order mark, and gives memory back', () => {
    const slab = new Slab(1024)
    const first = slab.append('\ufeffa')
    expect(slab.read(first, slab.lastLength)).toBe('\ufeffa')
    const before = slab.heldBytes
    const positions = Array.from({ length: 100 }, () => slab.append('x'.repeat(1000)))
    slab.release(first)
    for (const position of positions) slab.release(position)
    // One segment stays for the next text that comes.
    expect(slab.heldBytes).toBeLessThanOrEqual(before + 1024)
    expect(() => slab.read(first, 4)).toThrow('released')
  })
})

/** The rows that pass a filter. */
function takeAll(store: Store, filter: Filter): Float64Array {
  const scan = createScan(store, filter, () => 0)
  scan.step(1)
  return scan.found()
}

describe('the store', () => {
  test('is the array of its rows: pages, texts, bounds, orders of stamps, clearing', () => {
    fc.assert(
      fc.property(
        anyLines,
        fc.integer({ min: 1, max: 60 }),
        fc.option(fc.nat(80)),
        (lines, most, clearAt) => {
          const store = createStore({ rows: most, bytes: 1e9 })
          let dropped = 0
          lines.forEach(({ row, text }, seq) => {
            if (seq === clearAt) {
              store.clear()
              dropped = seq
            }
            store.add(row, text)
            dropped = Math.max(dropped, seq + 1 - most)
          })
          const kept = lines.slice(dropped)
          const orders = naiveStampOrders(lines)
          expect(store.totals()).toEqual({ rows: lines.length, dropped })
          same(
            rowsIn(store),
            kept.map(({ row }) => row),
          )
          same(
            rowsIn(store, dropped + 2, 3),
            kept.slice(2, 5).map(({ row }) => row),
          )
          for (const [seq, { text }] of lines.entries()) {
            expect(store.text(seq)).toBe(seq < dropped ? undefined : text)
            if (seq >= dropped) expect(store.stampOrder(seq)).toBe(orders[seq])
          }
        },
      ),
      { numRuns: runs(300) },
    )
  })

  test('drops by the bytes of texts and of what is kept as objects', () => {
    fc.assert(
      fc.property(anyLines, (lines) => {
        const store = createStore({ rows: 1000, bytes: 2000 })
        for (const { row, text } of lines) {
          store.add(row, text)
          const [rows, totals] = [rowsIn(store), store.totals()]
          same(
            rows,
            lines.slice(totals.dropped, totals.rows).map((each) => each.row),
          )
          const texts = lines.slice(totals.dropped, totals.rows).map((each) => each.text ?? '')
          const size = texts.reduce((sum, each) => sum + new TextEncoder().encode(each).length, 0)
          expect(rows.length === 1 || size <= 2000).toBe(true)
        }
      }),
    )
  })

  test('goes on over blocks and segments, after they are dropped and after it is cleared', () => {
    const store = createStore({ rows: 10_000, bytes: 1e9 })
    const add = (): void => {
      const seq = store.nextSeq
      store.add(
        { kind: 'raw', exec: ((seq % 7) + 1) as ExecId, seq, at: seq, bytes: 1 } satisfies LogRow,
        `line ${seq} ${'x'.repeat(200)}`,
      )
    }
    for (let n = 0; n < 30_000; n += 1) add()
    expect(store.firstSeq).toBe(20_000)
    expect(store.slab.heldBytes).toBeLessThan(16 * 1024 * 1024)
    expect(store.text(20_000)?.startsWith('line 20000 ')).toBe(true)
    expect(rowsIn(store, 29_998, 10).map(({ seq }) => seq)).toEqual([29_998, 29_999])
    store.clear()
    for (let n = 0; n < 5000; n += 1) add()
    expect(rowsIn(store)[0]?.seq).toBe(30_000)
    expect(store.text(34_999)?.startsWith('line 34999 ')).toBe(true)
  })

  test('rows of a block that is used again have nothing of those before them', () => {
    const limit = 100
    const store = createStore({ rows: limit, bytes: 1e9 })
    const added: LogRow[] = []
    const numbered = () => ({ seq: store.nextSeq, at: store.nextSeq, bytes: 3 })
    const exec = 7 as ExecId
    const command = (text: string): void => {
      const row: LogRow = {
        kind: 'command',
        exec,
        ticket: 3 as Ticket,
        name: 'x',
        oob: true,
        origin: 'person',
        ...numbered(),
      }
      store.add(row, text)
      added.push(row)
    }
    const isFound: Filter = { values: [{ path: ['a'], any: [{ kind: 'equals', value: 'x' }] }] }
    for (let n = 0; n < blockRows; n += 1) command('{"a": "x"}')
    // A search keeps with the block what it found out about the texts: that they have no escapes.
    expect(takeAll(store, isFound)).toHaveLength(limit)
    const timestamp = { seconds: 5, microseconds: 0 }
    const events = 2 * blockRows - limit
    for (let n = 0; n < events; n += 1) {
      const isPlain = n % 2 === 0
      const row: LogRow = {
        kind: 'event',
        name: 'E',
        data: undefined,
        timestamp: isPlain ? undefined : timestamp,
        cause: undefined,
        ...numbered(),
      }
      store.add(row, undefined)
      added.push(row)
      expect(store.text(row.seq)).toBeUndefined()
      expect(store.stampOrder(row.seq)).toBe(isPlain ? 'none' : n === 1 ? 'later' : 'equal')
      if (n % 500 === 0) same(rowsIn(store, row.seq - 3, 10), added.slice(-4))
    }
    same(rowsIn(store), added.slice(-limit))
    expect(takeAll(store, { execs: [exec] })).toHaveLength(0)
    for (let n = 0; n < limit; n += 1) command('{"a": "\\u0078"}')
    expect(takeAll(store, isFound)).toHaveLength(limit)
  })

  test('a row out of turn is a bug', () => {
    const row: LogRow = { kind: 'raw', exec: 1 as ExecId, seq: 1, at: 0, bytes: 0 }
    expect(() => createStore().add(row, '')).toThrow('row 1 was added as row 0')
  })
})
