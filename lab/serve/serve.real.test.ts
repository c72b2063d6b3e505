/** Who reaches a lab, with the real websockify: headers, no lists of folders, TLS, a unix socket, keys of one's own. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { request } from 'node:http'
import { get } from 'node:https'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeAll, expect, test } from 'vitest'
import WebSocket from 'ws'
import { startBridge } from '../bridge/bridge.ts'
import { buildPage } from '../build.ts'
import { newKey } from '../bridge/key.ts'
import { readOptions } from '../options.ts'
import { dist } from '../paths.ts'
import { waitFor } from '../processes.ts'
import { startLab } from '../start.ts'
import type { Lab } from '../start.ts'
import { freePort, makeCertificate, startCommand, startQemu, startTestLab } from '../testing.ts'
import { readKeyFile } from './key-file.ts'
import { mayListen } from './listening.ts'
import { plainServe } from './serve-options.ts'

/** The uid of `nobody`. */
const nobody = 65_534

// What is served is copied from what was built.
beforeAll(async () => {
  const built = await buildPage()
  if (!built.ok) throw new Error(built.error)
}, 120_000)

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'qmp-studio-test-'))
  ends.push(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** A lab with these arguments of `npm start`, without the demo machine. */
async function lab(args: readonly string[], key: string, said: string[] = []): Promise<Lab> {
  const options = readOptions(['--no-demo', ...args])
  if (!options.ok) throw new Error(options.error)
  const started = await startLab({ options: options.value, key, say: (words) => said.push(words) })
  if (!started.ok) throw new Error(started.error)
  ends.push(() => started.value.stop())
  return started.value
}

/** The first message of a machine, or the status with which the bridge refuses. */
function greeting(address: string, options: WebSocket.ClientOptions): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(address, options)
    socket.once('message', (data: Buffer) => {
      socket.terminate()
      resolve(data.toString())
    })
    socket.once('error', (error) => resolve(error.message))
  })
}

test('each file comes with the headers that a page cannot say itself, and no folder is listed', async () => {
  const served = await startTestLab()
  ends.push(() => served.stop())
  const { url, web } = served
  const [asset = ''] = readdirSync(join(web, 'assets'))
  for (const path of ['', 'lab.json', `assets/${asset}`, 'docs/security.html', 'no-such-file', 'assets/']) {
    const { headers } = await fetch(`${url}${path}`)
    expect(headers.get('content-security-policy'), path).toBe("frame-ancestors 'none'")
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('access-control-allow-origin')).toBeNull()
    expect(headers.get('cache-control')).toMatch(path.startsWith('assets/') ? /immutable/ : /^no-cache$/)
  }
  const folders = readdirSync(web, { recursive: true, withFileTypes: true }).filter((each) =>
    each.isDirectory(),
  )
  expect(folders.map((each) => each.name)).toEqual(
    expect.arrayContaining(['assets', 'docs', 'manuals', 'schemas']),
  )
  for (const each of folders) {
    const path = join(each.parentPath, each.name).slice(web.length + 1)
    const response = await fetch(`${url}${path}/`)
    expect([path, response.status]).toEqual([path, 404])
    expect(await response.text()).not.toContain('Directory listing')
  }
  // Nothing leads out of the folder, and what is built meanwhile changes nothing in it.
  expect(
    readdirSync(web, { recursive: true, withFileTypes: true }).filter((each) => each.isSymbolicLink()),
  ).toEqual([])
  expect(readdirSync(dist).every((each) => existsSync(join(web, each)))).toBe(true)
}, 60_000)

