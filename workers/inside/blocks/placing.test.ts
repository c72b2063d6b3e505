import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { keepPlaces } from './placing.ts'
import type { Place } from './placing.ts'

const size = { width: 200, height: 60, gap: 20 }
const at = (x: number, y: number): Place => ({ x, y })

test('what was there stays; a new card comes beside its neighbour', () => {
  const before = new Map([['a', at(500, 300)]])
  const fresh = new Map([
    ['a', at(0, 0)],
    ['b', at(270, 40)],
  ])
  expect(keepPlaces(before, fresh, [{ from: 'a', to: 'b' }], size)).toEqual(
    new Map([
      ['a', at(500, 300)],
      ['b', at(770, 340)],
    ]),
  )
})

test('where nothing stays, the layout is taken as it is', () => {
  const fresh = new Map([['b', at(1, 2)]])
  expect(keepPlaces(new Map([['a', at(0, 0)]]), fresh, [], size)).toBe(fresh)
})

test('no two cards lie over each other, and none of the old ones moves', () => {
  const grid = fc.uniqueArray(fc.nat(40), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(grid, fc.array(fc.tuple(fc.nat(900), fc.nat(500)), { maxLength: 20 }), (cells, coming) => {
      const before = new Map(
        cells.map((cell) => [`o${cell}`, at((cell % 4) * 230, Math.floor(cell / 4) * 85)]),
      )
      const fresh = new Map([...before, ...coming.map(([x, y], index) => [`n${index}`, at(x, y)] as const)])
      const kept = keepPlaces(before, fresh, [], size)
      if (kept === fresh) return
      for (const [id, place] of before) expect(kept.get(id)).toEqual(place)
      const all = [...kept.values()]
      for (const [index, one] of all.entries())
        for (const other of all.slice(index + 1))
          expect(Math.abs(one.x - other.x) >= size.width || Math.abs(one.y - other.y) >= size.height).toBe(
            true,
          )
    }),
    { numRuns: runs(500) },
  )
})
