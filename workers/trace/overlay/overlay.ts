/**
 * Matches two sequences: items that both have, in order, and items that only one has. A longest common subsequence of
 * keys where the work allows it; else keys that are in both only once divide them (patience), and where there are none,
 * both are cut into windows, so that items that moved further than a window are not matched.
 *
 * Work: n log n, and at most `mostCells` for each window; 100,000 rows against 100,000 take about a second.
 * @adr 0029
 */
import type { OverlayRows } from '#record/outline.ts'

/** The largest table that is filled for one stretch. */
const mostCells = 1_000_000

/** A sequence: a number for each row, the same number for rows that are alike. */
export type RowKeys = ArrayLike<number>

/**
 * Match two sequences. `aligned` are a place of each that belong together, whatever their keys are; undefined where
 * there is no such pair. Every place of both is in the result exactly once, and matches are in the order of both.
 */
export function overlay(a: RowKeys, b: RowKeys, aligned: readonly [number, number] | undefined): OverlayRows {
  const result = new Matcher(a, b)
  if (aligned === undefined) {
    result.match(0, a.length, 0, b.length)
  } else {
    const [inA, inB] = aligned
    result.match(0, inA, 0, inB)
    result.both(inA, inB)
    result.match(inA + 1, a.length, inB + 1, b.length)
  }
  return result.rows()
}

interface AlignedStretch {
  readonly fromA: number
  readonly toA: number
  readonly fromB: number
  readonly toB: number
}

class Matcher {
  readonly #a: RowKeys
  readonly #b: RowKeys
  /** For each place of the first its place in the second, or -1. */
  readonly #partner: Int32Array

  constructor(a: RowKeys, b: RowKeys) {
    this.#a = a
    this.#b = b
    this.#partner = new Int32Array(a.length).fill(-1)
  }

  both(inA: number, inB: number): void {
    this.#partner[inA] = inB
  }

