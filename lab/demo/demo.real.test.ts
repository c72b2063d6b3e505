/** The demo machine as people get it: `npm start`, a real guest, and what is left when it ends. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { startDemo } from './demo.ts'
import { demoChannels } from './demo.ts'
import { findProgram } from '../packages.ts'
import { waitFor } from '../processes.ts'
import { freePort, startCommand, startQemu } from '../testing.ts'

const made: string[] = []
const opened: Socket[] = []
const running: number[] = []
afterEach(() => {
  for (const each of opened.splice(0)) each.destroy()
  // A test that failed has not come to its end; one that did not has nothing left here.
  for (const pid of running.splice(0)) if (existsSync(`/proc/${pid}`)) process.kill(pid, 'SIGTERM')
  for (const each of made.splice(0)) rmSync(each, { recursive: true, force: true })
})

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'qmp-studio-test-'))
  made.push(path)
  return path
}

/** The processes that have this text in their command line. */
function processesWith(text: string): number[] {
  return readdirSync('/proc').flatMap((each) => {
    try {
      const isOne = /^\d+$/.test(each) && readFileSync(`/proc/${each}/cmdline`, 'utf8').includes(text)
      return isOne ? [Number(each)] : []
    } catch {
      // Over between the two calls.
      return []
    }
  })
}

/** A connection to a socket of the machine: what has come, and a way to wait for something in it. */
async function open(
  path: string,
): Promise<{ say(text: string): void; heard(what: RegExp): Promise<string> }> {
  const socket = connect(path)
  opened.push(socket)
  let text = ''
  socket.on('data', (data: Buffer) => (text += data.toString('latin1')))
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve())
    socket.once('error', reject)
  })
  return {
    say: (words) => void socket.write(words),
    async heard(what) {
      const found = await waitFor(60_000, () => what.exec(text)?.[0])
      if (found === undefined) throw new Error(`${what} did not come. What came: ${text.slice(-2000)}`)
      return found
    },
  }
}

test('npm start: a guest with a shell, an agent, a picture and a power button; all of it ends with Ctrl-C', async () => {
  const sockets = folder()
  const foreign = await startQemu(sockets, 'mine')
  const port = await freePort()
  const { pid, words, over } = await startCommand(
    ['--port', String(port), '--sockets', sockets, '--accel', 'tcg'],
    /QMP Studio is at/,
  )
  running.push(pid)
  expect(words()).toMatch(/lab1 runs on TCG, its guest is up after [\d.]+ s/)
  const list = (await (await fetch(`http://127.0.0.1:${port}/lab.json`)).json()) as unknown
  expect(list).toMatchObject({
    version: 2,
    machines: [
      { name: 'lab1', channels: demoChannels.map((name) => ({ token: `lab1.${name}` })), demo: true },
      { name: 'mine' },
    ],
  })

  const agent = await open(join(sockets, 'lab1.qga'))
  agent.say('{"execute":"guest-ping","id":"here"}\n')
  await agent.heard(/"id": ?"here"/)

  const serial = await open(join(sockets, 'lab1.serial'))
  serial.say('\nls /sys/block; echo sum $((40 + 2))\n')
  await serial.heard(/sum 42/)
  expect(await serial.heard(/vda\s+vdb/)).toBeTruthy()

  const monitor = await open(join(sockets, 'lab1.qmp'))
  await monitor.heard(/"QMP"/)
  const picture = join(sockets, 'screen.ppm')
  monitor.say('{"execute":"qmp_capabilities"}')
  monitor.say(`{"execute":"screendump","arguments":{"filename":"${picture}"},"id":"seen"}`)
  await monitor.heard(/"id": ?"seen"/)
  // Text is light on black: some of it must be there, and not all.
  const pixels = readFileSync(picture)
  const lit = pixels.filter((each) => each > 100).length / pixels.length
  expect(lit).toBeGreaterThan(0.003)
  expect(lit).toBeLessThan(0.5)
  // Something moves: the clock in the last row of text, where no cursor blinks.
  const lastRow = 3 * 14 * Number(/^P6\n(\d+) /.exec(pixels.toString('latin1', 0, 20))?.[1])
  const later = join(sockets, 'later.ppm')
  let asked = 0
  const moved = await waitFor(20_000, async () => {
    asked += 1
    monitor.say(`{"execute":"screendump","arguments":{"filename":"${later}"},"id":"later-${asked}"}`)
    await monitor.heard(new RegExp(`"id": ?"later-${asked}"`))
    return readFileSync(later).subarray(-lastRow).equals(pixels.subarray(-lastRow)) ? undefined : true
  })
  expect(moved).toBe(true)
  // The pointer tells places: the tablet on virtio is the one in use, since the kernel of this guest knows no USB.
  monitor.say('{"execute":"query-mice","id":"mice"}')
  const mice = await monitor.heard(/\{"return": ?\[[^\]]*\], ?"id": ?"mice"/)
  expect(mice).toMatch(/"QEMU Virtio Tablet"/)
  const { return: all } = JSON.parse(`${mice}}`) as { return: { absolute: boolean; current: boolean }[] }
  expect(all.find(({ current }) => current)?.absolute).toBe(true)

  monitor.say('{"execute":"system_powerdown"}')
  await monitor.heard(/"event": ?"SHUTDOWN"[^}]*"guest-shutdown"|"guest": ?true[^}]*/)
  expect(await waitFor(20_000, () => (words().includes('starting it again') ? true : undefined))).toBe(true)
  const twice = /lab1 runs on TCG[\s\S]*lab1 runs on TCG/
  expect(await waitFor(60_000, () => (twice.test(words()) ? true : undefined))).toBe(true)

  process.kill(pid, 'SIGINT')
  expect(await over).toBe(0)
  expect(processesWith(sockets)).toEqual([foreign.pid])
  expect(readdirSync(sockets).filter((each) => each.startsWith('lab1.'))).toEqual([])
  expect(existsSync(join(sockets, 'mine.qmp'))).toBe(true)
  await foreign.kill()
}, 300_000)

