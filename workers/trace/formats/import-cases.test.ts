import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readRecording } from './import.ts'

/** A log of ours, read: each machine's rows in short. */
function read(name: string): string[][] {
  const bytes = readFileSync(new URL(`../testing/logs/${name}`, import.meta.url))
  const out = readRecording(name, new Uint8Array(bytes))
  if (!out.ok) throw new Error(out.error)
  return out.value.machines.map((machine) =>
    machine.rows.map(({ row }) => {
      const about = 'name' in row ? ` ${row.name}` : ''
      const exec = 'exec' in row ? ` #${row.exec}` : ''
      return `${row.kind}${about}${exec}`
    }),
  )
}

function timesOf(name: string): string[] {
  const bytes = readFileSync(new URL(`../testing/logs/${name}`, import.meta.url))
  const out = readRecording(name, new Uint8Array(bytes))
  if (!out.ok) throw new Error(out.error)
  return out.value.machines.flatMap(({ rows }) => rows.map(({ row }) => new Date(row.at).toISOString()))
}

const cases: readonly (readonly [string, readonly (readonly string[])[]])[] = [
  [
    'socat-reply-broken-off.txt',
    [
      [
        'event QMP',
        'command qmp_capabilities #1',
        'return qmp_capabilities #1',
        'command query-block #2',
        'problem',
        'outcome query-block #2',
        'event QMP',
        'command qmp_capabilities #3',
        'return qmp_capabilities #3',
        'command query-status #4',
        'return query-status #4',
      ],
    ],
  ],
  [
    'socat-pipe-before-greeting.txt',
    [
      [
        'command qmp_capabilities #1',
        'event QMP',
        'return qmp_capabilities #1',
        'command cont #2',
        'event RESUME',
        'return cont #2',
        'command query-block #3',
        'return query-block #3',
        'command device_del #4',
        'error device_del #4',
        'command stop #5',
        'event STOP',
        'return stop #5',
      ],
    ],
  ],
  [
    'libvirt-same-address-unanswered.txt',
    [
      [
        'command qmp_capabilities #1',
        'return qmp_capabilities #1',
        'command device_del #2',
        'outcome device_del #2',
        'command qmp_capabilities #3',
        'return qmp_capabilities #3',
        'command query-status #4',
        'return query-status #4',
      ],
    ],
  ],
  ['libvirt-io-write-only.txt', [['command migrate_set_speed #1', 'error migrate_set_speed #1']]],
  ['libvirt-old-io-process.txt', [['command stop #1', 'event STOP', 'return stop #1']]],
  [
    'kubevirt-virt-launcher.txt',
    [['command query-status #1', 'return query-status #1', 'event NIC_RX_FILTER_CHANGED']],
  ],
  [
    'incus-qmp.txt',
    [
      [
        'command query-hotpluggable-cpus #1',
        'return query-hotpluggable-cpus #1',
        'command stop #2',
        'return stop #2',
      ],
    ],
  ],
  ['rust-qapi-trace.txt', [['command query-status #1', 'return query-status #1']]],
  ['avocado-vt-debug.txt', [['command query-cpus-fast #1']]],
  ['qemu-python-before-6.2.txt', [['command query-status #1', 'return query-status #1']]],
  ['utf16-qmp-shell.txt', [['command query-status #1', 'return query-status #1']]],
]

test.each(cases)('%s', (name, rows) => {
  expect(read(name)).toEqual(rows)
})

test('bytes of socat -x -v', () => {
  const [rows = []] = read('socat-hex.txt')
  expect(rows.slice(0, 6)).toEqual([
    'command qmp_capabilities #1',
    'event QMP',
    'return qmp_capabilities #1',
    'command cont #2',
    'event RESUME',
    'return cont #2',
  ])
  expect(rows.filter((each) => each.startsWith('problem'))).toEqual([])
})

test("QEMU's own trace of two connections", () => {
  const [rows = []] = read('qemu-own-trace.txt')
  expect(rows.filter((each) => /^(?:problem|outcome)/.test(each))).toEqual([])
  expect(rows.filter((each) => each.startsWith('return')).length).toBe(7)
})

describe('times are those of the log', () => {
  test.each([
    ['incus-qmp.txt', '2025-01-07T12:47:26.000Z'],
    ['rust-qapi-trace.txt', '2023-10-10T12:19:33.000Z'],
    ['avocado-vt-debug.txt', '2019-07-22T05:30:23.844Z'],
    ['qemu-python-before-6.2.txt', '2021-05-02T10:00:00.200Z'],
    ['kubevirt-virt-launcher.txt', '2023-10-26T12:50:40.100Z'],
    ['libvirt-io-write-only.txt', '2022-03-07T10:47:20.145Z'],
    ['libvirt-old-io-process.txt', '2014-07-22T17:25:22.984Z'],
  ])('%s', (name, first) => {
    expect(timesOf(name)[0]).toBe(first)
  })
})

test('every log is read', () => {
  for (const name of readdirSync(new URL('../testing/logs', import.meta.url)))
    expect(read(name).flat().length).toBeGreaterThan(0)
})

test('two domains at one address of a monitor are two machines', () => {
  const at = '2022-03-07 10:00:00.000+0000: 1: info : '
  const enter = (name: string): string =>
    `${at}qemuDomainObjEnterMonitorInternal:1 : Entering monitor (mon=0x7fa4 vm=0x11 name=${name})`
  const sent = (text: string): string =>
    `${at}qemuMonitorSend:1 : QEMU_MONITOR_SEND_MSG: mon=0x7fa4 msg=${text}`
  const log = [
    ...[enter('alpha'), sent('{"execute":"stop","id":"libvirt-1"}')],
    ...[enter('beta'), sent('{"execute":"cont","id":"libvirt-1"}')],
    ...[enter('alpha'), sent('{"execute":"quit","id":"libvirt-2"}')],
  ].join('\n')
  const out = readRecording('l.log', new TextEncoder().encode(log))
  if (!out.ok) throw new Error(out.error)
  expect(out.value.machines.map(({ name, rows }) => [name, rows.length])).toEqual([
    ['alpha', 2],
    ['beta', 1],
  ])
  expect(new Set(out.value.machines.map(({ id }) => id)).size).toBe(2)
})
