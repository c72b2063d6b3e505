/** CPUs, sizes, the balloon, NUMA and dumps out of replies. */
import { expect, test } from 'vitest'
import { dumpArguments, dumpWords, readDumpNow, readFormats } from './guest-dump.ts'
import {
  balloonsIn,
  readBackends,
  readBalloon,
  readBalloonStats,
  readMemorySizes,
  readNuma,
} from './memory-sizes.ts'
import { isLittleEndian, readVcpus } from './vcpus.ts'

test('CPUs by their index', () => {
  const reply = [
    {
      ...{ 'thread-id': 12, 'cpu-index': 1, target: 'x86_64', 'qom-path': '/machine/unattached/device[2]' },
      props: { 'core-id': 1, 'thread-id': 0, 'node-id': 2, 'socket-id': 0 },
    },
    { 'cpu-index': 0, 'qom-path': '/machine/cpu', target: 's390x' },
    { 'cpu-index': -1 },
    { 'cpu-index': 'x' },
    null,
  ]
  expect(readVcpus(reply)).toEqual([
    { index: 0, path: '/machine/cpu', thread: undefined, place: '', node: undefined, target: 's390x' },
    {
      ...{ index: 1, path: '/machine/unattached/device[2]', thread: 12, node: 2, target: 'x86_64' },
      place: 'socket 0, core 1, thread 0',
    },
  ])
  expect(readVcpus({})).toEqual([])
  expect([isLittleEndian('x86_64'), isLittleEndian('s390x'), isLittleEndian('')]).toEqual([
    true,
    false,
    false,
  ])
})

test('sizes', () => {
  expect(readMemorySizes({ 'base-memory': 134_217_728, 'plugged-memory': 0 })).toEqual({
    base: 134_217_728,
    plugged: 0,
  })
  expect(readMemorySizes({ 'base-memory': 1 })).toEqual({ base: 1, plugged: undefined })
  expect(readMemorySizes([])).toBeUndefined()
  expect(readBalloon({ actual: 2n ** 60n })).toBe(2n ** 60n)
  expect(readBalloon('x')).toBeUndefined()
})

test('what the guest told its balloon; all ones are not told', () => {
  const told = readBalloonStats({
    'last-update': 1_700_000_000,
    stats: {
      'stat-new': 1,
      'stat-free-memory': 4096,
      'stat-swap-in': 18_446_744_073_709_551_615n,
      'stat-major-faults': -1,
    },
  })
  expect(told?.at).toBe(1_700_000_000)
  expect(told?.stats.map(({ label, value, unit }) => [label, value, unit])).toEqual([
    ['Free', 4096, 'bytes'],
    ['Swapped in', undefined, 'bytes'],
    ['Page faults that read a disk', undefined, 'count'],
    ['stat-new', 1, 'count'],
  ])
  expect(readBalloonStats({ stats: 1 })).toBeUndefined()
  const properties = [
    { name: 'bal', type: 'child<virtio-balloon-pci>' },
    { name: 'disk', type: 'child<virtio-blk-pci>' },
    { name: 'type', type: 'string' },
  ]
  expect(balloonsIn('/machine/peripheral', properties)).toEqual([
    { path: '/machine/peripheral/bal', hasStats: true },
  ])
})

test('back ends with the nodes of the host that they name', () => {
  expect(
    readBackends([
      {
        id: 'm1',
        size: 64,
        policy: 'bind',
        'host-nodes': [0, 1, 'x'],
        share: true,
        merge: true,
        prealloc: false,
        dump: false,
      },
      {},
    ]),
  ).toEqual([
    { id: 'm1', size: 64, policy: 'bind', hostNodes: [0, 1], marks: ['shared', 'may be merged'] },
    { id: '', size: 0, policy: '', hostNodes: [], marks: [] },
  ])
})

test('NUMA nodes of the guest', () => {
  const text =
    '2 nodes\r\nnode 0 cpus: 0 1\r\nnode 0 size: 192 MB\r\nnode 0 plugged: 64 MB\r\nnode 1 cpus:\r\nnode 1 size: 0 MB\r\nnode x\r\n'
  expect(readNuma(text)).toEqual([
    { node: 0, cpus: '0 1', size: '192 MB', plugged: '64 MB' },
    { node: 1, cpus: '', size: '0 MB', plugged: '' },
  ])
  expect(readNuma('0 nodes')).toEqual([])
})

const form = { file: '/tmp/a', format: 'elf', isPaged: false, begin: '', length: '', isDetached: true }

test('a dump takes what its format can', () => {
  expect(dumpArguments(form)).toEqual({
    ok: true,
    value: { paging: false, protocol: 'file:/tmp/a', detach: true },
  })
  expect(dumpArguments({ ...form, format: 'kdump-zlib', isDetached: false })).toMatchObject({
    value: { format: 'kdump-zlib' },
  })
  expect(dumpArguments({ ...form, begin: '0x1000', length: '4096' })).toMatchObject({
    value: { begin: 4096, length: 4096 },
  })
  const wrong = [
    { file: 'tmp/a' },
    { file: `/${'a'.repeat(5000)}` },
    { format: 'kdump-zlib', isPaged: true },
    { format: 'kdump-zlib', begin: '0', length: '1' },
    { begin: '0x1000' },
    { length: '1' },
    { begin: '0', length: '0' },
    { begin: '0x8000000000000000', length: '1' },
  ]
  for (const each of wrong) expect(dumpArguments({ ...form, ...each }).ok, JSON.stringify(each)).toBe(false)
})

test('how far a dump is', () => {
  expect(readDumpNow({ status: 'active', completed: 1, total: 2n ** 60n })).toEqual({
    status: 'active',
    done: 1,
    all: 2 ** 60,
  })
  expect(readDumpNow(undefined)).toEqual({ status: 'none', done: 0, all: 0 })
  for (const status of ['none', 'active', 'completed', 'failed']) expect(dumpWords(status)).not.toBe('')
  expect(dumpWords('new')).toBe('')
  expect(readFormats({ formats: ['elf', 'kdump-zlib', 1] })).toEqual(['elf', 'kdump-zlib'])
  expect(readFormats(null)).toEqual(['elf'])
})
