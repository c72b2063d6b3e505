/**
 * The panes of the page: the subject and the views of each, and opening, closing and swapping the second one.
 * Tested by e2e/split.spec.ts.
 */
import type { Machine } from '../machine/machine.svelte.ts'
import type { SchemaState } from '../machine/schema-state.ts'
import type { Machines } from '../machine/machines.svelte.ts'
import type { RecordedStore } from '../library/recorded-schemas.svelte.ts'
import type { Page } from '../platform.ts'
import { Media } from './media.svelte.ts'
import type { PageRouter, Router } from './router.svelte.ts'
import { viewNames, withoutBeside } from './route.ts'
import type { Route, View } from './route.ts'

/** The views of a machine, in the order of their tabs. */
const machineViews: readonly View[] = [
  'overview',
  'console',
  'guest',
  'inspect',
  'schema',
  'command',
  'timeline',
]

/** What panes look at. */
interface Subjects {
  readonly machines: Machines
  readonly recorded: RecordedStore
}

/** One pane. What it is follows from its address. */
export class Pane {
  readonly router: Router
  readonly #of: Subjects

  readonly #machine = $derived.by(() => {
    const { subject } = this.router.current
    return subject.kind === 'machine' ? this.#of.machines.byId(subject.id) : undefined
  })
  readonly #file = $derived.by(() => {
    const { subject } = this.router.current
    return subject.kind === 'recorded' ? subject.file : undefined
  })
  readonly #source = $derived.by((): SchemaState => {
    if (this.#machine !== undefined) return this.#machine.schema
    return this.#file === undefined ? { kind: 'none' } : this.#of.recorded.stateOf(this.#file)
  })
  readonly #tabs = $derived.by((): readonly View[] => {
    if (this.#file !== undefined) return ['schema', 'command']
    const machine = this.#machine
    const hasSchema = this.#source.kind === 'ready'
    if (machine === undefined) return []
    if (machine.fromFile) return hasSchema ? ['inspect', 'schema', 'command', 'timeline'] : ['timeline']
    const { whole } = this
    if (whole !== undefined && !whole.channels.hasMonitor && whole.protocol === 'qmp') {
      const { agent, raw } = whole.channels
      return [
        ...(agent === undefined ? [] : (['guest'] as const)),
        ...(agent?.schema.kind === 'ready' ? (['schema'] as const) : []),
        ...(agent === undefined ? [] : (['command'] as const)),
        ...(raw.length === 0 ? [] : (['console'] as const)),
        'timeline',
      ]
    }
    if (machine.companionOf !== undefined) return machineViews
    // An agent of its own has no human monitor, and a schema only where its file is beside the page.
    if (machine.protocol === 'agent') {
      return hasSchema ? ['guest', 'schema', 'command', 'timeline'] : ['guest', 'command', 'timeline']
    }
    return machineViews
  })
  readonly #view = $derived.by((): View => {
    const wanted = this.router.current.view
    const machine = this.#machine
    // The overview of a guest agent is the guest's view: addresses of earlier versions have it so.
    if (machine?.protocol === 'agent' && !machine.fromFile && (wanted === 'overview' || wanted === 'console'))
      return 'guest'
    if (this.#tabs.includes(wanted)) return wanted
    return machine?.fromFile === true ? 'timeline' : (this.#tabs[0] ?? 'overview')
  })
  readonly #whole = $derived.by((): Machine | undefined => {
    const of = this.#machine?.companionOf
    return of === undefined ? this.#machine : (this.#of.machines.byId(of) ?? this.#machine)
  })

  constructor(own: Router, of: Subjects) {
    this.router = own
    this.#of = of
  }

  /** The machine or recording; undefined for a recorded schema, for nothing, and for a machine that is not here. */
  get machine(): Machine | undefined {
    return this.#machine
  }

  /** The machine that this one belongs to: itself, or the one whose guest agent it is. */
  get whole(): Machine | undefined {
    return this.#whole
  }

  /** The guest agent that the view is about, or that commands go to; undefined where none is. */
  get agent(): Machine | undefined {
    return this.#machine?.protocol === 'agent' ? this.#machine : this.#whole?.channels.agent
  }

  /**
   * Where a tab leads. Schema and Command are those of the connection that is looked at; the other views are of the whole
   * machine.
   */
  tab(view: View): Partial<Route> {
    const place = this.router.tab(view)
    const [machine, whole] = [this.#machine, this.#whole]
    if (whole === undefined) return place
    if (view === 'schema' || view === 'command') {
      const { agent, hasMonitor } = whole.channels
      const hasOther = machine === whole && !hasMonitor && agent !== undefined
      return hasOther ? { ...place, subject: { kind: 'machine', id: agent.id } } : place
    }
    if (machine === whole) return place
    return { ...place, subject: { kind: 'machine', id: whole.id } }
  }

  /** The file of the recorded schema that is looked at. */
  get file(): string | undefined {
    return this.#file
  }

  get source(): SchemaState {
    return this.#source
  }

  /** Read the manual for what it looks at: called in an effect while it is on screen. */
  async loadTexts(): Promise<void> {
    if (this.#machine !== undefined) await this.#machine.loadTexts()
    else if (this.#file !== undefined) await this.#of.recorded.loadTexts(this.#file)
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
    if (this.#file !== undefined) return this.#of.recorded.nameOf(this.#file)
    return subject.kind === 'machine' ? subject.id : undefined
  }

  /** What it shows, in a few words. */
  get title(): string | undefined {
    const { name } = this
    return name === undefined ? undefined : `${name}: ${this.router.current.entity ?? viewNames[this.#view]}`
  }
}

/** Both panes. */
export class Panes {
  readonly main: Pane
  readonly beside: Pane
  readonly #router: PageRouter
  readonly #narrow: Media

  constructor(router: PageRouter, beside: Router, of: Subjects, page: Pick<Page, 'matchMedia'>) {
    this.#router = router
    this.#narrow = new Media(page, '(max-width: 1080px)')
    this.main = new Pane(router, of)
    this.beside = new Pane(beside, of)
  }

  get isSplit(): boolean {
    return this.#router.beside !== undefined
  }

  /** The panes that there are. */
  get all(): readonly Pane[] {
    return this.isSplit ? [this.main, this.beside] : [this.main]
  }

  /** There is no room for two side by side: the one with the focus is shown alone. */
  get isAlone(): boolean {
    return this.#narrow.holds
  }

  /** Those on screen. */
  get shown(): readonly Pane[] {
    return this.isAlone ? [this.focused] : this.all
  }

  /** The one that has or last had the focus. */
  get focused(): Pane {
    return this.#router.focused === 'main' ? this.main : this.beside
  }

  /** The one that has not. */
  get other(): Pane {
    return this.#router.focused === 'main' ? this.beside : this.main
  }

  /** Open the second pane: the same machine, its timeline, or the first other view where that is shown already. */
  split(): void {
    if (this.isSplit) return
    const { tabs, view } = this.main
    const order: readonly View[] = ['timeline', ...tabs]
    const wanted = order.find((each) => tabs.includes(each) && each !== view) ?? view
    this.#router.go({
      beside: { subject: this.#router.current.subject, view: wanted, entity: undefined, query: {} },
    })
    this.#router.focus('beside')
  }

  /** Close the second pane; the main one stays as it is. */
  close(): void {
    this.#router.go({ beside: undefined })
  }

  /** Each pane shows what the other did. */
  swap(): void {
    const { beside } = this.#router
    if (beside !== undefined) this.#router.go({ ...beside, beside: withoutBeside(this.#router.current) })
  }
}
