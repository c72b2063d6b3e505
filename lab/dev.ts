/** `npm run dev`: Vite's development server for the page, and a real lab on a port of its own. */
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { buildPage } from './build.ts'
import { keepKey, printedAddress, showKey } from './bridge/key-command.ts'
import { readOptions, usage } from './options.ts'
import { ensurePackages, startPackages } from './packages.ts'
import { dist, root } from './paths.ts'
import { aborted, endSignal, endedEarly, startLab } from './start.ts'

const vitePort = 5173
const pageUrl = `http://127.0.0.1:${vitePort}/`

/** The command. Returns the exit code. */
export async function runDev(args: readonly string[]): Promise<number> {
  const read = readOptions(args)
  if (!read.ok || read.value.help) {
    console.log(read.ok ? usage : read.error)
    return read.ok ? 0 : 1
  }
  if (read.value.showKey) return showKey(read.value, pageUrl)
  const key = keepKey(read.value)
  if (key === undefined) return 1
  ensurePackages(startPackages)
  mkdirSync(dist, { recursive: true })
  const built = await buildPage()
  if (!built.ok) console.error(built.error)
  const signal = endSignal()
  const lab = await startLab({
    signal,
    options: read.value,
    key,
    origins: [`http://127.0.0.1:${vitePort}`, `http://localhost:${vitePort}`],
    bridge: 'ws://127.0.0.1:PORT/',
    say: (words) => console.log(words),
  })
  if (!lab.ok) {
    if (lab.error === endedEarly) return 0
    console.error(lab.error)
    return 1
  }
  console.log(`\n  QMP Studio is at  ${printedAddress(pageUrl, key)}\n`)
  const vite = spawn(
    process.execPath,
    [
      join(root, 'node_modules', 'vite', 'bin', 'vite.js'),
      '--port',
      String(vitePort),
      '--strictPort',
      '--host',
      '127.0.0.1',
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, QMP_STUDIO_LAB: lab.value.url } },
  )
  const code = await new Promise<number>((resolve) => {
    vite.once('exit', (status) => resolve(status ?? 0))
    void aborted(signal).then(() => vite.kill())
  })
  await lab.value.stop()
  return code
}
