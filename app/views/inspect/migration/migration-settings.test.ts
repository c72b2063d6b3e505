import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '#base/json/value.ts'
import { runs } from '#base/testing/runs.ts'
import { loadSchema } from '#qapi/testing/load.ts'
import { addressWarning, fileAddress, takesFiles, whyNoAddress, whyNoFile } from './migration-address.ts'
import {
  alikeFor,
  fieldText,
  migrationChange,
  migrationFields,
  migrationSwitches,
  readField,
} from './migration-settings.ts'
import type { MigrationField } from './migration-settings.ts'

const schema = loadSchema('qemu-7.2-x86_64')
const current = { 'max-bandwidth': 134217728, 'tls-creds': '', 'multifd-compression': 'none' }
const fields = migrationFields(schema, current)
const named = (name: string): MigrationField => {
  const found = fields.find((each) => each.name === name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}

test('the fields are those that the server has, of the types of its schema', () => {
  expect(named('max-bandwidth')).toMatchObject({ kind: 'whole', unit: 'bytes/s', now: 134217728 })
  expect(named('cpu-throttle-tailslow').kind).toBe('switch')
  expect(named('multifd-compression')).toMatchObject({ kind: 'choice', choices: ['none', 'zlib', 'zstd'] })
  expect(named('tls-creds').kind).toBe('text')
  expect(named('block-bitmap-mapping')).toMatchObject({ kind: 'json', now: undefined })
  expect(named('x-checkpoint-delay').features).toEqual(['unstable'])
  const ofNewest = migrationFields(loadSchema('qemu-11.1-x86_64'), undefined).map(({ name }) => name)
  expect(ofNewest).toContain('direct-io')
  expect(ofNewest).not.toContain('compress-level')
  expect(migrationFields(loadSchema('qemu-storage-daemon-7.2'), current)).toEqual([])
})

test('the texts of a manual stand with what they are about', () => {
  const about = (text: string) => ({ kind: 'paragraph' as const, spans: [text] })
  const define = (name: string, member: string, text: string) =>
    [
      name,
      { kind: 'object', name, includes: [], members: [{ name: member, doc: [about(text)] }] } as never,
    ] as const
  const joined = {
    ...schema,
    definitions: new Map([
      define('MigrateSetParameters', 'max-bandwidth', 'to set maximum\n speed'),
      define('MigrationCapability', 'postcopy-ram', 'Start executing on the target'),
    ]),
  }
  expect(migrationFields(joined, current).find(({ name }) => name === 'max-bandwidth')?.about).toBe(
    'to set maximum speed',
  )
  expect(migrationSwitches(joined, [{ name: 'postcopy-ram', isOn: false }])).toEqual([
    { name: 'postcopy-ram', isOn: false, about: 'Start executing on the target' },
  ])
  expect(migrationSwitches(undefined, [{ name: 'events', isOn: true }])[0]?.about).toBe('')
})

test.each([
  ['max-bandwidth', '18446744073709551615', 18446744073709551615n],
  ['max-bandwidth', ' 5 ', 5],
  ['cpu-throttle-tailslow', 'true', true],
  ['multifd-compression', 'zlib', 'zlib'],
  ['tls-creds', '', ''],
  ['block-bitmap-mapping', '[]', []],
])('%s takes %j', (name, text, value) => {
  expect(readField(named(name), text)).toEqual({ ok: true, value })
})

test.each([
  ['max-bandwidth', '-1'],
  ['max-bandwidth', '1.5'],
  ['max-bandwidth', ''],
  ['max-bandwidth', '1e9'],
  ['multifd-compression', 'gzip'],
  ['cpu-throttle-tailslow', 'yes'],
  ['block-bitmap-mapping', '{'],
])('%s refuses %j in words', (name, text) => {
  const read = readField(named(name), text)
  expect(read.ok ? '' : read.error).toMatch(/\.$/)
})

test('what is told is what is read again, whatever the value', () => {
  fc.assert(
    fc.property(fc.constantFrom(...fields), fc.jsonValue(), (field, value) => {
      const text = fieldText(field, value as Json)
      const texts = new Map([[field.name, text]])
      // A field that nobody changed sends nothing.
      const change = migrationChange([{ ...field, now: value as Json }], [], { texts, switches: new Map() })
      expect([change.parameters, change.wrong.size]).toEqual([undefined, 0])
    }),
    { numRuns: runs(500) },
  )
})

test('the changed ones are one command each, with the values before', () => {
  const change = migrationChange(
    fields,
    [
      { name: 'events', isOn: false },
      { name: 'multifd', isOn: true },
    ],
    {
      texts: new Map([
        ['max-bandwidth', '4096'],
        ['downtime-limit', '500'],
        ['multifd-compression', 'none'],
        ['tls-creds', 'x'],
        ['announce-max', 'soon'],
      ]),
      switches: new Map([
        ['events', true],
        ['multifd', true],
      ]),
    },
  )
  expect(change).toEqual({
    parameters: { 'max-bandwidth': 4096, 'downtime-limit': 500, 'tls-creds': 'x' },
    parametersBefore: { 'max-bandwidth': 134217728, 'tls-creds': '' },
    staying: ['downtime-limit'],
    switches: [{ name: 'events', isOn: true }],
    switchesBefore: [{ name: 'events', isOn: false }],
    wrong: new Map([['announce-max', 'Write a whole number, 0 or more.']]),
  })
})

test('the other side is set to what this side is, but for what it does not have', () => {
  const source = {
    capabilities: [
      { name: 'events', isOn: true },
      { name: 'multifd', isOn: true },
      { name: 'xbzrle', isOn: false },
      { name: 'mapped-ram', isOn: true },
    ],
    parameters: { 'multifd-channels': 4, 'multifd-compression': 'none' },
  }
  const target = {
    capabilities: [
      { name: 'events', isOn: false },
      { name: 'multifd', isOn: false },
      { name: 'xbzrle', isOn: true },
    ],
    parameters: { 'multifd-channels': 2, 'multifd-compression': 'none' },
  }
  expect(alikeFor(source, target)).toEqual({
    switches: [
      { name: 'multifd', isOn: true },
      { name: 'xbzrle', isOn: false },
    ],
    parameters: { 'multifd-channels': 4 },
  })
  expect(alikeFor({ ...source, capabilities: [] }, target)).toEqual({ switches: [], parameters: undefined })
})

test.each([
  ['tcp:127.0.0.1:4444', undefined],
  ['unix:/tmp/x', undefined],
  ['', 'an address is needed'],
  ['127.0.0.1:4444', 'an address begins with tcp:, unix:, file:, exec:, fd: or rdma:'],
  ['unix:', 'something after unix:'],
])('the address %s', (uri, why) => {
  expect(whyNoAddress(uri)).toBe(why)
})

test('a shell on the host is warned of, and what a browser cannot pass', () => {
  expect(addressWarning('exec:cat > x')).toContain('shell')
  expect(addressWarning('fd:out')).toContain('getfd')
  expect(addressWarning('unix:/tmp/x')).toBeUndefined()
})

test('a file is a file where the server takes files, else a shell that copies', () => {
  const known = ['qemu-5.2-x86_64', 'qemu-7.2-x86_64', 'qemu-10.0-x86_64', 'qemu-11.1-x86_64']
  expect(known.map((file) => takesFiles(loadSchema(file)))).toEqual([false, false, true, true])
  expect(fileAddress('/tmp/x', true, 'to')).toBe('file:/tmp/x')
  expect(fileAddress('/tmp/x,offset=1', true, 'to')).toBe("exec:cat > '/tmp/x,offset=1'")
  expect(fileAddress("/tmp/it's; rm -r x", false, 'from')).toBe(
    String.raw`exec:cat < '/tmp/it'\''s; rm -r x'`,
  )
})

test.each([
  ['', 'a file is needed'],
  ['x', 'a path on the host of QEMU begins with /'],
  ['/tmp/x\n', 'a path has no control characters'],
  [`/${'x'.repeat(5000)}`, 'a path has at most 4096 characters'],
  ['/tmp/a b', undefined],
])('the file %j', (path, why) => {
  expect(whyNoFile(path)).toBe(why)
})
