/**
 * The browser's database for kept records, apart from the page's own: it may be large, and can be deleted alone.
 * @adr 0024
 */
import { openDB } from 'idb'
import type { DBSchema, IDBPDatabase } from 'idb'
import type { KeptChunk, ChunkInfo, ChunkStore } from './keep.ts'

interface KeepStores extends DBSchema {
  /** The summary of each chunk, so that no rows are read for a list. */
  infos: { key: number; value: Omit<ChunkInfo, 'key'> & { machine: string }; indexes: { machine: string } }
  chunks: { key: number; value: KeptChunk }
}

const locksBegin = 'qmp-studio-record '

/** Take the lock of a writer, for as long as this worker lives. */
export function holdLock(writer: string): void {
  // Never resolved: the lock goes with the worker.
  void navigator.locks.request(locksBegin + writer, () => new Promise(() => undefined)).catch(() => undefined)
}

/** Open the database. Rejects where the browser gives none. */
export async function openChunks(): Promise<ChunkStore> {
  let database: IDBPDatabase<KeepStores> | undefined = await openDB<KeepStores>('qmp-studio-record', 1, {
    upgrade(opened) {
      opened.createObjectStore('infos', { autoIncrement: true }).createIndex('machine', 'machine')
      opened.createObjectStore('chunks')
    },
    blocking: (_current, _wanted, event) => {
      ;(event.target as IDBDatabase).close()
    },
    terminated: () => {
      database = undefined
    },
  })

  function opened(): IDBPDatabase<KeepStores> {
    if (database === undefined) throw new Error('the browser closed its database')
    return database
  }

  return {
    async list(machine) {
      const infos: ChunkInfo[] = []
      const index = opened().transaction('infos').store.index('machine')
      for await (const cursor of index.iterate(machine)) {
        infos.push({ ...cursor.value, key: cursor.primaryKey })
      }
      return infos.toSorted((a, b) => a.at - b.at || a.key - b.key)
    },
    read: (key) => opened().get('chunks', key),
    async add(chunk) {
      const { machine, writer, at, bytes, rows } = chunk
      const transaction = opened().transaction(['infos', 'chunks'], 'readwrite')
      const key = await transaction
        .objectStore('infos')
        .add({ machine, writer, at, bytes, count: rows.length })
      await transaction.objectStore('chunks').put(chunk, key)
      await transaction.done
      return key
    },
    async delete(keys) {
      const transaction = opened().transaction(['infos', 'chunks'], 'readwrite')
      for (const key of keys) {
        await transaction.objectStore('infos').delete(key)
        await transaction.objectStore('chunks').delete(key)
      }
      await transaction.done
    },
    async living() {
      const { held = [] } = await navigator.locks.query()
      return new Set(
        held.flatMap(({ name }) =>
          name?.startsWith(locksBegin) === true ? [name.slice(locksBegin.length)] : [],
        ),
      )
    },
  }
}
