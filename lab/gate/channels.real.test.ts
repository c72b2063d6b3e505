/** The gate of serial lines, screens and guest agents, counted at the other end. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lineNameOf, printLineName } from '#base/line-name.ts'
import { waitFor } from '../processes.ts'
import { killStartedIn, startFakeServer, startGuestAgent, startQemu, temporaryFolder } from '../testing.ts'
import { createAgentGate } from './agent/agent-gate.ts'
import type { GateEntry } from './audit/entry.ts'
import { startFolderGate } from './gate-command.ts'
import type { RunningGate } from './gate-command.ts'
import { listenPrivately } from './private-socket.ts'
import { connectLines } from './testing/line-client.ts'

let folder: ReturnType<typeof temporaryFolder>
let sockets: string
let gate: RunningGate
const ends: (() => Promise<void> | void)[] = []

beforeEach(async () => {
  folder = temporaryFolder()
  sockets = join(folder.path, 'sockets')
  mkdirSync(sockets)
  const started = await startFolderGate({
    ...{ sockets, out: join(folder.path, 'gate'), audit: join(folder.path, 'audit') },
    say: () => undefined,
  })
  if (!started.ok) throw new Error(started.error)
  gate = started.value
})

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  gate.stop()
  await killStartedIn(sockets)
  folder.remove()
})

/** A client of bytes. */
interface Raw {
  readonly socket: Socket
  readonly heard: () => string
}

async function raw(door: string, file: string): Promise<Raw> {
  const path = join(gate.out, door, file)
  await waitFor(10_000, () => (existsSync(path) ? true : undefined))
  const socket = connect(path)
  let heard = ''
  socket.on('data', (data: Buffer) => (heard += data.toString('latin1')))
  socket.on('error', () => undefined)
  ends.push(() => void socket.destroy())
  return { socket, heard: () => heard }
}

const until = (check: () => boolean): Promise<unknown> => waitFor(10_000, () => (check() ? true : undefined))

const record = (): string => readFileSync(join(folder.path, 'audit'), 'utf8')

test('a serial line: all hear it, one writes, another takes over, a watcher writes nothing', async () => {
  let typed = ''
  const lines: Socket[] = []
  const server = await startFakeServer(join(sockets, 'vm.serial'), (socket) => {
    lines.push(socket)
    socket.write('login: ')
    socket.on('data', (data) => (typed += data.toString()))
  })
  ends.push(() => server.stop())
  const one = await raw('full', 'vm.serial')
  await until(() => one.heard() === 'login: ')
  one.socket.write('a')
  await until(() => typed === 'a')
  const two = await raw('full', 'vm.serial')
  const watcher = await raw('watch', 'vm.serial')
  // What was said before newcomers hear, too.
  await until(() => two.heard() === 'login: ' && watcher.heard() === 'login: ')
  two.socket.write('XX')
  watcher.socket.write('YYY')
  const taker = await raw('take', 'vm.serial')
  await until(() => taker.heard() === 'login: ')
  taker.socket.write('b')
  await until(() => typed.includes('b'))
  one.socket.write('ZZ')
  lines[0]?.write('hello')
  await until(() => [one, two, watcher, taker].every((each) => each.heard() === 'login: hello'))
  taker.socket.write('c')
  await until(() => typed.endsWith('c'))
  expect(typed).toBe('abc')
  // Once who writes has left, whoever types first has the line; a watcher never.
  taker.socket.destroy()
  await until(() => record().includes('"did":"left"'))
  watcher.socket.write('Y')
  two.socket.write('d')
  await until(() => typed.endsWith('d'))
  expect(typed).toBe('abcd')
  for (const each of [one, two, watcher]) each.socket.destroy()
  await until(() => (record().match(/was not let write/g) ?? []).length === 3)
  expect(record()).toMatch(/"key":"watch",[^\n]*"did":"was not let write","what":"bytes","count":4/)
  expect(record()).toMatch(/"did":"took the line","from":\d/)
})

