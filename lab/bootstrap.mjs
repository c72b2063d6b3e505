// @adr 0006
// The first thing that runs: plain JavaScript for a bare Node, before any package is installed. Sees to it that the
// npm packages are those of package-lock.json, and then runs the TypeScript of lab/cli.ts with the same arguments.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isInstalled } from './installed.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const wantedMajor = 20
const wantedMinor = 19
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
  console.error(
    `QMP Studio needs Node ${wantedMajor}.${wantedMinor} or newer; this is ${process.versions.node}.`,
  )
  process.exit(1)
}

const record = join(root, 'node_modules', '.package-lock.json')
const found = existsSync(record) ? readFileSync(record, 'utf8') : undefined
if (!isInstalled(readFileSync(join(root, 'package-lock.json'), 'utf8'), found)) {
  console.log(
    found === undefined
      ? 'Installing the npm packages…'
      : 'The npm packages are not those of package-lock.json: installing these…',
  )
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
  })
  if (npm.status !== 0) {
    console.error('npm ci failed: the lines above say why. Is the npm registry reachable?')
    process.exit(1)
  }
}

const run = spawn(
  process.execPath,
  ['--import', 'tsx', join(root, 'lab', 'cli.ts'), ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
  },
)
// Whoever ends this process means the one that does the work: that one cleans up, and this one waits for it.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.on(signal, () => run.kill(signal))
run.once('close', (code) => process.exit(code ?? 1))
