/** Changes to the query of a pane's address. */
import type { Router } from './router.svelte.ts'

/** The query with some members replaced; '' takes one away. */
export function queryWith(
  router: Pick<Router, 'current'>,
  changes: Readonly<Record<string, string>>,
): Record<string, string> {
  const query = Object.entries({ ...router.current.query, ...changes })
  return Object.fromEntries(query.filter(([, value]) => value !== ''))
}

/** Replace some members of the query, with a step in the history; '' takes one away. */
export function changeQuery(
  router: Pick<Router, 'current' | 'go'>,
  changes: Readonly<Record<string, string>>,
): void {
  router.go({ query: queryWith(router, changes) })
}
