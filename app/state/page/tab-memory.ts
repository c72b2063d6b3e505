/** Where a pane was in each view of each machine, so that a tab leads back there. */
import type { Route, ViewSubject, View } from './route.ts'

/** Views that are remembered: more than anybody opens; the oldest are forgotten. */
const mostRemembered = 200

/** The memory of one pane. */
export class TabMemory {
  readonly #places = new Map<string, Pick<Route, 'entity' | 'query'>>()

  /** The pane is here now. */
  remember({ subject, view, entity, query }: Route): void {
    const key = keyOf(subject, view)
    this.#places.delete(key)
    this.#places.set(key, { entity, query })
    const [oldest] = this.#places.keys()
    if (this.#places.size > mostRemembered && oldest !== undefined) this.#places.delete(oldest)
  }

  /** Where the tab of a view leads: where the pane was last in it. The tab of the view itself leads to its beginning. */
  placeOf(now: Route, view: View): Partial<Route> {
    const place = view === now.view ? undefined : this.#places.get(keyOf(now.subject, view))
    return { view, entity: place?.entity, query: place?.query ?? {} }
  }
}

function keyOf(subject: ViewSubject, view: View): string {
  const which = subject.kind === 'machine' ? subject.id : subject.kind === 'recorded' ? subject.file : ''
  return JSON.stringify([subject.kind, which, view])
}

/**
 * The same place at another machine or version: the entity stays, and in the schema view the search and the filters.
 * What belongs to the machine that is left (a timeline's filter, a form's content) does not.
 */
export function sameAt({ view, entity, query }: Route, subject: ViewSubject): Partial<Route> {
  if (view === 'schema') {
    const own =
      subject.kind === 'machine'
        ? `machine:${subject.id}`
        : subject.kind === 'recorded'
          ? `recorded:${subject.file}`
          : ''
    // A schema is not compared with itself, and the order of age has to be decided again.
    const kept = Object.entries(query).filter(
      ([key]) => key !== 'swap' && !(key === 'against' && query.against === own),
    )
    return { subject, view, entity, query: Object.fromEntries(kept) }
  }
  if (view === 'command') return { subject, view, entity, query: {} }
  return { subject, view: subject.kind === 'recorded' ? 'schema' : view, entity: undefined, query: {} }
}
