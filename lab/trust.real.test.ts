/**
 * Who keeps whom away: another user of the host knows everything of a lab but its key, and gets to no machine. As root,
 * as CI runs it, that user is a process with the uid of `nobody`. Without root nobody can take another uid: then the same
 * process runs with the own one for what no uid matters to (the bridge), and what the kernel would say to another user
 * about files is read from their rights. Nothing is left out either way, and as root both are compared.
 */
import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import WebSocket from 'ws'
import { hashOf, keptKey, newKey } from './bridge/key.ts'
import { root } from './paths.ts'
import { waitFor } from './processes.ts'
import { freePort, startCommand, startQemu, temporaryFolder } from './testing.ts'
import type { StartedCommand } from './testing.ts'

/** The uid of `nobody`. */
const nobody = 65_534
const isRoot = process.getuid?.() === 0
const python = '/usr/bin/python3'
const strangerScript = readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'stranger.py'), 'utf8')

const folders: string[] = []
const commands: StartedCommand[] = []
afterEach(async () => {
  for (const { pid, over } of commands.splice(0)) {
    try {
      process.kill(pid, 'SIGINT')
    } catch {
      // It has ended already.
    }
    await over
  }
  for (const each of folders.splice(0)) rmSync(each, { recursive: true, force: true })
})

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'qmp-studio-test-'))
  folders.push(path)
  return path
}

interface Findings {
  readonly uid: number
  readonly upgrades: Readonly<Record<string, string>>
  readonly pages: Readonly<Record<string, string>>
  readonly reached: Readonly<Record<string, string>>
  readonly seen: string
}

/** Run the stranger. */
function stranger(asked: object): Promise<Findings> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, ['-c', strangerScript], {
      cwd: '/',
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(isRoot ? { uid: nobody, gid: nobody } : {}),
    })
    let said = ''
    let wrong = ''
    child.stdout.on('data', (data: Buffer) => (said += data.toString('latin1')))
    child.stderr.on('data', (data: Buffer) => (wrong += data.toString()))
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve(JSON.parse(said) as Findings) : reject(new Error(wrong)),
    )
    child.stdin.end(JSON.stringify(asked))
  })
}

/** Whether the rights of a file and of the folders above it let a user in who is neither its owner nor in its group. */
function letsOthersIn(path: string): boolean {
  const isSocket = statSync(path).isSocket()
  if ((statSync(path).mode & (isSocket ? 0o002 : 0o004)) === 0) return false
  for (let each = dirname(path); ; each = dirname(each)) {
    if ((statSync(each).mode & 0o001) === 0) return false
    if (each === dirname(each)) return true
  }
}

/** The run folder of a lab: that of the tokens which its bridge reads. */
function runFolderOf(port: number): string {
  for (const pid of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      const at = args.indexOf('--token-source')
      if (at >= 0 && args.includes(`127.0.0.1:${port}`)) return dirname(args[at + 1] ?? '')
    } catch {
      // Ended meanwhile.
    }
  }
  throw new Error('No bridge runs at that port.')
}

/** The process number of the bridge itself: what it forks for each connection has the same arguments. */
function bridgesOf(port: number): number[] {
  return readdirSync('/proc')
    .filter((each) => /^\d+$/.test(each))
    .flatMap((pid) => {
      try {
        const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
        return args.includes('--token-source') && args.includes(`127.0.0.1:${port}`) ? [Number(pid)] : []
      } catch {
        return []
      }
    })
    .sort((a, b) => a - b)
}

