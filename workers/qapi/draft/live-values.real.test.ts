/** The table of live values against a real QEMU: every query answers, and what it suggests is what the machine has. */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { killStartedIn, startQemu, temporaryFolder } from '#lab/testing.ts'
import { connectUnix } from '#qmp/testing/unix-client.ts'
import type { UnixClient } from '#qmp/testing/unix-client.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { textOf } from '#base/json/print.ts'
import type { JsonObject } from '#base/json/value.ts'
import { isA, readTypes } from '../model/device-types.ts'
import { busesByName, busesOf } from './live-rules.ts'
import { liveKind, liveValues } from './live-values.ts'
import type { LiveContext, LiveKind } from './live-values.ts'

const folder = temporaryFolder()
let client: UnixClient

beforeAll(async () => {
  await startQemu(folder.path, 'vm', {
    args: [
      ...['-smp', '1,maxcpus=2,sockets=2'],
      ...[
        '-blockdev',
        'null-co,node-name=node0,size=1048576',
        '-device',
        'virtio-blk-pci,id=disk0,drive=node0',
      ],
      ...['-blockdev', 'null-co,node-name=node1,size=1048576'],
      ...[
        '-object',
        'iothread,id=io0',
        '-object',
        'secret,id=sec0,data=x',
        '-object',
        'memory-backend-ram,id=mem0,size=1M',
        ...['-object', 'throttle-group,id=tg0', '-object', 'rng-random,id=rng0'],
        ...[
          '-object',
          'tls-creds-anon,id=tls0,endpoint=server',
          '-object',
          'authz-simple,id=authz0,identity=x',
        ],
        ...['-device', 'virtio-scsi-pci,id=scsi0', '-device', 'scsi-cd,id=cd0,bus=scsi0.0'],
        ...['-drive', 'if=none,id=drive0,driver=null-co,size=1M'],
      ],
      ...[
        '-chardev',
        'null,id=char0',
        '-netdev',
        'hubport,id=net0,hubid=0',
        '-device',
        'virtio-net-pci,id=nic0,netdev=net0',
      ],
    ],
  })
  client = connectUnix(join(folder.path, 'vm.qmp'))
  expect(await client.reach('ready')).toBe(true)
  const run = async (name: string, args: JsonObject): Promise<void> => {
    expect((await client.run(name, args)).kind, name).toBe('returned')
  }
  await run('block-dirty-bitmap-add', { node: 'node0', name: 'bitmap0' })
  await run('nbd-server-start', { addr: { type: 'unix', data: { path: join(folder.path, 'nbd') } } })
  await run('blockdev-create', {
    'job-id': 'job0',
    options: { driver: 'file', filename: join(folder.path, 'image'), size: 65_536 },
  })
  await run('block-export-add', { type: 'nbd', id: 'export0', 'node-name': 'node1' })
}, 30_000)

afterAll(async () => {
  client.close()
  await killStartedIn(folder.path)
  folder.remove()
})

async function suggested(
  context: Partial<LiveContext> & Pick<LiveContext, 'command' | 'member'>,
): Promise<readonly string[]> {
  const whole: LiveContext = { owner: context.command, path: context.member, args: {}, typed: '', ...context }
  const kind = liveKind(whole)
  if (kind === undefined) return []
  const values = await liveValues(kind, whole, async (name, args) => {
    const outcome = await client.run(name, args)
    if (outcome.kind !== 'returned') return undefined
    // A large reply comes as its text.
    const message = outcome.text === undefined ? undefined : parseJson(outcome.text)
    return message?.ok === true && isJsonObject(message.value) ? message.value.return : outcome.value
  })
  return values.map((each) => each.value)
}

const expected: readonly (readonly [
  LiveKind,
  Partial<LiveContext> & Pick<LiveContext, 'command' | 'member'>,
  string,
])[] = [
  ['node', { command: 'blockdev-del', member: 'node-name' }, 'node0'],
  ['block device or node', { command: 'block-stream', member: 'device' }, 'node1'],
  ['block device', { command: 'block_resize', member: 'device' }, 'drive0'],
  ['drive', { command: 'block_set_io_throttle', member: 'id' }, '/machine/peripheral/disk0/virtio-backend'],
  ['removable drive', { command: 'eject', member: 'id' }, 'cd0'],
  [
    'throttle group',
    { command: 'blockdev-add', owner: 'BlockdevOptionsThrottle', member: 'throttle-group' },
    'tg0',
  ],
  ['TLS credentials', { command: 'nbd-server-start', member: 'tls-creds' }, 'tls0'],
  ['authorization', { command: 'nbd-server-start', member: 'tls-authz' }, 'authz0'],
  ['random source', { command: 'device_add', member: 'rng' }, 'rng0'],
  ['network client', { command: 'set_link', member: 'name' }, 'net0'],
  ['device', { command: 'device_del', member: 'id' }, 'disk0'],
  ['chardev', { command: 'chardev-remove', member: 'id' }, 'char0'],
  ['netdev', { command: 'netdev_del', member: 'id' }, 'net0'],
  ['NIC', { command: 'query-rx-filter', member: 'name' }, 'nic0'],
  ['object', { command: 'object-del', member: 'id' }, 'sec0'],
  ['iothread', { command: 'x-blockdev-set-iothread', member: 'iothread' }, 'io0'],
  ['memory backend', { command: 'device_add', member: 'memdev' }, 'mem0'],
  ['secret', { command: 'blockdev-add', member: 'key-secret' }, 'sec0'],
  ['bitmap', { command: 'block-dirty-bitmap-remove', member: 'name', args: { node: 'node0' } }, 'bitmap0'],
  ['export', { command: 'block-export-del', member: 'id' }, 'export0'],
  ['job', { command: 'job-dismiss', member: 'id' }, 'job0'],
  ['QOM path', { command: 'qom-get', member: 'path', typed: '/machine/per' }, '/machine/peripheral'],
  [
    'QOM property',
    { command: 'qom-get', member: 'property', args: { path: '/machine/peripheral/disk0' } },
    'queue-size',
  ],
  ['QOM type', { command: 'qom-list-types', member: 'implements' }, 'virtio-blk-pci'],
  ['device type', { command: 'device_add', member: 'driver' }, 'virtio-blk-pci'],
  ['bus', { command: 'device_add', member: 'bus' }, 'pcie.0'],
  ['CPU model', { command: 'query-cpu-model-expansion', owner: 'CpuModelInfo', member: 'name' }, 'max'],
  ['CPU', { command: 'memsave', member: 'cpu-index' }, '0'],
  ['free CPU slot', { command: 'device_add', member: 'socket-id' }, '1'],
  ['trace event', { command: 'trace-event-set-state', member: 'name' }, 'qmp_job_cancel'],
]

