/**
 * What the timeline shows: the rows of some machines that pass a filter, in one order, with the parts of each row that
 * were asked for. The list, the lanes, the overview and the export all read it.
 * Tested by e2e/timeline.spec.ts.
 * @adr 0031
 */
import { coalesce } from '#base/coalesce.ts'
import { highestLoad, mostRestMs, paces, restShare } from '#record/flood.ts'
import type { LoadLevel } from '#record/flood.ts'
import type { Filter } from '#record/filter/filter.ts'
import { isFailureLane, isGuestErrorLane } from '#record/lanes.ts'
import type { RowView } from '#record/row.ts'
import { BurstPlaces } from '#trace/rows/burst-places.ts'
import { ListLines } from '#trace/rows/list-lines.ts'
import type { PlaceSpan } from '#trace/rows/list-lines.ts'
import { MergedRows } from '#trace/rows/merged-rows.ts'
import type { RowSet } from '#trace/rows/row-set.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { Feed } from './feed.ts'

/** A row of the list: which it is, and what is known of it by now. */
export interface RowRef {
  /** In the order of all rows shown. */
  readonly place: number
  readonly machine: Machine
  readonly seq: number
  /** Arrival, milliseconds since the epoch. */
  readonly at: number
  readonly lane: number
  /** Arrival of the row above it in the list; undefined for the first. */
  readonly before: number | undefined
  /** Undefined until the worker has answered. */
  readonly view: RowView | undefined
}

/** How many rows are held with their parts, over all machines. */
const held = 4000
/** Rows asked for at once. */
const atOnce = 500
/** A row by its machine and number. */
export interface RowId {
  readonly machine: Machine
  readonly seq: number
}

/** Rows in some lanes; `lanes` has 1 by the number of each. */
function rowsIn(counts: Uint32Array, lanes: Readonly<Uint8Array>): number {
  return counts.reduce((sum, rows, lane) => sum + (lanes[lane] === 1 ? rows : 0), 0)
}

/** The rows. One for each timeline on screen. */
export class TimelineModel {
  #feeds = $state.raw<readonly Feed[]>([])
  #merged = new MergedRows([])
  /** Feeds of a new filter that have not all answered: until then the last ones are shown. */
  #coming: readonly Feed[] = []
  #version = $state(0)
  #parts = $state(0)
  /** Not 0 from the frame behind which rows are taken over to the end of the one that draws them. */
  #frame = 0
  /** Something has changed that was not taken over. */
  #isBehind = false
  #resting: ReturnType<typeof setTimeout> | undefined
  #restUntil = 0
  #closed = false
  readonly #views = new Map<Machine, Map<number, RowView>>()
  readonly #asked = new Map<Machine, Set<number>>()
  readonly #fetch = coalesce(() => this.#fetchAll())

  /** Counts up when rows came or went; at most once a frame. Reading it subscribes. */
  get version(): number {
    return this.#version
  }

  /** Counts up when more parts of rows are known. Reading it subscribes. */
  get parts(): number {
    return this.#parts
  }

  get feeds(): readonly Feed[] {
    return this.#feeds
  }

  /** The machines shown, in their order. */
  get machines(): readonly Machine[] {
    return this.#feeds.map((feed) => feed.machine)
  }

  get merged(): MergedRows {
    return this.#merged
  }

  /** Whether rows are still looked through, and how far: from 0 to 1. */
  get progress(): number {
    if (this.#version < 0) return 1
    const all = this.#feeds.reduce((sum, feed) => sum + feed.all, 0)
    const done = this.#feeds.reduce((sum, feed) => sum + feed.done, 0)
    return all === 0 ? 1 : done / all
  }

  /** All rows that are recorded of these machines, passing or not, without what was dropped. */
  get recorded(): number {
    return this.#feeds.reduce(
      (sum, { machine }) => sum + machine.record.totals.rows - machine.record.totals.dropped,
      0,
    )
  }

  /** Up to when an open track is known to be open: now, or the last row where only recordings are shown. Milliseconds. */
  get now(): number {
    const isRecorded = this.#feeds.length > 0 && this.#feeds.every(({ machine }) => machine.fromFile)
    const last = this.#merged.length - 1
    return isRecorded && last >= 0 ? this.#merged.timeAt(last) : performance.timeOrigin + performance.now()
  }

