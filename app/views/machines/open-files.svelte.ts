/** Files that somebody chose or dropped: what is being read, what became of them, and why one could not be opened. */
import { inWords } from '#base/apart.ts'
import type { App } from '#state/app.svelte.ts'
import type { Route } from '#state/page/route.ts'
import type { Router } from '#state/page/router.svelte.ts'
import type { DroppedFile } from '#ui/browser/dropped.ts'

/** Opens them. One for a page: the list of machines and the first page say the same. */
export class OpenFiles {
  readonly #app: App
  /** What was opened before, which the next waits for. */
  #before: Promise<unknown> = Promise.resolve()
  #busy = $state<string | undefined>(undefined)
  #said = $state('')
  #errors = $state.raw<readonly string[]>([])

  constructor(app: App) {
    this.#app = app
  }

  /** The name of the file that is being read, or how many are. */
  get busy(): string | undefined {
    return this.#busy
  }

  /** What became of a file that has no page of its own. */
  get said(): string {
    return this.#said
  }

  /** Why files could not be opened: a sentence for each. */
  get errors(): readonly string[] {
    return this.#errors
  }

  dismiss(): void {
    this.#errors = []
    this.#said = ''
  }

  /**
   * Open files and go to the last of them, in the router's pane; those that are opened meanwhile wait for these. True when
   * there was one to go to.
   */
  open(files: readonly DroppedFile[] | Promise<readonly DroppedFile[]>, router: Router): Promise<boolean> {
    const opened = this.#before.then(() => this.#open(files, router))
    this.#before = opened
    return opened
  }

  /** Never rejects. */
  async #open(
    files: readonly DroppedFile[] | Promise<readonly DroppedFile[]>,
    router: Router,
  ): Promise<boolean> {
    this.dismiss()
    let last: Partial<Route> | undefined
    try {
      const list = await files
      if (list.length === 0) return false
      this.#busy = list.length === 1 ? inWords(list[0]?.file.name ?? '') : `${list.length} files`
      const { openFiles } = await import('./open-file.ts')
      await openFiles(this.#app, list, (outcome) => {
        if (!outcome.ok) {
          this.#errors = [...this.#errors, outcome.error]
          return
        }
        const { place, said } = outcome.value
        if (said !== '') this.#said = said
        last = place ?? last
      })
    } catch (reason) {
      const why = reason instanceof Error ? reason.message : String(reason)
      this.#errors = [`The files could not be opened: ${why}`]
    } finally {
      this.#busy = undefined
    }
    if (last === undefined) return false
    router.go({ entity: undefined, query: {}, ...last })
    return true
  }
}

/** That of an app. */
export const makeOpenFiles = (app: App): OpenFiles => new OpenFiles(app)
