/** Lists of other hosts, hostile ones too: what is taken of them, and where it leads. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { readLab } from '../lab-list.ts'
import type { ListedHost } from '../lab-list.ts'
import { readHostList } from './other-hosts.svelte.ts'

const url = 'https://b.example:6080/lab/'

function hostsIn(hosts: unknown, page = 'https://a.example/hostA/'): readonly ListedHost[] {
  const read = readLab(JSON.stringify({ version: 2, machines: [], hosts }), page)
  return read.ok ? read.value.hosts : []
}

test('hosts of a list: by address or by a path at the page’s own, each name once', () => {
  expect(
    hostsIn([
      { name: 'b', url: 'https://b.example:6080/lab' },
      { name: 'c', url: '/hostC/' },
      { name: 'd', url: '../hostD/?x#key=0123' },
      { name: 'b', url: 'https://second.example/' },
    ]),
  ).toEqual([
    { name: 'b', url: 'https://b.example:6080/lab/' },
    { name: 'c', url: 'https://a.example/hostC/' },
    { name: 'd', url: 'https://a.example/hostD/' },
  ])
})

test.each([
  [7],
  [{}],
  [[7, null, {}, { name: 'x' }, { url: 'https://b.example/' }, { name: '', url: 'https://b.example/' }]],
  [[{ name: 'x', url: 'javascript:alert(1)' }]],
  [[{ name: 'x', url: 'data:application/json,{}' }]],
  [[{ name: 'x', url: 'file:///etc/passwd' }]],
  [[{ name: 'x', url: 'https://me:secret@b.example/' }]],
  [[{ name: 'x', url: 'http://[' }]],
])('no host: %j', (hosts) => {
  expect(hostsIn(hosts)).toEqual([])
})

test('many hosts are not all taken, nor a long name', () => {
  const many = Array.from({ length: 1000 }, (_, at) => ({ name: `h${at}`, url: `https://h${at}.example/` }))
  expect(hostsIn(many)).toHaveLength(50)
  expect(hostsIn([{ name: 'x'.repeat(10_000), url }])[0]?.name).toHaveLength(64)
})

const listOf = (machines: unknown, others: object = {}): string =>
  JSON.stringify({ version: 2, machines, problems: [], ...others })

test('the machines of a host are at its own bridge, and at no other that its list names', () => {
  const machines = [{ name: 'lab1', channels: ['qmp'] }]
  const own = readHostList(listOf(machines), url)
  expect(own.ok && own.value.machines[0]?.channels[0]?.url).toBe('wss://b.example:6080/lab/?token=lab1.qmp')
  for (const bridge of ['wss://evil.example/', 'ws://127.0.0.1:6080/', 'https://b.example/']) {
    const other = readHostList(listOf(machines, { bridge }), url)
    expect(other.ok && other.value.machines).toEqual([])
    expect(other.ok && other.value.problems.join()).toContain('a bridge at another address')
  }
})

test('a thousand machines and long words are cut', () => {
  const machines = Array.from({ length: 1000 }, (_, at) => ({ name: `m${at}`, channels: ['qmp'] }))
  const read = readHostList(
    listOf(machines, { problems: Array.from({ length: 100 }, () => 'x'.repeat(10_000)) }),
    url,
  )
  if (!read.ok) throw new Error(read.error)
  expect(read.value.machines).toHaveLength(500)
  expect(read.value.problems.length).toBeLessThanOrEqual(22)
  expect(Math.max(...read.value.problems.map((each) => each.length))).toBeLessThanOrEqual(500)
})

test('whatever a list says, its machines are at the host, and no host is an address of another kind', () => {
  const text = fc.oneof(
    fc.json(),
    fc
      .record({
        machines: fc.array(fc.anything()),
        hosts: fc.anything(),
        bridge: fc.anything(),
        problems: fc.anything(),
      })
      .map((each) => {
        try {
          return JSON.stringify(each)
        } catch {
          return '{}'
        }
      }),
    fc
      .record({
        bridge: fc.oneof(fc.webUrl(), fc.string()),
        hosts: fc.array(fc.record({ name: fc.string(), url: fc.oneof(fc.webUrl(), fc.string()) })),
        machines: fc.array(
          fc.record({
            name: fc.string(),
            channels: fc.array(fc.record({ kind: fc.constantFrom('qmp', 'vnc'), token: fc.string() })),
          }),
        ),
      })
      .map((each) => JSON.stringify(each)),
  )
  fc.assert(
    fc.property(text, (given) => {
      const read = readHostList(given, url)
      if (!read.ok) {
        expect(read.error).toContain('its list cannot be read')
        return
      }
      for (const { channels } of read.value.machines)
        for (const each of channels) expect(new URL(each.url).host).toBe('b.example:6080')
      for (const each of read.value.hosts) {
        expect(each.url).toMatch(/^https?:\/\/.*\/$/)
        expect(new URL(each.url).search + new URL(each.url).hash + new URL(each.url).username).toBe('')
      }
    }),
    { numRuns: runs(300) },
  )
})
