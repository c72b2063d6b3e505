/** The gate before real machines: many clients, rights, deaths, slow readers, and the record. */
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { waitFor } from '../processes.ts'
import type { Child } from '../processes.ts'
import { killStartedIn, startFakeServer, startQemu, temporaryFolder } from '../testing.ts'
import { startFolderGate } from './gate-command.ts'
import type { RunningGate } from './gate-command.ts'
import { connectLines } from './testing/line-client.ts'
import type { LineClient } from './testing/line-client.ts'

let folder: ReturnType<typeof temporaryFolder>
let sockets: string
let gate: RunningGate
const clients: LineClient[] = []
const said: string[] = []

beforeEach(async () => {
  folder = temporaryFolder()
  sockets = join(folder.path, 'sockets')
  mkdirSync(sockets)
  const started = await startFolderGate({
    ...{ sockets, out: join(folder.path, 'gate'), audit: join(folder.path, 'audit') },
    say: (words) => said.push(words),
  })
  if (!started.ok) throw new Error(started.error)
  gate = started.value
})

afterEach(async () => {
  for (const each of clients.splice(0)) each.end()
  said.splice(0)
  gate.stop()
  await killStartedIn(sockets)
  folder.remove()
})

async function client(file = 'vm.qmp', rights = 'full'): Promise<LineClient> {
  const path = join(gate.out, rights, file)
  await waitFor(10_000, () => (existsSync(path) ? true : undefined))
  const made = connectLines(path)
  clients.push(made)
  return made
}

async function ready(file = 'vm.qmp', rights = 'full'): Promise<LineClient> {
  const made = await client(file, rights)
  await made.negotiate(['oob'])
  return made
}

