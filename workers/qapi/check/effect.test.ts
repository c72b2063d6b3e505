import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Json } from '#base/json/value.ts'
import { effectTable } from './effect-table.ts'
import { commandEffect, commandInLine, lineEffect, parserReset } from './effect.ts'
import { humanLineEffect } from './human-effect.ts'
import { buildSchema, entitiesOf } from '../model/schema.ts'

const folder = join(import.meta.dirname, '../../../public/schemas')
/** Those whose arguments decide. */
const byArguments = ['device_add', 'human-monitor-command', 'object-add']

describe('the table of effects', () => {
  test.each(readdirSync(folder))('has each command of %s', (file) => {
    const schema = buildSchema(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Json)
    if (!schema.ok) throw new Error(schema.error)
    const names = entitiesOf(schema.value, 'command').map((each) => each.name)
    expect(names.length).toBeGreaterThan(50)
    expect(names.filter((name) => !effectTable.has(name) && !byArguments.includes(name))).toEqual([])
  })

  test('has each command of the installed guest agent', () => {
    // Debian's package of the agent, which the tests install.
    const file = '/usr/share/doc/qemu-guest-agent/qapi-schema.json.gz'
    expect(existsSync(file)).toBe(true)
    const text = gunzipSync(readFileSync(file)).toString()
    const names = [...text.matchAll(/'command': *'([^']+)'/g)].map((each) => each[1] ?? '')
    expect(names.length).toBeGreaterThan(35)
    expect(names.filter((name) => !effectTable.has(name))).toEqual([])
  })
})

test.each([
  // What overwrites files of the host, opens ports or loses data.
  ['screendump', { filename: '/tmp/x' }],
  ['blockdev-create', {}],
  ['chardev-add', {}],
  ['nbd-server-start', {}],
  ['snapshot-save', {}],
  ['guest-ssh-add-authorized-keys', {}],
  ['guest-file-open', {}],
  ['qom-set', {}],
  ['x-blockdev-amend', {}],
  ['device-list-properties', { typename: 'virtio-net-pci' }],
  ['qom-list-types', {}],
  ['object-add', { 'qom-type': 'filter-dump', id: 'a' }],
  ['object-add', { 'qom-type': 'memory-backend-file', id: 'a' }],
  ['object-add', { 'qom-type': 'secret', id: 'a', file: '/etc/shadow' }],
  ['object-add', { 'qom-type': 'secret', id: 'a', props: { file: '/etc/shadow' } }],
  ['object-add', { 'qom-type': 'constructor', id: 'a' }],
  ['object-add', undefined],
  ['device_add', { driver: 'virtio-vga-gl' }],
  ['device_add', { driver: 'vfio-pci' }],
  ['device_add', undefined],
  ['eject', { force: true }],
  ['blockdev-open-tray', { id: 'cd0', force: true }],
  ['blockdev-change-medium', { id: 'cd0', filename: 'a', force: true }],
  ['change', { device: 'vnc', target: '0.0.0.0:1' }],
  ['change', { device: 'vnc', target: 'password', arg: 'x' }],
])('%s %o asks', (name, args) => {
  expect(commandEffect(name, args).kind).toBe('dangerous')
})

test.each([
  ['query-status', undefined, 'reads'],
  ['guest-get-time', undefined, 'reads'],
  ['stop', undefined, 'changes'],
  ['eject', { id: 'cd0' }, 'changes'],
  ['blockdev-open-tray', { id: 'cd0' }, 'changes'],
  ['change', { device: 'cd0', target: 'vnc' }, 'changes'],
  ['device_add', { driver: 'virtio-net-pci' }, 'changes'],
  ['device_add', { driver: 'qemu64-x86_64-cpu' }, 'changes'],
  ['object-add', { 'qom-type': 'iothread', id: 'a' }, 'changes'],
  ['object-add', { 'qom-type': 'secret', id: 'a', data: 'x' }, 'changes'],
  ['quit', undefined, 'dangerous'],
  // What nobody has looked at, whatever it is called.
  ['x-new-command', undefined, 'unknown'],
  ['query-new-thing', undefined, 'unknown'],
  ['guest-get-new-thing', undefined, 'unknown'],
  ['constructor', undefined, 'unknown'],
  ['__proto__', undefined, 'unknown'],
  ['toString', undefined, 'unknown'],
  ['human-monitor-command', undefined, 'unknown'],
] as const)('%s %o: %s', (name, args, kind) => {
  expect(commandEffect(name, args).kind).toBe(kind)
})

