/** Builds the page, unless what is built is newer than everything it is made of. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { dist, isPackage, root } from './paths.ts'

const sources = [
  'app',
  'workers',
  'public',
  'index.html',
  'vite.config.ts',
  'svelte.config.js',
  'package-lock.json',
]

function newest(path: string): number {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}

/** Build where it is needed. The failure carries what the build said. */
export async function buildPage(): Promise<Result<undefined, string>> {
  if (isPackage) return ok(undefined)
  const page = join(dist, 'index.html')
  const made = existsSync(page) ? statSync(page).mtimeMs : 0
  if (sources.every((each) => newest(join(root, each)) < made)) return ok(undefined)
  // Not on the output: what a command prints there may be read by a program (`npm run bench -- --json`).
  console.error('Building the page…')
  const vite = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  )
  await Promise.resolve()
  return vite.status === 0 ? ok(undefined) : err(`The page could not be built:\n${vite.stdout}${vite.stderr}`)
}
