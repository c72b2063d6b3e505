import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isFailureLane, isOwnLane, laneCode, lanes } from '#record/lanes.ts'
import type { LogRow } from '#record/row.ts'
import { densityOf, RowCounts, spanMs } from './density.ts'

const now = 1_700_000_000_000

test('the sums are those of the rows in the span, whatever their number and the width', () => {
  const row = fc.record({ ago: fc.integer({ min: 0, max: 2 * spanMs }), lane: fc.nat(lanes.length - 1) })
  fc.assert(
    fc.property(fc.array(row, { maxLength: 200 }), fc.integer({ min: 30, max: 400 }), (any, bins) => {
      const rows = any.toSorted((a, b) => b.ago - a.ago)
      const counts = new RowCounts()
      counts.append({
        at: Float64Array.from(rows, ({ ago }) => now - ago),
        lane: Uint8Array.from(rows, ({ lane }) => lane),
      })
      const density = densityOf([counts], now, bins)
      // A slot is whole or not there.
      const inside = rows.filter(
        ({ ago }) => Math.floor((now - ago) / 250) >= Math.floor((now - spanMs) / 250),
      )
      const last = rows.filter(({ ago }) => ago === 0)
      const tell = (list: typeof rows, test: (lane: number) => boolean): number =>
        list.filter(({ lane }) => isOwnLane[lane] === 0 && test(lane)).length
      const isTrouble = (lane: number): boolean => isFailureLane[lane] === 1
      // Rows of this very moment may be after the last bin.
      expect(density.troubles).toBeLessThanOrEqual(tell(inside, isTrouble))
      expect(density.troubles).toBeGreaterThanOrEqual(tell(inside, isTrouble) - tell(last, isTrouble))
      expect(density.bins).toHaveLength(bins)
      expect(density.bins.reduce((sum, { events }) => sum + events, 0)).toBe(density.events)
    }),
  )
})

test('commands, events and troubles are told apart, the page’s own are not counted, and counts are added up', () => {
  const [own, followed] = [new RowCounts(), new RowCounts()]
  const at = Float64Array.from([1000, 900, 800, 700, 600], (ago) => now - ago).toSorted()
  const codes = (['command', 'own-command', 'raw', 'run-state', 'error'] as const).map(
    (lane) => laneCode[lane],
  )
  own.append({ at, lane: Uint8Array.from(codes) })
  const stop: LogRow = {
    ...{ kind: 'event', name: 'STOP', data: undefined, timestamp: { seconds: 1, microseconds: 0 } },
    ...{ seq: 1, at: now - 500, bytes: 1 },
  }
  followed.add([stop])
  expect(densityOf([own, followed], now, 60)).toMatchObject({ commands: 2, events: 2, troubles: 1 })
  // The span moves on.
  expect(densityOf([own, followed], now + spanMs, 60)).toMatchObject({ commands: 0, events: 0, troubles: 0 })
  own.clear()
  expect(densityOf([own], now, 60)).toMatchObject({ commands: 0, troubles: 0 })
})
