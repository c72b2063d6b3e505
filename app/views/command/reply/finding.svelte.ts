/** A search that runs in slices: what it has found so far, and which of it is looked at. */
import { runInSlices } from './slices.ts'

/** What was found. `done` is false while the search goes on. */
export interface FindResult<T> {
  readonly hits: readonly T[]
  readonly done: boolean
}

/** Beyond, matches are counted no more: a search for one letter in ten megabytes finds millions. */
const mostHits = 20_000

const nothing = { hits: [], done: true } as const

/** One search at a time; another one ends it. */
export class Finding<T> {
  #found = $state.raw<FindResult<T>>(nothing)
  #end: (() => void) | undefined

  get found(): FindResult<T> {
    return this.#found
  }

  /** Whether there are more than are kept. */
  get isFull(): boolean {
    return this.#found.hits.length >= mostHits
  }

  /** Search with a generator that yields what it finds, and undefined between. */
  start(work: Iterable<T | undefined>): void {
    this.stop()
    const hits: T[] = []
    const iterator = work[Symbol.iterator]()
    this.#end = runInSlices(
      limited(iterator, () => hits.length >= mostHits),
      (hit) => hits.push(hit),
      (isOver) => {
        // The copy is what tells Svelte; while it grows only the first matters, so it is copied when it is over.
        if (isOver || this.#found.hits.length === 0) this.#found = { hits: [...hits], done: isOver }
      },
    )
  }

  stop(): void {
    this.#end?.()
    this.#end = undefined
    this.#found = nothing
  }
}

function* limited<T>(work: Iterator<T | undefined>, isEnough: () => boolean): Generator<T | undefined> {
  for (let next = work.next(); next.done !== true && !isEnough(); next = work.next()) yield next.value
}
