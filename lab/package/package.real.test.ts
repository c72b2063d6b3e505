/**
 * The package: made by `npm pack`, installed from the file alone into a clean folder, and started there with neither npm
 * packages nor tools nor the project at hand.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import WebSocket from 'ws'
import { newKey } from '../bridge/key.ts'
import { root } from '../paths.ts'
import { waitFor } from '../processes.ts'
import { freePort, startQemu } from '../testing.ts'
import { importsIn } from './pack.ts'

let place = ''
/** The installed command. */
let command = ''

/** What a login of somebody has who has Node and Debian's packages, and nothing of this project. */
function cleanEnvironment(): Record<string, string> {
  return {
    PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
    HOME: place,
    XDG_STATE_HOME: join(place, 'state'),
    npm_config_cache: join(place, 'cache'),
    npm_config_update_notifier: 'false',
  }
}

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'qmp-studio-test-'))
  const packed = spawnSync('npm', ['pack', '--pack-destination', place], { cwd: root, encoding: 'utf8' })
  expect(packed.status, packed.stderr).toBe(0)
  const file = readdirSync(place).find((name) => name.endsWith('.tgz')) ?? ''
  const prefix = join(place, 'prefix')
  mkdirSync(prefix)
  const installed = spawnSync(
    'npm',
    ['install', '--global', join(place, file), '--prefix', prefix, '--offline', '--no-audit', '--no-fund'],
    { cwd: place, encoding: 'utf8', env: cleanEnvironment() },
  )
  expect(installed.status, installed.stderr).toBe(0)
  command = join(prefix, 'bin', 'qmp-studio')
}, 180_000)

afterAll(() => rmSync(place, { recursive: true, force: true }))

interface Started {
  readonly words: () => string
  end(): Promise<number>
}

/** Run the command in a folder of its own until it has said something that matches, or is over. */
async function start(args: readonly string[], until: RegExp): Promise<Started> {
  const own = join(place, 'elsewhere')
  mkdirSync(own, { recursive: true })
  const child = spawn(command, args, { cwd: own, env: cleanEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] })
  let words = ''
  for (const output of [child.stdout, child.stderr])
    output.on('data', (data: Buffer) => (words += data.toString()))
  let over: number | undefined
  child.once('close', (code) => (over = code ?? -1))
  await waitFor(60_000, () => (over !== undefined || until.test(words) ? true : undefined))
  return {
    words: () => words,
    async end() {
      if (over === undefined) child.kill('SIGINT')
      return (await waitFor(20_000, () => over)) ?? -1
    },
  }
}

function run(...args: string[]): { status: number | null; said: string } {
  const done = spawnSync(command, args, { cwd: place, env: cleanEnvironment(), encoding: 'utf8' })
  return { status: done.status, said: `${done.stdout}${done.stderr}` }
}

test('it holds what runs, and neither sources nor packages', () => {
  const inside = join(place, 'prefix', 'lib', 'node_modules', 'qmp-studio')
  const files = readdirSync(inside, { recursive: true, encoding: 'utf8' })
  expect(files).toEqual(
    expect.arrayContaining([
      'package/program.js',
      'dist/index.html',
      'lab/serve/qmp_studio_bridge.py',
      'SECURITY.md',
      'LICENSE',
    ]),
  )
  expect(
    files.filter((name) => /\.(?:ts|svelte)$|node_modules|\.test\.|^workers|^app|^e2e/.test(name)),
  ).toEqual([])
  expect(importsIn(readFileSync(join(inside, 'package', 'program.js'), 'utf8')).length).toBeGreaterThan(5)
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  expect(run('--version')).toEqual({ status: 0, said: `${version}\n` })
  expect(run('--help').said).toMatch(/start.*\n.*gate.*\n.*open FILE/)
  expect(run('start', '--help').said).toMatch(/^qmp-studio start \[OPTIONS\]\n/)
  expect(run('start', '--foo').said).toContain('See qmp-studio start --help')
  expect(run('nothing')).toMatchObject({
    status: 2,
    said: expect.stringContaining('no command “nothing”') as string,
  })
})

