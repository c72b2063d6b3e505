/** Where things are. */
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))
/** The built page. */
export const dist = join(root, 'dist')

/** A folder of the user's cache, made where it is missing. */
export function cacheFolder(name: string): string {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'qmp-studio', name)
  mkdirSync(folder, { recursive: true })
  return folder
}