function audit(): Readonly<Record<string, unknown>>[] {
  return readFileSync(join(folder.path, 'audit'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
}

const machine = (): Promise<Child> => startQemu(sockets, 'vm')

test('1,000 commands of 8 clients at once: each answer to its asker, whatever its id is', async () => {
  await machine()
  const all = await Promise.all(Array.from({ length: 8 }, () => ready()))
  const big = '9007199254740993'
  const ids = (n: number): string =>
    [
      `${n}`,
      `"${n}"`,
      `[${n},null]`,
      `{"z":${n},"a":{"1":true}}`,
      `${big}${n}`,
      `-${n}.50`,
      `${n}e5`,
      'true',
      'null',
    ][n % 9] ?? ''
  // What is asked is different for each client, and the answer says which it was.
  all.forEach((each, index) => {
    for (let n = 0; n < 125; n += 1) {
      each.send(
        `{"execute":"qom-get","id":${ids(n)},"arguments":{"path":"/no${index}x${n}","property":"x"}}\n`,
      )
    }
  })
  const answers = await waitFor(60_000, () => {
    const found = all.map(({ heard }) => heard.filter(({ text }) => text.includes("Device '/no")))
    return found.every(({ length }) => length === 125) ? found : undefined
  })
  expect(answers?.map(({ length }) => length)).toEqual(Array<number>(8).fill(125))
  answers?.forEach((heard, index) =>
    heard.forEach(({ text }, n) => {
      expect(text).toContain(`Device '/no${index}x${n}' not found`)
      expect(text).toContain(`"id": ${ids(n)}`)
    }),
  )
})

test('events go to all; what one does all are told', async () => {
  await machine()
  const [one, two, watcher] = await Promise.all([ready(), ready(), ready('vm.qmp', 'watch')])
  expect(await one.ask('stop')).toMatchObject({ return: {} })
  for (const each of [one, two, watcher]) await each.next(({ value }) => value.event === 'STOP')
  const status = await watcher.ask('x-gate-status')
  expect(status).toMatchObject({ return: { rights: 'watch', clients: [{}, {}, {}] } })
})

test('a large answer and many small ones: the schema of QEMU comes whole', async () => {
  await machine()
  const [one, two] = await Promise.all([ready(), ready()])
  const [schema, other] = await Promise.all([one.ask('query-qmp-schema'), two.ask('query-qmp-schema')])
  expect((schema.return as unknown[]).length).toBeGreaterThan(500)
  expect(other.return).toEqual(schema.return)
})

test('a watcher reads, and can change nothing; what it tried is on record', async () => {
  await machine()
  const [owner, watcher] = await Promise.all([ready(), ready('vm.qmp', 'watch')])
  expect(await watcher.ask('query-status')).toMatchObject({ return: { status: 'running' } })
  const tries: readonly (readonly [string, object])[] = [
    ['stop', {}],
    ['quit', {}],
    ['human-monitor-command', { 'command-line': 'info status' }],
    ['screendump', { filename: join(folder.path, 'shot') }],
    ['x-unknown', {}],
    ['device_add', { driver: 'virtio-rng-pci' }],
  ]
  for (const [name, args] of tries) {
    const answer = await watcher.ask(name, args)
    expect(answer.error).toMatchObject({ class: 'GenericError' })
    expect((answer.error as { desc: string }).desc).toContain('This key only lets you watch')
  }
  watcher.send('{"exec-oob":"migrate-pause","id":"oob"}\n')
  expect((await watcher.next(({ value }) => value.id === 'oob')).text).toContain('only lets you watch')
  // What is hidden in comments, quotes or a second object is looked at as QEMU would read it.
  watcher.send(`{"execute":"query-status","id":"a"}{'execute':'stop','id':'b'}\n`)
  expect((await watcher.next(({ value }) => value.id === 'b')).text).toContain('only lets you watch')
  expect(await owner.ask('query-status')).toMatchObject({ return: { status: 'running' } })
  expect(existsSync(join(folder.path, 'shot'))).toBe(false)
  const refused = audit().filter(({ outcome }) => outcome === 'refused')
  expect(refused.map(({ command }) => command)).toEqual([
    ...tries.map(([name]) => name),
    'migrate-pause',
    'stop',
  ])
  expect(refused.every(({ key, channel }) => key === 'watch' && channel === 'vm.qmp')).toBe(true)
})

test('when QEMU ends, so do its clients; one that comes later is greeted by the next QEMU', async () => {
  const child = await machine()
  const [one, two] = await Promise.all([ready(), ready()])
  await child.kill()
  for (const each of [one, two]) await waitFor(10_000, () => (each.isOver() ? true : undefined))
  expect([one.isOver(), two.isOver()]).toEqual([true, true])
  await waitFor(10_000, () => (existsSync(join(gate.out, 'full', 'vm.qmp')) ? undefined : true))
  await machine()
  const next = await ready()
  expect(await next.ask('query-status')).toMatchObject({ return: { status: 'running' } })
})

test('the monitor is let go soon after the last client has left', async () => {
  await machine()
  const one = await ready()
  one.end()
  const direct = connectLines(join(sockets, 'vm.qmp'))
  clients.push(direct)
  await direct.negotiate()
})

test('one that does not read is dropped, and others go on', async () => {
  const line = `{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "X", "data": {"x": "${'x'.repeat(900)}"}}\r\n`
  const much = line.repeat(1000)
  const server = await startFakeServer(join(sockets, 'fake.qmp'), (socket) => {
    socket.write(
      '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}, "package": ""}, "capabilities": []}}\r\n',
    )
    socket.on('data', (data) => {
      for (const text of data.toString().trim().split('\n')) {
        const { execute, id } = JSON.parse(text) as { execute: string; id: number }
        socket.write(`{"return": {}, "id": ${id}}\r\n`)
        if (execute === 'stop') for (let n = 0; n < 60; n += 1) socket.write(much)
      }
    })
  })
  try {
    const [reader, slow] = [await client('fake.qmp'), await client('fake.qmp')]
    await reader.negotiate()
    await slow.negotiate()
    slow.socket.pause()
    await reader.ask('stop')
    const heard = await waitFor(30_000, () => {
      const events = reader.heard.filter(({ value }) => value.event === 'X').length
      return events >= 60_000 ? events : undefined
    })
    expect(heard).toBe(60_000)
    expect(said.join('\n')).toMatch(/Client 2 of fake\.qmp \(full\) was dropped: it did not read/)
    expect(audit().filter(({ did }) => did === 'dropped')).toMatchObject([{ client: 2 }])
    expect(await reader.ask('query-status')).toMatchObject({ return: {} })
  } finally {
    await server.stop()
  }
})

test('one that reads late hears the same bytes as one that reads at once', async () => {
  const count = 20_000
  const line = (n: number): string =>
    `{"timestamp": {"seconds": ${n}, "microseconds": 0}, "event": "X", "data": {"n": "${'x'.repeat(n % 300)}"}}`
  const events = Array.from({ length: count }, (_, n) => line(n))
  const server = await startFakeServer(join(sockets, 'fake.qmp'), (socket) => {
    socket.write(
      '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}}, "capabilities": []}}\r\n',
    )
    socket.on('data', (data) => {
      for (const text of data.toString().trim().split('\n')) {
        const { execute, id } = JSON.parse(text) as { execute: string; id: number }
        socket.write(`{"return": {}, "id": ${id}}\r\n`)
        if (execute === 'stop') socket.write(`${events.join('\r\n')}\r\n`)
      }
    })
  })
  try {
    const [reader, late] = [await client('fake.qmp'), await client('fake.qmp')]
    await reader.negotiate()
    await late.negotiate()
    late.socket.pause()
    reader.send('{"execute":"stop"}')
    const eventsOf = (each: LineClient): Promise<readonly string[] | undefined> =>
      waitFor(30_000, () => {
        const texts = each.heard.filter(({ value }) => value.event === 'X').map(({ text }) => text)
        return texts.length >= count ? texts : undefined
      })
    expect((await eventsOf(reader))?.findIndex((text, n) => text !== events[n])).toBe(-1)
    late.socket.resume()
    expect((await eventsOf(late))?.findIndex((text, n) => text !== events[n])).toBe(-1)
  } finally {
    await server.stop()
  }
})

test('its sockets are for their owner alone, and the record has no secrets', async () => {
  await machine()
  const one = await ready()
  for (const [path, mode] of [
    [gate.out, 0o700],
    [join(gate.out, 'full'), 0o700],
    [join(gate.out, 'full', 'vm.qmp'), 0o600],
    [join(gate.out, 'watch', 'vm.qmp'), 0o600],
    [join(folder.path, 'audit'), 0o600],
  ] as const) {
    expect([path, statSync(path).mode & 0o777]).toEqual([path, mode])
  }
  await one.ask('object-add', { 'qom-type': 'secret', id: 's0', data: 'hunter22' })
  await one.ask('set_password', { protocol: 'vnc', password: 'hunter22' })
  expect(audit().filter(({ command }) => command === 'set_password')).toMatchObject([{ outcome: 'failed' }])
  expect(readFileSync(join(folder.path, 'audit'), 'utf8')).not.toContain('hunter22')
})