test('a page elsewhere that may use the bridge may read the list, and no other page may', async () => {
  const place = folder()
  await startQemu(place, 'vm').then((qemu) => ends.push(() => qemu.kill()))
  const [port, key] = [await freePort(), newKey()]
  const { url } = await lab(
    ['--port', String(port), '--sockets', place, '--origin', 'https://lab.example'],
    key,
  )
  const allowed = async (path: string, origin: string): Promise<string | null> =>
    (await fetch(`${url}${path}`, { headers: { Origin: origin } })).headers.get('access-control-allow-origin')
  expect(await allowed('lab.json', 'https://lab.example')).toBe('https://lab.example')
  expect(await allowed('lab.json?x', 'https://lab.example')).toBe('https://lab.example')
  expect(await allowed('lab.json', 'https://evil.example')).toBeNull()
  expect(await allowed('lab.json', 'null')).toBeNull()
  expect(await allowed('index.html', 'https://lab.example')).toBeNull()
  const address = `ws://127.0.0.1:${port}/?token=${key}.vm.qmp`
  expect(await greeting(address, { origin: 'https://lab.example' })).toContain('"QMP"')
  expect(await greeting(address, { origin: 'https://evil.example' })).toContain('403')
}, 60_000)

test('beyond loopback without a certificate it is refused before anything starts; --insecure does it', async () => {
  const refused = await startCommand(['--listen', '0.0.0.0'], /never/)
  expect(await refused.over).toBe(1)
  expect(refused.words()).toMatch(
    /--listen 0\.0\.0\.0 without a certificate is refused.*--cert.*--unix.*--insecure/,
  )
  const said: string[] = []
  const { url } = await lab(
    ['--listen', '0.0.0.0', '--insecure', '--port', String(await freePort())],
    newKey(),
    said,
  )
  expect((await fetch(url)).status).toBe(200)
  expect(said.join('\n')).toContain('Nothing is encrypted on the way there')
}, 60_000)

