/** The follower with real QEMUs: their events and replies, in the order in which they come. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { killStartedIn, startQemu, startStorageDaemon, temporaryFolder } from '#lab/testing.ts'
import { waitFor } from '#lab/processes.ts'
import type { Child } from '#lab/processes.ts'
import type { JsonObject } from '#base/json/value.ts'
import { connectUnix } from '#qmp/testing/unix-client.ts'
import type { UnixClient } from '#qmp/testing/unix-client.ts'
import { createCauseFinder } from './cause.ts'
import { createFollower } from './follow.ts'
import type { Follower } from './follow.ts'
import type { Track, TrackKind } from '#record/track.ts'

const folder = temporaryFolder()
afterAll(async () => {
  await killStartedIn(folder.path)
  folder.remove()
})

/** A machine that is followed as the worker does it: each row as it comes, the queries five times a second. */
interface Followed {
  readonly follower: Follower
  readonly client: UnixClient
  readonly server: Child
  run(name: string, args?: JsonObject): Promise<void>
  /** Resolves with the one track that fits, once it does. */
  until(kind: TrackKind, name: string, fits: (track: Track) => boolean): Promise<Track>
  end(): Promise<void>
}

async function follow(name: string, args: readonly string[] = []): Promise<Followed> {
  return followServer(name, await startQemu(folder.path, name, { args }))
}

async function followServer(name: string, server: Child): Promise<Followed> {
  const client = connectUnix(join(folder.path, `${name}.qmp`))
  const causes = createCauseFinder()
  const follower = createFollower(causes)
  let taken = 0
  let moved = 0
  let seq = 0
  const now = (): number => performance.timeOrigin + performance.now()
  const take = (): void => {
    // States and rows are kept apart: the ready state comes before any row that matters.
    for (; moved < client.states.length; moved += 1) {
      if (client.states[moved] !== 'ready') continue
      const version = { major: 7, minor: 2, micro: 0, package: '' }
      const state = { kind: 'ready' as const, greeting: { version, capabilities: [] }, oob: true }
      follower.add({ kind: 'state', state, seq: seq++, at: now(), bytes: 0 }, undefined)
    }
    for (; taken < client.rows.length; taken += 1) {
      const { body, text } = client.rows[taken]!
      const at = now()
      const row = body.kind === 'event' ? { ...body, cause: causes.causeOf(body.name, body.data, at) } : body
      follower.add({ ...row, seq: seq++, at, bytes: 0 }, text)
    }
  }
  expect(await client.reach('ready')).toBe(true)
  // Whatever comes is taken within a few milliseconds; nothing here depends on it being at once.
  const taking = setInterval(take, 2)
  const polling = setInterval(() => {
    take()
    for (const query of follower.polls()) {
      void client.session.execute({
        ...{ name: query, arguments: undefined, oob: false, deadlineMs: 5000 },
        ...{ ticket: undefined, origin: 'client' },
      })
    }
    take()
  }, 200)
  return {
    follower,
    client,
    server,
    async run(command, parameters) {
      const outcome = await client.run(command, parameters)
      take()
      expect(outcome, `${command}: ${JSON.stringify(outcome)}`).toMatchObject({ kind: 'returned' })
    },
    async until(kind, track, fits) {
      const found = await waitFor(20_000, () =>
        follower.tracks().findLast((each) => each.kind === kind && each.name === track && fits(each)),
      )
      if (found === undefined) throw new Error(`none of ${JSON.stringify(follower.tracks(), undefined, 1)}`)
      return found
    },
    async end() {
      clearInterval(taking)
      clearInterval(polling)
      client.close()
      await server.kill()
    },
  }
}

const isOver = (track: Track): boolean => track.end !== undefined
const states = (track: Track): string[] => track.phases.map((each) => each.state)

/** The name of the command that caused a track. */
function causeName(machine: Followed, track: Track): string | undefined {
  const row = machine.client.rows.find(
    ({ body }) => body.kind === 'command' && body.exec === track.cause?.exec,
  )
  return row?.body.kind === 'command' ? `${row.body.name} by ${track.cause?.proof}` : undefined
}

