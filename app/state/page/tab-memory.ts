/** Where a pane was in each view of each machine, so that a tab leads back there. */
import { hasRange, withRange } from './route.ts'
import type { Route, ViewSubject, View } from './route.ts'

/** Views that are remembered: more than anybody opens; the oldest are forgotten. */
const mostRemembered = 200

/** The memory of one pane. */
export class TabMemory {
  readonly #places = new Map<string, Pick<Route, 'entity' | 'query'>>()
  /** The range that was selected last, by machine: its timeline and its statistics have the same. */
  readonly #ranges = new Map<string, string>()

  /** The pane is here now. */
  remember({ subject, view, entity, query }: Route): void {
    keep(this.#places, keyOf(subject, view), { entity, query })
    if (!hasRange({ view, entity })) return
    const { range } = query
    if (range === undefined) this.#ranges.delete(keyOf(subject))
    else keep(this.#ranges, keyOf(subject), range)
  }

  /** The range that was selected last at this machine; undefined where it was let go. */
  rangeOf(subject: ViewSubject): string | undefined {
    return this.#ranges.get(keyOf(subject))
  }

  /** Where the tab of a view leads: where the pane was last in it. The tab of the view itself leads to its beginning. */
  placeOf(now: Route, view: View): Partial<Route> {
    const place = view === now.view ? undefined : this.#places.get(keyOf(now.subject, view))
    const [entity, query] = [place?.entity, place?.query ?? {}]
    if (view === now.view || !hasRange({ view, entity })) return { view, entity, query }
    return { view, entity, query: withRange(query, this.rangeOf(now.subject)) }
  }
}

function keep<Value>(all: Map<string, Value>, key: string, value: Value): void {
  all.delete(key)
  all.set(key, value)
  const [oldest] = all.keys()
  if (all.size > mostRemembered && oldest !== undefined) all.delete(oldest)
}

function keyOf(subject: ViewSubject, view?: View): string {
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
