/**
 * Databases of the browser: each is opened once, gives way to another tab that deletes it or has a newer page, and what
 * could not be kept is said in a sentence.
 */
import type { DBSchema, IDBPDatabase } from 'idb'
import type { Platform } from '../platform.ts'

/** A database that is opened when it is first asked for, and again once it was closed. Rejects where the browser gives none. */
export function opener<Stores extends DBSchema>(
  open: Platform['openDatabase'],
  name: string,
  makeStores: (opened: IDBPDatabase<Stores>) => void,
): () => Promise<IDBPDatabase<Stores>> {
  let opening: Promise<IDBPDatabase<Stores>> | undefined
  const forget = (): void => {
    opening = undefined
  }
  return () => {
    opening ??= open<Stores>(name, 1, {
      upgrade: makeStores,
      // Another tab deletes the database or has a newer page: it must not wait for this one.
      blocking: (_current, _wanted, event) => {
        forget()
        ;(event.target as IDBDatabase).close()
      },
      terminated: forget,
    }).catch((error: unknown) => {
      forget()
      throw error
    })
    return opening
  }
}

/** Why something could not be kept, in a sentence. `what` is in the plural; `makeRoom` a sentence of what makes room. */
export function whyNotKept(error: unknown, what: string, makeRoom: string): string {
  if (error instanceof DOMException && error.name === 'QuotaExceededError') {
    return `The browser's storage for this page is full: ${what} are kept until the page is closed. ${makeRoom}`
  }
  const why = error instanceof Error ? error.message : String(error)
  return `This browser keeps nothing for this page (a private window, or storage that is switched off): ${what} are kept until the page is closed. (${why})`
}