function image(name: string, size: string, format = 'raw'): string {
  const path = join(folder.path, name)
  execFileSync('qemu-img', ['create', '-q', '-f', format, path, size])
  return path
}

const source = [
  ...['-blockdev', 'null-co,node-name=source,size=67108864,read-zeroes=on'],
  ...['-blockdev', 'null-co,node-name=target,size=67108864'],
]

describe('jobs', () => {
  test('a backup with live progress, paused on its way, to its end', async () => {
    const machine = await follow('backup', source)
    await machine.run('blockdev-backup', {
      ...{ 'job-id': 'job0', device: 'source', target: 'target', sync: 'full' },
      speed: 16 * 1024 * 1024,
    })
    const running = await machine.until('job', 'job0', (each) => each.progress.length >= 3)
    expect(running).toMatchObject({
      type: 'backup',
      end: undefined,
      outcome: 'open',
      limit: 16 * 1024 * 1024,
    })
    await machine.run('block-job-pause', { device: 'job0' })
    await machine.until('job', 'job0', (each) => states(each).at(-1) === 'paused')
    await machine.run('block-job-resume', { device: 'job0' })
    await machine.run('block-job-set-speed', { device: 'job0', speed: 0 })
    const track = await machine.until('job', 'job0', isOver)
    expect(track).toMatchObject({ outcome: 'done', error: undefined, type: 'backup' })
    // QEMU pauses it for moments of its own as well.
    const seen = states(track)
    expect(seen.slice(0, 2)).toEqual(['created', 'running'])
    expect(seen).toContain('paused')
    expect(seen.slice(-3)).toEqual(['waiting', 'pending', 'concluded'])
    expect(track.progress.at(-1)).toMatchObject({ current: 64 * 1024 * 1024, total: 64 * 1024 * 1024 })
    expect(track.progress.map((each) => each.current)).toEqual(
      track.progress.map((each) => each.current).sort((a, b) => a - b),
    )
    expect(causeName(machine, track)).toBe('blockdev-backup by id')
    expect(machine.follower.tracks().filter((each) => each.kind === 'job')).toHaveLength(1)
    await machine.end()
  })

  test('a mirror of a drive, whose job is called like the drive: ready, completed', async () => {
    const disk = image('disk.raw', '8M')
    const machine = await follow('mirror', ['-drive', `if=none,id=drive0,file=${disk},format=raw`])
    await machine.run('drive-mirror', {
      ...{ device: 'drive0', target: join(folder.path, 'copy.raw'), format: 'raw', sync: 'full' },
    })
    await machine.until('job', 'drive0', (each) => states(each).at(-1) === 'ready')
    await machine.run('block-job-complete', { device: 'drive0' })
    const track = await machine.until('job', 'drive0', isOver)
    expect(track).toMatchObject({ outcome: 'done', type: 'mirror' })
    expect(causeName(machine, track)).toBe('drive-mirror by id')
    await machine.end()
  })

  test('cancelled, and the same id again', async () => {
    const machine = await follow('cancel', source)
    const start = { 'job-id': 'again', device: 'source', target: 'target', sync: 'full', speed: 65536 }
    await machine.run('blockdev-backup', start)
    await machine.run('block-job-cancel', { device: 'again' })
    const first = await machine.until('job', 'again', isOver)
    expect(first).toMatchObject({ outcome: 'cancelled', error: undefined })
    expect(states(first)).toContain('aborting')
    await machine.run('blockdev-backup', start)
    const second = await machine.until('job', 'again', (each) => each.id !== first.id)
    expect(second.cause?.exec).toBeGreaterThan(first.cause?.exec ?? Infinity)
    await machine.end()
  })

  test('failed: a target that cannot be written to, and a job of no device', async () => {
    const machine = await follow('fail', [
      ...source.slice(0, 2),
      '-blockdev',
      JSON.stringify({
        ...{ driver: 'blkdebug', 'node-name': 'bad', image: { driver: 'null-co', size: 64 << 20 } },
        'inject-error': ['write', 'write-zeroes'].map((iotype) => ({ event: 'none', iotype, errno: 28 })),
      }),
    ])
    await machine.run('blockdev-backup', { 'job-id': 'bad', device: 'source', target: 'bad', sync: 'full' })
    const backup = await machine.until('job', 'bad', isOver)
    expect(backup).toMatchObject({ outcome: 'failed', error: 'No space left on device', type: 'backup' })
    // A folder: it cannot be made a file.
    await machine.run('blockdev-create', {
      'job-id': 'make',
      options: { driver: 'file', filename: folder.path, size: 4096 },
    })
    const make = await machine.until('job', 'make', (each) => each.error !== undefined)
    expect(make).toMatchObject({ outcome: 'failed', end: undefined, type: 'create' })
    await machine.run('job-dismiss', { id: 'make' })
    expect((await machine.until('job', 'make', isOver)).outcome).toBe('failed')
    await machine.end()
  })

  test('a page that comes late sees the job that runs, and what it does from there', async () => {
    const machine = await follow('late', source)
    await machine.run('blockdev-backup', {
      ...{ 'job-id': 'old', device: 'source', target: 'target', sync: 'full', speed: 1024 * 1024 },
    })
    machine.follower.clear()
    const track = await machine.until('job', 'old', (each) => each.progress.length >= 2)
    expect(track).toMatchObject({ type: 'backup', cause: undefined, outcome: 'open' })
    expect(states(track)).toEqual(['running'])
    await machine.end()
  })
})

