/** libvirt's own proxy, as it is: what the session makes of a server that answers one command at a time. */
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectUnix } from '#qmp/testing/unix-client.ts'
import { startChild, waitFor } from '../../processes.ts'
import type { Child } from '../../processes.ts'
import { findSockets } from '../../bridge/lab-list.ts'
import type { FoundSocket } from '../../bridge/lab-list.ts'
import { openLabGate } from '../../gate/lab-gate.ts'
import { connectLines } from '../../gate/testing/line-client.ts'
import { socketsOf } from '../attached.ts'
import { openLibvirt } from './libvirt.ts'
import { startSessionLibvirt } from '../testing/session-libvirt.ts'
import type { SessionLibvirt } from '../testing/session-libvirt.ts'

let libvirt: SessionLibvirt

beforeAll(async () => {
  libvirt = await startSessionLibvirt()
  libvirt.create('tiny')
}, 60_000)

afterAll(async () => {
  await libvirt.stop()
})

describe('virt-qemu-qmp-proxy', () => {
  let proxy: Child
  let path: string

  beforeAll(async () => {
    path = join(libvirt.folder, 'proxy.sock')
    proxy = await startChild('/usr/bin/python3', [
      ...['/usr/bin/virt-qemu-qmp-proxy', '-c', libvirt.uri, 'tiny', path],
    ])
    const up = await waitFor(20_000, () =>
      findSockets(libvirt.folder).some(({ file, listening }) => listening && file === 'proxy.sock')
        ? true
        : undefined,
    )
    expect(up, proxy.words()).toBe(true)
  })

  afterAll(async () => {
    await proxy.stop()
  })

  test('200 commands that are asked for at once are all answered, each with its own', async () => {
    const client = connectUnix(path)
    expect(await client.reach('ready')).toBe(true)
    expect(client.manners).toEqual({ oneAtATime: 'greeting', noOob: 'greeting' })
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        client.run(index % 2 === 0 ? 'query-status' : 'query-version'),
      ),
    )
    expect(outcomes.map((each) => each.kind)).toEqual(Array.from({ length: 200 }, () => 'returned'))
    const values = outcomes.map((each) => (each.kind === 'returned' ? JSON.stringify(each.value) : ''))
    expect(values.filter((each) => each.includes('"running"'))).toHaveLength(100)
    expect(values.filter((each, index) => index % 2 === 1 && each.includes('"package"'))).toHaveLength(100)
    client.close()
  })

  test('a large reply, an error and the data of an event are what QEMU says', async () => {
    const client = connectUnix(path)
    expect(await client.reach('ready')).toBe(true)
    const [schema, unknown] = await Promise.all([client.run('query-qmp-schema'), client.run('nonsense')])
    expect(schema.kind).toBe('returned')
    expect(unknown).toMatchObject({ kind: 'failed', error: { class: 'CommandNotFound' } })
    await client.run('device_add', { driver: 'usb-tablet', id: 'tab', bus: 'usb.0' })
    expect(await client.run('device_del', { id: 'tab' })).toMatchObject({ kind: 'returned' })
    const deleted = await waitFor(10_000, () =>
      client.rows.find(({ body }) => body.kind === 'event' && body.name === 'DEVICE_DELETED'),
    )
    // As a text on the wire.
    expect(deleted?.text).toContain('"data": "{')
    expect(deleted?.body).toMatchObject({ data: { device: 'tab', path: '/machine/peripheral/tab' } })
    client.close()
  })

  test('sent as to any other server, two commands that come in one read are never answered', async () => {
    // What the session is made for, so that nobody takes it away: this is the proxy as it is in libvirt 9.
    const client = connectUnix(path)
    expect(await client.reach('ready')).toBe(true)
    client.socket.write('{"execute":"query-status","id":"a"}\r\n{"execute":"query-status","id":"b"}\r\n')
    const answered = await waitFor(1000, () =>
      client.rows.find(({ text }) => text?.includes('"id": "b"') === true),
    )
    expect(answered).toBeUndefined()
    client.close()
  })
})

