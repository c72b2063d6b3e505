/**
 * Real servers for tests: each in a folder of its own, each ended by whoever started it and nothing else.
 * Tested by lab/lab.real.test.ts.
 */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AttachedSource } from './attach/attached.ts'
import { openMachinesFile } from './attach/machines-file/machines-file.ts'
import { addressOf, startBridge } from './bridge/bridge.ts'
import { newKey } from './bridge/key.ts'
import { findSockets } from './bridge/lab-list.ts'
import { keepList } from './bridge/list-keeper.ts'
import { openLabGate } from './gate/lab-gate.ts'
import { root } from './paths.ts'
import { publishPage } from './serve/page-files.ts'
import { startChild, waitFor } from './processes.ts'
import type { Child } from './processes.ts'

const upMs = 60_000

/** A folder that is gone after `remove`. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'qmp-studio-test-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** A certificate for 127.0.0.1 and localhost which nobody else has signed, and its private key, in a folder. */
export function makeCertificate(folder: string): { cert: string; key: string; text: string } {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'cert.key')]
  const done = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ...['-keyout', key, '-out', cert],
  ])
  if (done.status !== 0) throw new Error(`openssl: ${String(done.stderr)}`)
  chmodSync(key, 0o600)
  return { cert, key, text: readFileSync(cert, 'utf8') }
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

/** Machines by the folder of their sockets: a lab that ends takes those in its folder with it. */
const started: { readonly folder: string; readonly child: Child }[] = []

/** Kill whatever was started in a folder and still runs: a test that failed has not come to it. */
export async function killStartedIn(folder: string): Promise<void> {
  await Promise.all(started.filter((each) => each.folder === folder).map((each) => each.child.kill()))
}

/** A QEMU without a guest: starts in a fraction of a second. Its monitor is FOLDER/NAME.qmp. */
export async function startQemu(
  folder: string,
  name: string,
  options: {
    readonly args?: readonly string[]
    readonly pretty?: boolean
    readonly uuid?: string
    /** Another QEMU than the installed one. Its firmware is not at hand: it gets a machine without. */
    readonly program?: string
    /** Another machine than the usual one, as arguments. */
    readonly machine?: readonly string[]
  } = {},
): Promise<Child> {
  const socket = join(folder, `${name}.qmp`)
  rmSync(socket, { force: true })
  const machine =
    options.machine ??
    (options.program === undefined
      ? ['-machine', 'q35', '-accel', 'tcg', '-m', '64M', '-device', 'virtio-balloon-pci,id=balloon0']
      : ['-machine', 'none'])
  const child = await startChild(options.program ?? 'qemu-system-x86_64', [
    ...['-name', name, ...machine, '-nodefaults', '-no-user-config', '-display', 'none'],
    ...(options.uuid === undefined ? [] : ['-uuid', options.uuid]),
    ...['-chardev', `socket,id=qmp0,path=${socket},server=on,wait=off`],
    ...['-mon', `chardev=qmp0,mode=control,pretty=${options.pretty === true ? 'on' : 'off'}`],
    ...(options.args ?? []),
  ])
  await untilListening(child, folder, `${name}.qmp`)
  return child
}

/** A storage daemon; its monitor is FOLDER/NAME.qmp. */
export async function startStorageDaemon(folder: string, name: string): Promise<Child> {
  const child = await startChild('qemu-storage-daemon', [
    ...['--chardev', `socket,id=qmp0,path=${join(folder, `${name}.qmp`)},server=on,wait=off`],
    ...['--monitor', 'chardev=qmp0'],
  ])
  await untilListening(child, folder, `${name}.qmp`)
  return child
}

/** A guest agent without a guest; its socket is FOLDER/NAME.CHANNEL. */
export async function startGuestAgent(folder: string, name: string, channel = 'qga'): Promise<Child> {
  const socket = join(folder, `${name}.${channel}`)
  const child = await startChild('/usr/sbin/qemu-ga', [
    ...['-m', 'unix-listen', '-p', socket, '-t', folder, '-f', join(folder, 'qga.pid')],
  ])
  await untilListening(child, folder, `${name}.${channel}`)
  return child
}

async function untilListening(child: Child, folder: string, file: string): Promise<void> {
  started.push({ folder, child })
  const up = await waitFor(upMs, () => {
    if (child.isOver()) return 'died'
    return findSockets(folder).some((each) => each.file === file && each.listening) ? 'up' : undefined
  })
  if (up === 'up') return
  await child.kill()
  throw new Error(`${file} did not come up. Its server said: ${child.words()}`)
}

/** A lab of a test: the built page behind a real websockify on a free port, and a folder of sockets. */
export interface TestLab {
  /** The page. The fixture of e2e/lab.ts gives it the key beforehand. */
  readonly url: string
  /** The key that the bridge wants. */
  readonly key: string
  /** The page, or a place in it (`/machine/vm/timeline`), with the key in the address as it is printed for people. */
  address(place?: string): string
  /** The address of a channel (`vm.qmp`) at the bridge, with the key. */
  channel(file: string): string
  readonly port: number
  /** The key with which one may only watch, of a lab with a gate. */
  readonly watchKey: string
  /** The record of its gate. */
  readonly audit: string
  /** The folder that is served. */
  readonly web: string
  readonly sockets: string
  /** A file of machines that is attached: empty at first, read again when it changes. */
  readonly machinesFile: string
  /** Attach more machines. */
  attach(source: AttachedSource): void
  /** Stop the bridge and all that it forked, as by Ctrl-Z: nothing is closed, and nothing moves until it is resumed. */
  haltBridge(): void
  resumeBridge(): void
  /** Kill the bridge and all that it forked. */
  killBridge(): Promise<void>
  /** Start it again on the same port. */
  restartBridge(): Promise<void>
  stop(): Promise<void>
}

