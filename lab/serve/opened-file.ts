/**
 * `open FILE`: a file of the user's that the page shows. It is copied into the folder that is served, under a name that only
 * who has the key of the lab can know: loopback is open to every user of the host, and a recording may hold secrets.
 * Tested by lab/package/package.real.test.ts.
 */
import { createHmac } from 'node:crypto'
import { constants, copyFileSync, mkdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'

/** A file that is to be shown. */
export interface OpenedFile {
  readonly path: string
  readonly name: string
}

/** The file that was named. The failure is a sentence. */
export function findOpened(path: string): Result<OpenedFile, string> {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return err(`There is no file ${path}.`)
  return stat.isFile() ? ok({ path, name: basename(path) }) : err(`${path} is no file.`)
}

/** 128 bits that nobody can tell without the key, and that tell nothing of it. */
function secretOf(name: string, key: string): string {
  return createHmac('sha256', key).update(`open ${name}`).digest('hex').slice(0, 32)
}

/** Where in the page it is: what follows the key in the address. */
export function placeOf({ name }: OpenedFile, key: string): string {
  return `/open/${secretOf(name, key)}/${encodeURIComponent(name)}`
}

/** Put it into the folder that is served. */
export function publishOpened({ path, name }: OpenedFile, key: string, web: string): void {
  const folder = join(web, 'opened', secretOf(name, key))
  mkdirSync(folder, { recursive: true })
  // Without a second copy on the disk where the file system can do that.
  copyFileSync(path, join(folder, name), constants.COPYFILE_FICLONE)
}
