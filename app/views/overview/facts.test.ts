import { expect, test } from 'vitest'
import type { Json } from '#base/json/value.ts'
import { drives } from './disks/drives.ts'
import { accelerator, balloon, cpus, memory } from './facts.ts'
import type { Replies } from './facts.ts'

function returned(replies: Readonly<Record<string, Json>>): Replies {
  return Object.fromEntries(
    Object.entries(replies).map(([name, value]) => [name, { kind: 'returned' as const, value }]),
  )
}

test('a storage daemon has none of it, and each is a sentence', () => {
  const absent: Replies = Object.fromEntries(
    ['query-kvm', 'query-cpus-fast', 'query-memory-size-summary', 'query-balloon', 'query-block'].map(
      (name) => [name, { kind: 'absent' as const }],
    ),
  )
  expect(accelerator(absent)).toEqual({ kind: 'unknown', text: 'this server has no query-kvm' })
  expect(cpus(absent).text).toBe('this server has no query-cpus-fast')
  expect(memory(absent).text).toBe('this server has no query-memory-size-summary')
  expect(balloon(absent).text).toBe('this server has no query-balloon')
  expect(drives(absent)).toEqual({ kind: 'unknown', text: 'this server has no query-block' })
  const nodes = returned({ 'query-named-block-nodes': [{ 'node-name': 'n0', drv: 'null-co', file: '' }] })
  expect(drives({ ...absent, ...nodes })).toMatchObject({
    kind: 'known',
    from: 'nodes',
    drives: [{ name: 'n0' }],
  })
})

test('KVM is said only where it is; otherwise no more than is known', () => {
  expect(accelerator(returned({ 'query-kvm': { enabled: true, present: true } })).text).toBe('KVM')
  expect(accelerator(returned({ 'query-kvm': { enabled: false, present: true } })).text).toBe(
    'not KVM (TCG, as a rule)',
  )
  expect(
    accelerator(returned({ 'query-accelerators': { enabled: 'tcg', present: ['kvm', 'tcg'] } })).text,
  ).toBe('TCG')
})

test('memory is exact beside the rounded words', () => {
  expect(memory(returned({ 'query-memory-size-summary': { 'base-memory': 268435456 } }))).toEqual({
    kind: 'known',
    text: '256 MiB',
    exact: '268\u202f435\u202f456 bytes',
  })
  const huge = returned({
    'query-memory-size-summary': { 'base-memory': 18446744073709551615n, 'plugged-memory': 1024 },
  })
  expect(memory(huge)).toMatchObject({ text: '16.0 EiB and 1.00 KiB plugged in' })
  expect(memory(huge)).toMatchObject({ exact: expect.stringContaining('18\u202f446\u202f744') as string })
})

test('CPUs with their kind and host threads', () => {
  const list = [
    { 'cpu-index': 0, 'thread-id': 100, target: 'x86_64' },
    { 'cpu-index': 1, 'thread-id': 101, target: 'x86_64' },
  ]
  expect(cpus(returned({ 'query-cpus-fast': list }))).toEqual({
    kind: 'known',
    text: '2, x86_64',
    exact: 'host threads 100, 101',
  })
  expect(cpus(returned({ 'query-cpus-fast': {} })).kind).toBe('unknown')
})

test('a failing query says QEMU’s own words', () => {
  const failed: Replies = { 'query-balloon': { kind: 'failed', why: 'No balloon device has been activated' } }
  expect(balloon(failed)).toEqual({ kind: 'unknown', text: 'No balloon device has been activated' })
  expect(balloon({})).toEqual({ kind: 'unknown', text: 'not asked yet' })
})

test('drives: names, sizes, what is odd', () => {
  const block = [
    {
      device: '',
      qdev: '/machine/peripheral/cd0/virtio-backend',
      tray_open: true,
      'io-status': 'nospace',
    },
    {
      device: 'disk0',
      inserted: { drv: 'qcow2', ro: true, file: '/a.qcow2', image: { 'virtual-size': 1073741824 } },
    },
  ]
  expect(drives(returned({ 'query-block': block }))).toEqual({
    kind: 'known',
    from: 'devices',
    drives: [
      {
        name: '/machine/peripheral/cd0/virtio-backend',
        medium: 'empty',
        size: undefined,
        file: '',
        remarks: ['I/O status: nospace', 'tray open'],
      },
      { name: 'disk0', medium: 'qcow2', size: 1073741824n, file: '/a.qcow2', remarks: ['read only'] },
    ],
  })
})