/** Bring one up, with a gate before its machines or without. Machines are started by the test, in `sockets`. */
export async function startTestLab(options: { readonly gate?: boolean } = {}): Promise<TestLab> {
  const folder = temporaryFolder()
  const web = join(folder.path, 'web')
  const sockets = join(folder.path, 'sockets')
  for (const each of [web, sockets]) mkdirSync(each)
  publishPage(web)
  const [key, watchKey] = [newKey(), newKey()]
  const audit = join(folder.path, 'audit')
  const place = { run: folder.path, sockets, target: sockets, key, watchKey, audit, say: () => undefined }
  const gate = options.gate === true ? openLabGate(place) : undefined
  if (gate?.ok === false) throw new Error(gate.error)
  const machinesFile = join(folder.path, 'machines.json')
  writeFileSync(machinesFile, '{"version": 1, "machines": []}')
  const file = openMachinesFile(machinesFile)
  if (!file.ok) throw new Error(file.error)
  const attached: AttachedSource[] = [file.value]
  const list = keepList({
    ...{ sockets, target: sockets, private: folder.path, list: join(web, 'lab.json'), key, pollMs: 100 },
    attached,
    gate: gate?.value,
  })
  const port = await freePort()
  const start = async (): Promise<Child> => {
    const started = await startBridge({
      ...{ web, tokens: list.tokens, key, listen: '127.0.0.1', port },
      gate: gate?.value.bridgeFolder,
    })
    if (!started.ok) throw new Error(started.error)
    return started.value
  }
  let bridge = await start()
  const url = `http://127.0.0.1:${port}/`
  return {
    url,
    key,
    watchKey,
    audit,
    address: (place) => addressOf(url, key, place),
    channel: (file) => `ws://127.0.0.1:${port}/?token=${key}.${file}`,
    port,
    web,
    sockets,
    machinesFile,
    attach: (source) => void attached.push(source),
    haltBridge: () => void process.kill(-bridge.pid, 'SIGSTOP'),
    resumeBridge: () => void process.kill(-bridge.pid, 'SIGCONT'),
    killBridge: () => bridge.kill(),
    async restartBridge() {
      bridge = await start()
    },
    async stop() {
      list.stop()
      await killStartedIn(sockets)
      await bridge.kill()
      gate?.value.stop()
      folder.remove()
    },
  }
}

/** A server on a unix socket that says and does whatever a test wants: for what no real server does. */
export function startFakeServer(
  path: string,
  connected: (socket: Socket) => void,
): Promise<{ stop(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    const open = new Set<Socket>()
    const server = createServer((socket) => {
      open.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => open.delete(socket))
      connected(socket)
    })
    server.once('error', reject)
    server.listen(path, () =>
      resolve({
        stop: () =>
          new Promise((done) => {
            for (const socket of open) socket.destroy()
            server.close(() => done())
          }),
      }),
    )
  })
}

/** A command as a client sent it. */
export interface SentCommand {
  readonly id: number
  readonly execute: string
}

/** A server on a unix socket that greets as QEMU 7.2 does and lets a test answer each command, `qmp_capabilities` too. */
export function startFakeQmp(
  path: string,
  answer: (command: SentCommand, socket: Socket) => void,
  [major, minor]: readonly [major: number, minor: number] = [7, 2],
): Promise<{ stop(): Promise<void> }> {
  return startFakeServer(path, (socket) => {
    const version = `{"qemu": {"micro": 0, "minor": ${minor}, "major": ${major}}, "package": ""}`
    socket.write(`{"QMP": {"version": ${version}, "capabilities": ["oob"]}}\r\n`)
    let rest = ''
    socket.on('data', (data) => {
      const lines = `${rest}${data.toString()}`.split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) answer(JSON.parse(line) as SentCommand, socket)
    })
  })
}

/** `npm start`, as somebody else's terminal runs it. */
export interface StartedCommand {
  readonly pid: number
  /** All that it has said. */
  readonly words: () => string
  /** The key of its lab, from the file where it is kept. */
  readonly key: () => string
  /** Resolves with the exit code, when it is over. */
  readonly over: Promise<number>
}

/**
 * `npm start` with arguments; resolves when it has printed something that matches, or has ended. Its key is in a folder
 * of its own unless XDG_STATE_HOME names one: the user's own key is left alone.
 */
export async function startCommand(
  args: readonly string[],
  until: RegExp,
  env: Readonly<Record<string, string>> = {},
): Promise<StartedCommand> {
  const own = temporaryFolder()
  const state = env.XDG_STATE_HOME ?? own.path
  const child = spawn(process.execPath, [join(root, 'lab', 'bootstrap.mjs'), 'start', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, ...env, XDG_STATE_HOME: state },
  })
  let words = ''
  child.stdout.on('data', (data: Buffer) => (words += data.toString()))
  child.stderr.on('data', (data: Buffer) => (words += data.toString()))
  let isOver = false
  const over = new Promise<number>((resolve) =>
    child.once('close', (code) => {
      isOver = true
      own.remove()
      resolve(code ?? -1)
    }),
  )
  await waitFor(120_000, () => (isOver || until.test(words) ? true : undefined))
  if (child.pid === undefined) throw new Error('npm start could not be started.')
  const key = (): string => readFileSync(join(state, 'qmp-studio', 'key'), 'utf8').trim()
  return { pid: child.pid, words: () => words, key, over }
}
