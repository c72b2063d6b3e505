/**
 * What the browser loads before anything heavy is needed: everything that index.html names, and a machine's worker, in gzip.
 * @adr 0019
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { buildPage } from '../build.ts'
import { dist } from '../paths.ts'
import { benchmark } from './measure.ts'
import type { Benchmark } from './measure.ts'

/** Add a script and all that it cannot begin without. */
function collect(name: string, files: string[]): void {
  const file = join('assets', name)
  if (files.includes(file)) return
  files.push(file)
  const text = readFileSync(join(dist, file), 'utf8')
  for (const [, needed] of text.matchAll(/(?:^|[;}])import(?:[^"'()]*?from)?\s*["']\.\/([^"']+)["']/g)) {
    if (needed !== undefined) collect(needed, files)
  }
}

function kilobytes(): number {
  const page = readFileSync(join(dist, 'index.html'), 'utf8')
  const named = [...page.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, path]) => path ?? '')
  const workers = readdirSync(join(dist, 'assets')).filter((name) => name.startsWith('machine.worker-'))
  const files = ['index.html', ...named]
  for (const name of workers) collect(name, files)
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file))).length, 0) / 1024
}

/** The size of the first load. */
export const benchmarks: readonly Benchmark[] = [
  benchmark('first load', {
    open: async () => {
      const built = await buildPage()
      if (!built.ok) throw new Error(built.error)
    },
    figures: [{ name: 'first load', unit: 'KB in gzip', goal: '<= 120', measure: kilobytes }],
  }),
]