test('the run state: prelaunch, running, paused, reset, shut down', async () => {
  const machine = await follow('run', ['-S', '-no-shutdown'])
  await machine.until('run-state', '', (each) => states(each).at(-1) === 'prelaunch')
  await machine.run('cont')
  await machine.run('stop')
  await machine.run('cont')
  await machine.run('system_reset')
  const reset = (): number =>
    machine.client.rows.findIndex(({ body }) => body.kind === 'event' && body.name === 'RESET')
  await waitFor(5000, () => (reset() >= 0 ? true : undefined))
  const track = await machine.until('run-state', '', (each) => each.rows.length >= 5)
  expect(states(track)).toEqual(['prelaunch', 'running', 'paused', 'running'])
  await machine.run('quit')
  const last = await machine.until('run-state', '', (each) => states(each).includes('shutdown'))
  expect(states(last).at(-1)).toBe('shutdown')
  expect(machine.follower.tracks().filter((each) => each.kind === 'run-state')).toHaveLength(1)
  await machine.end()
})

test('a device that is plugged and, before the guest runs, unplugged at once; one behind a bus without a guest', async () => {
  const machine = await follow('devices', [
    '-device',
    'qemu-xhci,id=xhci',
    '-device',
    'pcie-root-port,id=port0',
  ])
  await machine.run('device_add', { driver: 'usb-tablet', id: 'tablet', bus: 'xhci.0' })
  expect(await machine.until('device', 'tablet', () => true)).toMatchObject({
    type: 'usb-tablet',
    end: undefined,
  })
  await machine.run('device_del', { id: 'tablet' })
  const tablet = await machine.until('device', 'tablet', isOver)
  expect(states(tablet)).toEqual(['plugged', 'unplug-asked', 'deleted'])
  expect(tablet.outcome).toBe('done')
  expect(causeName(machine, tablet)).toBe('device_add by id')
  await machine.run('device_add', { driver: 'virtio-rng-pci', id: 'rng', bus: 'port0' })
  await machine.run('device_del', { id: 'rng' })
  expect(states(await machine.until('device', 'rng', (each) => each.phases.length === 2))).toEqual([
    'plugged',
    'unplug-asked',
  ])
  expect((await machine.client.run('device_add', { driver: 'no-such-device', id: 'none' })).kind).toBe(
    'failed',
  )
  expect(machine.follower.tracks().filter((each) => each.kind === 'device')).toHaveLength(2)
  await machine.end()
})

