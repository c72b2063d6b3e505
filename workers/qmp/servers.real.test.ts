/** The same session against real servers: QEMU, compact and pretty, the storage daemon, and a guest agent. */
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  killStartedIn,
  startGuestAgent,
  startQemu,
  startStorageDaemon,
  startFakeServer,
  temporaryFolder,
} from '#lab/testing.ts'
import { waitFor } from '#lab/processes.ts'
import type { Child } from '#lab/processes.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'
import { connectUnix } from './testing/unix-client.ts'
import type { UnixClient } from './testing/unix-client.ts'

const folder = temporaryFolder()
afterAll(async () => {
  await killStartedIn(folder.path)
  folder.remove()
})

describe.each([
  ['QEMU', (name: string) => startQemu(folder.path, name), 200],
  ['QEMU, pretty=on', (name: string) => startQemu(folder.path, name, { pretty: true }), 200],
  ['the storage daemon', (name: string) => startStorageDaemon(folder.path, name), 50],
] as const)('%s', (title, start, commandsAtLeast) => {
  const name = title.replace(/\W+/g, '-')
  let server: Child
  let client: UnixClient

  beforeAll(async () => {
    server = await start(name)
    client = connectUnix(join(folder.path, `${name}.qmp`))
    expect(await client.reach('ready')).toBe(true)
  })

  afterAll(async () => {
    client.close()
    await server.kill()
  })

  test('greeting and negotiation, with oob', () => {
    expect(client.states).toEqual(['greeting', 'negotiating', 'ready'])
    expect(client.rows.filter(({ body }) => body.kind === 'problem')).toEqual([])
  })

  test('1,000 pipelined commands, each with its own reply', async () => {
    const outcomes = await Promise.all(Array.from({ length: 1000 }, () => client.run('query-version')))
    expect(outcomes.every((each) => each.kind === 'returned')).toBe(true)
    expect(new Set(outcomes.map((each) => (each.kind === 'returned' ? each.exec : 0))).size).toBe(1000)
    expect(client.session.queue().pending).toEqual([])
  })

  test('a reply of 100 KB and more, whole', async () => {
    const reply = await client.run('query-qmp-schema')
    expect(reply.kind).toBe('returned')
    // A large reply goes on as its text.
    const message = parseJson(
      reply.kind === 'returned' ? (reply.text ?? printJson({ return: reply.value })) : '',
    )
    const list = message.ok && isJsonObject(message.value) ? message.value.return : undefined
    const value = Array.isArray(list) ? (list as readonly Json[]) : []
    const commands = value.filter((each) => isJsonObject(each) && each['meta-type'] === 'command')
    expect(commands.length).toBeGreaterThan(commandsAtLeast)
  })

  test('errors of each kind', async () => {
    expect(await client.run('no-such-command')).toMatchObject({
      kind: 'failed',
      error: { class: 'CommandNotFound' },
    })
    expect(await client.run('query-version', { extra: 1 })).toMatchObject({
      kind: 'failed',
      error: { class: 'GenericError', desc: expect.stringContaining('extra') as string },
    })
    expect(await client.run('query-version', undefined, { oob: true })).toMatchObject({
      kind: 'failed',
      error: { desc: expect.stringContaining('does not support OOB') as string },
    })
    expect(await client.run('blockdev-del', { 'node-name': 'nothing' })).toMatchObject({ kind: 'failed' })
  })

  test('a malformed line: the server parse error is attributed to it, and commands still work', async () => {
    const before = client.rows.length
    const sent = await client.session.sendRaw('{"execute": nonsense}', 1000, undefined)
    expect(sent.kind).toBe('sent')
    await waitFor(5000, () =>
      client.rows.slice(before).some(({ body }) => body.kind === 'error') ? true : undefined,
    )
    expect(
      client.rows
        .slice(before)
        .some(({ body }) => body.kind === 'error' && /JSON parse error/.test(body.error?.desc ?? '')),
    ).toBe(true)
    expect((await client.run('query-version')).kind).toBe('returned')
  })

  test('integers come back as they were sent', async () => {
    for (const id of ['9007199254740993', '18446744073709551615', '-9223372036854775808']) {
      const sent = await client.session.sendRaw(`{"execute": "query-version", "id": ${id}}`, 5000, undefined)
      expect(sent).toMatchObject({ kind: 'command', outcome: { kind: 'returned' } })
      expect(sent.kind === 'command' ? sent.reply?.replaceAll(/\s/g, '') : '').toContain(`"id":${id}`)
    }
  })

  test('an id that comes back as inf is garbage, its command unknown, and the next one is fine', async () => {
    const sent = await client.session.sendRaw('{"execute": "query-version", "id": 1E400}', 5000, undefined)
    expect(sent).toMatchObject({ kind: 'command', outcome: { kind: 'unknown', why: 'reply-unreadable' } })
    expect((await client.run('query-version')).kind).toBe('returned')
  })

  test('a second client is kept waiting, and served when the first has left', async () => {
    const second = connectUnix(join(folder.path, `${name}.qmp`), 'qmp', { greetingMs: 300 })
    expect(await second.reach('occupied')).toBe(true)
    client.close()
    expect(await second.reach('ready')).toBe(true)
    expect(second.states).toEqual(['greeting', 'occupied', 'negotiating', 'ready'])
    expect((await second.run('query-version')).kind).toBe('returned')
    client = second
  })

  test('a server that is killed leaves what was in flight unknown, and what was queued not sent', async () => {
    process.kill(server.pid, 'SIGSTOP')
    const pending = Array.from({ length: 12 }, () => client.run('query-version'))
    await new Promise((resolve) => setImmediate(resolve))
    await server.kill()
    const outcomes = await Promise.all(pending)
    expect(outcomes.filter((each) => each.kind === 'unknown')).toHaveLength(8)
    expect(
      outcomes.filter((each) => each.kind === 'not-sent' && each.why === 'connection-lost'),
    ).toHaveLength(4)
  })
})

