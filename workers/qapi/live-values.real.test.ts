/** The table of live values against a real QEMU: every query answers, and what it suggests is what the machine has. */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { killStartedIn, startQemu, temporaryFolder } from '../../lab/testing.ts'
import { connectUnix } from '../qmp/testing/unix-client.ts'
import type { UnixClient } from '../qmp/testing/unix-client.ts'
import { isJsonObject, parseJson } from '../base/json.ts'
import type { JsonObject } from '../base/json.ts'
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
  ['block device', { command: 'block_resize', member: 'device' }, 'node1'],
  ['device', { command: 'device_del', member: 'id' }, 'disk0'],
  ['chardev', { command: 'chardev-remove', member: 'id' }, 'char0'],
  ['netdev', { command: 'netdev_del', member: 'id' }, 'net0'],
  ['NIC', { command: 'set_link', member: 'name' }, 'nic0'],
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
