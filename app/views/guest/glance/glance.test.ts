import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '#base/json/value.ts'
import { glanceParts, glanceQueries } from './glance.ts'
import type { GlanceQuery, GlanceReply } from './glance.ts'

function lineOf(query: GlanceQuery, value: Json, label: string): readonly string[] | string | undefined {
  const replies = new Map<GlanceQuery, GlanceReply>([
    [query, { kind: 'returned', value, sentAt: 1000, at: 1010 }],
  ])
  const part = glanceParts(replies).find((each) => each.label === label)
  return part?.why ?? part?.lines.map(({ text }) => text)
}

test('each part in words', () => {
  expect(lineOf('guest-get-host-name', { 'host-name': 'lab1' }, 'Host name')).toEqual(['lab1'])
  expect(
    lineOf(
      'guest-get-osinfo',
      { 'pretty-name': 'Debian 12', 'kernel-release': '6.1', machine: 'x86_64' },
      'System',
    ),
  ).toEqual(['Debian 12', 'kernel 6.1, x86_64'])
  expect(lineOf('guest-get-users', [{ user: 'root' }, { user: 'a', domain: 'D' }], 'Users')).toEqual([
    'root',
    'D\\a',
  ])
  expect(
    lineOf(
      'guest-network-get-interfaces',
      [
        {
          name: 'eth0',
          'hardware-address': '52:54:00:12:34:56',
          'ip-addresses': [{ 'ip-address': '10.0.2.15', prefix: 24 }],
        },
        { name: 'eth1' },
      ],
      'Network',
    ),
  ).toEqual(['eth0: 10.0.2.15/24 (52:54:00:12:34:56)', 'eth1: no address'])
  expect(
    lineOf(
      'guest-get-fsinfo',
      [
        { mountpoint: '/', type: 'ext4', 'used-bytes': 1024, 'total-bytes': 2048 },
        { mountpoint: '/x', type: 'vfat' },
      ],
      'File systems',
    ),
  ).toEqual(['/ (ext4): 1.00 KiB of 2.00 KiB, 50\u00a0% full', '/x (vfat)'])
  expect(
    lineOf('guest-get-disks', [{ name: '/dev/vda' }, { name: '/dev/vda1', partition: true }], 'Disks'),
  ).toEqual(['/dev/vda'])
  expect(lineOf('guest-get-vcpus', [{ online: true }, { online: false }], 'CPUs')).toEqual(['1 of 2 online'])
  expect(lineOf('guest-get-memory-blocks', [{ online: true }], 'Memory blocks')).toEqual(['1 of 1 online'])
})

test('the clock is compared with the middle of the request', () => {
  expect(lineOf('guest-get-time', 1_005_000_000, 'Clock')).toEqual([
    expect.stringContaining('as this page’s, within 5.0 ms'),
  ])
  expect(lineOf('guest-get-time', 61_005_000_000n, 'Clock')).toEqual([
    expect.stringMatching(/1 min.* ahead of this page’s/),
  ])
  expect(lineOf('guest-get-time', 'now', 'Clock')).toBe('guest-get-time returned something unexpected')
})

test('a part that is not there says why', () => {
  const replies = new Map<GlanceQuery, GlanceReply>([
    ['guest-get-users', { kind: 'disabled' }],
    ['guest-get-vcpus', { kind: 'absent' }],
    ['guest-get-disks', { kind: 'failed', why: 'no disks' }],
  ])
  const whys = new Map(glanceParts(replies).map(({ label, why }) => [label, why]))
  expect(whys.get('Users')).toBe('guest-get-users is disabled in the guest')
  expect(whys.get('CPUs')).toBe('this agent has no guest-get-vcpus')
  expect(whys.get('Disks')).toBe('no disks')
  expect(whys.get('Host name')).toBe('not asked yet')
})

test('lists and texts are bounded, and counted', () => {
  const users = Array.from({ length: 5000 }, () => ({ user: 'x'.repeat(10_000) }))
  const lines = lineOf('guest-get-users', users, 'Users') as readonly string[]
  expect(lines).toHaveLength(25)
  expect(lines[0]?.length).toBeLessThan(200)
  expect(lines.at(-1)).toMatch(/^and 4.976 more$/)
})

const names = [
  'host-name',
  'name',
  'user',
  'login-time',
  'ip-addresses',
  'ip-address',
  'prefix',
  'mountpoint',
]
const others = [
  'used-bytes',
  'total-bytes',
  'online',
  'size',
  'address',
  'serial',
  'domain',
  'kernel-release',
]
const leaf = fc.oneof(
  fc.string(),
  fc.double(),
  fc.bigInt(),
  fc.boolean(),
  fc.constant(null),
  fc.constant('<img src=x onerror=alert(1)>'),
)
const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('tree'), { maxLength: 6 }),
    fc.dictionary(fc.constantFrom(...names, ...others, '__proto__'), tie('tree')),
  ),
}))

test('anything that an agent may say becomes few short lines', () => {
  fc.assert(
    fc.property(fc.constantFrom(...glanceQueries), tree, (query, value) => {
      const reply: GlanceReply = { kind: 'returned', value, sentAt: 0, at: 1 }
      for (const { lines } of glanceParts(new Map([[query, reply]]))) {
        expect(lines.length).toBeLessThan(30)
        for (const { text, full } of lines) {
          expect(text.length).toBeLessThan(3000)
          expect(full ?? 0).toBeLessThanOrEqual(1)
        }
      }
    }),
  )
})