test('start does what npm start does: page, list, bridge to a real machine, and nothing left behind', async () => {
  const sockets = join(place, 'sockets')
  mkdirSync(sockets)
  const qemu = await startQemu(sockets, 'vm')
  const port = await freePort()
  const lab = await start(
    ['start', '--no-demo', '--sockets', sockets, '--port', String(port)],
    /Ctrl-C ends it/,
  )
  expect(lab.words()).toContain(`QMP Studio is at  http://127.0.0.1:${port}/`)
  expect(lab.words()).toContain('qmp-studio start --show-key')
  const url = `http://127.0.0.1:${port}`
  const page = await fetch(`${url}/`)
  expect(await page.text()).toContain('<title>QMP Studio</title>')
  expect(page.headers.get('content-security-policy')).toContain('frame-ancestors')
  expect(await (await fetch(`${url}/lab.json`)).text()).toContain('vm.qmp')
  const key = readFileSync(join(place, 'state', 'qmp-studio', 'key'), 'utf8').trim()
  const greeting = await new Promise<string>((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/?token=${key}.vm.qmp`, { origin: url })
    socket.once('message', (data: Buffer) => {
      socket.terminate()
      resolve(data.toString())
    })
    socket.once('error', reject)
  })
  expect(greeting).toContain('"QMP"')
  expect(await lab.end()).toBe(0)
  await expect(fetch(url)).rejects.toThrow()
  await qemu.kill()
}, 120_000)

test('gate is there', async () => {
  const sockets = join(place, 'gated')
  mkdirSync(sockets)
  const qemu = await startQemu(sockets, 'vm')
  const gate = await start(['gate', '--sockets', sockets], /Ctrl-C ends it/)
  const [, full = ''] = /all rights +(\S+)/.exec(gate.words()) ?? []
  expect(existsSync(join(full, 'vm.qmp'))).toBe(true)
  expect(await gate.end()).toBe(0)
  await qemu.kill()
}, 60_000)

test('open serves one file, to who has the key and to nobody else', async () => {
  const file = join(place, 'run #1.jsonl')
  writeFileSync(file, '{"QMP": {}}\n')
  const port = await freePort()
  const key = newKey()
  const keyFile = join(place, 'own-key')
  writeFileSync(keyFile, key, { mode: 0o600 })
  const options = ['--port', String(port), '--key-file', keyFile]
  const [, address = ''] = /(http\S+)/.exec(run('open', file, ...options, '--show-key').said) ?? []
  expect(address).toMatch(
    new RegExp(`^http://127\\.0\\.0\\.1:${port}/#key=${key}/open/[0-9a-f]{32}/run%20%231\\.jsonl$`),
  )
  const lab = await start(['open', file, ...options], /Ctrl-C ends it/)
  expect(lab.words()).toContain('run #1.jsonl is at')
  expect(lab.words()).not.toContain(key)
  const [, secret = ''] = /open\/([0-9a-f]{32})/.exec(address) ?? []
  expect(lab.words()).not.toContain(secret)
  const at = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}/opened/${path}`)
  expect(await (await at(`${secret}/run%20%231.jsonl`)).text()).toBe('{"QMP": {}}\n')
  for (const path of ['', secret, `${secret}/`, `${newKey()}/run%20%231.jsonl`])
    expect((await at(path)).status, path).toBe(404)
  expect(await (await fetch(`http://127.0.0.1:${port}/lab.json`)).text()).not.toContain(secret)
  expect(await lab.end()).toBe(0)
  expect(run('open', join(place, 'nothing')).said).toContain('There is no file')
  expect(run('open', place).said).toContain('is no file')
  expect(run('open')).toMatchObject({
    status: 0,
    said: expect.stringContaining('open FILE [OPTIONS]') as string,
  })
}, 60_000)
