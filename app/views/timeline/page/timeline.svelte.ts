/** What one timeline on screen shows, and what is chosen in it: lanes, list and panel share it. */
import { onMount, untrack } from 'svelte'
import type { Json } from '#base/json/value.ts'
import { isGuestErrorLane } from '#record/lanes.ts'
import { memberTerm, withTerm } from '#record/filter/edit-terms.ts'
import type { Track } from '#record/track.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { Machines } from '#state/machine/machines.svelte.ts'
import type { Router } from '#state/page/router.svelte.ts'
import type { PlaceSpan } from '#trace/rows/list-lines.ts'
import type { Stretch } from '../lanes/scale.ts'
import { ListItems } from '../list/list-items.ts'
import { TimeWindow } from '../lanes/time-window.svelte.ts'
import { TimelineModel } from './model.svelte.ts'
import type { RowId } from './model.svelte.ts'
import { TimelineQuery } from './query.svelte.ts'

/** What stands beside the list. */
export type Chosen =
  | { readonly kind: 'row'; readonly id: RowId }
  | { readonly kind: 'track'; readonly machine: Machine; readonly track: Track }
  | { readonly kind: 'stats' }

/** At first no more than this is shown, and no less, in milliseconds. */
const mostAtFirstMs = 10 * 60_000
const leastAtFirstMs = 20_000
/** How long the first rows are awaited, in milliseconds. Longer: an empty timeline stays without its clock. */
const firstRowsMs = 500

/** An address has whole microseconds: a stretch differs by less than this from the one that was put into it, in milliseconds. */
const roundedMs = 0.001
/** Bursts that are opened at once: beyond those the first that was opened is folded again. */
const mostOpened = 100

function now(): number {
  return performance.timeOrigin + performance.now()
}

/** Made while a component is: it lives as long as that. */
export class Timeline {
  readonly model = new TimelineModel()
  /** The stretch that the lanes show. */
  readonly window = new TimeWindow()
  readonly query: TimelineQuery
  readonly #machine: () => Machine
  /** The machine that was shown last. */
  #opened: Machine | undefined
  #chosen = $state.raw<Chosen | undefined>(undefined)
  /** Rows there were when the reader left the end of the list. */
  #leftAt = $state(0)
  #said = $state('')
  #folding = $state('')
  /** The last minutes are to be shown, once the first rows have come. */
  #awaitsRows = $state(false)
  /** A row each of the bursts that are opened; also of rows that are not there yet. */
  #unfolded = $state.raw<readonly RowId[]>([])