describe('QEMU alone', () => {
  test('an out-of-band command overtakes the in-band ones', async () => {
    const server = await startQemu(folder.path, 'oob')
    const client = connectUnix(join(folder.path, 'oob.qmp'))
    expect(await client.reach('ready')).toBe(true)
    const order: string[] = []
    // Writing out the whole memory holds the main thread for a while; three of them wait for one another.
    const slow = ['a', 'b', 'c'].map((file) =>
      client
        .run('pmemsave', { val: 0, size: 64 * 1024 * 1024, filename: join(folder.path, `memory-${file}`) })
        .then((outcome) => {
          order.push('in-band')
          return outcome
        }),
    )
    // It is refused, as there is no migration to recover: that it is answered before the others is what counts.
    const fast = client.run('migrate-recover', { uri: 'tcp:127.0.0.1:1' }, { oob: true }).then((outcome) => {
      order.push('out-of-band')
      return outcome
    })
    const [recover, ...saved] = await Promise.all([fast, ...slow])
    expect(recover.kind).toBe('failed')
    expect(saved.map((each) => each.kind)).toEqual(['returned', 'returned', 'returned'])
    expect(order[0]).toBe('out-of-band')
    client.close()
    await server.kill()
  })

  test('quit is answered, SHUTDOWN comes, and the connection ends', async () => {
    const server = await startQemu(folder.path, 'quit')
    const client = connectUnix(join(folder.path, 'quit.qmp'))
    expect(await client.reach('ready')).toBe(true)
    const outcome = await client.run('quit')
    expect(outcome.kind).toBe('returned')
    await server.over
    // The process may be gone a moment before its last bytes and the end of the connection are here.
    await client.over
    expect(client.rows.some(({ body }) => body.kind === 'event' && body.name === 'SHUTDOWN')).toBe(true)
    expect((await client.run('query-status')).kind).toBe('not-sent')
    client.close()
  })

  test('stop and cont are seen as events with timestamps', async () => {
    const server = await startQemu(folder.path, 'events')
    const client = connectUnix(join(folder.path, 'events.qmp'))
    expect(await client.reach('ready')).toBe(true)
    await client.run('stop')
    await client.run('cont')
    const events = client.rows.flatMap(({ body }) =>
      body.kind === 'event' && body.timestamp !== undefined ? [body] : [],
    )
    expect(events.map((each) => each.name)).toEqual(['STOP', 'RESUME'])
    expect(events[0]?.timestamp?.seconds).toBeGreaterThan(1_600_000_000)
    client.close()
    await server.kill()
  })

  test('a reply that is cut in the middle is reported as truncated', async () => {
    const server = await startQemu(folder.path, 'cut')
    // A proxy that passes on 50 KB of the schema and then hangs up: a QEMU that dies in mid-reply.
    const proxy = await startFakeServer(join(folder.path, 'proxy.sock'), (downstream) => {
      const upstream = connect(join(folder.path, 'cut.qmp'))
      let passed = 0
      downstream.on('data', (data) => upstream.write(data))
      upstream.on('data', (data: Buffer) => {
        const rest = 50_000 - passed
        downstream.write(data.subarray(0, rest))
        passed += data.length
        if (passed >= 50_000) {
          downstream.end()
          upstream.destroy()
        }
      })
    })
    const client = connectUnix(join(folder.path, 'proxy.sock'))
    expect(await client.reach('ready')).toBe(true)
    expect(await client.run('query-qmp-schema')).toMatchObject({ kind: 'unknown', why: 'connection-lost' })
    expect(client.rows.some(({ body }) => body.kind === 'problem' && body.problem.kind === 'truncated')).toBe(
      true,
    )
    await proxy.stop()
    await server.kill()
  })
})

