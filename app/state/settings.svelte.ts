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
}

const storageKey = 'qmp-studio.settings'
const none: Stored = { theme: 'system', profiles: [], locks: {}, sizes: {} }

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
  return { theme, profiles, locks, sizes }
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

  setTheme(theme: Theme): void {
    this.#store({ ...this.#stored, theme })
  }

  setLock(machine: string, lock: Lock): void {
    this.#store({ ...this.#stored, locks: { ...this.#stored.locks, [machine]: lock } })
  }

  setSize(name: string, size: number): void {
    this.#store({ ...this.#stored, sizes: { ...this.#stored.sizes, [name]: size } })
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
