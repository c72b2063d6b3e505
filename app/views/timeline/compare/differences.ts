/**
 * What two runs that are laid over each other have not in common, as the lanes of each mark it: rows that only one has,
 * and commands that took much longer in it than in the other. Pure.
 */
import type { Outline, OverlayRows } from '#record/outline.ts'
import { isSlower } from '#trace/overlay/overlay-summary.ts'
import type { LaneDifferences } from '../lanes/paint/scene.ts'

/** The differences of two runs. */
export interface RunDifferences {
  readonly a: LaneDifferences
  readonly b: LaneDifferences
  /** Places of the overlay that differ, in order. */
  readonly places: Int32Array
  /** For each row of an outline its place in the overlay. */
  readonly placesOfA: Int32Array
  readonly placesOfB: Int32Array
}

/** Find the differences. One pass over all rows. */
export function differencesOf(a: Outline, b: Outline, rows: OverlayRows): RunDifferences {
  const places: number[] = []
  const found = { a: new SideDifferences(a), b: new SideDifferences(b) }
  const placesOf = { a: new Int32Array(a.seq.length), b: new Int32Array(b.seq.length) }
  rows.a.forEach((inA, place) => {
    const inB = rows.b[place] as number
    if (inA >= 0) placesOf.a[inA] = place
    if (inB >= 0) placesOf.b[inB] = place
    const [msA, msB] = [a.latencyMs[inA] ?? Number.NaN, b.latencyMs[inB] ?? Number.NaN]
    const differs =
      inB < 0
        ? found.a.add(inA, false)
        : inA < 0
          ? found.b.add(inB, false)
          : isSlower(msA, msB)
            ? found.a.add(inA, true)
            : isSlower(msB, msA) && found.b.add(inB, true)
    if (differs) places.push(place)
  })
  return {
    a: found.a.columns(),
    b: found.b.columns(),
    places: Int32Array.from(places),
    placesOfA: placesOf.a,
    placesOfB: placesOf.b,
  }
}

/** Those of one side, as they are found: in the order of its rows. */
class SideDifferences {
  readonly #outline: Outline
  readonly #rows: number[] = []
  readonly #slower: number[] = []

  constructor(outline: Outline) {
    this.#outline = outline
  }

  /** Always true: there is a difference. */
  add(row: number, isSlow: boolean): true {
    this.#rows.push(row)
    this.#slower.push(isSlow ? 1 : 0)
    return true
  }

  columns(): LaneDifferences {
    const { at, lane, latencyMs } = this.#outline
    return {
      at: Float64Array.from(this.#rows, (row) => at[row] ?? 0),
      lane: Uint8Array.from(this.#rows, (row) => lane[row] ?? 0),
      slowerMs: Float64Array.from(this.#rows, (row, n) =>
        this.#slower[n] === 1 ? (latencyMs[row] ?? 0) : Number.NaN,
      ),
    }
  }
}

/** The place of the difference after a place, or before it; undefined where there is none. */
export function differenceBeside(places: Int32Array, place: number, forward: boolean): number | undefined {
  return forward ? places.find((each) => each > place) : places.findLast((each) => each < place)
}
