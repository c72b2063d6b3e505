/** `npm start -- --gate`: two addresses, one for all rights and one for watching, through a real bridge. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import WebSocket from 'ws'
import { hashOf } from '../bridge/key.ts'
import { waitFor } from '../processes.ts'
import { freePort, killStartedIn, startCommand, startQemu, temporaryFolder } from '../testing.ts'
import type { StartedCommand } from '../testing.ts'

// The page is built when the lab starts.
vi.setConfig({ testTimeout: 180_000 })

const ends: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A QMP client through the bridge. */
class BridgeClient {
  readonly heard: Readonly<Record<string, unknown>>[] = []
  isOver = false
  readonly #socket: WebSocket
  #rest = ''
  #id = 0

  constructor(port: number, token: string) {
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}/?token=${token}`, {
      origin: `http://127.0.0.1:${port}`,
    })
    this.#socket.on('message', (data: Buffer) => {
      const lines = (this.#rest + data.toString()).split('\r\n')
      this.#rest = lines.pop() ?? ''
      for (const line of lines) this.heard.push(JSON.parse(line) as Readonly<Record<string, unknown>>)
    })
    this.#socket.on('error', () => (this.isOver = true))
    this.#socket.on('close', () => (this.isOver = true))
    ends.push(() => this.#socket.terminate())
  }

  /** Negotiate. False where the bridge lets nobody in. */
  async open(): Promise<boolean> {
    const found = await waitFor(10_000, () =>
      this.isOver ? 'over' : this.heard.length > 0 ? 'there' : undefined,
    )
    if (found !== 'there') return false
    await this.ask('qmp_capabilities')
    return true
  }

  async ask(execute: string, args: object = {}): Promise<Readonly<Record<string, unknown>> | undefined> {
    this.#id += 1
    const id = this.#id
    this.#socket.send(Buffer.from(JSON.stringify({ execute, arguments: args, id })))
    return waitFor(10_000, () => this.heard.find((each) => each.id === id))
  }
}

async function started(): Promise<{
  command: StartedCommand
  port: number
  state: string
  audit: string
  sockets: string
}> {
  const folder = temporaryFolder()
  ends.push(() => folder.remove())
  ends.push(() => killStartedIn(folder.path))
  await startQemu(folder.path, 'vm')
  const [port, audit] = [await freePort(), join(folder.path, 'record')]
  const args = ['--sockets', folder.path, '--no-demo', '--port', String(port), '--audit', audit]
  const command = await startCommand(args, /QMP Studio is at/, { XDG_STATE_HOME: folder.path })
  ends.push(async () => {
    process.kill(command.pid, 'SIGINT')
    await command.over
  })
  return { command, port, state: join(folder.path, 'qmp-studio'), audit, sockets: folder.path }
}

test('the key of the lab does all, the one for watching reads; neither is to be seen anywhere', async () => {
  const { command, port, state, audit } = await started()
  const [key, watchKey] = ['key', 'watch-key'].map((name) => readFileSync(join(state, name), 'utf8').trim())
  expect(statSync(join(state, 'watch-key')).mode & 0o777).toBe(0o600)
  expect(key).not.toBe(watchKey)
  expect(command.words()).toMatch(/may only watch: {2}npm start -- --gate --show-key/)

  const [owner, other, watcher] = [
    ...[new BridgeClient(port, `${key}.vm.qmp`), new BridgeClient(port, `${key}.vm.qmp`)],
    new BridgeClient(port, `${watchKey}.vm.qmp`),
  ] as const
  expect(await Promise.all([owner.open(), other.open(), watcher.open()])).toEqual([true, true, true])
  expect(await watcher.ask('query-status')).toMatchObject({ return: { status: 'running' } })
  expect(await watcher.ask('stop')).toMatchObject({ error: { class: 'GenericError' } })
  expect(await other.ask('query-status')).toMatchObject({ return: { status: 'running' } })
  expect(await owner.ask('stop')).toMatchObject({ return: {} })
  expect(await waitFor(10_000, () => watcher.heard.find(({ event }) => event === 'STOP'))).toBeDefined()

  const list = (await (await fetch(`http://127.0.0.1:${port}/lab.json`)).json()) as Record<string, unknown>
  expect(list.watchKeySha256).toBe(hashOf(watchKey ?? ''))
  const lines = readFileSync(audit, 'utf8').trimEnd().split('\n')
  expect(
    lines.some((line) => line.includes('"command":"stop"') && line.includes('"outcome":"refused"')),
  ).toBe(true)
  const seen = [
    command.words(),
    readFileSync(audit, 'utf8'),
    readFileSync('/proc/net/unix', 'utf8'),
    argvOfAll(),
  ]
  for (const each of seen) for (const secret of [key, watchKey]) expect(each).not.toContain(secret)
})

test('a key opens nothing that is not its own', async () => {
  const { port, state } = await started()
  const watchKey = readFileSync(join(state, 'watch-key'), 'utf8').trim()
  for (const token of ['vm.qmp', `${watchKey}.vm.hmp`, `${watchKey}x.vm.qmp`, `${watchKey}.full/vm.qmp`]) {
    expect([token.slice(-12), await new BridgeClient(port, token).open()]).toEqual([token.slice(-12), false])
  }
})

function argvOfAll(): string {
  return readdirSync('/proc')
    .filter((each) => /^\d+$/.test(each))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      } catch {
        return ''
      }
    })
    .join('\n')
}