describe('migration', () => {
  test('between two machines, one that tells of it and one that does not', async () => {
    const socket = join(folder.path, 'migrate.sock')
    const to = await follow('to', ['-incoming', `unix:${socket}`])
    const from = await follow('from')
    await from.run('migrate-set-capabilities', { capabilities: [{ capability: 'events', state: true }] })
    await to.until('run-state', '', (each) => states(each).at(-1) === 'inmigrate')
    await from.run('migrate', { uri: `unix:${socket}` })
    const out = await from.until('migration', '', isOver)
    expect(out).toMatchObject({ outcome: 'done', type: 'outgoing', cause: { proof: 'nearness' } })
    expect(states(out)).toEqual(['setup', 'active', 'completed'])
    expect(causeName(from, out)).toBe('migrate by nearness')
    await from.until('migration', '', (each) => each.progress.length > 0)
    await from.until('run-state', '', (each) => states(each).at(-1) === 'postmigrate')
    await to.until('run-state', '', (each) => states(each).at(-1) === 'running')
    await from.end()
    await to.end()
  })

  test('one that fails, with the reason; one into a command, without events', async () => {
    const machine = await follow('lonely')
    await machine.client.run('migrate', { uri: `unix:${join(folder.path, 'nobody.sock')}` })
    await machine.client.run('migrate', { uri: 'exec:exit 3' })
    const failed = await machine.until('migration', '', (each) => each.outcome === 'failed')
    expect(failed.error).not.toBe('')
    await machine.run('migrate', { uri: 'exec:cat > /dev/null' })
    const done = await machine.until('migration', '', (each) => each.outcome === 'done')
    expect(done.phases[0]?.state).toBe('setup')
    expect(done.phases.at(-1)?.state).toBe('completed')
    await machine.end()
  })
})

test('a dump in the background, and one that is waited for', async () => {
  const machine = await follow('dump', ['-S'])
  const target = `file:${join(folder.path, 'memory')}`
  await machine.run('dump-guest-memory', { paging: false, protocol: target, detach: true })
  const first = await machine.until('dump', '', isOver)
  expect(first).toMatchObject({ outcome: 'done', error: undefined })
  expect(causeName(machine, first)).toBe('dump-guest-memory by nearness')
  await machine.run('dump-guest-memory', { paging: false, protocol: target })
  const second = await machine.until('dump', '', (each) => each.id !== first.id && isOver(each))
  expect(second.outcome).toBe('done')
  expect(machine.follower.tracks().filter((each) => each.kind === 'dump')).toHaveLength(2)
  await machine.end()
})

test('a storage daemon has jobs, and is not asked again for what it does not know', async () => {
  const machine = await followServer('daemon', await startStorageDaemon(folder.path, 'daemon'))
  for (const [node, more] of [
    ['a', { 'read-zeroes': true }],
    ['b', {}],
  ] as const) {
    await machine.run('blockdev-add', { driver: 'null-co', 'node-name': node, size: 1 << 24, ...more })
  }
  await machine.run('blockdev-backup', {
    'job-id': 'job',
    device: 'a',
    target: 'b',
    sync: 'full',
    speed: 1 << 22,
  })
  const track = await machine.until('job', 'job', isOver)
  expect(track).toMatchObject({ outcome: 'done', type: 'backup' })
  expect(track.progress.length).toBeGreaterThan(3)
  const asked = machine.client.rows.flatMap(({ body }) => (body.kind === 'command' ? [body.name] : []))
  for (const query of ['query-status', 'query-migrate', 'query-dump']) {
    expect(asked.filter((each) => each === query)).toHaveLength(1)
  }
  expect(machine.follower.tracks().map((each) => each.kind)).toEqual(['job'])
  await machine.end()
})
