/**
 * The address of what is on screen, in the fragment: `#/lab/lab1/schema/blockdev-add?q=node`. Whatever can be
 * linked to is here: machine, view, entity, search, form content. Never secrets.
 */

/** The views. */
export type View = 'overview' | 'schema' | 'command' | 'timeline' | 'console'

/** What a view looks at. `machine` holds the id of a machine, `recorded` the name of a file in public/schemas. */
export type Subject =
  | { readonly kind: 'none' }
  | { readonly kind: 'machine'; readonly id: string }
  | { readonly kind: 'recorded'; readonly file: string }

/** Where the page is. */
export interface Route {
  readonly subject: Subject
  readonly view: View
  /** The entity of the schema view or the command of the command view. */
  readonly entity: string | undefined
  readonly query: Readonly<Record<string, string>>
}

const views: readonly View[] = ['overview', 'schema', 'command', 'timeline', 'console']

/** The views in the order of their tabs, with the names that people see. */
export const viewNames: Readonly<Record<View, string>> = {
  overview: 'Overview',
  schema: 'Schema',
  command: 'Command',
  timeline: 'Timeline',
  console: 'Console',
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Read a fragment (with or without `#`). Anything unknown leads to the first page, never to an error. */
export function parseRoute(fragment: string): Route {
  const [path = '', search = ''] = splitOnce(fragment.replace(/^#/, ''), '?')
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decode)
  const query = Object.fromEntries(new URLSearchParams(search))
  const [kind, first, viewName, ...rest] = parts
  const subject: Subject =
    kind === 'machine' && first !== undefined
      ? { kind: 'machine', id: first }
      : kind === 'recorded' && first !== undefined
        ? { kind: 'recorded', file: first }
        : { kind: 'none' }
  const view =
    views.find((each) => each === viewName) ?? (subject.kind === 'recorded' ? 'schema' : 'overview')
  return { subject, view, entity: rest.length > 0 ? rest.join('/') : undefined, query }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)]
}

/** The fragment of a route: the inverse of `parseRoute`. */
export function formatRoute(route: Route): string {
  const { subject, view, entity, query } = route
  if (subject.kind === 'none') return '#/'
  const parts = [subject.kind, subject.kind === 'machine' ? subject.id : subject.file, view]
  if (entity !== undefined) parts.push(entity)
  const search = new URLSearchParams(query).toString()
  return `#/${parts.map(encodeURIComponent).join('/')}${search === '' ? '' : `?${search}`}`
}

class Router {
  #route = $state.raw<Route>(parseRoute(location.hash))

  constructor() {
    window.addEventListener('hashchange', () => {
      this.#route = parseRoute(location.hash)
    })
  }

  get current(): Route {
    return this.#route
  }

  /** The current route with some parts replaced. Another view or entity drops the query unless one is given. */
  with(parts: Partial<Route>): Route {
    const now = this.#route
    const moved = parts.subject !== undefined || parts.view !== undefined || 'entity' in parts
    return {
      subject: parts.subject ?? now.subject,
      view: parts.view ?? now.view,
      entity: 'entity' in parts ? parts.entity : parts.view === undefined ? now.entity : undefined,
      query: parts.query ?? (moved ? {} : now.query),
    }
  }

  /** The address for a link. */
  href(parts: Partial<Route>): string {
    return formatRoute(this.with(parts))
  }

  /** Go there; Back comes back. */
  go(parts: Partial<Route>): void {
    const next = formatRoute(this.with(parts))
    if (next !== location.hash) location.hash = next
    else this.#route = parseRoute(next)
  }

  /** Change what the address says without a step in the history: for what is typed. */
  replace(parts: Partial<Route>): void {
    const next = this.with(parts)
    history.replaceState(null, '', formatRoute(next))
    this.#route = next
  }
}

export const router = new Router()
