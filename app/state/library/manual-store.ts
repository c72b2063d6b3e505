/**
 * The manuals that somebody gave this page, as their files, in a database of their own: they stay over a reload, each
 * until it is removed. Their descriptions are stored apart from their bytes, so that the list is read without the bytes.
 */
import type { DBSchema, IDBPDatabase } from 'idb'
import type { ReferenceFile } from '#api/reader.ts'
import type { ManualProgram } from '#qapi/reference/manual-choice.ts'
import type { Platform } from '../platform.ts'
import { opener, whyNotKept } from './open-database.ts'

/** A manual that is kept. */
export interface StoredManual {
  readonly id: string
  readonly of: ManualProgram
  /** As it or a person says. */
  readonly version: string | undefined
  readonly title: string
  /** The name of its file. */
  readonly from: string
  readonly bytes: number
}

interface ManualStores extends DBSchema {
  manuals: { key: string; value: StoredManual }
  files: { key: string; value: readonly ReferenceFile[] }
}

/** Bytes of all manuals together: thirty man pages, or as many folders of QAPI files. */
export const mostBytes = 64 * 1024 * 1024
/** The most manuals. QEMU has three releases a year; more would only make the list long. */
export const mostManuals = 30

/** The manuals that are kept. */
export class ManualStore {
  readonly #database: () => Promise<IDBPDatabase<ManualStores>>

  constructor({ openDatabase }: Pick<Platform, 'openDatabase'>) {
    this.#database = opener<ManualStores>(openDatabase, 'qmp-studio-manuals', (opened) => {
      opened.createObjectStore('manuals', { keyPath: 'id' })
      opened.createObjectStore('files')
    })
  }

  /** All of them. None where the browser gives no database. */
  async all(): Promise<readonly StoredManual[]> {
    try {
      return await (await this.#database()).getAll('manuals')
    } catch {
      return []
    }
  }

  /** The files of one. */
  async files(id: string): Promise<readonly ReferenceFile[] | undefined> {
    try {
      return await (await this.#database()).get('files', id)
    } catch {
      return undefined
    }
  }

  /** Keep one, in the place of one of that id. Returns why it could not be, in a sentence. */
  async put(manual: StoredManual, files: readonly ReferenceFile[]): Promise<string | undefined> {
    try {
      const others = (await this.all()).filter((each) => each.id !== manual.id)
      const bytes = others.reduce((sum, each) => sum + each.bytes, manual.bytes)
      if (others.length >= mostManuals || bytes > mostBytes) {
        return `This browser keeps ${mostManuals} manuals of ${mostBytes / 1024 / 1024} MiB together: this one is kept until the page is closed. Remove one to make room.`
      }
      const change = (await this.#database()).transaction(['manuals', 'files'], 'readwrite')
      await Promise.all([
        change.objectStore('manuals').put(manual),
        change.objectStore('files').put(files, manual.id),
        change.done,
      ])
      return undefined
    } catch (error) {
      return whyNotKept(error, 'the files of this manual', 'Remove another manual to make room.')
    }
  }

  /** Rewrite the description of a manual; its files stay. */
  async describe(manual: StoredManual): Promise<void> {
    try {
      await (await this.#database()).put('manuals', manual)
    } catch {
      // After a reload it is as before.
    }
  }

  /** Remove one. */
  async remove(id: string): Promise<void> {
    try {
      const change = (await this.#database()).transaction(['manuals', 'files'], 'readwrite')
      await Promise.all([
        change.objectStore('manuals').delete(id),
        change.objectStore('files').delete(id),
        change.done,
      ])
    } catch {
      // There is none.
    }
  }
}
