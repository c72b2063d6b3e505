/**
 * Two recordings laid over each other: what of each, aligned where, and the rows that come of it.
 * Tested by e2e/recordings.spec.ts.
 */
import { latest } from '#base/coalesce.ts'
import { untrack } from 'svelte'
import type { Filter } from '#record/filter/filter.ts'
import type { Outline, OverlayRows } from '#record/outline.ts'
import { defaultAlignment, isSlower, overlaySummary } from '#trace/overlay/overlay-summary.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { App } from '#state/app.svelte.ts'
import { duration } from '#words/format.ts'
import type { Stretch } from '../lanes/scale.ts'
import type { RowId } from '../page/model.svelte.ts'
import { anchorAt, firstLike, placeOf } from './anchors.ts'
import type { Anchor, RunComparison } from './comparison.ts'
import { differencesOf } from './differences.ts'

export type RunSide = 'a' | 'b'

/** Something of each of the two. */
type BySide<Value> = Readonly<Record<RunSide, Value>>

type OverlayResult =
  | { readonly kind: 'reading' }
  | { readonly kind: 'failed'; readonly why: string }
  /** One of the two has no row: nothing is drawn. */
  | { readonly kind: 'empty'; readonly why: string }
  | {
      readonly kind: 'ready'
      readonly a: Outline
      readonly b: Outline
      readonly aligned: readonly [number, number]
      readonly rows: OverlayRows
    }

/** A row of one of them or of both. */
export interface OverlayRow {
  readonly place: number
  readonly mark: 'both' | RunSide
  readonly key: string
  /** Since the alignment, milliseconds. */
  readonly atA: number | undefined
  readonly atB: number | undefined
  readonly latency: string | undefined
  readonly idA: RowId | undefined
  readonly idB: RowId | undefined
}

/** Rows of each that are laid over each other. */
const most = 100_000

function withSide<Value>(both: BySide<Value>, side: RunSide, value: Value): BySide<Value> {
  return side === 'a' ? { a: value, b: both.b } : { a: both.a, b: value }
}

/** What the view hands in; read whenever it changes. */
export interface OverlayInputs {
  readonly a: Machine
  readonly filter: Filter
  /** The selected range: of the first. */
  readonly range: Stretch | undefined
  /** What the address says of it, when the comparison is opened. */
  readonly setup: RunComparison
  /** Something else is compared, or aligned otherwise. */
  readonly onsetup: (setup: RunComparison) => void
}

/** Made while a component is: it lives as long as that. */
export class Overlay {
  readonly #app: Pick<App, 'machines' | 'platform'>
  readonly #inputs: OverlayInputs
  readonly #onmatch: () => void
  #bId = $state('')
  #stretches = $state.raw<BySide<Stretch | undefined>>({ a: undefined, b: undefined })
  #outlines = $state.raw<BySide<Outline | undefined>>({ a: undefined, b: undefined })
  /** What is aligned by hand: a key of each and which of its rows, from 1. Undefined: chosen here. */
  #chosen = $state.raw<BySide<Anchor | undefined>>({ a: undefined, b: undefined })
  #aligned = $state.raw<BySide<Anchor | undefined>>({ a: undefined, b: undefined })
  #result = $state.raw<OverlayResult>({ kind: 'reading' })
  /** The outlines are being read: they will be matched then. */
  #isReading = true
  /** An answer to an earlier question is not taken. */
  readonly #begin = latest()

