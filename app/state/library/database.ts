/**
 * The browser's database of this page: history and collections. Without it (a private window, storage that is switched off
 * or full) the page still works and keeps everything in memory; callers get the reason.
 */
import type { DBSchema, IDBPDatabase } from 'idb'
import type { App } from '../app.svelte.ts'
import { opener, whyNotKept } from './open-database.ts'

/** A command that was sent, as it is kept. */
export interface StoredEntry {
  /** Made by the database, growing. Below zero where it is only in memory. */
  readonly id: number
  /** The id of the machine. */
  readonly machine: string
  readonly machineName: string
  readonly name: string
  /** JSON text, exact; undefined where there were none, or more than is kept. */
  readonly arguments: string | undefined
  /** The arguments were longer than what is kept. */
  readonly cut: boolean
  readonly oob: boolean
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly outcome: string
  /** Why it failed, in a sentence. */
  readonly error: string | undefined
  readonly latencyMs: number | undefined
  /** A secret was left out. */
  readonly redacted: boolean
  /** Where it was entered, if that was not the command view. */
  readonly from?: 'console' | undefined
}

/** A collection as it is kept: the text of its file. */
export interface StoredCollection {
  readonly id: string
  /** When it was made, milliseconds since the epoch. */
  readonly at: number
  readonly text: string
}

interface LibraryStores extends DBSchema {
  history: { key: number; value: Omit<StoredEntry, 'id'> & { id?: number }; indexes: { machine: string } }
  collections: { key: string; value: StoredCollection }
}

/** The open database. */
export type Database = IDBPDatabase<LibraryStores>

/** That of an app, `app.of(makeDatabase)`: opened once, when it is first called. Rejects where the browser gives none. */
export const makeDatabase = ({ platform }: App): (() => Promise<Database>) =>
  opener<LibraryStores>(platform.openDatabase, 'qmp-studio', (opened) => {
    opened
      .createObjectStore('history', { keyPath: 'id', autoIncrement: true })
      .createIndex('machine', 'machine')
    opened.createObjectStore('collections', { keyPath: 'id' })
  })

/** Why something could not be kept, in a sentence; `what` is in the plural: "new entries". */
export function describeDatabaseError(error: unknown, what: string): string {
  return whyNotKept(error, what, 'Clear the history of a machine to make room.')
}
