/**
 * The address of what is on screen, in the fragment: `#/machine/lab1/schema/blockdev-add?q=node`. Whatever can be
 * linked to is here: machine, view, entity, search, form content, and what the second pane shows. Never secrets.
 * @adr 0035
 */

/** The views. */
export type View = 'overview' | 'console' | 'guest' | 'inspect' | 'schema' | 'command' | 'timeline'

/** What a view looks at. `machine` holds the id of a machine, `recorded` the name of a file in public/schemas. */
export type ViewSubject =
  | { readonly kind: 'none' }
  | { readonly kind: 'machine'; readonly id: string }
  | { readonly kind: 'recorded'; readonly file: string }

/** Where a pane of the page is. */
export interface Route {
  readonly subject: ViewSubject
  readonly view: View
  /** The entity of the schema view or the command of the command view. */
  readonly entity: string | undefined
  readonly query: Readonly<Record<string, string>>
  /** What the second pane shows; it has no pane beside itself. */
  readonly beside?: Route | undefined
}

/** The pane that is always there, or the second one. */
export type PanePlace = 'main' | 'beside'

const views: readonly View[] = ['overview', 'console', 'guest', 'inspect', 'schema', 'command', 'timeline']
const besideKey = 'beside'

/** The views in the order of their tabs, with the names that people see. */
export const viewNames: Readonly<Record<View, string>> = {
  overview: 'Overview',
  console: 'Console',
  guest: 'Guest',
  inspect: 'Inspect',
  schema: 'Schema',
  command: 'Command',
  timeline: 'Timeline',
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)]
}

/**
 * Read a fragment (with or without `#`). Anything unknown leads to the first page, never to an error. A pane beside the
 * second pane is ignored.
 */
export function parseRoute(fragment: string): Route {
  const [path, search] = splitOnce(fragment.replace(/^#/, ''), '?')
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decode)
  const { [besideKey]: second, ...query } = Object.fromEntries(new URLSearchParams(search))
  const [kind, first, viewName, ...rest] = parts
  const subject: ViewSubject =
    kind === 'machine' && first !== undefined
      ? { kind: 'machine', id: first }
      : kind === 'recorded' && first !== undefined
        ? { kind: 'recorded', file: first }
        : { kind: 'none' }
  const view =
    views.find((each) => each === viewName) ?? (subject.kind === 'recorded' ? 'schema' : 'overview')
  // A file that the lab has for this page: it is opened, and the page goes to where it is shown.
  const opened = kind === 'open' ? parts.join('/') : undefined
  const own = { subject, view, entity: rest.length > 0 ? rest.join('/') : opened, query }
  return second === undefined ? own : { ...own, beside: withoutBeside(parseRoute(second)) }
}

/** A route alone, without what is beside it. */
export function withoutBeside({ subject, view, entity, query }: Route): Route {
  return { subject, view, entity, query }
}

/** Characters in the path of a type: browsers keep them in a fragment, and people can read them. */
function readable(encoded: string): string {
  return encoded.replace(/%5B|%5D|%3D|%7C|%2C|%3A/g, decodeURIComponent)
}

/** The fragment of a route: the inverse of `parseRoute`. */
export function formatRoute(route: Route): string {
  const { subject, view, entity, beside } = route
  const query = new URLSearchParams(subject.kind === 'none' ? {} : route.query)
  query.delete(besideKey)
  if (beside !== undefined) query.set(besideKey, formatRoute(withoutBeside(beside)).slice(1))
  const search = query.size === 0 ? '' : `?${query.toString()}`
  if (subject.kind === 'none') {
    const opened = entity?.startsWith('open/') === true ? entity.split('/') : []
    return `#/${opened.map(encodeURIComponent).join('/')}${search}`
  }
  const parts = [subject.kind, subject.kind === 'machine' ? subject.id : subject.file, view]
  const path = parts.map(encodeURIComponent)
  if (entity !== undefined) path.push(readable(encodeURIComponent(entity)))
  return `#/${path.join('/')}${search}`
}

/** A route with some parts replaced. Another view or entity drops the query unless one is given; `beside` stays. */
export function movedRoute(now: Route, parts: Partial<Route>): Route {
  const moved = parts.subject !== undefined || parts.view !== undefined || 'entity' in parts
  const beside = 'beside' in parts ? parts.beside : now.beside
  return {
    subject: parts.subject ?? now.subject,
    view: parts.view ?? now.view,
    entity: 'entity' in parts ? parts.entity : parts.view === undefined ? now.entity : undefined,
    query: parts.query ?? (moved ? {} : now.query),
    ...(beside === undefined ? {} : { beside }),
  }
}

/** Whether a stretch of time can be selected there: in the timeline, and in the statistics of Inspect. */
export function hasRange({ view, entity }: Pick<Route, 'view' | 'entity'>): boolean {
  return view === 'timeline' || (view === 'inspect' && entity === 'stats')
}

/** A query with another selected range, or with none. */
export function withRange(query: Route['query'], range: string | undefined): Route['query'] {
  const others = Object.entries(query).filter(([name]) => name !== 'range')
  return Object.fromEntries(range === undefined ? others : [...others, ['range', range]])
}

/** A timeline and statistics of one machine, side by side, have one range: that of the pane in which it was changed. */
export function withOneRange(before: Route, next: Route): Route {
  const { beside } = next
  if (beside === undefined || beside.view === next.view || !hasRange(next) || !hasRange(beside)) return next
  if (JSON.stringify(beside.subject) !== JSON.stringify(next.subject)) return next
  const isChanged = beside.query.range !== before.beside?.query.range
  const { range } = (isChanged ? beside : next).query
  return {
    ...next,
    query: withRange(next.query, range),
    beside: { ...beside, query: withRange(beside.query, range) },
  }
}
