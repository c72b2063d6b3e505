/** The record and the status say from where a client came: through a real websockify, and by the gate's own sockets. */
import { mkdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { startBridge } from '../bridge/bridge.ts'
import type { BridgeOptions } from '../bridge/bridge.ts'
import { newKey } from '../bridge/key.ts'
import { findSockets } from '../bridge/lab-list.ts'
import { writePrivate } from '../bridge/tokens.ts'
import { waitFor } from '../processes.ts'
import { freePort, killStartedIn, startQemu, temporaryFolder } from '../testing.ts'
import { openLabGate } from './lab-gate.ts'
import { connectLines } from './testing/line-client.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const [folder, key] = [temporaryFolder(), newKey()]
const [sockets, audit, tokens] = [
  join(folder.path, 'sockets'),
  join(folder.path, 'audit'),
  join(folder.path, 'tokens'),
]
let port = 0
const ends: (() => unknown)[] = [() => folder.remove()]

const bridgeOptions = (): BridgeOptions => ({
  ...{ web: sockets, tokens, key, listen: '127.0.0.1', port },
  gate: join(folder.path, 'gate', 'bridge'),
})

beforeAll(async () => {
  mkdirSync(sockets)
  ends.push(() => killStartedIn(sockets))
  await startQemu(sockets, 'vm')
  const opened = openLabGate({
    ...{ run: folder.path, sockets, target: sockets, key, watchKey: newKey(), audit },
    say: () => undefined,
  })
  if (!opened.ok) throw new Error(opened.error)
  const gate = opened.value
  ends.push(() => gate.stop())
  const found = findSockets(sockets)
  gate.follow(found)
  writePrivate(tokens, gate.tokenLines(found))
  port = await freePort()
  const bridge = await startBridge(bridgeOptions())
  if (!bridge.ok) throw new Error(bridge.error)
  ends.push(() => bridge.value.kill())
})
afterAll(async () => {
  for (const end of ends.reverse()) await end()
})

interface Line {
  readonly did: string
  readonly client: number
  readonly peer?: string
}

function record(): readonly Line[] {
  return readFileSync(audit, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
}

/** Negotiate through a bridge, and return what `x-gate-status` says, with the port of this end. */
async function throughBridge(
  headers: Record<string, string> = {},
  first = '',
  at = { url: `ws://127.0.0.1:${port}/`, origin: `http://127.0.0.1:${port}` },
): Promise<readonly [string, number]> {
  const opened = await waitFor(20_000, async () => {
    const socket = new WebSocket(`${at.url}?token=${key}.vm.qmp`, { origin: at.origin, headers })
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('open', () => resolve(true))
      socket.once('error', () => resolve(false))
    })
    return isOpen ? socket : undefined
  })
  if (opened === undefined) throw new Error('the bridge lets nobody in')
  let heard = ''
  opened.on('message', (data: Buffer) => (heard += data.toString()))
  opened.send(Buffer.from(`${first}{"execute":"qmp_capabilities"}{"execute":"x-gate-status","id":"s"}`))
  const text = await waitFor(20_000, () => heard.split('\r\n').find((line) => line.includes('"id": "s"')))
  const { localPort } = (opened as unknown as { readonly _socket: Socket })._socket
  opened.close()
  return [text ?? heard, localPort ?? 0]
}

test('a client of the bridge has its address, in the record and in the status', async () => {
  const [status, own] = await throughBridge()
  expect(status).toContain(`"peer":"127.0.0.1 port ${own}"`)
  const mine = record().filter(({ peer }) => peer === `127.0.0.1 port ${own}`)
  expect(mine.map(({ did }) => did)).toContain('connected')
  const [client] = mine
  expect(
    await waitFor(10_000, () =>
      record().find((each) => each.did === 'left' && each.client === client?.client),
    ),
  ).toMatchObject({
    peer: `127.0.0.1 port ${own}`,
  })
})

test('what a proxy says is told apart, and a client cannot say who it is', async () => {
  const [status, own] = await throughBridge(
    { 'X-Forwarded-For': '10.1.2.3, "<b>"' },
    // Where its first line stood, if it were read as one.
    '10.9.9.9 port 1\n',
  )
  expect(status).toContain(`"peer":"127.0.0.1 port ${own} (says: for 10.1.2.3, ??b??)"`)
  expect(status).not.toContain('10.9.9.9')
})

test('at a unix socket of the bridge it is the process that opened that, and its user', async () => {
  const file = join(folder.path, 'bridge.sock')
  const bridge = await startBridge({ ...bridgeOptions(), unix: file })
  if (!bridge.ok) throw new Error(bridge.error)
  ends.push(() => bridge.value.kill())
  const [status] = await throughBridge({}, '', { url: `ws+unix:${file}:/`, origin: 'http://localhost' })
  expect(status).toContain(`"peer":"process ${process.pid} of user ${process.getuid?.() ?? ''}"`)
})

test('who opens the gate’s own socket is no client of a bridge: nothing is said of it', async () => {
  const client = connectLines(join(folder.path, 'gate', 'full', 'vm.qmp'))
  await client.negotiate(['oob'])
  const status = JSON.stringify(await client.ask('x-gate-status'))
  client.end()
  expect(status).toContain('"key":"full"')
  expect(status).not.toContain('"peer"')
})

test('at the bridge’s socket a connection without such a line is ended', async () => {
  const connected = (): number => record().filter(({ did }) => did === 'connected').length
  const before = connected()
  const socket = connect(join(folder.path, 'gate', 'bridge', 'full', 'vm.qmp'))
  socket.on('error', () => undefined)
  let heard = 0
  socket.on('data', () => (heard += 1))
  const ended = new Promise((resolve) => socket.once('close', resolve))
  socket.write('{"execute":"qmp_capabilities"}'.repeat(100))
  await ended
  expect([heard, connected()]).toEqual([0, before])
})
