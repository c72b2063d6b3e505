/**
 * Where the page is, as its address says it. The page has one pane or two; each has a router, and a component takes that
 * of the pane it stands in (`useRouter`). Outside of the panes that is the router of the pane with the focus.
 * Tested by e2e/places.spec.ts and e2e/split.spec.ts.
 * @adr 0035
 */
import { createContext } from 'svelte'
import type { Page } from '../platform.ts'
import type { LabKey } from './lab-key.svelte.ts'
import { formatRoute, movedRoute, parseRoute, withOneRange, withoutBeside } from './route.ts'
import type { PanePlace, Route, View } from './route.ts'
import { TabMemory } from './tab-memory.ts'

/** The address of one pane. */
export interface Router {
  readonly place: PanePlace
  /** Where the pane is, without what is beside it. */
  readonly current: Route
  /** Whether global keys act on this pane: it has or last had the focus. */
  readonly isFocused: boolean
  /** Counts up when somebody goes to where the pane is already: what its address names is wanted once more. */
  readonly again: number
  /** The current route with some parts replaced. Another view or entity drops the query unless one is given. */
  with(parts: Partial<Route>): Route
  /** The address for a link: what the other pane shows stays. */
  href(parts: Partial<Route>): string
  /** Go there; Back comes back. */
  go(parts: Partial<Route>): void
  /** Change the address without a step in the history: for changes that no person made. */
  replace(parts: Partial<Route>): void
  /** What is typed into `field`: one step in the history, however long somebody types into the same field. */
  type(parts: Partial<Route>, field: string): void
  /** Where the tab of a view leads: where the pane was last in it. */
  tab(view: View): Partial<Route>
  /** The range that was selected last at the pane's machine, as addresses have it; undefined where there is none. */
  readonly range: string | undefined
  /** The name of a landmark in this pane: that of the second pane says so, for both may show the same view. */
  label(name: string): string
}

/** Same address, same object: values that depend on a route are not computed again. */
function keep<Kept extends Route | undefined>(old: Kept, next: Kept): Kept {
  return old !== undefined && next !== undefined && formatRoute(old) === formatRoute(next) ? old : next
}

/** The page's address, and the router of its main pane. */
export class PageRouter implements Router {
  readonly place = 'main'
  readonly #page: Pick<Page, 'addEventListener' | 'history' | 'location'>
  readonly #labKey: LabKey
  #own = $state.raw<Route>(parseRoute(''))
  #beside = $state.raw<Route | undefined>(undefined)
  #focused = $state<PanePlace>('main')
  #again = $state.raw({ main: 0, beside: 0 })
  /** The fragment that was read last. */
  #read = ''
  /** The field that was typed into last, and the fragment that it made. */
  #typed: { readonly field: string; readonly fragment: string } | undefined
  /** The fragment of the link that was followed last in this page. */
  #followed: string | undefined
  #stranger: () => void = () => undefined

  /** Of both panes. */
  readonly memories = { main: new TabMemory(), beside: new TabMemory() }

