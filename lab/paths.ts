/** Where things are. */
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))
/** The built page. */
export const dist = join(root, 'dist')
/** Whether this is the installed package, which has no sources. */
export const isPackage = !existsSync(join(root, 'vite.config.ts'))
/** What a person types to start a lab, before the options. */
export const startWords = isPackage ? 'qmp-studio start' : 'npm start --'

/** A folder of the user's cache, made where it is missing. */
export function cacheFolder(name: string): string {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'qmp-studio', name)
  mkdirSync(folder, { recursive: true })
  return folder
}