describe('the guest agent', () => {
  test('handshake, guest-info, calls, errors, and the rest of an earlier client', async () => {
    const agent = await startGuestAgent(folder.path, 'ga')
    const path = join(folder.path, 'ga.qga')
    // An earlier client leaves half a request and an unread reply.
    const rude = connect(path)
    await new Promise<void>((resolve) => rude.once('connect', () => resolve()))
    rude.write('{"execute": "guest-ping"}\n{"execute": "guest-')
    await new Promise((resolve) => setTimeout(resolve, 100))
    rude.destroy()

    const client = connectUnix(path, 'agent')
    expect(await client.reach('ready')).toBe(true)
    expect(await client.run('guest-ping')).toMatchObject({ kind: 'returned', value: {} })
    const info = await client.run('guest-info')
    expect(
      info.kind === 'returned' && isJsonObject(info.value) ? info.value.supported_commands : [],
    ).toContainEqual(expect.objectContaining({ name: 'guest-ping', enabled: true }))
    expect(await client.run('guest-nothing')).toMatchObject({
      kind: 'failed',
      error: { class: 'CommandNotFound' },
    })
    expect((await client.run('guest-file-close', { handle: 1 })).kind).toBe('failed')
    const many = await Promise.all(Array.from({ length: 100 }, () => client.run('guest-ping')))
    expect(many.every((each) => each.kind === 'returned')).toBe(true)
    client.close()
    await agent.kill()
  })

  test('an agent that hangs: the call times out, the handshake is repeated, the late reply goes to nobody else', async () => {
    const agent = await startGuestAgent(folder.path, 'slow')
    const client = connectUnix(join(folder.path, 'slow.qga'), 'agent')
    expect(await client.reach('ready')).toBe(true)
    // The session asks for `guest-info` first: what comes after that is sent at once.
    expect((await client.run('guest-ping')).kind).toBe('returned')
    process.kill(agent.pid, 'SIGSTOP')
    expect((await client.run('guest-ping', undefined, { deadlineMs: 200 })).kind).toBe('timed-out')
    process.kill(agent.pid, 'SIGCONT')
    expect(await client.run('guest-get-host-name')).toMatchObject({
      kind: 'returned',
      value: { 'host-name': expect.any(String) as string },
    })
    expect(client.states.filter((each) => each === 'synchronising')).toHaveLength(2)
    client.close()
    await agent.kill()
  })
})
