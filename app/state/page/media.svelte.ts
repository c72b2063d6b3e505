/** Media queries, as the state of the page reads them. */
import type { Page } from '../platform.ts'

/** Whether a media query holds. Svelte's own would bring all its collections into the first load. */
export class Media {
  #holds = $state(false)

  /** Lives as long as the page. */
  constructor(page: Pick<Page, 'matchMedia'>, query: string) {
    const list = page.matchMedia(query)
    this.#holds = list.matches
    list.addEventListener('change', ({ matches }) => (this.#holds = matches))
  }

  /** Whether it holds now. Reading it subscribes. */
  get holds(): boolean {
    return this.#holds
  }
}
