/** Forms for every command of real schemas: what is put in comes out, by whichever way it is put in. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs, some } from '#base/testing/runs.ts'
import { equalJson } from '#base/json/equal.ts'
import { parseInput, parseJson } from '#base/json/parse.ts'
import { printJson, textOf } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import {
  currentMembers,
  emptyNode,
  fromValue,
  memberNode,
  mergeValue,
  reshape,
  toValue,
  withMember,
  withPresence,
} from './draft.ts'
import { draftText } from './draft-text.ts'
import type { Node } from './draft.ts'
import { withProperties } from '../model/device-schema.ts'
import { commandOf, entitiesOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import { valuesOf } from '../testing/generate.ts'
import { branchFor, validate } from '../check/validate.ts'
import { loadSchema } from '../testing/load.ts'

/** Fill a form as a person does: one member after the other, the tag first, optional ones added before they are filled. */
function fillIn(schema: Schema, type: string, node: Node, value: Json): Node {
  const entity = schema.byName.get(type)
  switch (node.kind) {
    case 'string':
      return { kind: 'string', text: textOf(value) }
    case 'number':
      return { ...node, text: printJson(value) }
    case 'boolean':
      return { kind: 'boolean', value: value === true }
    case 'null':
      return node
    case 'enum':
      return { kind: 'enum', value: textOf(value) }
    case 'json':
      return { ...node, text: printJson(value) }
    case 'array': {
      const element = entity?.kind === 'array' ? entity.elementType : ''
      const items = (value as readonly Json[]).map((item) =>
        fillIn(schema, element, emptyNode(schema, element), item),
      )
      return { kind: 'array', items }
    }
    case 'alternate': {
      if (entity?.kind !== 'alternate') return node
      const branch = branchFor(schema, entity, value) ?? ''
      const index = entity.branches.indexOf(branch)
      const inner = fillIn(schema, branch, emptyNode(schema, branch), value)
      return { ...node, branch: index, nodes: new Map(node.nodes).set(index, inner) }
    }
    case 'object': {
      let at = node
      const done = new Set<string>()
      const object = value as JsonObject
      for (let turn = 0; turn < 400; turn += 1) {
        const member = currentMembers(schema, type, at).find(
          (each) => !done.has(each.name) && Object.hasOwn(object, each.name),
        )
        if (member === undefined) return at
        done.add(member.name)
        if (member.optional) at = withPresence(at, member, true)
        const inside = fillIn(
          schema,
          member.type,
          memberNode(schema, at, member),
          object[member.name] ?? null,
        )
        at = withMember(at, member, inside)
      }
      return at
    }
  }
}

describe.each(some(['qemu-11.1-x86_64', 'qemu-10.0-x86_64', 'qemu-7.2-x86_64']))('%s', (file) => {
  const schema = loadSchema(file)
  const commands = entitiesOf(schema, 'command')

  test('every form opens, takes any valid value, and sends exactly that', () => {
    for (const { name, argType } of commands) {
      expect(emptyNode(schema, argType).kind, name).toBe('object')
      fc.assert(
        fc.property(valuesOf(schema, argType), (value) => {
          const node = fillIn(schema, argType, emptyNode(schema, argType), value)
          const built = toValue(schema, argType, node)
          expect(built.issues).toEqual([])
          expect(equalJson(built.value ?? null, value)).toBe(true)
        }),
        { numRuns: runs(6) },
      )
    }
  })

  test('from the form to JSON and back nothing is lost, whatever the form held before', () => {
    for (const { name, argType } of commands) {
      fc.assert(
        fc.property(valuesOf(schema, argType), valuesOf(schema, argType), (before, value) => {
          const text = draftText(schema, argType, fromValue(schema, argType, value))
          const read = parseInput(text)
          expect(read.ok, `${name}: ${text}`).toBe(true)
          expect(equalJson(read.ok ? read.value : null, value)).toBe(true)
          const merged = mergeValue(schema, argType, fromValue(schema, argType, before), value)
          expect(equalJson(toValue(schema, argType, merged).value ?? null, value)).toBe(true)
        }),
        { numRuns: runs(4) },
      )
    }
  })
})

const schema = loadSchema('qemu-7.2-x86_64')
const blockdev = entitiesOf(schema, 'command').find((each) => each.name === 'blockdev-add')?.argType ?? ''

