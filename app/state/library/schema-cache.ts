/**
 * The schemas of earlier visits, by machine and version, in a database of their own: to be explored while somebody
 * else holds the monitor. Bounded: the oldest go first. Without a database there are none.
 */
import type { DBSchema, IDBPDatabase } from 'idb'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'
import type { QemuVersion } from '#qmp/message.ts'
import type { Platform } from '../platform.ts'
import { opener } from './open-database.ts'

/** A schema of an earlier visit. */
export interface CachedSchema {
  /** When it was read from the machine, milliseconds since the epoch. */
  readonly at: number
  readonly version: QemuVersion
  /** What query-qmp-schema returned. */
  readonly raw: Json
}

interface StoredSchema {
  readonly key: string
  readonly machine: string
  readonly at: number
  readonly version: QemuVersion
  /** JSON text. */
  readonly text: string
}

interface SchemaStores extends DBSchema {
  schemas: { key: string; value: StoredSchema; indexes: { at: number; machine: string } }
}

/** How many are kept: one has some 200,000 characters. */
export const mostSchemas = 20
/** Characters of one. */
const longestSchema = 4 * 1024 * 1024

/** The schemas of machines. */
export class SchemaCache {
  readonly #database: () => Promise<IDBPDatabase<SchemaStores>>

  constructor({ openDatabase }: Pick<Platform, 'openDatabase'>) {
    this.#database = opener<SchemaStores>(openDatabase, 'qmp-studio-schemas', (opened) => {
      const store = opened.createObjectStore('schemas', { keyPath: 'key' })
      store.createIndex('at', 'at')
      store.createIndex('machine', 'machine')
    })
  }

  /** Keep the schema of a machine, in the place of an earlier one of that version. */
  async keep(machine: string, { at, version, raw }: CachedSchema): Promise<void> {
    try {
      const text = printJson(raw)
      if (text.length > longestSchema) return
      const { major, minor, micro } = version
      const key = `${machine} ${major}.${minor}.${micro} ${version.package}`
      const change = (await this.#database()).transaction('schemas', 'readwrite')
      await change.store.put({ key, machine, at, version, text })
      const keys = await change.store.index('at').getAllKeys()
      for (const old of keys.slice(0, Math.max(0, keys.length - mostSchemas))) await change.store.delete(old)
      await change.done
    } catch {
      // Unavailable or full: then there is no schema while the monitor is occupied.
    }
  }

  /** The schema of a machine's last visit. */
  async newest(machine: string): Promise<CachedSchema | undefined> {
    try {
      const stored = await (await this.#database()).getAllFromIndex('schemas', 'machine', machine)
      const newest = stored.toSorted((a, b) => b.at - a.at)[0]
      const { readVersion } = await import('../tabs/read-news.ts')
      const version = readVersion(newest?.version)
      if (newest === undefined || version === undefined) return undefined
      const raw = parseJson(newest.text)
      return raw.ok ? { at: newest.at, version, raw: raw.value } : undefined
    } catch {
      return undefined
    }
  }

  /** Forget the schemas of a machine. */
  async forget(machine: string): Promise<void> {
    try {
      const change = (await this.#database()).transaction('schemas', 'readwrite')
      for (const key of await change.store.index('machine').getAllKeys(machine))
        await change.store.delete(key)
      await change.done
    } catch {
      // There are none.
    }
  }
}
