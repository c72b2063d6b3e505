/** `npm test`: what the tests need, check, unit tests, build, end-to-end tests, and one line of counts. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildPage } from './build.ts'
import { runCheck } from './check.ts'
import { ensurePackages, testPackages } from './packages.ts'
import { root } from './paths.ts'
import { readPlaywright, readVitest } from './reports/test-report.ts'
import type { Counts } from './reports/test-report.ts'

/** The command. Returns the exit code. */
export async function runTests(): Promise<number> {
  if (!havePackages()) return 1
  const checked = await runCheck()
  const unit = await runSuite('unit', [])
  const endToEnd = await runSuite('e2e', [])
  // Once more at the end: where only the last part of a log is kept, the reasons are in it.
  for (const line of [...unit.failures, ...endToEnd.failures]) console.log(line)
  console.log(`unit tests: ${unit.passed} passed, ${unit.failed} failed`)
  console.log(`end-to-end tests: ${endToEnd.passed} passed, ${endToEnd.failed} failed`)
  const failed = unit.failed + endToEnd.failed
  console.log(`${unit.passed + endToEnd.passed} passed, ${failed} failed`)
  return checked === 0 && failed === 0 ? 0 : 1
}

/**
 * `npm run test:unit`: the tests that need nothing outside of their process; arguments go to Vitest. With `--watch` it
 * stays, and runs again what a change touches.
 */
export async function runUnit(args: readonly string[]): Promise<number> {
  const pure = ['--project', 'pure']
  if (args.includes('--watch')) {
    const rest = args.filter((each) => each !== '--watch')
    return (
      spawnSync(binary('vitest'), ['watch', ...pure, ...rest], { cwd: root, stdio: 'inherit' }).status ?? 1
    )
  }
  return (await runSuite('unit', [...pure, ...args], false)).failed === 0 ? 0 : 1
}

/** `npm run test:real`: real servers, long inputs, many random cases; arguments go to Vitest. */
export async function runReal(args: readonly string[]): Promise<number> {
  if (!havePackages()) return 1
  return (await runSuite('unit', ['--project', 'real', '--project', 'long', ...args])).failed === 0 ? 0 : 1
}

/** `npm run test:fuzz`: hostile streams for `--seconds N` (60), from `--seed N` on; the seeds are printed. */
export async function runFuzz(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { seed: { type: 'string' }, seconds: { type: 'string', default: '60' } },
  })
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))
  const seconds = Number(values.seconds)
  if (!Number.isSafeInteger(seed) || seed < 0 || !(seconds > 0)) {
    console.error('--seed is a whole number from 0 on, --seconds a number above 0.')
    return 2
  }
  console.log(`Hostile streams for ${seconds} s from seed ${seed} on.`)
  process.env.QMP_STUDIO_FUZZ_SEED = String(seed)
  process.env.QMP_STUDIO_FUZZ_SECONDS = String(seconds)
  const { failed } = await runSuite('unit', ['workers/qmp/fuzz.long.test.ts'], false)
  if (failed > 0) console.error(`The same again: npm run test:fuzz -- --seed ${seed}`)
  return failed === 0 ? 0 : 1
}

/** `npm run test:e2e`: arguments go to Playwright. */
export async function runEndToEnd(args: readonly string[]): Promise<number> {
  if (!havePackages()) return 1
  return (await runSuite('e2e', args)).failed === 0 ? 0 : 1
}

const binary = (name: string): string => join(root, 'node_modules', '.bin', name)

function havePackages(): boolean {
  const missing = ensurePackages(testPackages)
  if (missing.length === 0) return true
  // Tests that leave out what is missing would say less than they seem to.
  console.error(`The tests need ${missing.map((each) => each.name).join(', ')}.`)
  return false
}

/** `isServed`: real servers serve the page, so it is built before any of them copies it. */
async function runSuite(kind: 'unit' | 'e2e', args: readonly string[], isServed = true): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'qmp-studio-test-'))
  const report = join(folder, 'report.json')
  try {
    if (isServed) {
      const built = await buildPage()
      if (!built.ok) {
        console.error(built.error)
        return { passed: 0, failed: 1, failures: [] }
      }
    }
    const program = binary(kind === 'unit' ? 'vitest' : 'playwright')
    const command =
      kind === 'unit'
        ? ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args]
        : ['test', '--reporter=line,json', ...args]
    const done = spawnSync(program, command, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
    })
    const counts = kind === 'unit' ? readVitest(report) : readPlaywright(report)
    // A runner that broke without a failed test has failed all the same.
    return done.status === 0 ? counts : { ...counts, failed: Math.max(1, counts.failed) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
