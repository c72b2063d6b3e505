import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { BurstPlaces } from './burst-places.ts'
import { ListLines } from './list-lines.ts'
import type { ListLine } from './list-lines.ts'

/** The lines of rows that continue a burst or not, one after the other. */
function plainLines(
  continues: readonly boolean[],
  { from, to }: { readonly from: number; readonly to: number },
  open: readonly number[],
): readonly ListLine[] {
  const lines: ListLine[] = []
  for (let place = from; place < to;) {
    let end = place + 1
    while (end < to && continues[end] === true) end += 1
    const burst = { kind: 'burst', from: place, to: end } as const
    const isOpen = open.some((each) => each >= burst.from && each < burst.to)
    if (end - place === 1) lines.push({ kind: 'row', place, inBurst: false })
    else lines.push({ ...burst, isOpen })
    for (let each = place; isOpen && end - place > 1 && each < end; each += 1) {
      lines.push({ kind: 'row', place: each, inBurst: true })
    }
    place = end
  }
  return lines
}

function placesOf(continues: readonly boolean[], shift = 0): BurstPlaces {
  const places = new BurstPlaces()
  continues.forEach((each, place) => {
    if (each) places.add(place + shift)
  })
  return places
}

describe('lines of a list', () => {
  test('are those that one gets by going through all rows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 60 }),
        fc.array(fc.nat(70), { maxLength: 4 }),
        fc.tuple(fc.nat(60), fc.nat(60)),
        fc.nat(5),
        (continues, open, [a, b], shift) => {
          const span = {
            from: Math.min(a, b, continues.length),
            to: Math.min(Math.max(a, b), continues.length),
          }
          const lines = new ListLines(placesOf(continues, shift), shift, span, open)
          const expected = plainLines(continues, span, open)
          expect(lines.length).toBe(expected.length)
          expect(expected.map((_, line) => lines.at(line))).toEqual(expected)
          const shown = expected.flatMap((line) => (line.kind === 'row' ? [line.place] : []))
          const isFolded = (place: number): boolean => !shown.includes(place)
          const bursts = expected.filter((line) => line.kind === 'burst' && !line.isOpen)
          const hidden = Array.from({ length: span.to - span.from }, (_, n) => span.from + n).filter(isFolded)
          expect(lines.folded).toBe(hidden.length - bursts.length)
          for (let place = -1; place <= continues.length; place += 1) {
            const line = expected.findIndex((each) =>
              each.kind === 'row'
                ? each.place === place
                : !each.isOpen && each.from <= place && place < each.to,
            )
            expect(lines.lineOf(place)).toBe(line)
            const burst = expected.find(
              (each) => each.kind === 'burst' && each.from <= place && place < each.to,
            )
            expect(lines.burstOf(place)?.from).toBe(burst?.kind === 'burst' ? burst.from : undefined)
          }
        },
      ),
      { numRuns: runs(1000) },
    )
  })

  test('stay true when older rows are forgotten', () => {
    const places = placesOf([false, true, false, true, true, false, true])
    const before = places.countBefore(5)
    places.forgetBefore(3)
    expect(places.countBefore(5)).toBe(before)
    expect([places.has(1), places.has(3), places.has(4), places.has(5)]).toEqual([false, true, true, false])
    for (let place = 7; place < 100; place += 1) places.add(place)
    expect(places.countBefore(100) - places.countBefore(7)).toBe(93)
    places.cutAt(50)
    expect([places.has(49), places.has(50)]).toEqual([true, false])
    places.clear()
    expect(places.countBefore(1000)).toBe(3 + 1 + 43)
  })

  test('a million rows that are all in bursts cost a look each time a line is read', () => {
    const places = new BurstPlaces()
    for (let place = 0; place < 1_000_000; place += 1) if (place % 32 !== 0) places.add(place)
    const lines = new ListLines(places, 0, { from: 0, to: 1_000_000 }, [640_007])
    expect(lines.length).toBe(1_000_000 / 32 + 32)
    expect(lines.folded).toBe(1_000_000 - 1_000_000 / 32 - 31)
    expect(lines.at(20_000)).toEqual({ kind: 'burst', from: 640_000, to: 640_032, isOpen: true })
    expect(lines.at(20_008)).toEqual({ kind: 'row', place: 640_007, inBurst: true })
    expect(lines.lineOf(640_032)).toBe(20_033)
    expect(lines.at(lines.length - 1)).toEqual({ kind: 'burst', from: 999_968, to: 1_000_000, isOpen: false })
  })
})
