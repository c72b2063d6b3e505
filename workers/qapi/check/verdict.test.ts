import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '#base/json/value.ts'
import { withProperties, withPropertyValue, readProperties, dynamicMember } from '../model/device-schema.ts'
import { rangeOf } from '../model/integer-type.ts'
import { completionsAt } from '../draft/complete.ts'
import { cursorAt, placeOfPath, placesOf } from '../draft/json-places.ts'
import { textIssues } from '../draft/json-issues.ts'
import { liveKind } from '../draft/live-values.ts'
import { requestSchema, requestTypeOf } from '../model/requests.ts'
import { commandOf } from '../model/schema.ts'
import { loadSchema } from '../testing/load.ts'
import { validate } from './validate.ts'
import { withProbe } from './probe.ts'
import { ask, learnedWidth, readRefusal, whyNotAsk } from './verdict.ts'
import { widthKey, widthsOf } from './widths.ts'

const schema = loadSchema('qemu-7.2-x86_64')
const typeOf = (command: string): string => commandOf(schema, command)?.argType ?? ''

describe('refusals', () => {
  test.each([
    ["Parameter 'driver' is missing", 'missing', 'driver', undefined],
    ["Parameter 'file.foo' is unexpected", 'unexpected', 'file.foo', undefined],
    ["1:20: Parameter 'a' is unexpected", 'unexpected', 'a', undefined],
    ["Invalid parameter type for 'a[0].b', expected: string", 'type', 'a.0.b', 'string'],
    ["Invalid parameter type for 'null', expected: string", 'type', '', 'string'],
    ["Invalid parameter type for 'x', expected: uint64", 'width', 'x', 'uint64'],
    ["Parameter 'driver' does not accept value 'bogus'", 'value', 'driver', undefined],
    ["Invalid parameter 'bogus'", 'value', 'bogus', undefined],
    ["Parameter 'queue-size' expects uint16_t", 'width', 'queue-size', 'uint16_t'],
  ])('%s', (desc, rule, path, expected) => {
    expect(readRefusal(desc)).toEqual({ rule, path, expected })
  })

  test.each(["Device 'x' not found", '', "Parameter 'x' expects a sensible value"])('%j is none', (desc) => {
    expect(readRefusal(desc)).toBeUndefined()
  })
})

describe('asking', () => {
  test('what would run is not asked', () => {
    expect(whyNotAsk(schema, 'device_add')).toMatch(/would run/)
    expect(whyNotAsk(schema, 'query-qmp-schema')).toMatch(/run/)
    expect(whyNotAsk(schema, 'no-such')).toMatch(/no command/)
    expect(whyNotAsk(loadSchema('qemu-5.2-x86_64'), 'object-add')).toMatch(/would run/)
    expect(whyNotAsk(schema, 'object-add')).toBeUndefined()
    expect(whyNotAsk(schema, 'quit')).toBeUndefined()
  })

  test('the member that was added proves that the others are accepted', async () => {
    const sent: JsonObject[] = []
    const verdict = await ask(schema, 'quit', undefined, false, (_name, args) => {
      sent.push(args)
      return Promise.resolve({ desc: `Parameter '${Object.keys(args)[0] ?? ''}' is unexpected` })
    })
    expect(verdict).toEqual({ kind: 'accepted' })
    expect(sent).toHaveLength(1)
  })

  test('an unexpected member of the arguments is looked for behind the added one', async () => {
    let turns = 0
    const verdict = await ask(schema, 'quit', { odd: 1 }, true, (_name, args) => {
      turns += 1
      const names = Object.keys(args)
      const named = turns < 5 ? names.find((each) => each !== 'odd') : 'odd'
      return Promise.resolve({ desc: `Parameter '${named ?? ''}' is unexpected` })
    })
    expect(verdict).toMatchObject({ kind: 'refused', refusal: { path: 'odd' } })
    const never = await ask(schema, 'quit', { odd: 1 }, true, (_name, args) =>
      Promise.resolve({
        desc: `Parameter '${Object.keys(args).find((each) => each !== 'odd') ?? ''}' is unexpected`,
      }),
    )
    expect(never).toMatchObject({ kind: 'none' })
    const lost = await ask(schema, 'quit', {}, false, () => Promise.resolve({ why: 'lost' }))
    expect(lost).toEqual({ kind: 'none', why: 'lost' })
  })

  test('no command has a member like the added one', () => {
    const probe = Object.keys(withProbe({}))[0] ?? ''
    for (const entity of schema.entities) {
      if (entity.kind === 'object') expect(entity.members.map((each) => each.name)).not.toContain(probe)
    }
  })
})

