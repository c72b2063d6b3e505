/** What machines use of the page: each part names which of it. Types only. */
import type { References } from '../../library/references.svelte.ts'
import type { SchemaCache } from '../../library/schema-cache.ts'
import type { Confirm } from '../../page/confirm.svelte.ts'
import type { Settings } from '../../page/settings.svelte.ts'
import type { Platform } from '../../platform.ts'
import type { LockRules } from '../lock.ts'
import type { TabMonitors } from '../../tabs/tab-monitors.ts'

/** The page, as far as its machines use it. */
export interface MachineNeeds extends Pick<Platform, 'now' | 'startMachine'> {
  readonly confirm: Confirm
  /**
   * The rules of the lock: a large table, which the first picture does not need. Whatever is decided by them waits for
   * them, and is refused where they do not come (undefined).
   */
  readonly lockRules: () => Promise<LockRules | undefined>
  readonly references: References
  /** The schemas of earlier visits; undefined where its code does not come: then there are none. */
  readonly schemaCache: () => Promise<SchemaCache | undefined>
  readonly settings: Settings
  readonly tabMonitors: TabMonitors
}
