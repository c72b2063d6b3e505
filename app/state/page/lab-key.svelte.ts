/**
 * The key of the lab that serves this page. It comes in the fragment of the address or is pasted, is kept for this tab,
 * and in this browser only where somebody asks for that. It goes to the lab's own bridge and nowhere else.
 */
import { sha256 } from '#base/sha256.ts'
import type { Page } from '../platform.ts'
import { readKeyedFragment } from './lab-key.ts'

/** Whether the machines of the lab can be reached: a bridge that wants no key is open. */
export type Access = 'open' | 'missing' | 'wrong'

const ownStorageKey = 'qmp-studio.key'

/** A storage of the browser. If it is switched off, it does nothing. */
function quietly<Value>(use: () => Value): Value | undefined {
  try {
    return use()
  } catch {
    return undefined
  }
}

/** The key, and where it is kept. */
export class LabKey {
  readonly #page: Page
  readonly #storageKey: string
  #key = $state<string | undefined>(undefined)
  #isKept = $state(false)
  #watches = $state(false)
  /** The key that was right last, or that the tab came with: an address with a wrong one must not take it away. */
  #proven: string | undefined
  #watchers = new Set<() => void>()

  /** `storageKey` is another one for each other host. */
  constructor(page: Page, storageKey = ownStorageKey) {
    this.#page = page
    this.#storageKey = storageKey
    const kept = quietly(() => this.#page.localStorage.getItem(storageKey)) ?? undefined
    this.#isKept = kept !== undefined
    this.#key = quietly(() => this.#page.sessionStorage.getItem(storageKey)) ?? kept
    this.#proven = this.#key
    // Kept in another tab: this one need not be asked.
    page.addEventListener('storage', (event) => {
      if (event.key !== storageKey) return
      this.#isKept = event.newValue !== null
      if (event.newValue !== null && this.#key === undefined) this.use(event.newValue)
    })
  }

  /** The key, to be handed to the bridge of the lab. */
  get value(): string | undefined {
    return this.#key
  }

  /** Whether it is kept in this browser, for other tabs and later. */
  get isKept(): boolean {
    return this.#isKept
  }

  /** Whether it is the key with which one may only watch. */
  get watches(): boolean {
    return this.#watches
  }

  /** Take a key for this tab, and in this browser where one is kept already once it is known to be right. */
  use(key: string): void {
    this.#key = key
    // Where another key may be the right one, the tab goes on with that after a reload until this one is known to be.
    if (this.#proven === undefined) quietly(() => this.#page.sessionStorage.setItem(this.#storageKey, key))
    this.#tell()
  }

  /** Keep it in this browser from now on, once it is known to be right. */
  keep(): void {
    this.#isKept = true
    if (this.#key !== undefined && this.#key === this.#proven) this.#store(this.#key)
  }

  /** Forget it, in this tab and in this browser. */
  forget(): void {
    this.#key = undefined
    this.#proven = undefined
    this.#isKept = false
    quietly(() => this.#page.sessionStorage.removeItem(this.#storageKey))
    quietly(() => this.#page.localStorage.removeItem(this.#storageKey))
    this.#tell()
  }

  /**
   * Whether the key is one of a lab. `wanted` is what `lab.json` says of it; undefined: the bridge wants none. `toWatch` is the
   * same of the key with which one may only watch. Where the browser cannot tell, a key is taken to be right, and the bridge
   * has the last word.
   */
  async check(wanted: string | undefined, toWatch?: string): Promise<Access> {
    if (wanted === undefined) return 'open'
    const key = this.#key
    if (key === undefined) return 'missing'
    const hash = await sha256(key)
    // Another one has come meanwhile, or it was forgotten.
    if (this.#key !== key) return this.check(wanted, toWatch)
    const isRight = (found: string | undefined): boolean => found === wanted || found === toWatch
    if (hash === undefined || isRight(hash)) {
      this.#watches = hash !== undefined && hash === toWatch
      this.#proven = key
      this.#store(key)
      return 'open'
    }
    for (const other of [
      this.#proven,
      quietly(() => this.#page.localStorage.getItem(this.#storageKey)) ?? undefined,
    ]) {
      const otherHash = other === undefined ? undefined : await sha256(other)
      if (other === undefined || otherHash === undefined || !isRight(otherHash)) continue
      this.use(other)
      this.#watches = otherHash === toWatch
      return 'open'
    }
    return 'wrong'
  }

  /**
   * The fragment of the page's address, after a key in it was taken out of it and of the history. Where nothing follows
   * the key, the page stays at `otherwise`. The only reader of the fragment.
   */
  fragment(otherwise: string): string {
    const { history, location } = this.#page
    const keyed = readKeyedFragment(location.hash)
    if (keyed === undefined) return location.hash
    history.replaceState(
      history.state,
      '',
      `${location.pathname}${location.search}${keyed.route ?? otherwise}`,
    )
    if (keyed.key !== undefined) this.use(keyed.key)
    return location.hash
  }

  /** Be told of another key. */
  watch(watcher: () => void): void {
    this.#watchers.add(watcher)
  }

  #store(key: string): void {
    quietly(() => this.#page.sessionStorage.setItem(this.#storageKey, key))
    if (this.#isKept) quietly(() => this.#page.localStorage.setItem(this.#storageKey, key))
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher()
  }
}
