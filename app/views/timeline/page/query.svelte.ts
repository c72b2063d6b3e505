/** What the address says of a timeline: the filter, the machines, the range, the marks, what is compared. */
import { onDestroy, untrack } from 'svelte'
import type { Filter } from '#record/filter/filter.ts'
import { parseFilter } from '#record/filter/language.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { Machines } from '#state/machine/machines.svelte.ts'
import type { Router } from '#state/page/router.svelte.ts'
import { formatComparison, parseComparison } from '../compare/comparison.ts'
import type { RunComparison } from '../compare/comparison.ts'
import { stretchOf } from '../lanes/scale.ts'
import type { Stretch } from '../lanes/scale.ts'
import { formatMarks, parseMarks } from './marks.ts'
import type { Mark } from './marks.ts'

/** How often a filter like `since:10m` is computed again, in milliseconds. */
const relativeMs = 15_000
/** Browsers limit how often an address may change: a drag changes it after this pause, in milliseconds. */
const dragRestMs = 250

/** Made while a component is: it lives as long as that. */
export class TimelineQuery {
  readonly #machines: Machines
  readonly #router: Router
  readonly #machine: () => Machine
  readonly #query = $derived.by(() => this.#router.current.query)
  /** The time that `since:` counts back from; it moves on while such a filter is used. */
  #clock = $state(Date.now())
  #filter = $state.raw<Filter>({ own: false })
  /** The range ahead of the address, while it is dragged. */
  #dragged = $state.raw<Stretch | undefined>(undefined)
  #writing: ReturnType<typeof setTimeout> | undefined
  /** What the filter was made from, so that it is not made twice. */
  #used = ''

  /** The text of the filter. */
  readonly text = $derived(this.#query.f ?? '')
  readonly parsed = $derived.by(() =>
    parseFilter(this.text, { now: this.#clock, machines: this.#machines.all }),
  )
  /** Whether the page's own queries are shown. */
  readonly showOwn = $derived(this.#query.own === '1')
  /** Whether bursts of state changes are one line each. */
  readonly folds = $derived(this.#query.bursts !== 'open')
  /** The chosen machine and those that are laid beside it. */
  readonly machines: readonly Machine[] = $derived.by(() => {
    const first = this.#machine()
    const others = (this.#query.with ?? '').split(',').flatMap((each) => this.#machines.byId(each) ?? [])
    return [first, ...others.filter((each) => each !== first)]
  })
  readonly marks: readonly Mark[] = $derived(parseMarks(this.#query.marks ?? ''))
  /** The selected range. */
  readonly range = $derived(this.#dragged ?? stretchOf(this.#query.range))
  /** The stretch that the lanes show first. */
  readonly shown = $derived(stretchOf(this.#query.t))
  /** What the chosen machine is compared with; undefined where nothing is. */
  readonly comparison = $derived(
    this.#query.compare === undefined ? undefined : parseComparison(this.#query.compare),
  )
  /** The row that the address names. */
  readonly row = $derived.by(() => {
    const row = Number(this.#query.row ?? 'none')
    return Number.isInteger(row) && row >= 0 ? row : undefined
  })

  /** `onfilter` is called when other machines or rows are wanted. */
  constructor(
    all: Machines,
    router: Router,
    machine: () => Machine,
    onfilter: (machines: readonly Machine[], filter: Filter) => void,
  ) {
    this.#machines = all
    this.#router = router
    this.#machine = machine
    $effect(() => this.#read(onfilter))
    $effect(() => {
      if (!this.parsed.ok || !this.parsed.value.relative) return
      const timer = setInterval(() => (this.#clock = Date.now()), relativeMs)
      return () => clearInterval(timer)
    })
    onDestroy(() => clearTimeout(this.#writing))
  }

  /** The filter that is used: the last one that could be read stays while the next is being typed. */
  get filter(): Filter {
    return this.#filter
  }

  setText(text: string | undefined): void {
    this.#set({ f: text })
  }

  setOwn(on: boolean): void {
    this.#set({ own: on ? '1' : undefined })
  }

  setFolds(on: boolean): void {
    this.#set({ bursts: on ? undefined : 'open' })
  }

  /** The ids of the machines beside the chosen one. */
  setMachines(ids: readonly string[]): void {
    this.#set({ with: ids.join(',') })
  }

  setMarks(marks: readonly Mark[]): void {
    this.#set({ marks: formatMarks(marks) })
  }

  /** Put what the lanes show into the address, to a microsecond. */
  setShown({ from, to }: Stretch): void {
    this.#set({ t: `${Math.round(from * 1000) / 1000}~${Math.round(to * 1000) / 1000}` })
  }

  setRange(next: Stretch | undefined): void {
    this.#dragged = next
    clearTimeout(this.#writing)
    this.#writing = setTimeout(
      () => {
        this.#set({ range: next === undefined ? undefined : `${next.from}~${next.to}` })
        this.#dragged = undefined
      },
      next === undefined ? 0 : dragRestMs,
    )
  }

  compare(comparison: RunComparison): void {
    this.#set({ compare: formatComparison(comparison) })
  }

  beginComparison(): void {
    this.#set({ compare: '1' })
  }

  /** Back to the timeline, and to one of its rows. */
  endComparison(row?: number): void {
    this.#set({ compare: undefined, ...(row === undefined ? {} : { row: String(row) }) })
  }

  #read(onfilter: (machines: readonly Machine[], filter: Filter) => void): void {
    const { parsed, showOwn, machines: list } = this
    if (!parsed.ok) return
    const wanted = list.filter((each) => parsed.value.machines(each))
    const { filter, saysOwn } = parsed.value
    const next: Filter = showOwn || saysOwn ? filter : { ...filter, own: false }
    untrack(() => {
      const key = JSON.stringify(
        [wanted.map((each) => `${each.id} ${each.record.generation}`), next],
        (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value),
      )
      if (key === this.#used) return
      this.#used = key
      this.#filter = next
      onfilter(wanted, next)
    })
  }

  #set(changes: Readonly<Record<string, string | undefined>>): void {
    const others = Object.entries(this.#router.current.query).filter(
      ([name]) => !Object.hasOwn(changes, name),
    )
    const given = Object.entries(changes).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, value] as const],
    )
    this.#router.replace({ query: Object.fromEntries([...others, ...given]) })
  }
}