  onlyDifferent = $state(false)
  readonly b: Machine = $derived.by(() => this.#app.machines.byId(this.#bId) ?? this.#inputs.a)
  readonly names: BySide<string> = $derived.by(() => {
    const { a } = this.#inputs
    return a === this.b ? { a: `${a.name} (A)`, b: `${a.name} (B)` } : { a: a.name, b: this.b.name }
  })
  readonly summary = $derived(
    this.#result.kind === 'ready'
      ? overlaySummary(this.#result.a, this.#result.b, this.#result.rows)
      : undefined,
  )
  readonly differences = $derived(
    this.#result.kind === 'ready'
      ? differencesOf(this.#result.a, this.#result.b, this.#result.rows)
      : undefined,
  )
  /** When the rows were that both are aligned at, milliseconds since the epoch. */
  readonly starts: BySide<number> | undefined = $derived.by(() => {
    if (this.#result.kind !== 'ready') return undefined
    const { a, b, aligned } = this.#result
    return { a: a.at[aligned[0]] ?? 0, b: b.at[aligned[1]] ?? 0 }
  })
  /** Places of the rows that are shown. */
  readonly #places = $derived.by(() => {
    if (this.#result.kind !== 'ready') return new Uint32Array()
    const { rows } = this.#result
    const all = Uint32Array.from({ length: rows.a.length }, (_, index) => index)
    return this.onlyDifferent
      ? all.filter((place) => (rows.a[place] as number) < 0 || (rows.b[place] as number) < 0)
      : all
  })
  /** The rows that are shown, as a list reads them. */
  readonly items = $derived({
    length: this.#places.length,
    slice: (from: number, to: number): readonly OverlayRow[] =>
      [...this.#places.subarray(from, to)].flatMap((place) => this.#rowOf(place) ?? []),
  })

  /** `onmatch` is called when other rows will come. */
  constructor(app: Pick<App, 'machines' | 'platform'>, inputs: OverlayInputs, onmatch: () => void) {
    this.#app = app
    this.#inputs = inputs
    this.#onmatch = onmatch
    const { a, setup, range } = untrack(() => ({ ...inputs }))
    this.#bId =
      setup.b ??
      untrack(() => app.machines.all.find((each) => each !== a && each.protocol === a.protocol)?.id) ??
      a.id
    this.#stretches = { a: setup.in.a ?? range, b: setup.in.b }
    this.#chosen = setup.at
    $effect(() => {
      const { a: first, filter } = inputs
      const [second, { a: inA, b: inB }] = [this.b, this.#stretches]
      untrack(() => void this.#read([outlineOf(first, filter, inA), outlineOf(second, filter, inB)]))
    })
    $effect(() => {
      const now: RunComparison = { b: this.#bId, in: this.#stretches, at: this.#chosen }
      untrack(() => inputs.onsetup(now))
    })
  }

  get result(): OverlayResult {
    return this.#result
  }

  get stretches(): BySide<Stretch | undefined> {
    return this.#stretches
  }

  get outlines(): BySide<Outline | undefined> {
    return this.#outlines
  }

  /** What the fields say: where the two are aligned, or will be when what is asked has been answered. */
  get aligned(): BySide<Anchor | undefined> {
    return this.#aligned
  }

  /** The row at a place; undefined where there is none. */
  rowAt(place: number): OverlayRow | undefined {
    return place < 0 ? undefined : this.#rowOf(place)
  }

  /** The place of the row at an index of those shown; -1 for none. */
  placeAt(index: number): number {
    return this.#places[index] ?? -1
  }

  /** The index of a place among those shown; -1 where it is left out. */
  indexOf(place: number): number {
    return sortedIndexOf(this.#places, place)
  }

  /** The place of a row of one side; -1 where it is not compared. */
  placeOf(side: RunSide, seq: number): number {
    const index = sortedIndexOf(this.#outlines[side]?.seq ?? new Float64Array(), seq)
    const places = side === 'a' ? this.differences?.placesOfA : this.differences?.placesOfB
    return places?.[index] ?? -1
  }

  /** The filter of the rows of one side. */
  filterOf(side: RunSide): Filter {
    return filterIn(this.#inputs.filter, this.#stretches[side])
  }

  /** Lay another machine over the first. */
  compareWith(id: string): void {
    this.#chosen = { a: undefined, b: undefined }
    this.#bId = id
  }

  setStretch(side: RunSide, next: Stretch | undefined): void {
    this.#chosen = { a: undefined, b: undefined }
    this.#stretches = withSide(this.#stretches, side, next)
  }

  /** Move one edge of a stretch to a time, milliseconds since the epoch. */
  setEdge(side: RunSide, edge: 'from' | 'to', at: number): void {
    const outline = this.#outlines[side]
    const now = this.#stretches[side] ?? { from: outline?.at[0] ?? at, to: (outline?.at.at(-1) ?? at) + 1 }
    const next = { ...now, [edge]: at }
    if (next.from < next.to) this.setStretch(side, next)
  }

  /** Align a side at a row, by hand. */
  alignAt(side: RunSide, key: string, nth: number): void {
    if (key === '') return
    const wanted = { key, nth: Math.max(1, nth || 1) }
    const other = side === 'a' ? 'b' : 'a'
    const follows = this.#chosen[other] === undefined && this.#outlines[other]?.keys.includes(key) === true
    const rest = follows ? firstLike(wanted) : this.#aligned[other]
    this.#chosen = withSide(this.#chosen, side, wanted)
    this.#aligned = withSide(withSide(this.#aligned, other, rest), side, wanted)
    // It counts also while something is read or matched: nothing that is chosen is lost.
    if (!this.#isReading) void this.#match()
  }

  async #read(reading: readonly [Promise<Outline | undefined>, Promise<Outline | undefined>]): Promise<void> {
    const isLatest = this.#begin()
    this.#isReading = true
    this.#result = { kind: 'reading' }
    const [a, b] = await Promise.all(reading)
    if (!isLatest()) return
    this.#isReading = false
    this.#outlines = { a, b }
    await this.#match()
  }

  async #match(): Promise<void> {
    const isLatest = this.#begin()
    this.#onmatch()
    const { a, b } = this.#outlines
    if (a === undefined || b === undefined) {
      this.#result = { kind: 'failed', why: 'A worker of the two died.' }
      return
    }
    const empty = a.key.length === 0 ? this.names.a : b.key.length === 0 ? this.names.b : undefined
    if (empty !== undefined) {
      this.#result = {
        kind: 'empty',
        why: `No row of ${empty} passes the filter, so there is nothing to compare. Choose another machine or recording, or clear the filter.`,
      }
      return
    }
    const chosen = this.#chosen
    const both = defaultAlignment(a, b) ?? [0, 0]
    const aligned: readonly [number, number] = [
      placeOf(a, chosen.a) ?? placeOf(a, firstLike(chosen.b)) ?? both[0],
      placeOf(b, chosen.b) ?? placeOf(b, firstLike(chosen.a)) ?? both[1],
    ]
    this.#aligned = { a: anchorAt(a, aligned[0]), b: anchorAt(b, aligned[1]) }
    this.#result = { kind: 'reading' }
    const rows = await this.#app.platform.reader.layOver(a, b, aligned)
    if (!isLatest()) return
    this.#result = rows.ok
      ? { kind: 'ready', a, b, aligned, rows: rows.value }
      : { kind: 'failed', why: rows.error }
  }

  #rowOf(place: number): OverlayRow | undefined {
    if (this.#result.kind !== 'ready') return undefined
    const { a, b, rows, aligned } = this.#result
    if (place >= rows.a.length) return undefined
    const inA = rows.a[place] ?? -1
    const inB = rows.b[place] ?? -1
    const msA = a.latencyMs[inA] ?? Number.NaN
    const msB = b.latencyMs[inB] ?? Number.NaN
    const since = (outline: Outline, index: number, start: number): number | undefined =>
      index < 0 ? undefined : (outline.at[index] ?? 0) - (outline.at[start] ?? 0)
    const idOf = (machine: Machine, outline: Outline, index: number): RowId | undefined =>
      index < 0 ? undefined : { machine, seq: outline.seq[index] ?? -1 }
    return {
      place,
      mark: inA < 0 ? 'b' : inB < 0 ? 'a' : 'both',
      key: (inA >= 0 ? a.keys[a.key[inA] ?? 0] : b.keys[b.key[inB] ?? 0]) ?? '',
      atA: since(a, inA, aligned[0]),
      atB: since(b, inB, aligned[1]),
      latency:
        isSlower(msB, msA) || isSlower(msA, msB) ? `took ${duration(msA)} and ${duration(msB)}` : undefined,
      idA: idOf(this.#inputs.a, a, inA),
      idB: idOf(this.b, b, inB),
    }
  }
}

/** The rows of a machine that pass a filter, within a stretch. */
function outlineOf(
  machine: Machine,
  filter: Filter,
  stretch: Stretch | undefined,
): Promise<Outline | undefined> {
  return machine.record.calls.outline(filterIn(filter, stretch), most)
}

/** A filter that also leaves out what is not in a stretch. */
function filterIn(filter: Filter, stretch: Stretch | undefined): Filter {
  if (stretch === undefined) return filter
  const fromMs = Math.max(stretch.from, filter.fromMs ?? stretch.from)
  const toMs = Math.min(stretch.to, filter.toMs ?? stretch.to)
  return { ...filter, fromMs, toMs }
}

/** Where a number is among numbers in order; -1 where it is not. */
function sortedIndexOf(numbers: Uint32Array | Float64Array, wanted: number): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((numbers[middle] as number) < wanted) low = middle + 1
    else high = middle
  }
  return numbers[low] === wanted ? low : -1
}