test('Ctrl-C in the middle of the start leaves nothing behind', async () => {
  const sockets = folder()
  const command = startCommand(
    ['--port', String(await freePort()), '--sockets', sockets, '--accel', 'tcg'],
    /never/,
  )
  expect(await waitFor(120_000, () => (existsSync(join(sockets, 'lab1.qmp')) ? true : undefined))).toBe(true)
  // The bridge, the QEMU, and those that started them: bootstrap first.
  const [bootstrap = 0] = processesWith(sockets).sort((a, b) => a - b)
  process.kill(bootstrap, 'SIGINT')
  const { over, words } = await command
  expect(await over).toBe(0)
  expect(words()).not.toContain('QMP Studio is at')
  expect(processesWith(sockets)).toEqual([])
  expect(readdirSync(sockets)).toEqual([])
}, 150_000)

test("somebody else's lab1 is left alone, sockets and all", async () => {
  const sockets = folder()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(join(sockets, 'lab1.qmp'), () => resolve()))
  writeFileSync(join(sockets, 'lab1.notes'), '')
  const { pid, words, over } = await startCommand(
    ['--port', String(await freePort()), '--sockets', sockets],
    /QMP Studio is at/,
  )
  running.push(pid)
  expect(words()).toContain("Somebody else's lab1.qmp is in the folder: no demo machine is started")
  process.kill(pid, 'SIGTERM')
  expect(await over).toBe(0)
  expect(readdirSync(sockets).sort()).toEqual(['lab1.notes', 'lab1.qmp'])
  await new Promise((resolve) => server.close(resolve))
}, 120_000)

/** A `qemu-system-x86_64` of ours, first in PATH: what it does with KVM is up to the test. */
function pretend(script: string): { sockets: string; state: string; guest: undefined; kvm: string } {
  const place = folder()
  for (const each of ['bin', 'state', 'sockets', 'cache']) mkdirSync(join(place, each))
  writeFileSync(join(place, 'kvm'), '')
  const real = findProgram('qemu-system-x86_64') ?? ''
  const program = join(place, 'bin', 'qemu-system-x86_64')
  writeFileSync(program, `#!/bin/sh\n${script}\nexec ${real} "$@"\n`)
  chmodSync(program, 0o755)
  process.env.PATH = `${join(place, 'bin')}:${process.env.PATH ?? ''}`
  process.env.XDG_CACHE_HOME = join(place, 'cache')
  return {
    sockets: join(place, 'sockets'),
    state: join(place, 'state'),
    guest: undefined,
    kvm: join(place, 'kvm'),
  }
}

test('a KVM that is there but broken: TCG, and said; not tried again until the next boot', async () => {
  const before = { PATH: process.env.PATH, XDG_CACHE_HOME: process.env.XDG_CACHE_HOME }
  try {
    const place = pretend('case "$*" in *"accel kvm"*) echo "ioctl failed" >&2; exit 1;; esac')
    const said: string[] = []
    const start = (): ReturnType<typeof startDemo> =>
      startDemo(
        place,
        'auto',
        (words) => said.push(words),
        () => false,
      )
    const first = await start()
    expect(first.ok ? first.value.accel : first.error).toBe('tcg')
    expect(said.join()).toMatch(
      /KVM is there but does not work: QEMU ended at once \(1\)\. It said: ioctl failed[^]*TCG instead/,
    )
    if (first.ok) await first.value.child.kill()
    said.length = 0
    const second = await start()
    expect(second.ok ? second.value.accel : second.error).toBe('tcg')
    expect(said.join()).toMatch(/did not work here when it was last tried/)
    if (second.ok) await second.value.child.kill()
    const asked = await startDemo(
      place,
      'kvm',
      () => undefined,
      () => false,
    )
    expect(asked.ok ? '' : asked.error).toMatch(/It said: ioctl failed/)
    const none = await startDemo(
      { ...place, kvm: '/no/kvm' },
      'kvm',
      () => undefined,
      () => false,
    )
    expect(none.ok ? '' : none.error).toMatch(/\/no\/kvm is missing or may not be used/)
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name)
      else process.env[name] = value
    }
  }
}, 60_000)
