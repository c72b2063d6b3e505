/**
 * A file of machines with real sockets: QEMUs whose monitors no folder of a lab has, reached through a real bridge by the names
 * that the file gives them, and the file changed meanwhile.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import WebSocket from 'ws'
import { readOptions } from '../../options.ts'
import { waitFor } from '../../processes.ts'
import { freePort, startQemu, startTestLab, temporaryFolder } from '../../testing.ts'
import type { TestLab } from '../../testing.ts'
import { openAttachments } from '../attach.ts'
import { socketsOf } from '../attached.ts'
import type { AttachedMachine } from '../attached.ts'
import { openMachinesFile } from './machines-file.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A folder of machines outside of every lab. */
function folder(): string {
  const made = temporaryFolder()
  ends.push(() => made.remove())
  return made.path
}

/** A QEMU with a monitor more, at `where`. */
async function qemu(place: string, name: string, where: string): Promise<void> {
  const child = await startQemu(place, name, { args: ['-qmp', `${where},server=on,wait=off`] })
  ends.push(() => child.kill())
}

async function lab(): Promise<TestLab> {
  const started = await startTestLab()
  ends.push(() => started.stop())
  return started
}

/** Write it as an editor does: another file takes its place. */
function write(file: string, text: string): void {
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
}

const fileOf = (machines: readonly object[]): string => JSON.stringify({ version: 1, machines })

/** What the QEMU behind a channel calls itself; why there is none, where it is not reached. */
function nameBehind(lab: TestLab, channel: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(lab.channel(channel), { origin: lab.url.replace(/\/$/, '') })
    const end = (said: string): void => {
      resolve(said)
      socket.close()
    }
    // websockify takes no text frames.
    const ask = (execute: string, id: string): void =>
      socket.send(Buffer.from(JSON.stringify({ execute, id })))
    let text = ''
    socket.on('message', (data: Buffer) => {
      text += data.toString()
      const lines = text.split('\n')
      text = lines.pop() ?? ''
      for (const line of lines) {
        const message = JSON.parse(line) as { QMP?: object; id?: string; return?: { name?: string } }
        if (message.QMP !== undefined) ask('qmp_capabilities', 'begin')
        else if (message.id === 'begin') ask('query-name', 'name')
        else if (message.id === 'name') end(message.return?.name ?? 'no name')
      }
    })
    socket.on('error', (error) => end(error.message))
    socket.on('close', (code) => end(`closed: ${code}`))
  })
}

/** The names in the list that the page reads. */
function listed(lab: TestLab): string {
  const { machines } = JSON.parse(readFileSync(join(lab.web, 'lab.json'), 'utf8')) as {
    machines: readonly { name: string; group?: string }[]
  }
  return machines.map(({ name, group = '-' }) => `${name}/${group}`).join(' ')
}

const until = async (what: () => boolean): Promise<void> =>
  expect(await waitFor(20_000, () => (what() ? true : undefined))).toBe(true)

test('by a whole path, by one that begins at the file, and by a port; another socket under the same name is another machine', async () => {
  const [place, started] = [folder(), await lab()]
  mkdirSync(join(place, 'deep down'))
  const whole = join(place, 'deep down', 'monitor')
  const beside = join(started.machinesFile, '..', 'beside.sock')
  const port = await freePort()
  await qemu(place, 'qemu-one', `unix:${whole}`)
  await qemu(place, 'qemu-two', `unix:${beside}`)
  await qemu(place, 'qemu-three', `tcp:127.0.0.1:${port}`)
  const two = { name: 'two', channels: { qmp: 'beside.sock' } }
  const three = { name: 'three', group: 'Rack', channels: { qmp: { at: `127.0.0.1:${port}`, polite: true } } }
  write(started.machinesFile, fileOf([{ name: 'one', channels: { qmp: whole } }, two, three]))
  await until(() => listed(started) === 'one/- three/Rack two/-')
  expect(await nameBehind(started, 'one.qmp')).toBe('qemu-one')
  expect(await nameBehind(started, 'two.qmp')).toBe('qemu-two')
  expect(await nameBehind(started, 'three.qmp')).toBe('qemu-three')
  // The list is changed while the bridge runs: a name that is taken out is not reached any more.
  write(started.machinesFile, fileOf([{ name: 'one', channels: { qmp: 'beside.sock' } }, three]))
  await until(() => listed(started) === 'one/- three/Rack')
  expect(await nameBehind(started, 'one.qmp')).toBe('qemu-two')
  expect(await nameBehind(started, 'two.qmp')).not.toBe('qemu-two')
  // One whose socket is gone is not listed, and is back with it.
  rmSync(beside)
  await until(() => listed(started) === 'three/Rack')
}, 60_000)

test('a fault leaves the machines as they were, and says where it is; mended, they are read again', async () => {
  const place = folder()
  const path = join(place, 'monitor.sock')
  await qemu(place, 'vm', `unix:${path}`)
  const file = join(place, 'machines.json')
  write(file, fileOf([{ name: 'vm', channels: { qmp: path, serial: 'nobody.sock' } }]))
  const opened = openMachinesFile(file)
  if (!opened.ok) throw new Error(opened.error)
  const look = (): string => {
    const { machines, problems } = opened.value.look()
    const isThere = (each: AttachedMachine): string =>
      socketsOf([each])
        .map((socket) => `${socket.file}:${socket.listening ? 'there' : 'missing'}`)
        .join(' ')
    return [...machines.map(isThere), ...problems].join('; ')
  }
  expect(look()).toBe('vm.qmp:there vm.serial:missing')
  write(file, '{\n  "version": 1,\n  "machines": [,]\n}')
  expect(look()).toMatch(/^vm\.qmp:there vm\.serial:missing; .*line 3.*The machines are those of before\.$/)
  rmSync(file)
  expect(look()).toMatch(/^vm\.qmp:there .*There is no file/)
  write(file, fileOf([]))
  expect(look()).toBe('')
}, 60_000)

test('the options open it, and one that is not there is a clear failure', async () => {
  const place = folder()
  const file = join(place, 'machines.json')
  const read = readOptions(['--no-demo', '--machines', file])
  if (!read.ok) throw new Error(read.error)
  const options = read.value
  const missing = await openAttachments(options, place, () => undefined)
  expect(missing.ok ? 'opened' : missing.error).toMatch(/There is no file .*machines\.json/)
  write(file, fileOf([{ name: 'vm', note: 'Mine.', channels: { qmp: 'a.sock' } }]))
  const opened = await openAttachments(options, place, () => undefined)
  if (!opened.ok) throw new Error(opened.error)
  ends.push(() => opened.value.stop())
  expect(opened.value.sources.flatMap((each) => each.look().machines)).toMatchObject([
    { name: 'vm', note: 'Mine.', channels: [{ name: 'qmp', target: { path: join(place, 'a.sock') } }] },
  ])
})
