/** The panes of the page: the subject and the views of each, and opening, closing and swapping the second one. */
import { MediaQuery } from 'svelte/reactivity'
import type { Machine } from '../machine/machine.svelte.ts'
import type { SchemaState } from '../machine/schema-state.ts'
import { machines } from '../machine/machines.svelte.ts'
import { recorded } from '../library/recorded-schemas.svelte.ts'
import { besideRouter, router } from './router.svelte.ts'
import type { Router } from './router.svelte.ts'
import { viewNames, withoutBeside } from './route.ts'
import type { View } from './route.ts'

/** One pane. What it is follows from its address. */
export class Pane {
  readonly router: Router

  readonly #machine = $derived.by(() => {
    const { subject } = this.router.current
    return subject.kind === 'machine' ? machines.byId(subject.id) : undefined
  })
  readonly #file = $derived.by(() => {
    const { subject } = this.router.current
    return subject.kind === 'recorded' ? subject.file : undefined
  })
  readonly #source = $derived.by((): SchemaState => {
    if (this.#machine !== undefined) return this.#machine.schema
    return this.#file === undefined ? { kind: 'none' } : recorded.stateOf(this.#file)
  })
  readonly #tabs = $derived.by((): readonly View[] => {
    if (this.#file !== undefined) return ['schema', 'command']
    const machine = this.#machine
    const hasSchema = this.#source.kind === 'ready'
    if (machine === undefined) return []
    if (machine.fromFile) return hasSchema ? ['schema', 'command', 'timeline'] : ['timeline']
    // A guest agent has no human monitor, and a schema only where its file is beside the page.
    if (machine.protocol === 'agent') {
      return hasSchema ? ['overview', 'schema', 'command', 'timeline'] : ['overview', 'command', 'timeline']
    }
    return ['overview', 'schema', 'command', 'timeline', 'console']
  })
  readonly #view = $derived.by((): View => {
    const wanted = this.router.current.view
    if (this.#tabs.includes(wanted)) return wanted
    return this.#machine?.fromFile === true ? 'timeline' : (this.#tabs[0] ?? 'overview')
  })

  constructor(own: Router) {
    this.router = own
  }

  /** The machine or recording; undefined for a recorded schema, for nothing, and for a machine that is not here. */
  get machine(): Machine | undefined {
    return this.#machine
  }

  /** The file of the recorded schema that is looked at. */
  get file(): string | undefined {
    return this.#file
  }

  get source(): SchemaState {
    return this.#source
  }

  /** The views that there are, in their order. */
  get tabs(): readonly View[] {
    return this.#tabs
  }

  /** The view on screen: an address may name a view that this machine lacks (a link from another one). */
  get view(): View {
    return this.#view
  }

  /** The machine that commands can be sent to; never a recording. */
  get target(): Machine | undefined {
    return this.#machine?.fromFile === true ? undefined : this.#machine
  }

  /** The name of what it looks at, for people; undefined for nothing. */
  get name(): string | undefined {
    const { subject } = this.router.current
    if (this.#machine !== undefined) return this.#machine.name
    if (this.#file !== undefined) return recorded.nameOf(this.#file)
    return subject.kind === 'machine' ? subject.id : undefined
  }

  /** What it shows, in a few words. */
  get title(): string | undefined {
    const { name } = this
    return name === undefined ? undefined : `${name}: ${this.router.current.entity ?? viewNames[this.#view]}`
  }
}

class Panes {
  readonly main = new Pane(router)
  readonly beside = new Pane(besideRouter)
  readonly #narrow = new MediaQuery('(max-width: 900px)')

  get isSplit(): boolean {
    return router.beside !== undefined
  }

  /** The panes that there are. */
  get all(): readonly Pane[] {
    return this.isSplit ? [this.main, this.beside] : [this.main]
  }

  /** There is no room for two side by side: the one with the focus is shown alone. */
  get isAlone(): boolean {
    return this.#narrow.current
  }

  /** Those on screen. */
  get shown(): readonly Pane[] {
    return this.isAlone ? [this.focused] : this.all
  }

  /** The one that has or last had the focus. */
  get focused(): Pane {
    return router.focused === 'main' ? this.main : this.beside
  }

  /** The one that has not. */
  get other(): Pane {
    return router.focused === 'main' ? this.beside : this.main
  }

  /** Open the second pane: the same machine, its timeline, or the first other view where that is shown already. */
  split(): void {
    if (this.isSplit) return
    const { tabs, view } = this.main
    const order: readonly View[] = ['timeline', ...tabs]
    const wanted = order.find((each) => tabs.includes(each) && each !== view) ?? view
    router.go({
      beside: { subject: router.current.subject, view: wanted, entity: undefined, query: {} },
    })
    router.focus('beside')
  }

  /** Close the second pane; the main one stays as it is. */
  close(): void {
    router.go({ beside: undefined })
  }

  /** Each pane shows what the other did. */
  swap(): void {
    const { beside } = router
    if (beside !== undefined) router.go({ ...beside, beside: withoutBeside(router.current) })
  }
}

export const panes = new Panes()