test.each(expected)('%s', async (kind, context, value) => {
  expect(liveKind({ owner: context.command, ...context })).toBe(kind)
  expect(await suggested(context)).toContain(value)
})

test('where the machine has none, none is suggested', async () => {
  expect(
    await suggested({ command: 'block-dirty-bitmap-remove', member: 'name', args: { node: 'node1' } }),
  ).toEqual([])
  expect(await suggested({ command: 'qom-get', member: 'property', args: { path: '/no/such' } })).toEqual([])
  expect(await suggested({ command: 'screendump', member: 'filename' })).toEqual([])
})

/** Members that name a new thing, or something that is no thing of the machine. */
test.each([
  ['block-dirty-bitmap-add', 'block-dirty-bitmap-add', 'name'],
  ['transaction', 'BlockDirtyBitmapAdd', 'name'],
  ['transaction', 'data in block-dirty-bitmap-add variant of TransactionAction', 'name'],
  ['blockdev-snapshot-sync', 'blockdev-snapshot-sync', 'snapshot-node-name'],
  ['drive-mirror', 'DriveMirror', 'node-name'],
  ['drive-mirror', 'DriveMirror', 'target'],
  ['drive-backup', 'DriveBackup', 'target'],
  ['blockdev-add', 'BlockdevOptions', 'node-name'],
  ['blockdev-add', 'BlockdevOptionsRbd', 'image'],
  ['blockdev-add', 'BlockdevOptionsIscsi', 'target'],
  ['blockdev-add', 'BlockdevOptionsNfs', 'group'],
  ['block-commit', 'block-commit', 'filter-node-name'],
  ['block-export-add', 'BlockExportOptions', 'id'],
  ['x-blockdev-change', 'x-blockdev-change', 'child'],
  ['device_add', 'device_add', 'node'],
  ['device_add', 'device_add', 'id'],
  ['object-add', 'ObjectOptions', 'id'],
  ['chardev-add', 'chardev-add', 'id'],
  ['netdev_add', 'Netdev', 'id'],
  ['blockdev-snapshot-internal-sync', 'BlockdevSnapshotInternal', 'name'],
  ['snapshot-save', 'snapshot-save', 'tag'],
  ['snapshot-save', 'snapshot-save', 'job-id'],
])('%s: %s.%s has no values of the machine', (command, owner, member) => {
  expect(liveKind({ command, owner, member })).toBe(undefined)
})

test('a reference to a thing of one kind has no things of another', async () => {
  const throttle = { command: 'blockdev-add', owner: 'BlockdevOptionsThrottle', member: 'throttle-group' }
  expect(await suggested(throttle)).toEqual(['tg0'])
  expect(await suggested({ command: 'block_resize', member: 'device' })).not.toContain('node1')
  expect(await suggested({ command: 'eject', member: 'id' })).not.toContain('disk0')
  expect(await suggested({ command: 'query-rx-filter', member: 'name' })).not.toContain('net0')
  expect(await suggested({ command: 'nbd-server-start', member: 'tls-creds' })).toEqual(['tls0'])
})

test.each([
  ['virtio-net-pci', ['pcie.0'], ['scsi0.0']],
  ['scsi-hd', ['scsi0.0'], ['pcie.0', 'ide.0']],
  ['ide-hd', ['ide.0'], ['pcie.0', 'scsi0.0']],
  ['usb-tablet', [], ['pcie.0', 'scsi0.0', 'ide.0']],
])('the buses for %s', async (driver, has, hasNot) => {
  const buses = await suggested({ command: 'device_add', member: 'bus', args: { driver } })
  for (const each of has) expect(buses).toContain(each)
  for (const each of hasNot) expect(buses).not.toContain(each)
})

test('a name leads to the bus that its type fits on, or to none', async () => {
  const reply = await client.run('qom-list-types', { implements: 'device', abstract: false })
  const all = await client.run('qom-list-types', { abstract: true })
  if (reply.kind !== 'returned' || all.kind !== 'returned') throw new Error('no list of types')
  const types = readTypes(all.value)
  const names = (reply.value as readonly JsonObject[]).map(({ name }) => textOf(name))
  expect(names.length).toBeGreaterThan(200)
  let known = 0
  for (const name of names) {
    const byName = busesByName.find(([driver]) => driver.test(name))?.[1]
    if (byName === undefined) continue
    known += 1
    const byType = busesOf
      .filter(([implemented]) => isA(types, name, implemented))
      .map(([, bus]) => bus.source)
    expect(byType, name).toContain(byName.source)
  }
  expect(known).toBeGreaterThan(120)
})
