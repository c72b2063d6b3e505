/** A manual of this page, and a file that somebody gives it. */
import type { StoredManual } from './manual-store.ts'

/** A manual. */
export interface Manual extends StoredManual {
  readonly where: 'lab' | 'browser' | 'page'
  /** Why it cannot be read, or is not kept. */
  readonly trouble: string | undefined
  /** It could not be read. */
  readonly failed: boolean
}

/** A file that somebody chose or dropped, with its path in the folder that it came in. */
export interface PickedFile {
  readonly path: string
  readonly file: File
}

/** The largest file that is read, in bytes: manuals have 2 MB, all of QEMU's QAPI files 2 MB. */
export const largestFile = 64 * 1024 * 1024
