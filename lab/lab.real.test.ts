/** The lab: its parts alone, and `npm start` as a whole, with real programs. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { hostname, networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { originsOf, isLoopback, urlOf } from './bridge/bridge.ts'
import { writeCpio } from './demo/cpio.ts'
import { emptyQcow2 } from './demo/demo.ts'
import { neededBy, readModule } from './demo/guest.ts'
import { buildList, findSockets, listeningPaths, splitName } from './bridge/lab-list.ts'
import { readOptions } from './options.ts'
import { findProgram } from './packages.ts'
import { dist, root } from './paths.ts'
import { plainServe } from './serve/serve-options.ts'
import { startChild, waitFor } from './processes.ts'
import { freePort, startCommand, startQemu, startTestLab, temporaryFolder } from './testing.ts'

const made: string[] = []
afterEach(() => {
  for (const each of made.splice(0)) rmSync(each, { recursive: true, force: true })
})

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'qmp-studio-test-'))
  made.push(path)
  return path
}

describe('the options', () => {
  test('what is not given has its default', () => {
    expect(readOptions([])).toEqual({
      ok: true,
      value: {
        sockets: undefined,
        port: 6080,
        portNamed: false,
        listen: '127.0.0.1',
        demo: true,
        accel: 'auto',
        newKey: false,
        showKey: false,
        help: false,
        serve: plainServe,
      },
    })
  })

  test('both ways of writing a value', () => {
    expect(
      readOptions(['--port', '7000', '--listen=0.0.0.0', '--sockets=/a=b', '--no-demo', '--accel', 'tcg']),
    ).toEqual({
      ok: true,
      value: {
        sockets: '/a=b',
        port: 7000,
        portNamed: true,
        listen: '0.0.0.0',
        demo: false,
        accel: 'tcg',
        newKey: false,
        showKey: false,
        help: false,
        serve: plainServe,
      },
    })
  })

  test.each([
    [['--port'], /--port needs a value/],
    [['--port', '--no-demo'], /--port needs a value/],
    [['--port', '0'], /a port is a number from 1 to 65535/],
    [['--port', '80a'], /a port is a number/],
    [['--accel', 'xen'], /it is auto, kvm or tcg/],
    [['--socket', 'x'], /There is no option --socket/],
  ])('%s', (args, words) => {
    const read = readOptions(args)
    expect(read.ok ? '' : read.error).toMatch(words)
  })
})

describe('the list of machines', () => {
  test.each([
    ['lab1.qmp', { name: 'lab1', channel: 'qmp' }],
    ['a.b-c_d.serial', { name: 'a.b-c_d', channel: 'serial' }],
    ['100.serial0', { name: '100', channel: 'serial0' }],
    ['lab1.serial123', undefined],
    ['lab1.other', undefined],
    ['lab1', undefined],
    ['.qmp', undefined],
    ['../x.qmp', undefined],
    ['a b.qmp', undefined],
    ['-x.qmp', undefined],
  ])('%s', (file, expected) => {
    expect(splitName(file)).toEqual(expected)
  })

  test('machines by name, channels in order, the dead left out, strange names said', () => {
    const list = buildList(
      [
        { file: 'b.vnc', listening: true, madeAt: 2000 },
        { file: 'b.serial1', listening: true, madeAt: 2000 },
        { file: 'b.qmp', listening: true, madeAt: 1000 },
        { file: 'a.qmp', listening: true, madeAt: 3000 },
        { file: 'dead.qmp', listening: false, madeAt: 1 },
        { file: 'what', listening: true, madeAt: 1 },
      ],
      { demo: 'a' },
    )
    expect(list.machines).toEqual([
      {
        name: 'a',
        channels: [{ kind: 'qmp', label: 'QMP monitor', token: 'a.qmp' }],
        since: '1970-01-01T00:00:03.000Z',
        demo: true,
      },
      {
        name: 'b',
        channels: [
          { kind: 'qmp', label: 'QMP monitor', token: 'b.qmp' },
          { kind: 'serial', label: 'Serial line 1', token: 'b.serial1' },
          { kind: 'vnc', label: 'Screen', token: 'b.vnc' },
        ],
        since: '1970-01-01T00:00:01.000Z',
      },
    ])
    expect(list.problems).toEqual([
      expect.stringContaining('"what" is left out: the name of a socket is NAME.CHANNEL'),
    ])
  })

  test('whether somebody listens is known without connecting', async () => {
    const place = folder()
    const path = join(place, 'vm.qmp')
    let connections = 0
    const server: Server = createServer(() => (connections += 1))
    await new Promise<void>((resolve) => server.listen(path, () => resolve()))
    expect(findSockets(place)).toMatchObject([{ file: 'vm.qmp', listening: true }])
    expect(listeningPaths()?.has(path)).toBe(true)
    expect(connections).toBe(0)
    await new Promise((resolve) => server.close(resolve))
    expect(listeningPaths()?.has(path)).toBe(false)
    expect(findSockets(join(place, 'nowhere'))).toEqual([])
  })
})

describe('the guest', () => {
  test('a cpio archive that cpio itself reads', () => {
    const place = folder()
    const data = new TextEncoder().encode('hello\n')
    const archive = writeCpio([
      { kind: 'folder', path: 'bin' },
      { kind: 'file', path: 'bin/run', data, executable: true },
      { kind: 'file', path: 'text', data: new Uint8Array(0), executable: false },
      { kind: 'link', path: 'bin/same', target: 'run' },
    ])
    expect(archive.length % 4).toBe(0)
    writeFileSync(join(place, 'archive'), archive)
    const unpacked = spawnSync(findProgram('cpio') ?? '', ['-idm', '--quiet'], { cwd: place, input: archive })
    expect(unpacked.status, String(unpacked.stderr)).toBe(0)
    expect(readFileSync(join(place, 'bin', 'same'), 'utf8')).toBe('hello\n')
    expect(spawnSync('test', ['-x', join(place, 'bin', 'run')]).status).toBe(0)
  })

  test('an empty qcow2 that QEMU accepts', () => {
    const place = folder()
    const image = join(place, 'disk.qcow2')
    writeFileSync(image, emptyQcow2(1024 ** 3))
    const info = spawnSync('qemu-img', ['check', '--output=json', image], { encoding: 'utf8' })
    expect(info.status, info.stderr).toBe(0)
    const size = spawnSync('qemu-img', ['info', '--output=json', image], { encoding: 'utf8' })
    expect((JSON.parse(size.stdout) as { 'virtual-size': number })['virtual-size']).toBe(1024 ** 3)
  })

  test('a module, packed or not', () => {
    const place = folder()
    const path = join(place, 'virtio.ko')
    writeFileSync(path, '\x7fELF\0depends=a,b\0')
    const plain = readModule(path)
    expect(spawnSync(findProgram('xz') ?? '', ['--check=crc32', path]).status).toBe(0)
    expect(readModule(`${path}.xz`)).toEqual(plain)
    writeFileSync(`${path}.xz`, 'no such thing')
    expect(() => readModule(`${path}.xz`)).toThrow(/virtio\.ko\.xz could not be unpacked/)
  })

  test('the libraries of a program are read from it', () => {
    expect(neededBy(findProgram('qemu-ga') ?? '')).toEqual(
      expect.arrayContaining(['libc.so.6', 'libglib-2.0.so.0']),
    )
    expect(neededBy(join(root, 'package.json'))).toEqual([])
  })
})

test('loopback and origins', () => {
  expect(isLoopback('127.0.0.1') && isLoopback('::1') && isLoopback('localhost')).toBe(true)
  expect(isLoopback('0.0.0.0')).toBe(false)
  expect(originsOf('127.0.0.1', 6080)).toEqual(['http://127.0.0.1:6080', 'http://localhost:6080'])
  // Whoever listens everywhere is reached under every name of this machine, and the page is opened under it.
  const own = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  const v4 = own.filter((each) => each.family === 'IPv4').map((each) => `http://${each.address}:6080`)
  expect(v4).not.toEqual([])
  expect(originsOf('0.0.0.0', 6080)).toEqual(
    expect.arrayContaining([...v4, `http://${hostname().toLowerCase()}:6080`]),
  )
  expect(originsOf('0.0.0.0', 6080)).not.toContain('http://0.0.0.0:6080')
  expect(originsOf('::1', 6080)).toContain('http://[::1]:6080')
  expect(['127.0.0.1', '0.0.0.0', '::1'].map((listen) => urlOf(listen, 6080))).toEqual([
    'http://127.0.0.1:6080/',
    'http://127.0.0.1:6080/',
    'http://[::1]:6080/',
  ])
})

describe('children', () => {
  test('a program that is not there', async () => {
    await expect(startChild('no-such-program', [])).rejects.toThrow(/could not be started/)
  })

  test('stopping ends what it forked, too', async () => {
    const child = await startChild('sh', ['-c', 'sleep 1000 & echo $!; wait'])
    const forked = Number(await waitFor(5000, () => (child.words() === '' ? undefined : child.words())))
    expect(() => process.kill(forked, 0)).not.toThrow()
    await child.stop()
    await waitFor(2000, () => (existsSync(`/proc/${forked}`) ? undefined : true))
    expect(existsSync(`/proc/${forked}`)).toBe(false)
  })
})

describe('npm start', () => {
  test('serves the page and its list, checks the Origin, ends what it started and nothing else', async () => {
    const place = folder()
    const foreign = await startQemu(place, 'mine')
    const port = await freePort()
    const { pid, words, key, over } = await startCommand(
      ['--port', String(port), '--no-demo', '--sockets', place],
      /QMP Studio is at/,
    )
    expect(words()).toContain(`http://127.0.0.1:${port}/`)
    const url = `http://127.0.0.1:${port}`
    expect(await (await fetch(url)).text()).toContain('<title>QMP Studio</title>')
    const list = (await (await fetch(`${url}/lab.json`)).json()) as {
      machines: { name: string; channels: { token: string }[] }[]
    }
    expect(list.machines).toMatchObject([{ name: 'mine', channels: [{ token: 'mine.qmp' }] }])
    const upgrade = (origin: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const headers = {
          Connection: 'Upgrade',
          Upgrade: 'websocket',
          'Sec-WebSocket-Version': '13',
          'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
          Origin: origin,
        }
        const asked = request(`${url}/?token=${key()}.mine.qmp`, { headers })
        asked.once('upgrade', (response, socket) => {
          socket.destroy()
          resolve(response.statusCode ?? 0)
        })
        asked.once('response', (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        })
        asked.once('error', reject)
        asked.end()
      })
    expect(await upgrade('http://evil.example')).toBe(403)
    expect(await upgrade(url)).toBe(101)
    process.kill(pid, 'SIGINT')
    expect(await over).toBe(0)
    await expect(fetch(url)).rejects.toThrow()
    expect(foreign.isOver()).toBe(false)
    expect(existsSync(join(place, 'mine.qmp'))).toBe(true)
    await foreign.kill()
  }, 180_000)

  test('a port in use, a folder that is not there, an unknown option', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    const address = server.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    const busy = await startCommand(['--port', String(port), '--no-demo'], /never/)
    expect(await busy.over).toBe(1)
    expect(busy.words()).toContain(`Port ${port} on 127.0.0.1 is in use. Choose another with --port N`)
    server.close()
    const nowhere = await startCommand(['--sockets', '/no/such/folder'], /never/)
    expect(await nowhere.over).toBe(1)
    expect(nowhere.words()).toContain('There is no folder /no/such/folder')
    const place = folder()
    const empty = await startCommand(
      ['--sockets', place, '--no-demo', '--port', String(await freePort())],
      /QMP Studio is at/,
    )
    expect(empty.words()).toContain(`No machine listens in ${place} yet`)
    process.kill(empty.pid, 'SIGTERM')
    expect(await empty.over).toBe(0)
    const file = await startCommand(['--sockets', join(root, 'package.json')], /never/)
    expect(await file.over).toBe(1)
    expect(file.words()).toContain('There is no folder')
    const unknown = await startCommand(['--foo'], /never/)
    expect(await unknown.over).toBe(1)
    expect(unknown.words()).toContain('There is no option --foo')
  }, 120_000)
})

test('the list of a lab follows its sockets', async () => {
  if (!existsSync(dist)) mkdirSync(dist)
  const lab = await startTestLab()
  const names = async (): Promise<string[]> => {
    const list = (await (await fetch(`${lab.url}lab.json`)).json()) as { machines: { name: string }[] }
    return list.machines.map((each) => each.name)
  }
  expect(await names()).toEqual([])
  const qemu = await startQemu(lab.sockets, 'vm')
  expect(await waitFor(3000, async () => ((await names()).includes('vm') ? true : undefined))).toBe(true)
  await qemu.kill()
  // Killed, its socket is still in the folder; nobody listens on it.
  expect(existsSync(join(lab.sockets, 'vm.qmp'))).toBe(true)
  expect(await waitFor(3000, async () => ((await names()).length === 0 ? true : undefined))).toBe(true)
  await lab.stop()
}, 60_000)

test('temporary folders go away', () => {
  const place = temporaryFolder()
  expect(existsSync(place.path)).toBe(true)
  place.remove()
  expect(existsSync(place.path)).toBe(false)
})
