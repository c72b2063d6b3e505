/**
 * What this browser remembers: theme, machines given by hand, locks, sizes. One JSON record in localStorage;
 * never arguments, replies or anything else that may be secret.
 */

/** Colour scheme: the system's, or chosen. */
export type Theme = 'system' | 'light' | 'dark'

/** What a person may do to a machine from this page. `ask` asks before what is dangerous. */
export type Lock = 'read-only' | 'ask' | 'free'

/** A machine whose address somebody gave by hand. */
export interface Profile {
  readonly id: string
  readonly name: string
  readonly url: string
  readonly protocol: 'qmp' | 'agent'
}

interface Stored {
  readonly theme: Theme
  readonly profiles: readonly Profile[]
  readonly locks: Readonly<Record<string, Lock>>
  readonly sizes: Readonly<Record<string, number>>
  /** Lists of words, by what they are for: lanes that are folded or pinned. */
  readonly lists: Readonly<Record<string, readonly string[]>>
  /** Filters of the timeline that were saved, in their order. */
  readonly filters: readonly SavedFilter[]
  /** Whether records of machines are kept over reloads. */
  readonly keepsRecords: boolean
  /** Whether what belongs to a command is beside its form where there is room. */
  readonly showsContext: boolean
}

/** A filter of the timeline under a name, and what it does besides filtering. */
export interface SavedFilter {
  readonly name: string
  readonly text: string
  /** Whether it watches what comes: says so in the page, in the browser as well, or stops the recording. */
  readonly alert: 'off' | 'page' | 'browser' | 'stop'
  /** For `stop`: how much before the hit is kept, in milliseconds; 0 keeps all. */
  readonly keepMs: number
}

const storageKey = 'qmp-studio.settings'
const none: Stored = {
  theme: 'system',
  profiles: [],
  locks: {},
  sizes: {},
  lists: {},
  filters: [],
  keepsRecords: false,
  showsContext: true,
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Read what was stored, leaving out whatever has not the shape it should have. */
export function readSettings(text: string | null): Stored {
  if (text === null) return none
  let stored: unknown
  try {
    stored = JSON.parse(text)
  } catch {
    return none
  }
  if (!isRecord(stored)) return none
  const theme = stored.theme === 'light' || stored.theme === 'dark' ? stored.theme : 'system'
  const profiles: Profile[] = []
  for (const each of Array.isArray(stored.profiles) ? (stored.profiles as unknown[]) : []) {
    if (!isRecord(each)) continue
    const { id, name, url, protocol } = each
    if (typeof id !== 'string' || typeof name !== 'string' || typeof url !== 'string') continue
    profiles.push({ id, name, url, protocol: protocol === 'agent' ? 'agent' : 'qmp' })
  }
  const locks: Record<string, Lock> = {}
  for (const [id, lock] of Object.entries(isRecord(stored.locks) ? stored.locks : {})) {
    if (lock === 'read-only' || lock === 'ask' || lock === 'free') locks[id] = lock
  }
  const sizes: Record<string, number> = {}
  for (const [name, size] of Object.entries(isRecord(stored.sizes) ? stored.sizes : {})) {
    if (typeof size === 'number' && Number.isFinite(size)) sizes[name] = size
  }
  const lists: Record<string, readonly string[]> = {}
  for (const [name, list] of Object.entries(isRecord(stored.lists) ? stored.lists : {})) {
    if (Array.isArray(list)) lists[name] = list.filter((each) => typeof each === 'string')
  }
  const filters: SavedFilter[] = []
  for (const each of Array.isArray(stored.filters) ? (stored.filters as unknown[]) : []) {
    if (!isRecord(each)) continue
    const { name, text, alert, keepMs } = each
    if (typeof name !== 'string' || typeof text !== 'string') continue
    filters.push({
      name,
      text,
      alert: alert === 'page' || alert === 'browser' || alert === 'stop' ? alert : 'off',
      keepMs: typeof keepMs === 'number' && keepMs >= 0 ? keepMs : 0,
    })
  }
  return {
    theme,
    profiles,
    locks,
    sizes,
    lists,
    filters,
    keepsRecords: stored.keepsRecords === true,
    showsContext: stored.showsContext !== false,
  }
}

class Settings {
  #stored = $state.raw<Stored>(none)

  constructor() {
    try {
      this.#stored = readSettings(localStorage.getItem(storageKey))
    } catch {
      // Storage is switched off: the page works, and remembers nothing.
    }
  }

  get theme(): Theme {
    return this.#stored.theme
  }

  get profiles(): readonly Profile[] {
    return this.#stored.profiles
  }

  lockOf(machine: string): Lock {
    return this.#stored.locks[machine] ?? 'ask'
  }

  sizeOf(name: string, otherwise: number): number {
    return this.#stored.sizes[name] ?? otherwise
  }

  listOf(name: string): readonly string[] {
    return this.#stored.lists[name] ?? []
  }

  get filters(): readonly SavedFilter[] {
    return this.#stored.filters
  }

  get keepsRecords(): boolean {
    return this.#stored.keepsRecords
  }

  setKeepsRecords(on: boolean): void {
    this.#store({ ...this.#stored, keepsRecords: on })
  }

  get showsContext(): boolean {
    return this.#stored.showsContext
  }

  setShowsContext(on: boolean): void {
    this.#store({ ...this.#stored, showsContext: on })
  }

  setTheme(theme: Theme): void {
    this.#store({ ...this.#stored, theme })
  }

  setLock(machine: string, lock: Lock): void {
    this.#store({ ...this.#stored, locks: { ...this.#stored.locks, [machine]: lock } })
  }

  setSize(name: string, size: number): void {
    this.#store({ ...this.#stored, sizes: { ...this.#stored.sizes, [name]: size } })
  }

  setList(name: string, list: readonly string[]): void {
    this.#store({ ...this.#stored, lists: { ...this.#stored.lists, [name]: list } })
  }

  /** Save a filter under its name, in the place of one that has it. */
  saveFilter(filter: SavedFilter): void {
    const { filters } = this.#stored
    const known = filters.some((each) => each.name === filter.name)
    this.#store({
      ...this.#stored,
      filters: known
        ? filters.map((each) => (each.name === filter.name ? filter : each))
        : [...filters, filter],
    })
  }

  removeFilter(name: string): void {
    this.#store({ ...this.#stored, filters: this.#stored.filters.filter((each) => each.name !== name) })
  }

  addProfile(profile: Profile): void {
    const others = this.#stored.profiles.filter((each) => each.id !== profile.id)
    this.#store({ ...this.#stored, profiles: [...others, profile] })
  }

  removeProfile(id: string): void {
    this.#store({ ...this.#stored, profiles: this.#stored.profiles.filter((each) => each.id !== id) })
  }

  #store(next: Stored): void {
    this.#stored = next
    try {
      localStorage.setItem(storageKey, JSON.stringify(next))
    } catch {
      // Full or switched off: kept for this visit.
    }
  }
}

export const settings = new Settings()
