/** The file of `--machines`: what is read of it, and which line a fault names. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { buildList } from '../../bridge/lab-list.ts'
import { tokenLines } from '../../bridge/tokens.ts'
import { readHostPort, socketsOf } from '../attached.ts'
import { readMachines } from './read-machines.ts'

const read = (text: string): ReturnType<typeof readMachines> => readMachines(text, 'lab.json', '/etc/lab')

const file = `{
  "version": 1,
  "machines": [
    {
      "name": "web1",
      "group": "Rack 3",
      "note": "Ask Ann first.",
      "channels": {
        "qmp": { "at": "/run/vms/web1/monitor.sock", "polite": true },
        "serial": "console.sock",
        "vnc": { "at": "[::1]:5901", "label": "Front" }
      }
    },
    { "name": "db", "channels": { "qmp": "db.example.org:4444" } }
  ]
}
`

test('names, groups, notes and channels', () => {
  expect(read(file)).toEqual({
    ok: true,
    value: [
      {
        name: 'web1',
        group: 'Rack 3',
        note: 'Ask Ann first.',
        channels: [
          { name: 'qmp', target: { path: '/run/vms/web1/monitor.sock' }, polite: true },
          { name: 'serial', target: { path: '/etc/lab/console.sock' } },
          { name: 'vnc', target: { host: '::1', port: 5901 }, label: 'Front' },
        ],
      },
      {
        name: 'db',
        channels: [{ name: 'qmp', target: { host: 'db.example.org', port: 4444 } }],
      },
    ],
  })
})

test('what the bridge and the page are told', () => {
  const machines = read(file)
  if (!machines.ok) throw new Error(machines.error)
  const found = socketsOf(machines.value).map((each) => ({ ...each, listening: true }))
  expect(tokenLines(found, '/nowhere', 'KEY').split('\n')).toEqual([
    'KEY.web1.qmp: unix_socket:/run/vms/web1/monitor.sock',
    'KEY.web1.serial: unix_socket:/etc/lab/console.sock',
    'KEY.web1.vnc: ::1:5901',
    'KEY.db.qmp: db.example.org:4444',
    '',
  ])
  const about = new Map(machines.value.map((each) => [each.name, each]))
  expect(buildList(found, { about }).machines).toEqual([
    { name: 'db', channels: [{ kind: 'qmp', label: 'QMP monitor', token: 'db.qmp' }] },
    {
      name: 'web1',
      group: 'Rack 3',
      note: 'Ask Ann first.',
      channels: [
        { kind: 'qmp', label: 'QMP monitor', token: 'web1.qmp', polite: true },
        { kind: 'serial', label: 'Serial line', token: 'web1.serial' },
        { kind: 'vnc', label: 'Front', token: 'web1.vnc' },
      ],
    },
  ])
})

/** A file with this at the machine in its fifth line. */
const around = (machine: string): string =>
  `{\n  "version": 1,\n  "machines": [\n    { "name": "a", "channels": { "qmp": "/a" } },\n    ${machine}\n  ]\n}`

describe('a fault', () => {
  test.each([
    ['{\n  "version": 1,\n  "machines": [\n    {,\n  ]\n}', /^lab\.json, line 4, column 6: /],
    ['', /^lab\.json, line 1, column 1: /],
    ['[]', /line 1: an object with “machines” is expected/],
    ['{\n "version": 2, "machines": []}', /line 2: “version” is 1/],
    ['{"version": 1,\n "machines": {}}', /line 2: “machines” is a list/],
    ['{"version": 1, "machines": [],\n "machine": 1}', /line 2: The file has no “machine”/],
    [around('7'), /line 4: Machine 2 is no object/],
    [around('{ "channels": {} }'), /line 4: Machine 2 has no “name”/],
    [around('{ "name": "a b", "channels": { "qmp": "/b" } }'), /line 5: “a b” is no name/],
    [around('{ "name": "a", "channels": { "qmp": "/b" } }'), /line 5: there are two machines “a”/],
    [around('{ "name": "b" }'), /line 5: “b” has no “channels”/],
    [around('{ "name": "b",\n "chanels": {} }'), /line 6: “b” has no “chanels”: there is name, group/],
    [around('{ "name": "b",\n "channels": {\n "monitor": "/b" } }'), /line 7: monitor of “b”: a channel is/],
    [around('{ "name": "b",\n "channels": { "qmp":\n 5 } }'), /line 6: qmp of “b” is a path, HOST:PORT, or/],
    [around('{ "name": "b",\n "channels": { "qmp":\n "host:99999" } }'), /line 7: .*neither a path nor/],
    [around('{ "name": "b",\n "channels": { "qmp":\n "/a:b" } }'), /line 7: .*has a “:” in it/],
    [
      around('{ "name": "b",\n "channels": { "vnc":\n {"at": "/v",\n "polite": true} } }'),
      /line 8: .*for monitors/,
    ],
    [
      around('{ "name": "b",\n "group": 3,\n "channels": { "qmp": "/b" } }'),
      /line 6: “group” of “b” is no text/,
    ],
  ])('of %j', (text, words) => {
    const result = read(text)
    expect(result.ok ? 'read' : result.error).toMatch(words)
  })

  test('any text is read or refused with a line of it', () => {
    const members = fc.constantFrom('version', 'machines', 'name', 'channels', 'qmp', 'at', 'polite', 'x')
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(1, true, null, 'a', '/a', 'h:1', ''),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(members, tie('tree'), { maxKeys: 4 }),
      ),
    }))
    fc.assert(
      fc.property(
        fc.oneof(
          tree.map((value) => JSON.stringify(value, null, 1)),
          fc.string(),
        ),
        (text) => {
          const result = read(text)
          if (result.ok) return
          const line = Number(/line (\d+)/.exec(result.error)?.[1])
          expect(line).toBeGreaterThanOrEqual(1)
          expect(line).toBeLessThanOrEqual(text.split('\n').length)
        },
      ),
      { numRuns: runs(2000) },
    )
  })
})

test.each([
  ['127.0.0.1:5900', '127.0.0.1', 5900],
  ['[fe80::1]:1', 'fe80::1', 1],
  ['host.example.org:65535', 'host.example.org', 65_535],
])('%s', (text, host, port) => {
  expect(readHostPort(text)).toEqual({ host, port })
})

test.each([
  '::1:5900',
  'host:0',
  'host:65536',
  'host:',
  ':5900',
  'a b:1',
  '/run/x:1',
  'host:1 ',
  '[x]:1',
  'host',
])('%s is no port of a host', (text) => expect(readHostPort(text)).toBeUndefined())

test('Proxmox’s names are read as they are', () => {
  const found = ['100.qmp', '100.serial0', '100.vnc', '100.qga'].map((name) => ({
    file: name,
    listening: true,
    madeAt: 0,
  }))
  expect(buildList(found).machines).toMatchObject([
    {
      name: '100',
      channels: [
        { kind: 'qmp', token: '100.qmp' },
        { kind: 'serial', label: 'Serial line 0', token: '100.serial0' },
        { kind: 'vnc', token: '100.vnc' },
        { kind: 'qga', token: '100.qga' },
      ],
    },
  ])
})
