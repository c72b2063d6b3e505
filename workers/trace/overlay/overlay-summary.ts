/** The summary of an overlay: rows that only one recording has, and commands that took much longer in one. */
import type { Outline, OverlayRows } from '#record/outline.ts'

/** A key and how often only one of the two has it. */
export interface OnlyOne {
  readonly key: string
  readonly rows: number
}

/** The summary of an overlay. */
export interface OverlaySummary {
  readonly both: number
  /** The most frequent first. */
  readonly onlyA: readonly OnlyOne[]
  readonly onlyB: readonly OnlyOne[]
  /** Commands that took more than twice as long in one as in the other, and at least a millisecond longer. */
  readonly slowerInA: number
  readonly slowerInB: number
}

/** A difference below this is none, in milliseconds. */
const leastMs = 1

/** Whether a command took much longer the second time. */
export function isSlower(ms: number, thanMs: number): boolean {
  return ms > 2 * thanMs && ms - thanMs > leastMs
}

/** Summarise an overlay. */
export function overlaySummary(a: Outline, b: Outline, rows: OverlayRows): OverlaySummary {
  const counts = { a: new Map<string, number>(), b: new Map<string, number>() }
  let both = 0
  let slowerInA = 0
  let slowerInB = 0
  rows.a.forEach((inA, place) => {
    const inB = rows.b[place] as number
    if (inA >= 0 && inB >= 0) {
      both += 1
      const [msA, msB] = [a.latencyMs[inA] as number, b.latencyMs[inB] as number]
      if (isSlower(msA, msB)) slowerInA += 1
      if (isSlower(msB, msA)) slowerInB += 1
    } else if (inA >= 0) add(counts.a, a.keys[a.key[inA] as number] ?? '')
    else add(counts.b, b.keys[b.key[inB] as number] ?? '')
  })
  return { both, onlyA: sorted(counts.a), onlyB: sorted(counts.b), slowerInA, slowerInB }
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function sorted(counts: ReadonlyMap<string, number>): readonly OnlyOne[] {
  return [...counts].map(([key, rows]) => ({ key, rows })).toSorted((x, y) => y.rows - x.rows)
}

/** The default place of alignment: the first command or event that both have. */
export function defaultAlignment(a: Outline, b: Outline): readonly [number, number] | undefined {
  const first = new Map<string, number>()
  b.key.forEach((key, place) => {
    const words = b.keys[key] ?? ''
    if (!first.has(words)) first.set(words, place)
  })
  for (const wants of [/^command /, /^event (?!QMP$)/, /^/]) {
    for (let place = 0; place < a.key.length; place += 1) {
      const words = a.keys[a.key[place] as number] ?? ''
      const other = wants.test(words) ? first.get(words) : undefined
      if (other !== undefined) return [place, other]
    }
  }
  return undefined
}

/** One number for each key, the same in both. */
export function joinedKeys(a: Outline, b: Outline): { readonly a: Uint32Array; readonly b: Uint32Array } {
  const numbers = new Map<string, number>()
  const numberOf = (key: string): number => {
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, numbers.size)
    return numbers.size - 1
  }
  const joined = (outline: Outline): Uint32Array => {
    const places = outline.keys.map(numberOf)
    return outline.key.map((key) => places[key] ?? 0)
  }
  return { a: joined(a), b: joined(b) }
}
