/**
 * `npm pack` runs this first: the page, and the program as one file of JavaScript, so that the package needs neither npm
 * packages nor tools.
 * Tested by lab/package/package.real.test.ts.
 * @adr 0066
 */
import { readFileSync, rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { buildPage } from '../build.ts'
import { root } from '../paths.ts'

/** The folder of the program in the package. */
const folder = join(root, 'package')

/** The command. Returns the exit code. */
export async function runPack(): Promise<number> {
  const page = await buildPage()
  if (!page.ok) {
    console.error(page.error)
    return 1
  }
  rmSync(folder, { recursive: true, force: true })
  const { build } = await import('vite')
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: join(root, 'lab', 'package', 'program.ts'),
      outDir: folder,
      target: 'node20',
      minify: false,
      rolldownOptions: { output: { entryFileNames: 'program.js', codeSplitting: false } },
    },
  })
  const strangers = importsIn(readFileSync(join(folder, 'program.js'), 'utf8')).filter(
    (name) => !isBuiltin(name),
  )
  if (strangers.length === 0) return 0
  console.error(`The program would need packages: ${strangers.join(', ')}.`)
  return 1
}

/** The names that a program imports. */
export function importsIn(program: string): string[] {
  const found = program.matchAll(
    /^(?:import|export)\b[^'"\n]*["']([^"'\n]+)["'];?$|\bimport\(["']([^"'\n]+)["']\)/gm,
  )
  return [...found].map(([, named, called]) => named ?? called ?? '')
}