test.each([
  ['info block', 'reads'],
  ['', 'reads'],
  ['p/x $pc', 'reads'],
  ['sendkey a', 'changes'],
  ['eject cd0', 'changes'],
  ['change cd0 a-f.iso', 'changes'],
  ['eject -f cd0', 'dangerous'],
  ['eject\t-f\tcd0', 'dangerous'],
  ['change -f cd0 a.iso', 'dangerous'],
  ['change vnc 0.0.0.0:1', 'dangerous'],
  ['q', 'dangerous'],
  ['q/x', 'dangerous'],
  ['\tquit', 'dangerous'],
  ['\vq', 'dangerous'],
  ['commit all', 'dangerous'],
  ['savevm a', 'dangerous'],
  ['logfile /tmp/x', 'dangerous'],
  ['gdbserver', 'dangerous'],
  ['drive_del a', 'dangerous'],
  ['hostfwd_add tcp::1-:1', 'dangerous'],
  ['qemu-io a "write 0 1"', 'dangerous'],
  ['device_add virtio-net-pci', 'dangerous'],
  ['wavcapture a', 'dangerous'],
  // Abbreviations are none of the monitor's words, and neither are these.
  ['qu', 'unknown'],
  ['info;quit', 'unknown'],
  ['constructor', 'unknown'],
  ['__proto__', 'unknown'],
  ['\u00a0quit', 'unknown'],
  ['\ufeffinfo status', 'unknown'],
])('the line %j of the human monitor: %s', (line, kind) => {
  expect(commandEffect('human-monitor-command', { 'command-line': line }).kind).toBe(kind)
})

test('a word that is a command of QMP has its sentence', () => {
  expect(commandEffect('human-monitor-command', { 'command-line': '  system_reset' })).toEqual(
    commandEffect('system_reset', undefined),
  )
  expect(humanLineEffect('nbd_server_start ::10809')).toBe(effectTable.get('nbd-server-start'))
})

test.each([
  '{"execute": "query-status"}',
  '{"exec-oob": "query-status", "id": {"a": [1]}}',
  '{"execute": "qom-get", "arguments": {"path": "/", "property": "type"}, "id": 18446744073709551615}',
  parserReset,
])('the line %j reads', (line) => {
  expect(lineEffect(line).kind).toBe('reads')
})

test.each([
  '{"execute":"query-status"}{"execute":"quit"}',
  '{"execute":"query-status"} x',
  '{"execute":"query-status"} {"execute":"quit"}',
  '{"execute":"query-status"}\n{"execute":"quit"}',
  "{'execute':'query-status'}",
  '{"execute":"query-status"} // {"execute":"quit"}',
  '{"execute":"query-status"} # x',
  '/* */ {"execute":"query-status"}',
  '\ufeff{"execute":"query-status"}',
  '\u00a0{"execute":"query-status"}',
  '{"execute":"query-status","execute":"query-name"}',
  '{"execute":"query-status","exec-oob":"query-name"}',
  '{"execute":"query-status","arguments":[]}',
  '{"execute":"query-status","arguments":{"a":1,"a":2}}',
  '{"execute":"query-status","control":"x"}',
  '{"execute":["query-status"]}',
  '{"execute":"query-status"',
  '[{"execute":"query-status"}]',
  '"query-status"',
  'query-status',
  '{}',
  '{"__proto__":{"execute":"query-status"}}',
  '',
])('the line %j is not exactly one command', (line) => {
  expect(commandInLine(line)).toBeUndefined()
  expect(lineEffect(line).kind).toBe('unknown')
})

test('a line that is one command is read as one', () => {
  expect(commandInLine('{"execute":"stop","id":7}')).toEqual({
    name: 'stop',
    arguments: undefined,
    oob: false,
  })
  expect(commandInLine('{"exec-oob":"migrate-pause","arguments":{}}')).toEqual({
    ...{ name: 'migrate-pause', arguments: {}, oob: true },
  })
})

test('an escape hides nothing', () => {
  expect(lineEffect('{"\\u0065xecute": "q\\u0075it"}').kind).toBe('dangerous')
})