  /** Rows that the bounds of the records have dropped. */
  get dropped(): number {
    return this.#feeds.reduce((sum, { machine }) => sum + machine.record.totals.dropped, 0)
  }

  /** How much comes: in a flood the list and the lanes move less often. */
  get load(): LoadLevel {
    return highestLoad(this.#feeds.map((feed) => feed.load))
  }

  setOf(machine: Machine): RowSet | undefined {
    return this.#feeds.find((feed) => feed.machine === machine)?.set
  }

  /** Show these machines with a filter. What was shown stays until the first rows are there. */
  show(machines: readonly Machine[], filter: Filter): void {
    for (const feed of this.#coming) if (!this.#feeds.includes(feed)) feed.close()
    this.#coming = machines.map((machine) => new Feed(machine, filter, () => this.#schedule()))
    this.#schedule()
  }

  close(): void {
    for (const feed of new Set([...this.#feeds, ...this.#coming])) feed.close()
    this.#closed = true
    clearTimeout(this.#resting)
    cancelAnimationFrame(this.#frame)
  }

  /** How many rows there are. Reading it subscribes. */
  get length(): number {
    return this.#version >= 0 ? this.#merged.length : 0
  }

  /**
   * The lines of a list of some rows: a line for each burst but those that hold a row of `open`, or for each row where
   * nothing folds. Reading it subscribes.
   */
  linesOf(span: PlaceSpan, open: readonly RowId[], folds: boolean): ListLines {
    const merged = this.#version < 0 || !folds ? undefined : this.#merged
    return merged === undefined
      ? new ListLines(new BurstPlaces(), 0, span)
      : merged.lines(
          span,
          open.map((each) => this.placeOf(each)),
        )
  }

  /** Rows at some places, to be shown: what is not known of them is asked for. Reading it subscribes to what comes. */
  refsAt(places: readonly number[]): readonly RowRef[] {
    const refs = this.#parts < 0 ? [] : places.flatMap((place) => this.refAt(place) ?? [])
    this.#want(refs)
    return refs
  }

  /** A row at a place in the order. */
  refAt(place: number): RowRef | undefined {
    return place >= 0 && place < this.#merged.length ? this.#ref(place) : undefined
  }

  /** How many of the rows shown failed. Reading it subscribes. */
  get failures(): number {
    if (this.#version < 0) return 0
    return this.#feeds.reduce((sum, { set }) => sum + rowsIn(set.countLanes(0, set.length), isFailureLane), 0)
  }

  /** How many of the rows shown are errors of guests. Reading it subscribes. */
  get guestErrors(): number {
    if (this.#version < 0) return 0
    return this.#feeds.reduce(
      (sum, { set }) => sum + rowsIn(set.countLanes(0, set.length), isGuestErrorLane),
      0,
    )
  }

  /**
   * The place of the next row that failed, after (or before) a place; -1 where there is none. `lanes` has 1 by the number of
   * each lane whose rows count.
   */
  failureBeside(place: number, forward: boolean, lanes: Readonly<Uint8Array> = isFailureLane): number {
    const { length } = this.#merged
    for (let at = place + (forward ? 1 : -1); at >= 0 && at < length; at += forward ? 1 : -1) {
      const { set, index } = this.#merged.at(at)
      const lane = this.#feeds[set]?.set.laneAt(index)
      if (lane !== undefined && lanes[lane] === 1) return at
    }
    return -1
  }

  /** The places from a time up to and with another. */
  placesIn({
    from,
    to,
  }: {
    readonly from: number
    readonly to: number
  }): readonly [first: number, after: number] {
    // The end is in the range: it may be the edge of a row.
    return [this.#merged.placeAt(from), this.#merged.placeAt(to + 0.001)]
  }

  /** The place of a row; -1 where it is not among those shown. */
  placeOf({ machine, seq }: RowId): number {
    const set = this.#feeds.findIndex((feed) => feed.machine === machine)
    return set < 0 ? -1 : this.#merged.placeOf(set, seq)
  }

  /** What is known of a row; asked for when it is not. */
  viewOf({ machine, seq }: RowId): RowView | undefined {
    const view = this.#views.get(machine)?.get(seq)
    if (view === undefined) this.#ask(machine, seq)
    return view
  }

  /** What is known of a row, without asking. */
  known({ machine, seq }: RowId): RowView | undefined {
    return this.#views.get(machine)?.get(seq)
  }

  #ref(place: number): RowRef {
    const { set, index } = this.#merged.at(place)
    const feed = this.#feeds[set]
    if (feed === undefined) throw new Error(`no feed ${set}`)
    const seq = feed.set.seqAt(index)
    return {
      place,
      machine: feed.machine,
      seq,
      at: feed.set.timeAt(index),
      lane: feed.set.laneAt(index),
      before: place === 0 ? undefined : this.#merged.timeAt(place - 1),
      view: this.#views.get(feed.machine)?.get(seq),
    }
  }

  #schedule(): void {
    this.#isBehind = true
    if (this.#frame !== 0 || this.#resting !== undefined || this.#closed) return
    const restMs = this.#restUntil - performance.now()
    if (restMs > 0) {
      this.#resting = setTimeout(() => {
        this.#resting = undefined
        this.#schedule()
      }, restMs)
      return
    }
    // Behind a frame, not in it: to take rows over and to draw them are two tasks, so that neither blocks for both.
    this.#frame = requestAnimationFrame(() => setTimeout(() => this.#takeOver()))
  }

  #takeOver(): void {
    if (this.#closed) return
    const begin = performance.now()
    this.#isBehind = false
    this.#update()
    const tookMs = performance.now() - begin
    requestAnimationFrame((frameMs) => {
      // After the frame that draws them.
      setTimeout(() => {
        this.#frame = 0
        const now = performance.now()
        const costMs = tookMs + now - frameMs
        this.#restUntil = now + Math.max(paces[this.load].drawMs, Math.min(mostRestMs, costMs * restShare))
        if (this.#isBehind) this.#schedule()
      })
    })
  }

  #update(): void {
    if (this.#coming.length > 0 && this.#coming.every((feed) => feed.answered)) {
      for (const feed of this.#feeds) feed.close()
      this.#feeds = this.#coming
      this.#coming = []
      this.#merged = new MergedRows(this.#feeds.map((feed) => feed.set))
    }
    this.#merged.sync()
    // A command that waited may have been answered: it is asked for again when it is in sight.
    for (const views of this.#views.values()) {
      for (const [seq, view] of views) {
        const waits = view.row.kind === 'command' || view.row.kind === 'raw'
        if (waits && (view.end === undefined || view.end.kind === 'timed-out')) views.delete(seq)
      }
    }
    this.#version += 1
  }

  /** Ask for the parts of rows that are not known. */
  #want(refs: readonly RowRef[]): void {
    for (const { machine, seq, view } of refs) if (view === undefined) this.#ask(machine, seq)
  }

  #ask(machine: Machine, seq: number): void {
    let asked = this.#asked.get(machine)
    if (asked === undefined) {
      asked = new Set()
      this.#asked.set(machine, asked)
    }
    asked.add(seq)
    void this.#fetch()
  }

  async #fetchAll(): Promise<void> {
    // All that is asked for in one go is one request.
    await Promise.resolve()
    for (;;) {
      const [machine, asked] = [...this.#asked].find(([, each]) => each.size > 0) ?? []
      if (machine === undefined || asked === undefined) break
      // What was asked for last is in sight now.
      const seqs = [...asked].slice(-atOnce)
      this.#asked.delete(machine)
      const views = await machine.record.calls.rows(seqs)
      this.#hold(machine, views)
      this.#parts += 1
    }
  }

  #hold(machine: Machine, views: readonly RowView[]): void {
    let known = this.#views.get(machine)
    if (known === undefined) {
      known = new Map()
      this.#views.set(machine, known)
    }
    for (const view of views) {
      known.delete(view.row.seq)
      known.set(view.row.seq, view)
    }
    for (const seq of known.keys()) {
      if (known.size <= held) break
      known.delete(seq)
    }
  }
}
