/**
 * What this browser remembers: theme, machines given by hand, locks, sizes. One JSON record in localStorage;
 * never arguments, replies or anything else that may be secret. Its text is read by settings-text.ts.
 */
import type { Page } from '../platform.ts'
import { none, printSettings, readSettings } from './settings-text.ts'
import type { Lock, Profile, SavedFilter, StoredSettings, Theme } from './settings-text.ts'

export type { Lock, Profile, ProfileChannel, SavedFilter, Theme } from './settings-text.ts'

const storageKey = 'qmp-studio.settings'

/** The settings, and their changes. */
export class Settings {
  readonly #page: Pick<Page, 'localStorage'>
  #stored = $state.raw<StoredSettings>(none)

  constructor(page: Pick<Page, 'localStorage'>) {
    this.#page = page
    try {
      this.#stored = readSettings(page.localStorage.getItem(storageKey))
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
    return this.#stored.locks.get(machine) ?? 'ask'
  }

  sizeOf(name: string, otherwise: number): number {
    return this.#stored.sizes.get(name) ?? otherwise
  }

  listOf(name: string): readonly string[] {
    return this.#stored.lists.get(name) ?? []
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
    this.#store({ ...this.#stored, locks: new Map(this.#stored.locks).set(machine, lock) })
  }

  setSize(name: string, size: number): void {
    this.#store({ ...this.#stored, sizes: new Map(this.#stored.sizes).set(name, size) })
  }

  setList(name: string, list: readonly string[]): void {
    this.#store({ ...this.#stored, lists: new Map(this.#stored.lists).set(name, list) })
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

  #store(next: StoredSettings): void {
    this.#stored = next
    try {
      this.#page.localStorage.setItem(storageKey, printSettings(next))
    } catch {
      // Full or switched off: kept for this visit.
    }
  }
}
