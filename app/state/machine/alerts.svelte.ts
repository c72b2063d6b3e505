/**
 * Saved filters that watch new rows, on one machine or on every. A hit is shown in the page; where that was asked for,
 * it is also a notification of the browser, or stops the recording. The workers search (host/machine/facade.ts); this
 * gives them the filters and shows their hits.
 * Tested by e2e/alerts.spec.ts.
 * @adr 0026
 */
import { latest } from '#base/coalesce.ts'
import type { Alert, AlertHit } from '#api/machine.ts'
import type { parseFilter } from '#record/filter/language.ts'
import type { App } from '../app.svelte.ts'
import type { Machine } from './machine.svelte.ts'
import type { Machines } from './machines.svelte.ts'
import type { SavedFilter, Settings } from '../page/settings.svelte.ts'

/** What an alert found, until somebody has seen it. */
export interface AlertNote {
  readonly id: number
  readonly machine: Machine
  readonly filter: SavedFilter
  /** The first row, its arrival in milliseconds since the epoch, and how many there were by now. */
  readonly seq: number
  readonly at: number
  readonly rows: number
}

const mostNotes = 20
/** A filter that hits all the time shows at most one notification of the browser in this time, in milliseconds. */
const notifyEveryMs = 5000

/** Those of a page. */
export const makeAlerts = ({ machines, settings, platform }: App): Alerts =>
  new Alerts(machines, settings, platform.now)

/** The watching filters, and their notes. */
export class Alerts {
  readonly #machines: Machines
  readonly #settings: Settings
  readonly #now: () => number
  #notes = $state.raw<readonly AlertNote[]>([])
  #next = 0
  readonly #begin = latest()
  readonly #watched = new Map<Machine, () => void>()
  readonly #notified = new Map<string, number>()

  constructor(machines: Machines, settings: Settings, now: () => number) {
    this.#machines = machines
    this.#settings = settings
    this.#now = now
  }

  get notes(): readonly AlertNote[] {
    return this.#notes
  }

  /** Tell the workers what to look for: called by views/frame/AlertWatch.svelte in an effect, so whenever machines or filters change. */
  update(): void {
    const { all } = this.#machines
    void this.#tell(all, this.#settings.filters)
    for (const machine of all) {
      if (this.#watched.has(machine)) continue
      this.#watched.set(
        machine,
        machine.record.watchHits((hits) => this.#hit(machine, hits)),
      )
    }
    for (const [machine, unwatch] of this.#watched) {
      if (all.includes(machine)) continue
      unwatch()
      this.#watched.delete(machine)
    }
  }

  async #tell(all: readonly Machine[], filters: readonly SavedFilter[]): Promise<void> {
    const isLatest = this.#begin()
    const watching = filters.filter(({ alert }) => alert !== 'off')
    if (watching.length === 0) {
      for (const machine of all) machine.record.setAlerts([])
      return
    }
    // Most people have no alerts: the language is loaded for those who do.
    const language = await import('#record/filter/language.ts')
    if (!isLatest()) return
    for (const machine of all) {
      machine.record.setAlerts(
        watching.flatMap((filter) =>
          alertOf(filter, machine, (text) => language.parseFilter(text, { now: this.#now() })),
        ),
      )
    }
  }

  dismiss(id: number): void {
    this.#notes = this.#notes.filter((note) => note.id !== id)
  }

  /** A note that the recording has stopped is over once it goes on. In another effect, so that this opens no alert again. */
  dropResumed(): void {
    const left = this.#notes.filter(
      ({ filter, machine }) => filter.alert !== 'stop' || !machine.record.recording.on,
    )
    if (left.length < this.#notes.length) this.#notes = left
  }

  #hit(machine: Machine, hits: readonly AlertHit[]): void {
    for (const hit of hits) {
      const filter = this.#settings.filters.find((each) => each.name === hit.id)
      if (filter === undefined) continue
      const known = this.#notes.find((note) => note.machine === machine && note.filter.name === filter.name)
      this.#next += 1
      const note: AlertNote =
        known === undefined
          ? { id: this.#next, machine, filter, seq: hit.seq, at: hit.at, rows: hit.rows }
          : { ...known, rows: known.rows + hit.rows }
      this.#notes = [...this.#notes.filter((each) => each !== known), note].slice(-mostNotes)
      if (filter.alert === 'browser') this.#notify(note)
    }
  }

  #notify({ machine, filter }: AlertNote): void {
    const key = `${filter.name} ${machine.id}`
    const now = this.#now()
    if (now - (this.#notified.get(key) ?? 0) < notifyEveryMs) return
    this.#notified.set(key, now)
    if (typeof Notification === 'undefined' || Notification.permission !== 'granted') return
    // Only the names that people gave: what a machine says stays in the page.
    const shown = new Notification(`${machine.name}: ${filter.name}`, { body: filter.text, tag: key })
    shown.addEventListener('click', () => window.focus())
  }
}

function alertOf(
  saved: SavedFilter,
  machine: Machine,
  parse: (text: string) => ReturnType<typeof parseFilter>,
): Alert[] {
  if (saved.machine !== undefined && saved.machine !== machine.id) return []
  const parsed = parse(saved.text)
  if (!parsed.ok || !parsed.value.machines(machine)) return []
  const { filter, saysOwn } = parsed.value
  return [
    {
      id: saved.name,
      filter: saysOwn ? filter : { ...filter, own: false },
      stop: saved.alert === 'stop' ? { keepMs: saved.keepMs } : undefined,
    },
  ]
}