/** Whether a bridge lets one in with this token, from its own origin. */
function opens(port: number, token: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/?token=${encodeURIComponent(token)}`, {
      origin: `http://127.0.0.1:${port}`,
    })
    socket.once('open', () => {
      socket.terminate()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

async function start(
  args: readonly string[],
  port: number,
  env: Record<string, string> = {},
): Promise<StartedCommand> {
  const command = await startCommand(['--port', String(port), ...args], /QMP Studio is at/, env)
  commands.push(command)
  expect(command.words()).toContain('QMP Studio is at')
  return command
}

test('another user of the host who knows everything but the key gets to no machine, and finds the key nowhere', async () => {
  const log = join(folder(), 'lab.log')
  chmodSync(dirname(log), 0o755)
  const port = await freePort()
  const state = folder()
  const lab = await start(['--accel', 'tcg'], port, { XDG_STATE_HOME: state })
  const key = lab.key()
  const run = runFolderOf(port)
  // Somebody who may has used it, and somebody has tried.
  expect(await opens(port, `${key}.lab1.qga`)).toBe(true)
  expect(await opens(port, `${key}x.lab1.qga`)).toBe(false)
  writeFileSync(log, lab.words(), { mode: 0o644 })
  const sockets = readdirSync(join(run, 'sockets')).map((file) => join(run, 'sockets', file))
  expect(sockets.map((each) => each.slice(run.length))).toContain('/sockets/lab1.qmp')
  const files = [...sockets, join(run, 'tokens'), join(state, 'qmp-studio', 'key')]
  const near = join('..', 'sockets', 'lab1.qmp')
  const found = await stranger({
    host: '127.0.0.1',
    port,
    targets: [
      '/',
      '/?token=',
      '/?token=lab1.qmp',
      '/?token=.lab1.qmp',
      `/?token=${newKey()}.lab1.qmp`,
      `/?token=${hashOf(key)}.lab1.qmp`,
      `/?token=${near}`,
      `/?token=${newKey()}.${near}`,
      `/?token=${join(run, 'sockets', 'lab1.qmp')}`,
      `/?token=unix_socket:${join(run, 'sockets', 'lab1.qmp')}`,
      '/?token=%2e%2e%2fsockets%2flab1.qmp',
    ],
    pages: ['/lab.json', '/', '/tokens', '/../tokens', '/%2e%2e/tokens', '/..%2ftokens'],
    files: isRoot ? files : [],
    logs: [log],
  })
  expect(found.uid).toBe(isRoot ? nobody : process.getuid?.())
  expect(Object.values(found.upgrades).filter((line) => line.includes('101'))).toEqual([])
  expect(found.pages['/lab.json']).toContain(hashOf(key))
  expect(Object.values(found.pages).join('\n')).not.toContain(key)
  expect(found.seen).toContain('--token-source')
  expect(found.seen).toContain(join(run, 'sockets', 'lab1.qmp'))
  expect(found.seen).toContain('QMP Studio is at')
  if (isRoot) expect(found.seen).not.toContain(key)
  // With the own uid the environment of this test's own processes is readable: it must not be there either.
  else expect(found.seen.replaceAll('\0', '\n')).not.toContain(key)
  expect(files.filter(letsOthersIn)).toEqual([])
  expect(Object.values(found.reached).filter((what) => what !== 'PermissionError')).toEqual([])
  expect(Object.keys(found.reached)).toHaveLength(isRoot ? files.length : 0)
  // The rights say the same without looking at folders above.
  expect([run, join(state, 'qmp-studio')].map((each) => statSync(each).mode & 0o777)).toEqual([0o700, 0o700])
  expect(
    [join(run, 'tokens'), join(state, 'qmp-studio', 'key')].map((each) => statSync(each).mode & 0o777),
  ).toEqual([0o600, 0o600])
}, 180_000)

test('the log of a run holds no key, with a bridge that was killed in it; the bridge comes again and the machines stay', async () => {
  const place = folder()
  const qemu = await startQemu(place, 'vm')
  const port = await freePort()
  const lab = await start(['--no-demo', '--sockets', place], port)
  const key = lab.key()
  const open = new WebSocket(`ws://127.0.0.1:${port}/?token=${key}.vm.qmp`, {
    origin: `http://127.0.0.1:${port}`,
  })
  const closed = new Promise<void>((resolve) => open.once('close', () => resolve()))
  await new Promise((resolve) => open.once('message', resolve))
  // All forms in which websockify prints what it is asked.
  expect(await opens(port, `${key}.nobody.qmp`)).toBe(false)
  await new Promise<void>((resolve) => {
    const bad = connect(port, '127.0.0.1', () => bad.end(`GET /?token=${key}.vm.qmp a b c\r\n\r\n`))
    bad.resume()
    bad.once('close', () => resolve())
    bad.once('error', () => resolve())
  })
  const [first = 0] = bridgesOf(port)
  process.kill(first, 'SIGKILL')
  // Whoever was connected through it is told at once, and not when the machine ends.
  await closed
  await waitFor(20_000, () => (/starting it again/.test(lab.words()) ? true : undefined))
  const back = await waitFor(20_000, async () => ((await opens(port, `${key}.vm.qmp`)) ? true : undefined))
  expect(back).toBe(true)
  expect(qemu.isOver()).toBe(false)
  expect(bridgesOf(port)).not.toContain(first)
  const log = lab.words()
  expect(log).toMatch(/websockify ended \(SIGKILL\): starting it again\. Its last words:\n/)
  expect(log).toContain('connecting to unix socket')
  expect(log).not.toContain(key)
  expect(log).not.toContain('token=')
  process.kill(lab.pid, 'SIGINT')
  expect(await lab.over).toBe(0)
  await waitFor(5000, () => (bridgesOf(port).length === 0 ? true : undefined))
  expect(bridgesOf(port)).toEqual([])
  await qemu.kill()
}, 180_000)

test('a lab that is started again has the same key; --show-key prints it, --new-key makes another', async () => {
  const state = folder()
  const place = folder()
  const port = await freePort()
  const address = (key: string): string => `http://127.0.0.1:${port}/#key=${key}`
  const run = async (...args: string[]): Promise<{ words: string; key: string }> => {
    const command = await startCommand(
      ['--no-demo', '--sockets', place, '--port', String(port), ...args],
      /Ctrl-C ends it/,
      { XDG_STATE_HOME: state },
    )
    if (!args.includes('--show-key')) process.kill(command.pid, 'SIGINT')
    expect(await command.over).toBe(0)
    return { words: command.words(), key: readFileSync(join(state, 'qmp-studio', 'key'), 'utf8').trim() }
  }
  const first = await run()
  expect(first.words).toContain(`QMP Studio is at  http://127.0.0.1:${port}/\n`)
  expect(first.words).toContain('--show-key')
  expect((await run('--show-key')).words).toContain(address(first.key))
  const renewed = await run('--new-key')
  expect(renewed.key).not.toBe(first.key)
  expect(keptKey(join(state, 'qmp-studio'))).toMatchObject({ ok: true, value: { key: renewed.key } })
  expect(renewed.words + first.words).not.toContain(renewed.key)
}, 180_000)

test('in a terminal, which a person reads, the address is printed with the key, and once', async () => {
  const state = folder()
  const port = await freePort()
  // Python's pty: what is started in it has a terminal. It ends when that has ended.
  const script = `import pty, sys; pty.spawn(sys.argv[1:])`
  const child = spawn(
    python,
    [
      '-c',
      script,
      process.execPath,
      join(root, 'lab', 'bootstrap.mjs'),
      'start',
      '--no-demo',
      '--port',
      String(port),
    ],
    { cwd: root, stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, XDG_STATE_HOME: state } },
  )
  let words = ''
  child.stdout.on('data', (data: Buffer) => (words += data.toString()))
  const over = new Promise((resolve) => child.once('close', resolve))
  await waitFor(120_000, () => (/Ctrl-C ends it/.test(words) ? true : undefined))
  // Ctrl-C, as the terminal gives it.
  child.stdin.write('\x03')
  await over
  const key = readFileSync(join(state, 'qmp-studio', 'key'), 'utf8').trim()
  expect(words).toContain(`QMP Studio is at  http://127.0.0.1:${port}/#key=${key}`)
  expect(words.split(key)).toHaveLength(2)
}, 180_000)

test('a folder of any name is served, and sockets that cannot be are named', async () => {
  const place = join(folder(), 'a: b#c')
  mkdirSync(place)
  const [odd, good] = [await startQemu(place, 'a b'), await startQemu(place, 'vm')]
  const port = await freePort()
  const lab = await start(['--no-demo', '--sockets', place], port)
  expect(await opens(port, `${lab.key()}.vm.qmp`)).toBe(true)
  const list = (await (await fetch(`http://127.0.0.1:${port}/lab.json`)).json()) as {
    problems: string[]
    keySha256: string
  }
  expect(list.problems).toEqual([
    expect.stringMatching(/"a b\.qmp" is left out: the name of a socket is NAME\.CHANNEL/),
  ])
  expect(list.keySha256).toBe(hashOf(lab.key()))
  await Promise.all([odd.kill(), good.kill()])
}, 120_000)

test('a key that others could have read is replaced, a broken one too; what is somebody else’s is refused', () => {
  const place = temporaryFolder()
  const { path } = place
  try {
    const own = join(path, 'own')
    const file = join(own, 'key')
    const first = keptKey(own)
    if (!first.ok) throw new Error(first.error)
    expect(first.value.key).toMatch(/^[0-9a-f]{32}$/)
    expect([statSync(own).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600])
    expect(keptKey(own)).toEqual(first)
    // Others can look into the folder: nothing is lost, and it is mended.
    chmodSync(own, 0o755)
    expect(keptKey(own)).toEqual(first)
    expect(statSync(own).mode & 0o777).toBe(0o700)
    chmodSync(file, 0o644)
    const second = keptKey(own)
    expect(second.ok && second.value.note).toMatch(/Others could read .*a new key was made/)
    expect(second.ok && second.value.key).not.toBe(first.value.key)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    writeFileSync(file, 'half a ke')
    const third = keptKey(own)
    expect(third.ok && third.value.note).toMatch(/held no key/)
    expect(readdirSync(own)).toEqual(['key'])
    // A link may lead to a file of somebody else's.
    rmSync(file)
    symlinkSync('/etc/hostname', file)
    const linked = keptKey(own)
    expect(linked.ok ? '' : linked.error).toMatch(/no ordinary file.*XDG_STATE_HOME/)
    expect(lstatSync(file).isSymbolicLink()).toBe(true)
    // What belongs to another user: root's own for everybody else, and made so by root.
    const foreign = isRoot ? join(path, 'foreign') : '/usr/share'
    if (isRoot) {
      mkdirSync(foreign)
      spawnSync('chown', [String(nobody), foreign])
    }
    const refused = keptKey(foreign)
    expect(refused.ok ? '' : refused.error).toMatch(/belongs to another user \(\d+\)/)
    expect(existsSync(join(foreign, 'key'))).toBe(false)
    const blocked = keptKey('/etc/hostname/qmp-studio')
    expect(blocked.ok ? '' : blocked.error).toMatch(/cannot be kept/)
  } finally {
    place.remove()
  }
})