test('a line: its clients say their names, and a monitor’s client gives it to one of them; a watcher neither has nor gives it', async () => {
  let typed = ''
  const server = await startFakeServer(join(sockets, 'vm.serial'), (socket) => {
    socket.on('data', (data) => (typed += data.toString('latin1')))
  })
  ends.push(() => server.stop())
  await startQemu(sockets, 'vm')
  const [one, two] = [await raw('full', 'vm.serial'), await raw('full', 'vm.serial')]
  const watching = await raw('watch', 'vm.serial')
  await waitFor(10_000, () => (existsSync(join(gate.out, 'watch', 'vm.qmp')) ? true : undefined))
  const [owner, watcher] = [
    connectLines(join(gate.out, 'full', 'vm.qmp')),
    connectLines(join(gate.out, 'watch', 'vm.qmp')),
  ]
  ends.push(() => owner.end())
  ends.push(() => watcher.end())
  for (const each of [owner, watcher]) await each.negotiate()
  const names = [1, 2, 3].map((each) => lineNameOf(new Uint8Array(16).fill(each)))
  one.socket.write(Buffer.concat([printLineName(names[0] ?? ''), Buffer.from('a')]))
  two.socket.write(printLineName(names[1] ?? ''))
  watching.socket.write(printLineName(names[2] ?? ''))
  const line = async (): Promise<LineOfStatus> => {
    const { return: status } = await owner.ask('x-gate-status')
    return (status as { lines: { serial: LineOfStatus } }).lines.serial
  }
  let now = await line()
  while (now.writer === null || now.clients.some(({ name }) => name === undefined)) now = await line()
  const numberOf = (name: string): number => now.clients.find((each) => each.name === name)?.client ?? 0
  const [first, second, third] = names.map(numberOf)
  expect([now.writer, typed]).toEqual([first, 'a'])

  const take = { line: 'serial', client: second }
  expect(await watcher.ask('x-gate-take', take)).toMatchObject({ error: { class: 'GenericError' } })
  expect(await owner.ask('x-gate-take', { ...take, client: third })).toMatchObject({ error: {} })
  expect(await owner.ask('x-gate-take', { ...take, line: 'qmp' })).toMatchObject({ error: {} })
  expect(await owner.ask('x-gate-take', { line: 'serial' })).toMatchObject({ error: {} })
  expect((await line()).writer).toBe(first)
  expect(await owner.ask('x-gate-take', take)).toEqual({ return: {}, id: expect.anything() as unknown })
  expect((await line()).writer).toBe(second)
  one.socket.write('X')
  two.socket.write('b')
  await until(() => typed.endsWith('b'))
  // A name is the first that a client says; later it is typed like anything else.
  two.socket.write(printLineName(names[1] ?? ''))
  await until(() => typed.endsWith('\u001b\\'))
  expect(typed.startsWith('ab\u001b_')).toBe(true)
  expect(record()).toMatch(/"command":"x-gate-take"[^\n]*"outcome":"refused"/)
})

/** A line in what `x-gate-status` returns. */
interface LineOfStatus {
  readonly writer: number | null
  readonly clients: readonly { readonly client: number; readonly name?: string }[]
}

test('a screen: a watcher sees it, and no key, button or text of it reaches QEMU', async () => {
  const log = join(folder.path, 'input')
  await startQemu(sockets, 'vm', {
    args: [
      ...['-device', 'VGA', '-device', 'qemu-xhci', '-device', 'usb-tablet'],
      ...['-vnc', `unix:${join(sockets, 'vm.vnc')}`],
      ...['-trace', 'input_event_key_qcode', '-trace', 'input_event_btn', '-D', log],
    ],
  })
  const keys = Buffer.from([
    4, 1, 0, 0, 0, 0, 0, 0x61, 4, 0, 0, 0, 0, 0, 0, 0x61, 5, 1, 0, 9, 0, 9, 5, 0, 0, 9, 0, 9,
  ])
  const ask = Buffer.from([3, 0, 0, 0, 0, 0, 0, 16, 0, 16])
  const open = async (door: string): Promise<Raw> => {
    const client = await raw(door, 'vm.vnc')
    await until(() => client.heard().startsWith('RFB 003.008\n'))
    client.socket.write('RFB 003.008\n')
    await until(() => client.heard().length >= 14)
    client.socket.write(Buffer.from([1]))
    await until(() => client.heard().length >= 18)
    // Alone, it says: QEMU would throw the others out.
    client.socket.write(Buffer.from([door === 'watch' ? 0 : 1]))
    await until(() => client.heard().length > 18 + 24)
    return client
  }
  const owner = await open('full')
  const watcher = await open('watch')
  const before = watcher.heard().length
  watcher.socket.write(Buffer.concat([keys, ask]))
  await until(() => watcher.heard().length > before + 16 * 16 * 4)
  owner.socket.write(keys)
  const inputs = (): number =>
    existsSync(log) ? (readFileSync(log, 'utf8').match(/input_event/g) ?? []).length : 0
  await until(() => inputs() >= 4)
  expect(inputs()).toBe(4)
  expect(owner.socket.destroyed).toBe(false)
  watcher.socket.destroy()
  await until(() => record().includes('"what":"pointer","count":2'))
  expect(record()).toContain('"what":"key","count":2')
})