  constructor(page: Pick<Page, 'addEventListener' | 'history' | 'location'>, labKey: LabKey) {
    this.#page = page
    this.#labKey = labKey
    this.#catchUp('own')
    page.addEventListener('hashchange', () => this.#catchUp('unknown'))
    // When a person follows a link here, the browser changes the address.
    page.addEventListener(
      'click',
      (event) => {
        const link = event.target instanceof Element ? event.target.closest('a') : null
        if (event.isTrusted && link !== null) this.#followed = link.hash
      },
      true,
    )
  }

  get current(): Route {
    return this.#own
  }

  /** What the second pane shows; undefined while there is none. */
  get beside(): Route | undefined {
    return this.#beside
  }

  /** Be told of each change of the address that neither this program nor a press on one of its links has made. */
  onStranger(told: () => void): void {
    this.#stranger = told
  }

  /** The pane that has or last had the focus. */
  get focused(): PanePlace {
    return this.#beside === undefined ? 'main' : this.#focused
  }

  get isFocused(): boolean {
    return this.focused === 'main'
  }

  get again(): number {
    return this.#again.main
  }

  /** The same of the second pane. */
  get besideAgain(): number {
    return this.#again.beside
  }

  /** A pane has the focus now. */
  focus(place: PanePlace): void {
    this.#focused = place
  }

  with(parts: Partial<Route>): Route {
    return movedRoute(this.#whole, parts)
  }

  href(parts: Partial<Route>): string {
    return formatRoute(this.with(parts))
  }

  go(parts: Partial<Route>): void {
    const { location } = this.#page
    this.#catchUp('unknown')
    const next = formatRoute(withOneRange(this.#whole, this.with(parts)))
    if (next === location.hash) {
      // The same address again: views that wait for a row or a form in it are notified again.
      this.#take(parseRoute(next))
      const { main, beside } = this.#again
      this.#again = parts.beside === undefined ? { main: main + 1, beside } : { main, beside: beside + 1 }
    } else {
      location.hash = next
      this.#catchUp('own')
    }
  }

  replace(parts: Partial<Route>): void {
    this.#catchUp('unknown')
    const next = withOneRange(this.#whole, this.with(parts))
    const { history, location } = this.#page
    history.replaceState(null, '', formatRoute(next))
    this.#read = location.hash
    this.#take({ ...next, beside: keep(this.#beside, next.beside) })
  }

  type(parts: Partial<Route>, field: string): void {
    const { location } = this.#page
    this.#catchUp('unknown')
    if (this.#typed?.field === field && this.#typed.fragment === location.hash) this.replace(parts)
    else this.go(parts)
    this.#typed = { field, fragment: location.hash }
  }

  tab(view: View): Partial<Route> {
    return this.memories.main.placeOf(this.current, view)
  }

  get range(): string | undefined {
    return this.memories.main.rangeOf(this.current.subject)
  }

  label(name: string): string {
    return name
  }

  get #whole(): Route {
    return this.#beside === undefined ? this.#own : { ...this.#own, beside: this.#beside }
  }

  /** The browser tells of a new address later than it has it, and one of both panes may write in between. */
  #catchUp(by: 'own' | 'unknown'): void {
    const fragment = this.#labKey.fragment(this.#read)
    if (fragment === this.#read) return
    if (by === 'unknown' && fragment !== this.#followed) this.#stranger()
    this.#followed = undefined
    this.#read = fragment
    const next = parseRoute(fragment)
    this.#take({
      ...keep(this.#own, withoutBeside(next)),
      beside: keep(this.#beside, next.beside),
    })
  }

  #take(next: Route): void {
    const own = withoutBeside(next)
    // A change in the other pane is none in this one.
    if (own.query !== this.#own.query || formatRoute(own) !== formatRoute(this.#own)) this.#own = own
    this.#beside = next.beside
    this.memories.main.remember(own)
    if (next.beside !== undefined) this.memories.beside.remember(next.beside)
    if (next.beside === undefined) this.#focused = 'main'
  }
}

/** The router of the second pane. While there is none it stays where the pane was last, and goes nowhere. */
export class BesideRouter implements Router {
  readonly place = 'beside'
  readonly #router: PageRouter
  #last: Route = parseRoute('')

  constructor(router: PageRouter) {
    this.#router = router
  }

  get current(): Route {
    this.#last = this.#router.beside ?? this.#last
    return this.#last
  }

  get isFocused(): boolean {
    return this.#router.focused === 'beside'
  }

  get again(): number {
    return this.#router.besideAgain
  }

  with(parts: Partial<Route>): Route {
    return withoutBeside(movedRoute(this.current, parts))
  }

  href(parts: Partial<Route>): string {
    return this.#router.href({ beside: this.with(parts) })
  }

  go(parts: Partial<Route>): void {
    if (this.#router.beside !== undefined) this.#router.go({ beside: this.with(parts) })
  }

  replace(parts: Partial<Route>): void {
    if (this.#router.beside !== undefined) this.#router.replace({ beside: this.with(parts) })
  }

  type(parts: Partial<Route>, field: string): void {
    if (this.#router.beside !== undefined) this.#router.type({ beside: this.with(parts) }, `${field} beside`)
  }

  tab(view: View): Partial<Route> {
    return this.#router.memories.beside.placeOf(this.current, view)
  }

  get range(): string | undefined {
    return this.#router.memories.beside.rangeOf(this.current.subject)
  }

  label(name: string): string {
    return `${name}, second pane`
  }
}

/** The router of the pane that has or last had the focus: for parts of the page outside of panes. */
export function focusedRouter(main: PageRouter, beside: Router): Router {
  const now = (): Router => (main.focused === 'main' ? main : beside)
  return {
    get place() {
      return main.focused
    },
    get current() {
      return now().current
    },
    isFocused: true,
    get again() {
      return now().again
    },
    with: (parts) => now().with(parts),
    href: (parts) => now().href(parts),
    go: (parts) => now().go(parts),
    replace: (parts) => now().replace(parts),
    type: (parts, field) => now().type(parts, field),
    tab: (view) => now().tab(view),
    get range() {
      return now().range
    },
    label: (name) => name,
  }
}

/** The router of the pane that the calling component stands in, while that is made. A pane provides its own. */
export const [useRouter, provideRouter] = createContext<Router>()
