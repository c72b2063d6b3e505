import { describe, expect, test } from 'vitest'
import type { Json } from '#base/json/value.ts'
import { readProperties, readsFromTexts, withProperties } from '../model/device-schema.ts'
import { commandOf } from '../model/schema.ts'
import { unsaid } from '../reference/reference.ts'
import type { Definition, ReferenceMember } from '../reference/reference.ts'
import { loadSchema } from '../testing/load.ts'
import { validate } from './validate.ts'
import { widthsOf } from './widths.ts'

const properties = readProperties([
  { name: 'addr', type: 'int32', description: 'Slot and optional function number, example: 06.0 or 06' },
  { name: 'vectors', type: 'uint32' },
  { name: 'mq', type: 'bool', description: 'on/off' },
  { name: 'size', type: 'size' },
  { name: 'serial', type: 'str' },
  { name: 'host', type: 'str', description: 'Address (bus/device/function) of the host device' },
  { name: 'rerror', type: 'BlockdevOnError', description: 'report/ignore/enospc/stop/auto' },
  { name: 'werror', type: 'BlockdevOnError', description: 'Error handling policy (report/stop/auto)' },
  { name: 'drive-type', type: 'FdcDriveType', description: 'FDC drive type, 144/288/120/none/auto' },
  { name: 'pace', type: 'Pace', description: 'low/medium (default)/high' },
  { name: 'iothread-vq-mapping', type: 'IOThreadVirtQueueMappingList' },
  { name: 'things', type: 'ThingList' },
  { name: 'bytes', type: 'uint8List' },
])

const schema = withProperties(loadSchema('qemu-7.2-x86_64'), 'device_add', 'some-device', properties)
const type = commandOf(schema, 'device_add')?.argType ?? ''
const widthOf = widthsOf(schema, {})

/** The members that are wrong, for a server that reads texts or for one that reads JSON. */
function wrong(args: Record<string, Json>, texts: boolean): readonly string[] {
  return validate(schema, type, { driver: 'some-device', ...args }, { widthOf, texts }).map(
    (each) => each.path,
  )
}

test('device_add reads texts before 9.2', () => {
  expect(readsFromTexts('device_add', { major: 7, minor: 2 })).toBe(true)
  expect(readsFromTexts('device_add', { major: 9, minor: 1 })).toBe(true)
  expect(readsFromTexts('device_add', { major: 9, minor: 2 })).toBe(false)
  expect(readsFromTexts('device_add', { major: 10, minor: 0 })).toBe(false)
  expect(readsFromTexts('object-add', { major: 7, minor: 2 })).toBe(false)
})

describe('a value of a property: on servers that read texts, and on those that read JSON', () => {
  // What QEMU 7.2 and 10.0 said of the same values is tried in device-add.real.test.ts.
  test.each<readonly [string, Json, boolean, boolean]>([
    ['addr', 5, true, true],
    ['addr', '5.1', true, true],
    ['addr', null, true, false],
    ['vectors', '4', true, false],
    ['vectors', ' 0x10', true, false],
    ['vectors', '4k', false, false],
    ['vectors', '-1', false, false],
    ['vectors', -1, false, false],
    ['vectors', true, false, false],
    ['vectors', [1], true, false],
    ['size', '4k', true, false],
    ['size', '0.5G', true, false],
    ['size', 'much', false, false],
    ['mq', 'on', true, false],
    ['mq', 'TRUE', false, false],
    ['mq', 1, false, false],
    ['mq', true, true, true],
    ['serial', 5, true, false],
    ['host', '04:10.0', true, true],
    ['rerror', 'stop', true, true],
    ['werror', 'report', true, true],
    ['werror', 'policy', false, false],
    ['rerror', 5, false, false],
    ['drive-type', '144', true, true],
    ['drive-type', 144, true, false],
    ['pace', 'medium', true, true],
    ['pace', '(default)', false, false],
    ['iothread-vq-mapping', [{ iothread: 'io0', vqs: [0, 1] }], true, true],
    ['iothread-vq-mapping', [{ vqs: [0] }], true, false],
    ['iothread-vq-mapping', 'x', true, false],
    ['iothread-vq-mapping', [{ iothread: 'io0', vqs: [65_535] }], true, true],
    ['iothread-vq-mapping', [{ iothread: 'io0', vqs: [70_000] }], true, false],
    ['iothread-vq-mapping', [{ iothread: 'io0', vqs: [0, -1] }], true, false],
    ['bytes', [255], true, true],
    ['bytes', [256], true, false],
    ['things', [{ any: 'thing' }], true, true],
  ])('%s: %j', (name, value, texts, json) => {
    const paths = (ok: boolean): unknown => (ok ? [] : [expect.stringMatching(new RegExp(`^${name}`))])
    expect(wrong({ [name]: value }, true)).toEqual(paths(texts))
    expect(wrong({ [name]: value }, false)).toEqual(paths(json))
  })
})

test('a manual calls every integer int: the width of an item of a known struct stays', () => {
  const member = (name: string, list: number, of: string): ReferenceMember => ({
    ...{ name, type: { name: of, list }, optional: list > 0, defaultText: undefined, doc: [] },
    ...{ since: undefined, features: [], condition: undefined },
  })
  const definition: Definition = {
    ...unsaid,
    kind: 'object',
    name: 'IOThreadVirtQueueMapping',
    members: [member('iothread', 0, 'string'), member('vqs', 1, 'int')],
  }
  const own = loadSchema('qemu-10.0-x86_64')
  const documented = { ...own, definitions: new Map([...own.definitions, [definition.name, definition]]) }
  const made = withProperties(documented, 'device_add', 'some-device', properties)
  const issues = (vqs: readonly number[]): readonly string[] =>
    validate(
      made,
      commandOf(made, 'device_add')?.argType ?? '',
      { driver: 'some-device', 'iothread-vq-mapping': [{ iothread: 'io0', vqs }] },
      { widthOf: widthsOf(made, {}) },
    ).map(({ path, message }) => `${path}: ${message}`)
  expect(issues([0, 70_000])).toEqual(['iothread-vq-mapping.0.vqs.1: 70000 is outside of uint16: 0 to 65535'])
  expect(issues([0, 1])).toEqual([])
})
