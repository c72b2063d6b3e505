/** The text that settings are kept as, read and printed. Pure. Tested by app/state/app.test.ts. */
import { isChannelKind } from '#base/channel-name.ts'
import type { ChannelKind } from '#base/channel-name.ts'

/** Colour scheme: the system's, or chosen. */
export type Theme = 'system' | 'light' | 'dark'

/** What a person may do to a machine from this page. `ask` asks before what is dangerous. */
export type Lock = 'read-only' | 'ask' | 'free'

/** A machine whose address somebody gave by hand. */
export interface Profile {
  readonly id: string
  readonly name: string
  /** Of its monitor, or of the agent that it is; empty: it has neither. */
  readonly url: string
  readonly protocol: 'qmp' | 'agent'
  /** What it has beside that: a screen, serial lines, an agent. */
  readonly channels: readonly ProfileChannel[]
  /** Its monitor belongs to another program. */
  readonly polite?: true
}

/** A channel whose address somebody gave by hand. */
export interface ProfileChannel {
  /** Unique at its machine: `serial`, `serial2`. */
  readonly name: string
  readonly kind: ChannelKind
  readonly url: string
}

/** All that is remembered. */
export interface StoredSettings {
  readonly theme: Theme
  readonly profiles: readonly Profile[]
  /** By machines, whose names are from outside: in the text an object, here never one. */
  readonly locks: ReadonlyMap<string, Lock>
  readonly sizes: ReadonlyMap<string, number>
  /** Lists of words, by what they are for: lanes that are folded or pinned. */
  readonly lists: ReadonlyMap<string, readonly string[]>
  /** Filters of the timeline that were saved, in their order. */
  readonly filters: readonly SavedFilter[]
  /** Whether records of machines are kept over reloads. */
  readonly keepsRecords: boolean
  /** Whether the context column is beside a command's form where there is room. */
  readonly showsContext: boolean
}

/** A filter of the timeline under a name, and its alert. */
export interface SavedFilter {
  readonly name: string
  readonly text: string
  /** Whether it watches new rows: reports hits in the page, in the browser as well, or stops the recording. */
  readonly alert: 'off' | 'page' | 'browser' | 'stop'
  /** The machine that it watches, by its id; undefined: every machine. Alerts of earlier versions have none. */
  readonly machine?: string | undefined
  /** For `stop`: how much before the hit is kept, in milliseconds; 0 keeps all. */
  readonly keepMs: number
}

export const none: StoredSettings = {
  theme: 'system',
  profiles: [],
  locks: new Map(),
  sizes: new Map(),
  lists: new Map(),
  filters: [],
  keepsRecords: false,
  showsContext: true,
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Read a stored text, leaving out parts of another shape. */
export function readSettings(text: string | null): StoredSettings {
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
    const channels = readChannels(each.channels)
    const profile: Profile = { id, name, url, protocol: protocol === 'agent' ? 'agent' : 'qmp', channels }
    profiles.push(each.polite === true ? { ...profile, polite: true } : profile)
  }
  const locks = new Map<string, Lock>()
  for (const [id, lock] of Object.entries(isRecord(stored.locks) ? stored.locks : {})) {
    if (lock === 'read-only' || lock === 'ask' || lock === 'free') locks.set(id, lock)
  }
  const sizes = new Map<string, number>()
  for (const [name, size] of Object.entries(isRecord(stored.sizes) ? stored.sizes : {})) {
    if (typeof size === 'number' && Number.isFinite(size)) sizes.set(name, size)
  }
  const lists = new Map<string, readonly string[]>()
  for (const [name, list] of Object.entries(isRecord(stored.lists) ? stored.lists : {})) {
    if (!Array.isArray(list)) continue
    lists.set(
      name,
      list.filter((each) => typeof each === 'string'),
    )
  }
  const filters: SavedFilter[] = []
  for (const each of Array.isArray(stored.filters) ? (stored.filters as unknown[]) : []) {
    if (!isRecord(each)) continue
    const { name, text, alert, keepMs, machine } = each
    if (typeof name !== 'string' || typeof text !== 'string') continue
    filters.push({
      name,
      text,
      alert: alert === 'page' || alert === 'browser' || alert === 'stop' ? alert : 'off',
      keepMs: typeof keepMs === 'number' && keepMs >= 0 ? keepMs : 0,
      machine: typeof machine === 'string' ? machine : undefined,
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

function readChannels(stored: unknown): ProfileChannel[] {
  const channels: ProfileChannel[] = []
  for (const each of Array.isArray(stored) ? (stored as unknown[]) : []) {
    if (!isRecord(each) || !isChannelKind(each.kind)) continue
    const { name, kind, url } = each
    if (typeof name === 'string' && typeof url === 'string') channels.push({ name, kind, url })
  }
  return channels
}

/** The text that `readSettings` reads. A name of a machine stays what it is, `__proto__` included. */
export function printSettings(stored: StoredSettings): string {
  const { locks, sizes, lists } = stored
  return JSON.stringify({
    ...stored,
    locks: Object.fromEntries(locks),
    sizes: Object.fromEntries(sizes),
    lists: Object.fromEntries(lists),
  })
}
