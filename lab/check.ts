/** `npm run check`: format, types of every room, lint with the rooms' imports, the tree as a whole, dead code. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { checkHouse } from './lint/house.ts'
import { root } from './paths.ts'

/** The compiler's own notes, so that it looks only at what has changed since the last time, and at what depends on it. */
const incremental = (project: string): readonly string[] => [
  '--incremental',
  '--tsBuildInfoFile',
  join(root, '.cache', 'check', `${project.replaceAll('/', '-')}.tsbuildinfo`),
]

const steps: readonly (readonly [name: string, ...command: string[]])[] = [
  [
    'types: svelte',
    'svelte-check',
    '--tsconfig',
    'app/tsconfig.json',
    '--fail-on-warnings',
    '--output',
    'human',
  ],
  ['lint', 'eslint', '.', '--max-warnings', '0'],
  ['types: pure', 'tsc', '-p', 'workers', ...incremental('workers')],
  ['types: worker', 'tsc', '-p', 'workers/host', ...incremental('workers/host')],
  ['types: tests', 'tsc', '-p', 'tsconfig.test.json', ...incremental('tsconfig.test.json')],
  ['types: lab', 'tsc', '-p', 'lab', ...incremental('lab')],
  ['types: e2e', 'tsc', '-p', 'e2e', ...incremental('e2e')],
  ['format', 'prettier', '--check', '--log-level', 'warn', '.'],
  ['dead code', 'knip', '--no-progress'],
]

/** Run all steps, two at a time. Returns the exit code; what failed says so with its output. */
export async function runCheck(): Promise<number> {
  const waiting = [...steps]
  const failed: string[] = []
  const worker = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const [name, program, ...args] = step
      const { code, words } = await run(join(root, 'node_modules', '.bin', program ?? ''), args)
      console.log(`${code === 0 ? 'ok  ' : 'FAIL'}  ${name}`)
      if (code === 0) continue
      failed.push(name)
      console.log(words)
    }
  }
  const house = checkHouse()
  console.log(`${house.code === 0 ? 'ok  ' : 'FAIL'}  house`)
  if (house.code !== 0) {
    failed.push('house')
    console.log(house.words)
  }
  await Promise.all([worker(), worker()])
  if (failed.length > 0) console.log(`check failed: ${failed.join(', ')}`)
  return failed.length === 0 ? 0 : 1
}

function run(program: string, args: readonly string[]): Promise<{ code: number; words: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let words = ''
    const listen = (data: Buffer): void => {
      words += data.toString('utf8')
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.once('error', (error) => resolve({ code: 1, words: error.message }))
    child.once('close', (code) => resolve({ code: code ?? 1, words }))
  })
}