describe('the domains as machines', () => {
  test('they appear with monitor, line, screen and agent, and go with their domain; what was started ends', async () => {
    const folder = join(libvirt.folder, 'attached')
    const said: string[] = []
    const opened = await openLibvirt({ uri: libvirt.uri, folder, say: (words) => said.push(words) })
    if (!opened.ok) throw new Error(opened.error)
    const source = opened.value
    try {
      const listed = (): readonly string[] =>
        socketsOf(source.look().machines).flatMap(({ file, listening }) => (listening ? [file] : []))
      expect(await waitFor(20_000, () => (listed().includes('tiny.qmp') ? true : undefined))).toBe(true)
      expect(listed()).toEqual(['tiny.qmp', 'tiny.serial0', 'tiny.vnc'])
      libvirt.create('second', {
        devices: "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>",
        os: "<bios useserial='no'/>",
      })
      expect(await waitFor(20_000, () => (listed().includes('second.qmp') ? true : undefined))).toBe(true)
      expect(listed()).toContain('second.qga')
      expect(source.look().machines.every(({ owner }) => owner === 'libvirt')).toBe(true)
      const client = connectUnix(join(folder, 'second.qmp'))
      expect(await client.reach('ready')).toBe(true)
      expect(await client.run('stop')).toMatchObject({ kind: 'returned' })
      expect(libvirt.virsh('domstate', 'second')).toContain('paused')
      client.close()
      libvirt.destroy('second')
      expect(await waitFor(20_000, () => (listed().includes('second.qmp') ? undefined : true))).toBe(true)
    } finally {
      await source.stop()
    }
    expect(findSockets(folder)).toEqual([])
  }, 90_000)

  test('behind a gate they have several clients at once, and a line is left while nobody is there', async () => {
    const run = join(libvirt.folder, 'gated')
    const folder = join(run, 'libvirt')
    const opened = await openLibvirt({ uri: libvirt.uri, folder, say: () => undefined })
    if (!opened.ok) throw new Error(opened.error)
    const keys = { key: 'k'.repeat(32), watchKey: 'w'.repeat(32), audit: undefined }
    const gate = openLabGate({ run, sockets: run, target: run, ...keys, say: () => undefined })
    if (!gate.ok) throw new Error(gate.error)
    const found = (): readonly FoundSocket[] => socketsOf(opened.value.look().machines)
    const isThere = (file: string): boolean =>
      findSockets(dirname(file)).some((each) => file.endsWith(`/${each.file}`))
    /** Connections to the domain’s line, as the kernel lists them beside the listener. */
    const connections = (): number =>
      readFileSync('/proc/net/unix', 'utf8')
        .split('\n')
        .filter((line) => line.endsWith(` ${folder}/tiny.serial0`)).length - 1
    const clients: (() => void)[] = []
    try {
      await waitFor(20_000, () =>
        found().some(({ file, listening }) => listening && file === 'tiny.qmp') ? true : undefined,
      )
      gate.value.follow(found())
      const at = (door: string, channel: string): string => join(run, 'gate', door, `tiny.${channel}`)
      expect(await waitFor(10_000, () => (isThere(at('watch', 'qmp')) ? true : undefined))).toBe(true)
      const [one, two, watcher] = [
        connectLines(at('full', 'qmp')),
        connectLines(at('full', 'qmp')),
        connectLines(at('watch', 'qmp')),
      ]
      for (const each of [one, two, watcher]) {
        clients.push(() => each.end())
        await each.negotiate()
      }
      const answers = await Promise.all([one, two, watcher].map((each) => each.ask('query-status')))
      expect(answers).toMatchObject(Array.from({ length: 3 }, () => ({ return: { status: 'running' } })))
      expect(await watcher.ask('stop')).toMatchObject({ error: {} })
      expect(connections()).toBe(0)
      const line = connect(at('full', 'serial0'))
      clients.push(() => line.destroy())
      expect(await waitFor(10_000, () => (connections() === 1 ? true : undefined))).toBe(true)
      line.destroy()
      expect(await waitFor(10_000, () => (connections() === 0 ? true : undefined))).toBe(true)
    } finally {
      for (const end of clients) end()
      gate.value.stop()
      await opened.value.stop()
    }
  }, 90_000)

  test('a libvirt that is not there is a clear failure', async () => {
    const opened = await openLibvirt({
      uri: 'qemu+unix:///session?socket=/nowhere',
      folder: join(libvirt.folder, 'none'),
      say: () => undefined,
    })
    expect(opened.ok ? 'opened' : opened.error).toMatch(/libvirt does not answer at .*nowhere/)
  })
})