test('with a certificate page, list and bridge are encrypted, and nothing else is answered', async () => {
  const place = folder()
  const qemu = await startQemu(place, 'vm')
  ends.push(() => qemu.kill())
  const { cert, key: certKey, text: ca } = makeCertificate(place)
  const [port, key, said] = [await freePort(), newKey(), [] as string[]]
  const { url } = await lab(
    ['--listen', '0.0.0.0', '--port', String(port), '--sockets', place, '--cert', cert, '--key', certKey],
    key,
    said,
  )
  expect(url).toBe(`https://127.0.0.1:${port}/`)
  expect(said.join('\n')).not.toContain('Nothing is encrypted')
  const body = await new Promise<string>((resolve, reject) => {
    get(`${url}lab.json`, { ca }, (response) => {
      let text = ''
      response.on('data', (data: Buffer) => (text += data.toString()))
      response.once('end', () => resolve(text))
    }).once('error', reject)
  })
  expect(body).toContain('vm.qmp')
  expect(
    await greeting(`wss://127.0.0.1:${port}/?token=${key}.vm.qmp`, {
      ca,
      origin: `https://127.0.0.1:${port}`,
    }),
  ).toContain('"QMP"')
  // The same without encryption: page and bridge hang up, and an unencrypted origin is none of its own.
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow()
  expect(
    await greeting(`ws://127.0.0.1:${port}/?token=${key}.vm.qmp`, { origin: `https://127.0.0.1:${port}` }),
  ).not.toContain('QMP')
  expect(
    await greeting(`wss://127.0.0.1:${port}/?token=${key}.vm.qmp`, {
      ca,
      origin: `http://127.0.0.1:${port}`,
    }),
  ).toContain('403')
  const old = await new Promise<string>((resolve) => {
    const socket = connectTls(
      { port, host: '127.0.0.1', ca, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' },
      () => {
        socket.destroy()
        resolve('let in')
      },
    )
    socket.once('error', (error: Error) => resolve(error.message))
    socket.once('close', () => resolve('closed'))
  })
  expect(old).not.toBe('let in')
}, 60_000)

test.each([
  [{ certKey: '/etc/hostname' }, /--cert FILE is missing.*--key-file/],
  [{ cert: '/no/such.pem' }, /\/no\/such\.pem cannot be read/],
  [{ cert: '/etc/hostname' }, /Everybody on this host can read \/etc\/hostname, a private key/],
  [{ unix: '/tmp/x', cert: '/etc/hostname' }, /takes no certificate/],
  [{ unix: '/no/such/folder/x' }, /there is no folder \/no\/such\/folder/],
  [{ unix: '/etc/hostname' }, /which is no socket/],
  [{ unix: `/tmp/${'x'.repeat(120)}` }, /at most 107 bytes/],
])('%j is refused', (serve, words) => {
  const may = mayListen({ ...plainServe, ...serve }, '127.0.0.1')
  expect(may.ok ? '' : may.error).toMatch(words)
})

test('a unix socket in a folder of everybody’s is refused, unless only owners may rename there', () => {
  const place = join(folder(), 'open')
  mkdirSync(place)
  chmodSync(place, 0o777)
  const may = mayListen({ ...plainServe, unix: join(place, 'x') }, '127.0.0.1')
  expect(may.ok ? '' : may.error).toMatch(/others can write into/)
  chmodSync(place, 0o1777)
  expect(mayListen({ ...plainServe, unix: join(place, 'x') }, '127.0.0.1').ok).toBe(true)
})

/** What `ssh -L PORT:FILE` does: a port on this side, each connection to the socket on the other. */
async function forward(file: string): Promise<number> {
  const server = createServer((near) => {
    const far = connect(file)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.pipe(other)
      one.once('error', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  ends.push(() => server.close())
  return (server.address() as AddressInfo).port
}

test('--unix: page and bridge at one socket of the own user, through any port that ssh makes of it, and at no port', async () => {
  const place = folder()
  const qemu = await startQemu(place, 'vm')
  ends.push(() => qemu.kill())
  const own = folder()
  const file = join(own, 'lab.sock')
  const [port, key] = [await freePort(), newKey()]
  const served = await lab(['--port', String(port), '--sockets', place, '--unix', file], key)
  expect(served.url).toBe(`http://127.0.0.1:${port}/`)
  await expect(fetch(served.url)).rejects.toThrow()
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const through = await forward(file)
  const near = `127.0.0.1:${through}`
  const page = await fetch(`http://${near}/`)
  expect(await page.text()).toContain('<title>QMP Studio</title>')
  expect(page.headers.get('content-security-policy')).toBe("frame-ancestors 'none'")
  const address = `ws://${near}/?token=${key}.vm.qmp`
  expect(await greeting(address, { origin: `http://${near}` })).toContain('"QMP"')
  expect(
    await greeting(address.replace('127.0.0.1', 'localhost'), { origin: `http://localhost:${through}` }),
  ).toContain('"QMP"')
  // Another page of the same computer, another site, and one whose name was made to lead here.
  for (const [origin, host] of [
    [`http://127.0.0.1:${through + 1}`, near],
    ['https://evil.example', near],
    ['http://evil.example', 'evil.example'],
    [`https://${near}`, near],
    ['http://', ''],
  ] as const) {
    expect(await greeting(address, { origin, headers: { Host: host } }), origin).toMatch(/403|400/)
  }
  expect(await greeting(address.replace(key, newKey()), { origin: `http://${near}` })).not.toContain('QMP')
  // The bridge alone is killed: it comes again at the same socket.
  const first = served.bridgePid()
  process.kill(first, 'SIGKILL')
  const back = await waitFor(20_000, async () =>
    served.bridgePid() !== first && (await greeting(address, { origin: `http://${near}` })).includes('"QMP"')
      ? true
      : undefined,
  )
  expect(back).toBe(true)
  // A second lab does not take it away.
  const busy = await startCommand(['--no-demo', '--unix', file], /never/)
  expect(await busy.over).toBe(1)
  expect(busy.words()).toContain('somebody listens there already')
  if (process.getuid?.() === 0) {
    // Even where the folder lets everybody in.
    chmodSync(own, 0o755)
    const script = 'import socket,sys\ns=socket.socket(socket.AF_UNIX)\ns.connect(sys.argv[1])'
    const stranger = spawnSync('/usr/bin/python3', ['-c', script, file], {
      uid: nobody,
      gid: nobody,
      cwd: '/',
      encoding: 'utf8',
    })
    expect(stranger.stderr).toContain('PermissionError')
  }
}, 120_000)

test('the socket that a killed lab left behind is taken over, and is gone after the end', async () => {
  const file = join(folder(), 'lab.sock')
  const place = folder()
  const left = await startBridge({
    web: place,
    tokens: '/dev/null',
    key: newKey(),
    listen: '127.0.0.1',
    port: 1,
    unix: file,
  })
  if (!left.ok) throw new Error(left.error)
  await left.value.kill()
  expect(existsSync(file)).toBe(true)
  const next = await lab(['--unix', file], newKey())
  const status = await new Promise<number | undefined>((resolve, reject) => {
    request({ socketPath: file, path: '/lab.json', headers: { Host: 'localhost' } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .once('error', reject)
      .end()
  })
  expect(status).toBe(200)
  await next.stop()
  expect(existsSync(file)).toBe(false)
}, 60_000)

test('a key of one’s own: taken where it is random and private, else refused without a word of it', () => {
  const place = folder()
  const file = join(place, 'key')
  const read = (text: string, mode = 0o600): string => {
    rmSync(file, { force: true })
    writeFileSync(file, text, { mode })
    chmodSync(file, mode)
    const key = readKeyFile(file)
    if (!key.ok) expect(key.error).not.toContain(text.trim().slice(0, 12) || 'x'.repeat(12))
    return key.ok ? key.value : key.error
  }
  const good = newKey()
  expect(read(good)).toBe(good)
  expect(read(`${good}\n`, 0o400)).toBe(good)
  expect(read('q7-Zr2_LkP0vYxW9bTnE4c')).toBe('q7-Zr2_LkP0vYxW9bTnE4c')
  expect(read(good.slice(0, 31))).toMatch(/at most 124 bits; 128 are needed/)
  expect(read('q7-Zr2_LkP0vYxW9bTnE4')).toMatch(/at most 126 bits/)
  expect(read('abababababababababababababababab')).toMatch(/is not random/)
  expect(read('hunter2 is my password, really')).toMatch(/holds no key/)
  expect(read(`${good}\n${good}`)).toMatch(/holds no key/)
  expect(read(good.repeat(5))).toMatch(/holds no key/)
  expect(read('')).toMatch(/holds no key/)
  expect(read(good, 0o640)).toMatch(/Others than you can read or change/)
  expect(read(good, 0o602)).toMatch(/Others than you can read or change/)
  const linked = join(place, 'link')
  symlinkSync(place, linked)
  for (const path of [linked, join(place, 'nothing')]) {
    const wrong = readKeyFile(path)
    expect(wrong.ok ? '' : wrong.error).toMatch(/--key-file .*(?:no file|ENOENT)/)
  }
})

test('npm start with a key of one’s own uses it, keeps none, and does not mix it with --new-key', async () => {
  const place = folder()
  const [file, state, key] = [join(place, 'key'), join(place, 'state'), newKey()]
  writeFileSync(file, `${key}\n`, { mode: 0o600 })
  const shown = await startCommand(['--key-file', file, '--show-key', '--port', '7001'], /never/, {
    XDG_STATE_HOME: state,
  })
  expect(await shown.over).toBe(0)
  expect(shown.words()).toBe(`http://127.0.0.1:7001/#key=${key}\n`)
  expect(existsSync(state)).toBe(false)
  const mixed = await startCommand(['--key-file', file, '--new-key'], /never/, { XDG_STATE_HOME: state })
  expect(await mixed.over).toBe(1)
  expect(mixed.words()).toContain('is yours to change')
  expect(mixed.words()).not.toContain(key)
}, 60_000)
