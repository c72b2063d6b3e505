import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { MergedRows } from './merged-rows.ts'
import { RowSet } from './row-set.ts'

test('rows of several machines are in the order of arrival, however they come and go', () => {
  const anyStep = fc.record({
    set: fc.nat(2),
    after: fc.array(fc.constantFrom(0, 1, 5, 50), { maxLength: 6 }),
    continues: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
    drop: fc.nat(3),
    sync: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), fc.array(anyStep, { maxLength: 40 }), (count, steps) => {
      const sets = Array.from({ length: count }, () => new RowSet())
      const models = sets.map((): { seq: number; at: number; continues: boolean }[] => [])
      const nexts = sets.map(() => ({ seq: 0, at: 100, first: 0 }))
      const merged = new MergedRows(sets)
      for (const step of [...steps, { set: 0, after: [], continues: [], drop: 0, sync: true }]) {
        const which = step.set % count
        const next = nexts[which]
        const model = models[which]
        if (next === undefined || model === undefined) continue
        const rows = step.after.map((after, n) => {
          next.at += after
          next.seq += 1
          return { seq: next.seq - 1, at: next.at, continues: step.continues[n] ?? false }
        })
        next.first = Math.min(next.seq, next.first + step.drop)
        model.push(...rows)
        model.splice(0, model.length, ...model.filter((row) => row.seq >= next.first))
        sets[which]?.append({
          seq: Float64Array.from(rows, (row) => row.seq),
          at: Float64Array.from(rows, (row) => row.at),
          lane: new Uint8Array(rows.length),
          latencyMs: new Float32Array(rows.length).fill(Number.NaN),
          continues: Uint32Array.from(rows.flatMap((row, place) => (row.continues ? [place] : []))),
          firstSeq: next.first,
        })
        if (!step.sync) continue
        merged.sync()
        const expected = models
          .flatMap((each, set) => each.map((row) => ({ ...row, set })))
          .toSorted((a, b) => a.at - b.at || a.set - b.set || a.seq - b.seq)
        const found = Array.from({ length: merged.length }, (_, place) => {
          const { set, index } = merged.at(place)
          return { seq: sets[set]?.seqAt(index), at: merged.timeAt(place), set }
        })
        expect(found).toEqual(expected.map(({ seq, at, set }) => ({ seq, at, set })))
        // A burst goes on only where no row of another machine came between.
        const heads = expected.flatMap((row, place) =>
          row.continues && expected[place - 1]?.set === row.set ? [] : [place],
        )
        const lines = merged.lines({ from: 0, to: merged.length }, [])
        expect(lines.length).toBe(heads.length)
        heads.forEach((place, line) => expect(lines.lineOf(place)).toBe(line))
        expected.forEach((row, place) => expect(merged.placeOf(row.set, row.seq)).toBe(place))
        expect(merged.placeAt(120)).toBe(expected.filter((row) => row.at < 120).length)
      }
    }),
    { numRuns: runs(300) },
  )
})
