/**
 * What this browser keeps of the handles that it has open in guests, so that a page that is loaded again, or opened later, can
 * close them: numbers, and no names of files. An agent serves one client at a time, so a handle of here that another page finds
 * belongs to a page that is gone.
 */

/** A store of marks: localStorage of the page. It throws where it is switched off. */
export type HandleStore = () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

const key = 'qmp-studio.open-handles'
/** Handles that are remembered, of all guests: a page has one open at a time, and each page that goes leaves one. */
const mostHandles = 100
/** After this a handle is forgotten, in milliseconds: a guest that was started again gives its number to others. */
const longestMs = 3_600_000

type HandleMark = readonly [agent: string, handle: number, at: number]

/** The handles of one agent. */
export class HandleMarks {
  readonly #store: HandleStore
  readonly #agent: string
  readonly #now: () => number

  /** `agent` is the id of its machine; `now` in milliseconds since the epoch. */
  constructor(store: HandleStore, agent: string, now: () => number) {
    this.#store = store
    this.#agent = agent
    this.#now = now
  }

  /** What earlier pages have left open. */
  read(): readonly number[] {
    return this.#all().flatMap(([agent, handle]) => (agent === this.#agent ? [handle] : []))
  }

  opened(handle: number): void {
    this.#write([...this.#others(handle), [this.#agent, handle, this.#now()]])
  }

  closed(handle: number): void {
    this.#write(this.#others(handle))
  }

  #others(handle: number): readonly HandleMark[] {
    return this.#all().filter((mark) => mark[0] !== this.#agent || mark[1] !== handle)
  }

  #all(): readonly HandleMark[] {
    let kept: unknown
    try {
      kept = JSON.parse(this.#store().getItem(key) ?? '[]')
    } catch {
      return []
    }
    if (!Array.isArray(kept)) return []
    return (kept as readonly unknown[]).slice(-mostHandles).filter((each): each is HandleMark => {
      if (!Array.isArray(each)) return false
      const [agent, handle, at] = each as readonly unknown[]
      return (
        typeof agent === 'string' &&
        typeof handle === 'number' &&
        Number.isSafeInteger(handle) &&
        typeof at === 'number' &&
        Math.abs(this.#now() - at) < longestMs
      )
    })
  }

  #write(marks: readonly HandleMark[]): void {
    try {
      if (marks.length === 0) this.#store().removeItem(key)
      else this.#store().setItem(key, JSON.stringify(marks.slice(-mostHandles)))
    } catch {
      // The browser keeps nothing: a page that is loaded again then knows of none.
    }
  }
}