  /** One answer for the lanes and the list: what moves the one moves the other. */
  readonly following = $derived(this.window.following)
  /** The places of the rows in the list: all that pass the filter, or those of the range. */
  readonly #span: PlaceSpan = $derived.by(() => {
    const { length } = this.model
    if (this.query.range === undefined) return { from: 0, to: length }
    const [from, to] = this.model.placesIn(this.query.range)
    return { from, to }
  })
  /** Rows of the list, on lines of their own or folded. */
  readonly rows = $derived(this.#span.to - this.#span.from)
  /** The lines of the list: bursts are folded. */
  readonly #lines = $derived.by(() => this.model.linesOf(this.#span, this.#unfolded, this.query.folds))
  readonly lines = $derived(new ListItems(this.#lines, (places) => this.model.refsAt(places)))
  /** Rows that are on the line of another one. */
  readonly folded = $derived(this.#lines.folded)
  readonly hasBursts = $derived(this.#lines.hasBursts)
  /** Rows that came since the reader left the end of the list. */
  readonly newer = $derived(this.following ? 0 : Math.max(0, this.model.length - this.#leftAt))
  /** Rows that the filter leaves out. */
  readonly left = $derived(Math.max(0, this.model.recorded - this.model.length))
  /** Rows of the list that passed the filter, and are not in the range. */
  readonly beyondRange = $derived(this.model.length - this.rows)
  /** Statistics are those of a range: without one there are none. */
  readonly chosen = $derived.by(() =>
    this.#chosen?.kind === 'stats' && this.query.range === undefined ? undefined : this.#chosen,
  )
  readonly selected = $derived(this.#chosen?.kind === 'row' ? this.#chosen.id : undefined)
  /** The line of the selected row, or of the burst that it is folded into; -1 where it is not in the list. */
  readonly selectedIndex = $derived(
    this.selected === undefined ? -1 : this.#lines.lineOf(this.model.placeOf(this.selected)),
  )

  constructor(all: Machines, router: Router, machine: () => Machine) {
    this.#machine = machine
    this.query = new TimelineQuery(all, router, machine, (wanted, filter) => this.model.show(wanted, filter))
    $effect(() => {
      if (this.following) return
      untrack(() => (this.#leftAt = machine().fromFile ? Number.POSITIVE_INFINITY : this.model.merged.length))
    })
    $effect(() => {
      const next = machine()
      untrack(() => this.#open(next))
    })
    // A row that the address names, also when it comes to name another.
    $effect(() => {
      const { row } = this.query
      const of = machine()
      if (row !== undefined && router.again >= 0) untrack(() => this.select({ machine: of, seq: row }))
    })
    $effect(() => {
      if (!this.#awaitsRows || this.rows === 0) return
      if (this.model.machines.includes(machine())) untrack(() => this.#showLatest())
    })
    $effect(() => {
      if (!this.#awaitsRows) return
      const timer = setTimeout(() => this.#showLatest(), firstRowsMs)
      return () => clearTimeout(timer)
    })
    // The address may be given another stretch later, by a mark of the palette. Another row or filter is none.
    // The same stretch again is wanted when somebody goes to it again: the lanes were moved meanwhile.
    let known = this.query.shown
    let { again } = router
    $effect(() => {
      const { shown } = this.query
      const isAgain = again !== router.again
      again = router.again
      if (shown === undefined || (!isAgain && shown.from === known?.from && shown.to === known.to)) return
      known = shown
      untrack(() => {
        // What the lanes show was put into the address: they go on as they were.
        const { from, to } = this.window
        const isOwn = Math.abs(shown.from - from) < roundedMs && Math.abs(shown.to - to) < roundedMs
        if (!isOwn) this.window.show(shown.from, shown.to)
      })
    })
    onMount(() => {
      const { shown } = this.query
      if (shown === undefined) this.#awaitsRows = true
      else this.window.show(shown.from, shown.to)
      return () => this.model.close()
    })
  }

  /** What was just done, for those who do not see it. */
  get said(): string {
    return this.#said
  }

  /** What became of a burst, for those who do not see it. */
  get folding(): string {
    return this.#folding
  }

  say(words: string): void {
    this.#said = words
  }

  /** Everything that is recorded. */
  extent(): Stretch {
    const { merged } = this.model
    const first = merged.length === 0 ? now() - 60_000 : merged.timeAt(0)
    const last = merged.length === 0 ? now() : merged.timeAt(merged.length - 1)
    const live = this.query.machines.some((each) => !each.fromFile)
    return { from: first, to: Math.max(first + 1, live ? Math.max(now(), last) : last) }
  }

  /** Show everything that is recorded. */
  fit(): void {
    const { from, to } = this.extent()
    this.window.show(from - (to - from) * 0.02, to + (to - from) * 0.02)
  }

  /** Show a stretch with a margin. */
  zoomTo({ from, to }: Stretch): void {
    const margin = (to - from) * 0.1 + 1
    this.window.show(from - margin, to + margin)
  }

  /** Select a row. The burst that it is in opens. */
  select(id: RowId): void {
    this.#chosen = { kind: 'row', id }
    const place = this.model.placeOf(id)
    if (place < 0 || this.#lines.burstOf(place) !== undefined) this.#unfold(id)
    // What somebody reads must not scroll away.
    this.window.follow(false)
  }

  /** Choose a line of the list: its row is selected; a burst is opened, or folded again. */
  chooseLine(index: number): void {
    if (index < 0 || index >= this.#lines.length) return
    const line = this.#lines.at(index)
    const ref = this.model.refAt(line.kind === 'row' ? line.place : line.from)
    if (ref === undefined) return
    const id = { machine: ref.machine, seq: ref.seq }
    if (line.kind === 'row') {
      this.select(id)
      this.window.reveal(ref.at, ref.at)
    } else if (line.isOpen) {
      const isIn = (place: number): boolean => place >= line.from && place < line.to
      this.#unfolded = this.#unfolded.filter((each) => !isIn(this.model.placeOf(each)))
      this.#folding = `${line.to - line.from} rows are folded.`
    } else {
      this.#unfold(id)
      // What somebody opens must not scroll away.
      this.window.follow(false)
      this.#folding = `${line.to - line.from} rows are opened below.`
    }
  }

  selectInLanes(id: RowId): void {
    this.select(id)
    if (this.model.placeOf(id) < 0) this.#said = 'The filter hides this row in the list.'
    else if (this.selectedIndex < 0) this.#said = 'The range leaves this row out of the list.'
  }

  /** To the next row that failed, or to the one before: from the selected row, or from the edge of the window. */
  goToFailure(forward: boolean): void {
    const { from, to } = this.window
    const selected = this.selected === undefined ? -1 : this.model.placeOf(this.selected)
    const edge = this.model.placesIn({ from, to })[forward ? 0 : 1] - (forward ? 1 : 0)
    const place = this.model.failureBeside(selected >= 0 ? selected : edge, forward)
    this.#goToPlace(place, forward ? 'No later error.' : 'No earlier error.')
  }

  /** To the first error of a guest; from one of them, to the next. */
  goToGuestError(): void {
    const selected = this.selected === undefined ? -1 : this.model.placeOf(this.selected)
    const isOne = isGuestErrorLane[this.model.refAt(selected)?.lane ?? -1] === 1
    const place = this.model.failureBeside(isOne ? selected : -1, true, isGuestErrorLane)
    this.#goToPlace(place, isOne ? 'No later error of the guest.' : 'No error of the guest.')
  }

  #goToPlace(place: number, none: string): void {
    const ref = this.model.refAt(place)
    this.#said = ref === undefined ? none : ''
    if (ref === undefined) return
    this.select({ machine: ref.machine, seq: ref.seq })
    this.window.reveal(ref.at, ref.at)
  }

  /** Select a row, and bring it into sight in the lanes. */
  goTo(id: RowId): void {
    this.select(id)
    const set = this.model.setOf(id.machine)
    const index = set?.indexOf(id.seq) ?? -1
    if (set !== undefined && index >= 0) this.window.reveal(set.timeAt(index), set.timeAt(index))
  }

  chooseTrack(machine: Machine, track: Track): void {
    this.#chosen = { kind: 'track', machine, track }
  }

  showStats(): void {
    this.#chosen = { kind: 'stats' }
  }

  setRange(next: Stretch | undefined): void {
    this.query.setRange(next)
    if (next !== undefined) this.showStats()
    else if (this.#chosen?.kind === 'stats') this.#chosen = undefined
  }

  closePanel(): void {
    if (this.#chosen?.kind === 'stats') this.query.setRange(undefined)
    this.#chosen = undefined
  }

  /** Only rows of a name from now on. */
  onlyName(name: string): void {
    const term = { kind: 'field', field: 'type', values: [name], not: false } as const
    this.query.setText(withTerm(this.query.text, term))
  }

  /** Only rows whose message has this value there. */
  onlyValue(path: readonly string[], value: Json): void {
    const term = memberTerm(path, value)
    if (term !== undefined) this.query.setText(withTerm(this.query.text, term))
  }

  /** Clear the records of the machines shown. */
  clear(): void {
    const live = this.query.machines.filter((each) => !each.fromFile)
    for (const each of live) each.record.clear()
    this.#chosen = undefined
    this.window.follow(true)
    this.#said = `Cleared: the ${live.length === 1 ? 'record' : 'records'} of ${live.map((each) => each.name).join(', ')}.`
  }

  #unfold(id: RowId): void {
    const others = this.#unfolded.filter((each) => each.machine !== id.machine || each.seq !== id.seq)
    this.#unfolded = [...others, id].slice(-mostOpened)
  }

  /** Another machine is shown, or the first. */
  #open(machine: Machine): void {
    const { machines } = this.query
    if (this.selected !== undefined && !machines.includes(this.selected.machine)) this.#chosen = undefined
    if (this.#chosen?.kind === 'track' && this.#chosen.machine !== machine) this.#chosen = undefined
    this.#said = ''
    // A recording begins at its beginning, and nothing comes that could be followed.
    if (machine.fromFile) this.window.follow(false)
    const last = this.#opened
    if (last !== undefined && last !== machine && (last.fromFile || machine.fromFile)) {
      this.window.follow(true)
      this.#awaitsRows = true
    }
    this.#opened = machine
  }

  /** Show the last minutes. */
  #showLatest(): void {
    this.#awaitsRows = false
    if (!this.window.following) return
    const { merged } = this.model
    const end = now()
    const first = merged.length === 0 ? end : merged.timeAt(0)
    const from = Math.max(first, end - mostAtFirstMs)
    const width = Math.max(leastAtFirstMs, (end - from) * 1.1)
    this.window.show(end - width * 0.96, end + width * 0.04)
    const { fromFile } = this.#machine()
    this.window.follow(!fromFile)
    if (fromFile) this.fit()
  }
}
