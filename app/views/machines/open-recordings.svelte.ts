/** Opens files of recordings, wherever they were chosen or dropped, and goes to the first of them. */
import { recordings } from '#state/library/open-recordings.svelte.ts'
import type { Router } from '#state/page/router.svelte.ts'

class OpenRecordings {
  #error = $state('')

  /** Why the last files could not be opened; empty when they could. */
  get error(): string {
    return this.#error
  }

  /** Open files and go to the first machine of the last, in the router's pane. True when one was opened. */
  async open(files: FileList | null, router: Router): Promise<boolean> {
    const failures: string[] = []
    let last: string | undefined
    // Copied, because the list of an input changes when it is emptied.
    for (const file of [...(files ?? [])]) {
      const opened = await recordings.open(file)
      if (opened.ok) last = opened.value.machines[0]?.id ?? last
      else failures.push(opened.error)
    }
    this.#error = failures.join(' ')
    if (last === undefined) return false
    router.go({ subject: { kind: 'machine', id: last }, view: 'timeline', entity: undefined, query: {} })
    return true
  }
}

export const openRecordings = new OpenRecordings()