describe('widths', () => {
  const args: Json = {
    id: 'c',
    backend: { type: 'socket', data: { addr: { type: 'inet', data: { host: 'h', port: '1', to: 70_000 } } } },
  }

  test('a refusal with the last part of a path only is placed, and known from then on', () => {
    const refusal = readRefusal("Parameter 'to' expects uint16_t")
    const learned =
      refusal === undefined ? undefined : learnedWidth(schema, typeOf('chardev-add'), args, refusal)
    expect(learned).toMatchObject({ member: 'to', width: 'uint16', path: 'backend.data.addr.data.to' })
    if (learned === undefined) return
    const widthOf = widthsOf(schema, { [widthKey(learned.owner, learned.member)]: learned.width })
    expect(validate(schema, typeOf('chardev-add'), args)).toEqual([])
    expect(validate(schema, typeOf('chardev-add'), args, { widthOf })).toEqual([
      { path: 'backend.data.addr.data.to', message: '70000 is outside of uint16: 0 to 65535' },
    ])
  })

  test('a refusal of a text as an integer tells nothing of its width', () => {
    const refusal = readRefusal("Invalid parameter type for 'value', expected: integer")
    expect(
      refusal === undefined ? undefined : learnedWidth(schema, typeOf('balloon'), { value: 'x' }, refusal),
    ).toBeUndefined()
  })

  test('the ranges are those of the types', () => {
    expect(rangeOf('uint8_t')).toEqual({ min: 0n, max: 255n })
    expect(rangeOf('int16')).toEqual({ min: -32_768n, max: 32_767n })
    expect(rangeOf('size')).toEqual({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
    expect(rangeOf('str')).toBeUndefined()
  })
})

/** The text and the offset of the `|` in it. */
function cursor(marked: string): [text: string, offset: number] {
  return [marked.replace('|', ''), marked.indexOf('|')]
}

describe('places in JSON that is being typed', () => {
  test.each([
    ['{|}', 'key', ''],
    ['{"a|', 'key', ''],
    ['{"driver": "q|"}', 'value', 'driver'],
    ['{"driver": |', 'value', 'driver'],
    ['{"driver": "raw", "file": {"dri|"}}', 'key', 'file'],
    ["{'a': [1, |2]}", 'value', 'a.1'],
    ['{"a": [1, |', 'value', 'a.1'],
    ['{"a": {"b": {}, |', 'key', 'a'],
    ['{"a": 1 /* x */, // y\n "b": tr|ue}', 'value', 'b'],
  ])('%s', (marked, kind, path) => {
    const [text, offset] = cursor(marked)
    const found = cursorAt(text, placesOf(text), offset)
    expect(found?.kind).toBe(kind)
    expect(found?.kind === 'key' ? found.within.path : found?.path).toBe(path)
  })

  test('any text whatever has places inside of it, and quickly', () => {
    for (const text of ['', '}{', '{"a', '[[[[', '{"a":,"b"}', '"\\', "{'x':'", '{"a":{"b":[{"c":']) {
      const check = (places: ReturnType<typeof placesOf>): void => {
        for (const each of places) {
          expect(each.from).toBeLessThanOrEqual(each.to)
          expect(each.to).toBeLessThanOrEqual(text.length)
          check(each.children)
        }
      }
      check(placesOf(text))
    }
    expect(placesOf('['.repeat(20_000)).length).toBeGreaterThan(0)
  })

  test('an issue is at its value, at its key, or where it is missing', () => {
    const text = '{"driver": "raw", "sise": 1, "file": {"driver": "file"}}'
    const issues = textIssues(text, false, (value) => validate(schema, typeOf('blockdev-add'), value))
    expect(issues.map((each) => [text.slice(each.from, each.to), each.message])).toEqual([
      ['"file"', 'filename is missing'],
      ['"sise"', 'sise is unexpected; did you mean size?'],
    ])
    const [root] = placesOf(text)
    expect(
      root && text.slice(placeOfPath(root, 'file.driver').from, placeOfPath(root, 'file.driver').to),
    ).toBe('"file"')
    expect(textIssues('{"a": }', false, () => [])).toMatchObject([{ isSyntax: true }])
    expect(textIssues('{} {}', false, () => [])).toMatchObject([{ message: 'one value is enough here' }])
    expect(textIssues('{} {}', true, () => [])).toEqual([])
  })
})

describe('completion', () => {
  const labels = (marked: string, type = typeOf('blockdev-add')): readonly string[] =>
    completionsAt(schema, type, ...cursor(marked))?.options.map((each) => each.label) ?? []

  test('members that are not there yet, those of the chosen case too', () => {
    expect(labels('{"|"}')).toContain('driver')
    expect(labels('{"driver": "qcow2", |}')).toContain('lazy-refcounts')
    expect(labels('{"driver": "qcow2", |}')).not.toContain('driver')
    expect(labels('{"driver": "qcow2", "file": {"driver": "file", "|"}}')).toContain('filename')
  })

  test('values of enums, and of alternates', () => {
    expect(labels('{"driver": "|"}')).toContain('throttle')
    expect(labels('{"driver": "raw", "read-only": |}')).toEqual(['true', 'false'])
    expect(
      completionsAt(schema, typeOf('blockdev-add'), ...cursor('{"driver": "raw", "read-only": |}')),
    ).toMatchObject({
      from: 31,
      to: 31,
    })
  })

  test('requests: the name of the command, then its arguments', () => {
    const requests = requestSchema(schema)
    const at = (marked: string): readonly string[] => {
      const [text, offset] = cursor(marked)
      const type = requestTypeOf(requests, placesOf(text)[0]?.value)
      return completionsAt(requests.schema, type, text, offset)?.options.map((each) => each.label) ?? []
    }
    expect(at('{"execute": "|"}')).toContain('blockdev-add')
    expect(at('{"exec-oob": "|"}')).toEqual(expect.not.arrayContaining(['blockdev-add']))
    expect(at('{"execute": "blockdev-del", "arguments": {|}}')).toEqual(['node-name'])
    const wrong = { execute: 'blockdev-del', arguments: { nodename: 'x' } }
    expect(validate(requests.schema, requests.inBand, wrong).map((each) => each.path)).toEqual([
      'arguments.node-name',
      'arguments.nodename',
    ])
    expect(validate(requests.schema, requests.inBand, { execute: 'blockdev-del' })).toHaveLength(1)
    expect(validate(requests.schema, requests.inBand, { execute: 'stop', id: [1] })).toEqual([])
  })
})

describe('arguments that introspection does not have', () => {
  const properties = readProperties([
    { name: 'queue-size', type: 'uint16', 'default-value': 256 },
    { name: 'share-rw', type: 'bool', description: 'on/off', 'default-value': false },
    { name: 'drive', type: 'str', description: 'Node name or ID of a block device to use as a backend' },
    {
      name: 'werror',
      type: 'BlockdevOnError',
      description: 'Error handling policy, report/ignore/enospc/stop/auto',
    },
    { name: 'iothread', type: 'link<iothread>' },
    { name: 'virtio-backend', type: 'child<virtio-blk-device>' },
    { nonsense: true },
  ])

  test('properties become members, with their types, defaults and texts', () => {
    const shaped = withProperties(schema, 'device_add', 'virtio-blk-pci', properties)
    const type = commandOf(shaped, 'device_add')?.argType ?? ''
    const entity = shaped.byName.get(type)
    const names = entity?.kind === 'object' ? entity.members.map((each) => each.name) : []
    expect(names).toEqual(['driver', 'bus', 'id', 'drive', 'iothread', 'queue-size', 'share-rw', 'werror'])
    const check = (value: Json): readonly string[] => validate(shaped, type, value).map((each) => each.path)
    expect(check({ driver: 'virtio-blk-pci', 'queue-size': 128, 'share-rw': true, werror: 'stop' })).toEqual(
      [],
    )
    expect(check({ driver: 'virtio-blk-pci', 'queue-size': 'x', 'share-rw': 'on', werror: 'no' })).toEqual([
      'queue-size',
      'share-rw',
      'werror',
    ])
    expect(
      shaped.definitions.get(type)?.members.find((each) => each.name === 'queue-size')?.defaultText,
    ).toBe('256')
    expect(dynamicMember(schema, 'device_add')).toBe('driver')
    expect(dynamicMember(schema, 'object-add')).toBeUndefined()
    expect(dynamicMember(loadSchema('qemu-5.2-x86_64'), 'object-add')).toBe('qom-type')
  })

  test('the value of qom-set has the type of the property', () => {
    const [size] = properties
    if (size === undefined) throw new Error('no property')
    const shaped = withPropertyValue(schema, '/machine', size)
    const type = commandOf(shaped, 'qom-set')?.argType ?? ''
    expect(validate(shaped, type, { path: '/machine', property: 'queue-size', value: 1 })).toEqual([])
    expect(validate(shaped, type, { path: '/machine', property: 'queue-size', value: 'x' })).toHaveLength(1)
  })
})

test.each([
  ['blockdev-del', 'blockdev-del', 'node-name', 'node'],
  ['blockdev-add', 'BlockdevOptions', 'node-name', undefined],
  ['blockdev-add', 'BlockdevRef', 'file', 'node'],
  ['block-dirty-bitmap-add', 'block-dirty-bitmap-add', 'node', 'node'],
  ['block-dirty-bitmap-add', 'block-dirty-bitmap-add', 'name', undefined],
  ['block-dirty-bitmap-remove', 'block-dirty-bitmap-remove', 'name', 'bitmap'],
  ['device_add', 'x', 'driver', 'device type'],
  ['device_add', 'x', 'bus', 'bus'],
  ['device_add', 'x', 'drive', 'node'],
  ['device_del', 'device_del', 'id', 'device'],
  ['object-del', 'object-del', 'id', 'object'],
  ['object-add', 'ObjectOptions', 'id', undefined],
  ['qom-get', 'qom-get', 'path', 'QOM path'],
  ['qom-get', 'qom-get', 'property', 'QOM property'],
  ['job-cancel', 'job-cancel', 'id', 'job'],
  ['block-job-cancel', 'block-job-cancel', 'device', 'block job'],
  ['block-export-del', 'block-export-del', 'id', 'export'],
  ['chardev-remove', 'chardev-remove', 'id', 'chardev'],
  ['chardev-add', 'chardev-add', 'id', undefined],
  ['netdev_del', 'netdev_del', 'id', 'netdev'],
  ['screendump', 'screendump', 'filename', undefined],
])('%s: %s.%s is a %s', (command, owner, member, kind) => {
  expect(liveKind({ command, owner, member })).toBe(kind)
})