test('a guest agent: each call is answered to who made it; handshakes too; a watcher reads', async () => {
  await startGuestAgent(sockets, 'vm')
  await waitFor(10_000, () => (existsSync(join(gate.out, 'watch', 'vm.qga')) ? true : undefined))
  const all = Array.from({ length: 4 }, () => connectLines(join(gate.out, 'full', 'vm.qga')))
  const watcher = connectLines(join(gate.out, 'watch', 'vm.qga'))
  for (const each of [...all, watcher]) ends.push(() => each.end())
  for (const [index, each] of all.entries()) {
    each.send(`{"execute":"guest-sync","arguments":{"id":${1000 + index}},"id":"s"}\n`)
    for (let n = 0; n < 20; n += 1)
      each.send(`{"execute":"guest-file-open","arguments":{"path":"/no-${index}-${n}"},"id":[${n}]}\n`)
  }
  for (const [index, each] of all.entries()) {
    await each.next(({ text }) => text.includes(`/no-${index}-19`))
    expect(each.heard[0]?.value).toEqual({ return: 1000 + index, id: 's' })
    expect(each.heard).toHaveLength(21)
    each.heard.slice(1).forEach(({ text, value }, n) => {
      expect(text).toContain(`/no-${index}-${n}'`)
      expect(value.id).toEqual([n])
    })
  }
  expect(await watcher.ask('guest-get-time')).toMatchObject({ return: expect.any(Number) as number })
  expect(await watcher.ask('guest-file-open', { path: '/tmp/x' })).toMatchObject({
    error: { class: 'GenericError' },
  })

  // The delimiter is there, and what stood before a 0xFF is forgotten.
  const plain = await raw('full', 'vm.qga')
  plain.socket.write(
    Buffer.from('{"execute":\xff{"execute":"guest-sync-delimited","arguments":{"id":7}}\n', 'latin1'),
  )
  await until(() => plain.heard() === '\xff{"return": 7}\n')
  expect(plain.heard()).toBe('\xff{"return": 7}\n')
})

test('a call that hangs ends with an error, and the next has its turn', async () => {
  const agent = await startFakeServer(join(folder.path, 'agent'), (socket) => {
    let rest = ''
    socket.on('data', (data) => {
      const lines = (rest + data.toString('latin1')).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const sent = JSON.parse(line.replaceAll('\xff', '')) as {
          execute: string
          id?: unknown
          arguments?: { id: number }
        }
        if (sent.execute === 'guest-exec') continue
        const isSync = sent.execute === 'guest-sync-delimited'
        const value = isSync ? sent.arguments?.id : { commands: [], supported_commands: [] }
        socket.write(
          Buffer.from(`${isSync ? '\xff' : ''}${JSON.stringify({ return: value, id: sent.id })}\n`, 'latin1'),
        )
      }
    })
  })
  ends.push(() => agent.stop())
  const entries: GateEntry[] = []
  const made = createAgentGate({ path: join(folder.path, 'agent') }, (entry) => entries.push(entry), 300)
  let clients = 0
  const listening = await listenPrivately(join(folder.path, 'gated'), (socket) => {
    clients += 1
    made.join({ channel: 'vm.qga', key: 'full', client: clients }, socket, false)
  })
  ends.push(() => {
    made.close()
    listening.close()
  })
  const [one, two] = [connectLines(join(folder.path, 'gated')), connectLines(join(folder.path, 'gated'))]
  for (const each of [one, two]) ends.push(() => each.end())
  const hanging = one.ask('guest-exec')
  const next = two.ask('guest-ping')
  expect((await hanging).error).toMatchObject({
    desc: expect.stringMatching(/did not answer within 0.3 s/) as string,
  })
  expect(await next).toHaveProperty('return')
  expect(entries.filter(({ did }) => did === 'command')).toMatchObject([
    { command: 'guest-exec', end: { outcome: 'unknown' } },
    { command: 'guest-ping', end: { outcome: 'returned' } },
  ])
})