test('what the schema does not know, and what does not fit, goes through the form and is reported', () => {
  const anything = fc.dictionary(
    fc.constantFrom('driver', 'size', 'strange', '__proto__', 'file'),
    fc.jsonValue(),
  )
  fc.assert(
    fc.property(anything, (object) => {
      const read = parseJson(JSON.stringify(object))
      const value = read.ok ? read.value : {}
      const node = fromValue(schema, blockdev, value)
      const built = toValue(schema, blockdev, node)
      // Required members that are not in the value are asked for; the rest is as it was.
      expect(equalJson(built.partial ?? null, value)).toBe(true)
      const text = parseInput(draftText(schema, blockdev, node))
      expect(text.ok && equalJson(text.value, value)).toBe(true)
    }),
  )
})

test('absent, empty, null and false are four things', () => {
  const empty = emptyNode(schema, blockdev)
  if (empty.kind !== 'object') throw new Error('no object')
  const driver = currentMembers(schema, blockdev, empty).find((each) => each.name === 'driver')
  if (driver === undefined) throw new Error('no driver')
  const node = withMember(empty, driver, { kind: 'enum', value: 'null-co' })
  const member = currentMembers(schema, blockdev, node).find((each) => each.name === 'node-name')
  if (member === undefined) throw new Error('no node-name')
  const added = withPresence(node, member, true)
  expect(toValue(schema, blockdev, node).value).toEqual({ driver: 'null-co' })
  expect(toValue(schema, blockdev, added)).toMatchObject({
    value: undefined,
    partial: { driver: 'null-co' },
    issues: [{ path: 'node-name' }],
  })
  const given = withMember(added, member, { kind: 'string', text: '' })
  expect(toValue(schema, blockdev, given).value).toEqual({ driver: 'null-co', 'node-name': '' })
  const wrong = fromValue(schema, blockdev, { driver: 'null-co', 'node-name': null, 'read-only': false })
  const value = toValue(schema, blockdev, wrong).value
  expect(value).toEqual({ driver: 'null-co', 'node-name': null, 'read-only': false })
  expect(validate(schema, blockdev, value ?? null).map((each) => each.path)).toEqual(['node-name'])
})

test('a size stays as it was typed while the JSON beside it says the same', () => {
  const typed = fromValue(schema, blockdev, { driver: 'null-co', size: 1 })
  if (typed.kind !== 'object') throw new Error('no object')
  const size = currentMembers(schema, blockdev, typed).find((each) => each.name === 'size')
  if (size === undefined) throw new Error('no size')
  const node = withMember(typed, size, { kind: 'number', integer: true, text: '4G' })
  const same = mergeValue(schema, blockdev, node, { driver: 'null-co', size: 4_294_967_296 })
  expect(same.kind === 'object' && memberNode(schema, same, size)).toMatchObject({ text: '4G' })
  const other = mergeValue(schema, blockdev, node, { driver: 'null-co', size: 5 })
  expect(other.kind === 'object' && memberNode(schema, other, size)).toMatchObject({ text: '5' })
})

test('another driver keeps what both have, and what only one has comes back with it', () => {
  const property = (
    name: string,
    type: string,
  ): { name: string; type: string; description: string; defaultValue: undefined } => ({
    name,
    type,
    description: '',
    defaultValue: undefined,
  })
  const virtio = withProperties(schema, 'device_add', 'virtio-blk-pci', [
    property('drive', 'str'),
    property('serial', 'str'),
    property('queue-size', 'uint16'),
  ])
  const ide = withProperties(schema, 'device_add', 'ide-hd', [
    property('drive', 'str'),
    property('unit', 'int32'),
  ])
  const typeIn = (each: Schema): string => commandOf(each, 'device_add')?.argType ?? ''
  const given = { driver: 'virtio-blk-pci', drive: 'a', serial: 's', 'queue-size': 8 }
  // First as a link gives it: the schema knows driver, bus and id only.
  let node = fromValue(schema, typeIn(schema), given)
  const step = (before: Schema, now: Schema): Json | undefined => {
    if (node.kind !== 'object') throw new Error('no object')
    node = reshape(before, now, typeIn(now), node)
    return toValue(now, typeIn(now), node).value
  }
  expect(step(schema, virtio)).toEqual(given)
  expect(step(virtio, ide)).toEqual({ driver: 'virtio-blk-pci', drive: 'a' })
  expect(step(ide, virtio)).toEqual(given)
})