  match(fromA: number, toA: number, fromB: number, toB: number): void {
    const waiting: AlignedStretch[] = [{ fromA, toA, fromB, toB }]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) this.#stretch(next, waiting)
  }

  /** Both in one order: what is before a match in either comes before it, the first's rows first. */
  rows(): OverlayRows {
    const [a, b] = [this.#a, this.#b]
    const pairs = this.#partner.reduce((sum, each) => sum + (each >= 0 ? 1 : 0), 0)
    const length = a.length + b.length - pairs
    const out = { a: new Int32Array(length).fill(-1), b: new Int32Array(length).fill(-1) }
    let place = 0
    let inB = 0
    for (let inA = 0; inA < a.length; inA += 1) {
      const partner = this.#partner[inA] as number
      for (; inB < partner; inB += 1) {
        out.b[place] = inB
        place += 1
      }
      out.a[place] = inA
      if (partner >= 0) {
        out.b[place] = partner
        inB = partner + 1
      }
      place += 1
    }
    for (; inB < b.length; inB += 1) {
      out.b[place] = inB
      place += 1
    }
    return out
  }

  #stretch(stretch: AlignedStretch, waiting: AlignedStretch[]): void {
    const [a, b] = [this.#a, this.#b]
    let { fromA, toA, fromB, toB } = stretch
    while (fromA < toA && fromB < toB && a[fromA] === b[fromB]) {
      this.both(fromA, fromB)
      fromA += 1
      fromB += 1
    }
    while (fromA < toA && fromB < toB && a[toA - 1] === b[toB - 1]) {
      toA -= 1
      toB -= 1
      this.both(toA, toB)
    }
    if (fromA >= toA || fromB >= toB) return
    const rest = { fromA, toA, fromB, toB }
    if ((toA - fromA) * (toB - fromB) <= mostCells) this.#table(rest)
    else if (!this.#divide(rest, waiting)) this.#cut(rest, waiting)
  }

  /** The longest common subsequence, by a table. */
  #table({ fromA, toA, fromB, toB }: AlignedStretch): void {
    const [a, b] = [this.#a, this.#b]
    const rows = toA - fromA
    const columns = toB - fromB
    const width = columns + 1
    /** The length from a place of each to the ends. No length passes 65,535: then the table would be too large. */
    const lengths = new Uint32Array((rows + 1) * width)
    for (let row = rows - 1; row >= 0; row -= 1) {
      const key = a[fromA + row]
      for (let column = columns - 1; column >= 0; column -= 1) {
        const at = row * width + column
        lengths[at] =
          key === b[fromB + column]
            ? (lengths[at + width + 1] as number) + 1
            : Math.max(lengths[at + width] as number, lengths[at + 1] as number)
      }
    }
    let row = 0
    let column = 0
    while (row < rows && column < columns) {
      const at = row * width + column
      if (a[fromA + row] === b[fromB + column]) {
        this.both(fromA + row, fromB + column)
        row += 1
        column += 1
      } else if ((lengths[at + width] as number) >= (lengths[at + 1] as number)) {
        row += 1
      } else {
        column += 1
      }
    }
  }

  /** Divide by keys that are once in each. False where there are none. */
  #divide({ fromA, toA, fromB, toB }: AlignedStretch, waiting: AlignedStretch[]): boolean {
    const inB = oncePlaces(this.#b, fromB, toB)
    const pairs: (readonly [number, number])[] = []
    for (const [key, place] of oncePlaces(this.#a, fromA, toA)) {
      const other = inB.get(key)
      if (place >= 0 && other !== undefined && other >= 0) pairs.push([place, other])
    }
    if (pairs.length === 0) return false
    pairs.sort(([x], [y]) => x - y)
    let [lastA, lastB] = [fromA, fromB]
    for (const [a, b] of longestRising(pairs)) {
      this.both(a, b)
      waiting.push({ fromA: lastA, toA: a, fromB: lastB, toB: b })
      lastA = a + 1
      lastB = b + 1
    }
    waiting.push({ fromA: lastA, toA, fromB: lastB, toB })
    return true
  }

  /** Cut both into as many windows, so that each is small enough for a table. */
  #cut({ fromA, toA, fromB, toB }: AlignedStretch, waiting: AlignedStretch[]): void {
    const [rows, columns] = [toA - fromA, toB - fromB]
    const windows = Math.max(2, Math.ceil(Math.sqrt((rows * columns) / mostCells)))
    const cut = (from: number, size: number, part: number): number =>
      from + Math.floor((size * part) / windows)
    for (let part = 0; part < windows; part += 1) {
      waiting.push({
        fromA: cut(fromA, rows, part),
        toA: cut(fromA, rows, part + 1),
        fromB: cut(fromB, columns, part),
        toB: cut(fromB, columns, part + 1),
      })
    }
  }
}

/** Where each key is in a stretch; -1 where it is more than once. */
function oncePlaces(keys: RowKeys, from: number, to: number): Map<number, number> {
  const places = new Map<number, number>()
  for (let place = from; place < to; place += 1) {
    const key = keys[place] as number
    places.set(key, places.has(key) ? -1 : place)
  }
  return places
}

/** The longest run of pairs (in order of their first) whose second rises too. */
function longestRising(pairs: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  /** The pair that ends the best run of each length, and what comes before each pair. */
  const ends: number[] = []
  const before = new Int32Array(pairs.length).fill(-1)
  pairs.forEach(([, second], index) => {
    let low = 0
    let high = ends.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((pairs[ends[middle] as number]?.[1] as number) < second) low = middle + 1
      else high = middle
    }
    if (low > 0) before[index] = ends[low - 1] as number
    ends[low] = index
  })
  const run: (readonly [number, number])[] = []
  for (let at = ends.at(-1) ?? -1; at >= 0; at = before[at] as number) {
    const pair = pairs[at]
    if (pair !== undefined) run.push(pair)
  }
  return run.reverse()
}
