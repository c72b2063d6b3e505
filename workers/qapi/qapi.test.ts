/** The model against every recorded schema: nothing dangles, everything opens, forms lose nothing. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs, some } from '#base/testing/runs.ts'
import { equalJson } from '#base/json/equal.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'
import {
  emptyNode,
  fromValue,
  memberNode,
  tagValueOf,
  toValue,
  withMember,
  withPresence,
} from './draft/draft.ts'
import { branchNames } from './draft/branch-names.ts'
import { readNumber } from './draft/typed-number.ts'
import type { Node, ObjectNode } from './draft/draft.ts'
import { readSchemaInfo } from './model/schema-info.ts'
import {
  buildSchema,
  commandOf,
  describeType,
  entitiesOf,
  hasRealName,
  labelOf,
  membersFor,
  takesAnyMember,
  usesOf,
} from './model/schema.ts'
import type { Schema } from './model/schema.ts'
import { search } from './search/search.ts'
import { valuesOf } from './testing/generate.ts'
import { branchFor, validate } from './check/validate.ts'
import { loadSchema } from './testing/load.ts'

const folder = join(import.meta.dirname, '..', '..', 'public', 'schemas')

const files = readdirSync(folder).map((file) => file.replace(/\.json$/, ''))
const schemas = new Map(files.map((file) => [file, loadSchema(file)]))
const qemu72 = loadSchema('qemu-7.2-x86_64')

function build(list: Json): Schema {
  const schema = buildSchema(list)
  if (!schema.ok) throw new Error(schema.error)
  return schema.value
}

test('there are the schemas that are to ship', () => {
  expect(files).toHaveLength(5)
  expect(entitiesOf(qemu72, 'command')).toHaveLength(216)
  expect(entitiesOf(qemu72, 'event')).toHaveLength(52)
  expect(entitiesOf(qemu72, 'object')).toHaveLength(553)
})

describe.each([...schemas])('%s', (_file, schema) => {
  test('every reference resolves, and nothing is left out', () => {
    expect(schema.issues).toEqual([])
    for (const entity of schema.entities) {
      expect(Object.keys(entity.extra)).toEqual([])
      for (const [type] of usesOf(entity)) expect(schema.byName.has(type)).toBe(true)
    }
  })

  test('who uses a type is the exact inverse of what refers to it', () => {
    const forward = schema.entities.flatMap((entity) =>
      usesOf(entity).map(([type, use]) => `${type}|${JSON.stringify(use)}`),
    )
    const backward = [...schema.users].flatMap(([type, uses]) =>
      uses.map((use) => `${type}|${JSON.stringify(use)}`),
    )
    expect(backward.sort()).toEqual(forward.sort())
  })

  test('every entity has words, and no type is called by its number', () => {
    for (const entity of schema.entities) {
      const words = [describeType(schema, entity.name), labelOf(schema, entity.name)]
      for (const each of words) {
        expect(each).not.toBe('')
        if (!hasRealName(entity)) expect(each).not.toMatch(/^\[?\d+\]?$/)
      }
    }
  })

  test('search finds every command by its name, first', () => {
    for (const command of some(entitiesOf(schema, 'command'))) {
      expect(search(schema, command.name).hits[0]?.entity.name).toBe(command.name)
    }
  })

  test('any valid arguments go through the form and come out as they were, and are valid', () => {
    for (const command of entitiesOf(schema, 'command')) {
      fc.assert(
        fc.property(valuesOf(schema, command.argType), (value) => {
          expect(validate(schema, command.argType, value)).toEqual([])
          const built = toValue(schema, command.argType, fromValue(schema, command.argType, value))
          expect(built.issues).toEqual([])
          expect(equalJson(built.value ?? null, value)).toBe(true)
        }),
        { numRuns: runs(8) },
      )
    }
  }, 120_000)

  test('a single fault is refused, at its place', () => {
    for (const command of entitiesOf(schema, 'command')) {
      fc.assert(
        fc.property(valuesOf(schema, command.argType), (value) => {
          if (!isJsonObject(value)) return
          expect(
            validate(schema, command.argType, { ...value, '__no-such-member': 1 }).map((each) => each.path),
          ).toEqual(['__no-such-member'])
          for (const member of membersFor(schema, command.argType, undefined)) {
            const rest = Object.fromEntries(Object.entries(value).filter(([name]) => name !== member.name))
            if (!member.optional)
              expect(validate(schema, command.argType, rest).map((each) => each.path)).toContain(member.name)
          }
        }),
        { numRuns: runs(3) },
      )
    }
  }, 120_000)
})

describe('what a future version may bring', () => {
  test('an unknown meta-type, an unknown attribute and a dangling type are shown, not dropped', () => {
    const schema = build([
      { name: 'new', 'meta-type': 'dimension', sides: 4 },
      { name: 'c', 'meta-type': 'command', 'arg-type': 'gone', 'ret-type': 'gone', 'allow-preconfig': true },
    ])
    expect(schema.byName.get('new')).toMatchObject({
      kind: 'unknown',
      metaType: 'dimension',
      extra: { sides: 4 },
    })
    expect(schema.byName.get('c')?.extra).toEqual({ 'allow-preconfig': true })
    expect(schema.issues).toEqual(['The type “gone” is referred to and is not in the schema.'])
    expect(labelOf(schema, 'gone')).toContain('missing')
    expect(validate(schema, 'gone', { anything: 1 })).toEqual([])
    expect(emptyNode(schema, 'gone')).toEqual({ kind: 'json', text: '', misfit: false })
  })

  test('members named like prototypes', () => {
    const schema = build([
      { name: 'str', 'meta-type': 'builtin', 'json-type': 'string' },
      {
        name: '0',
        'meta-type': 'object',
        members: [
          { name: '__proto__', type: 'str' },
          { name: 'constructor', type: 'str', default: null },
        ],
      },
      { name: 'c', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '0' },
    ])
    const parsed = parseJson('{"__proto__": "x"}')
    if (!parsed.ok) throw new Error('no JSON')
    expect(validate(schema, '0', parsed.value)).toEqual([])
    expect(validate(schema, '0', {}).map((each) => each.message)).toEqual(['__proto__ is missing'])
    expect(printJson(toValue(schema, '0', fromValue(schema, '0', parsed.value)).value ?? null)).toBe(
      '{"__proto__":"x"}',
    )
  })

  test('a type that contains itself', () => {
    const schema = build([
      {
        name: '0',
        'meta-type': 'object',
        members: [
          { name: 'next', type: '0', default: null },
          { name: 'list', type: '[0]' },
        ],
      },
      { name: '[0]', 'meta-type': 'array', 'element-type': '0' },
      { name: 'c', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '[0]' },
    ])
    expect(labelOf(schema, '0')).toBe('arguments of c')
    expect(
      validate(schema, '0', { list: [{ list: [] }], next: { list: [{}] } }).map((each) => each.path),
    ).toEqual(['next.list.0.list'])
    expect(toValue(schema, '0', emptyNode(schema, '0')).value).toEqual({ list: [] })
  })

  test('in words for types without a name each name keeps its order to itself', () => {
    const hebrew = '\u05d0\u05d1'
    const schema = build([
      { name: '0', 'meta-type': 'object', members: [{ name: 'x\u202ey of z', type: '1' }] },
      { name: '1', 'meta-type': 'object', members: [{ name: hebrew, type: '2' }] },
      { name: '2', 'meta-type': 'enum', values: ['a', `b${hebrew}`, '\u2069\u202e', 'd', 'e'] },
      { name: hebrew, 'meta-type': 'command', 'arg-type': '0', 'ret-type': '0' },
    ])
    const isolated = `\u2068${hebrew}\u2069`
    expect(labelOf(schema, '0')).toBe(`arguments of ${isolated}`)
    expect(labelOf(schema, '1')).toBe(`\u2068x<U+202E>y of z\u2069 in arguments of ${isolated}`)
    expect(labelOf(schema, '2')).toBe(
      `${isolated} in \u2068x<U+202E>y of z\u2069 in arguments of ${isolated}`,
    )
    expect(describeType(schema, '2')).toBe(
      `enum (a | \u2068b${hebrew}\u2069 | \u2068<U+2069><U+202E>\u2069 | … 5)`,
    )
    // The name that is shown alone is its own.
    expect(labelOf(schema, hebrew)).toBe(hebrew)
  })

  test('what is no schema says so', () => {
    for (const wrong of [null, {}, [], [1], { return: {} }, [{ name: 'x' }]] as Json[])
      expect(readSchemaInfo(wrong).ok).toBe(false)
    expect(
      readSchemaInfo({ return: [{ name: 'str', 'meta-type': 'builtin', 'json-type': 'string' }, {}] }),
    ).toMatchObject({
      ok: true,
      value: { issues: [expect.stringContaining('Entity 1') as string] },
    })
  })
})

describe('the verdict', () => {
  const blockdev = commandOf(qemu72, 'blockdev-add')?.argType ?? ''
  test.each<[Json, string[]]>([
    [{ driver: 'null-co', 'node-name': 'n' }, []],
    [{}, ['driver is missing']],
    [{ driver: 'null-coo' }, ['"null-coo" is none of the 42 values; did you mean null-co?']],
    [{ driver: 'null-co', 'node-nam': 'n' }, ['node-nam is unexpected; did you mean node-name?']],
    [{ driver: 'null-co', size: 1.5 }, ['expected an integer, found 1.5']],
    [{ driver: 'null-co', size: '1' }, ['expected an integer, found a string']],
    [{ driver: 'null-co', size: 18446744073709551615n }, []],
    [
      { driver: 'null-co', size: 18446744073709551616n },
      ['18446744073709551616 is outside of what 64 bits hold'],
    ],
    [{ driver: 'null-co', 'node-name': null }, ['expected a string, found null']],
    [{ driver: 'null-co', filename: 'x' }, ['filename is unexpected with driver=null-co']],
    [{ driver: 'qcow2', file: 'ref' }, []],
    [{ driver: 'qcow2', file: { driver: 'file', filename: 'x' } }, []],
    [{ driver: 'qcow2', file: 5 }, ['expected object or string, found a number']],
    [{ driver: 'qcow2', file: { driver: 'file' } }, ['filename is missing']],
    [[], ['expected an object, found an array']],
  ])('case %#', (value, messages) => {
    expect(validate(qemu72, blockdev, value).map((each) => each.message)).toEqual(messages)
  })

  test('device_add takes what its schema does not list', () => {
    const type = commandOf(qemu72, 'device_add')?.argType ?? ''
    expect(validate(qemu72, type, { driver: 'x', addr: '1' }).length).toBe(1)
    expect(
      validate(qemu72, type, { driver: 'x', addr: '1' }, { open: takesAnyMember(qemu72, 'device_add') }),
    ).toEqual([])
    expect(takesAnyMember(qemu72, 'blockdev-add')).toBe(false)
  })

  test('an alternate is decided by the JSON type alone', () => {
    for (const alternate of entitiesOf(qemu72, 'alternate')) {
      expect(branchNames(qemu72, alternate.name, alternate.branches)).toHaveLength(alternate.branches.length)
      for (const branch of alternate.branches) {
        fc.assert(
          fc.property(valuesOf(qemu72, branch, 3), (value) => {
            expect(branchFor(qemu72, alternate, value)).toBe(branch)
          }),
          { numRuns: 5 },
        )
      }
    }
  })
})

describe('a form loses nothing', () => {
  const type = commandOf(qemu72, 'blockdev-add')?.argType ?? ''
  const member = (name: string, tag: string | undefined) => {
    const found = membersFor(qemu72, type, tag).find((each) => each.name === name)
    if (found === undefined) throw new Error(name)
    return found
  }
  const typed = (name: string, tag: string | undefined, node: ObjectNode, value: Json): ObjectNode =>
    withMember(node, member(name, tag), fromValue(qemu72, member(name, tag).type, value))
  const start = emptyNode(qemu72, type) as ObjectNode

  test('members that cases share stay when the tag changes; those of the case left come back', () => {
    let node = typed('driver', undefined, start, 'null-co')
    node = typed('node-name', 'null-co', node, 'n')
    node = typed('size', 'null-co', node, 7)
    node = typed('driver', undefined, node, 'raw')
    expect(tagValueOf(qemu72, type, node)).toBe('raw')
    expect(toValue(qemu72, type, typed('file', 'raw', node, 'f')).value).toMatchObject({
      driver: 'raw',
      'node-name': 'n',
      file: 'f',
    })
    node = typed('driver', undefined, node, 'null-co')
    expect(toValue(qemu72, type, node).value).toEqual({ driver: 'null-co', 'node-name': 'n', size: 7 })
  })

  test('an optional member that was taken away comes back with what was typed', () => {
    let node = typed('driver', undefined, start, 'null-co')
    node = typed('node-name', 'null-co', node, 'typed')
    node = withPresence(node, member('node-name', 'null-co'), false)
    expect(toValue(qemu72, type, node).value).toEqual({ driver: 'null-co' })
    node = withPresence(node, member('node-name', 'null-co'), true)
    expect(toValue(qemu72, type, node).value).toEqual({ driver: 'null-co', 'node-name': 'typed' })
  })

  test('absent, empty, null and false are four things', () => {
    let node = typed('driver', undefined, start, 'null-co')
    expect(toValue(qemu72, type, node).value).toEqual({ driver: 'null-co' })
    node = typed('node-name', 'null-co', node, '')
    expect(toValue(qemu72, type, node).value).toEqual({ driver: 'null-co', 'node-name': '' })
    node = typed('read-only', 'null-co', node, false)
    expect(toValue(qemu72, type, node).value).toEqual({
      driver: 'null-co',
      'node-name': '',
      'read-only': false,
    })
    const backing = typed(
      'backing',
      'qcow2',
      typed('file', 'qcow2', typed('driver', undefined, start, 'qcow2'), 'f'),
      null,
    )
    expect(toValue(qemu72, type, backing).value).toEqual({ driver: 'qcow2', file: 'f', backing: null })
  })

  test('members that the schema does not know, and values that do not fit, survive', () => {
    const value = { driver: 'null-co', size: 'big', extra: { x: 1n } }
    const node = fromValue(qemu72, type, value)
    expect(toValue(qemu72, type, node)).toEqual({ value, partial: value, issues: [] })
    expect(node.kind === 'object' ? Object.keys(node.extra) : []).toEqual(['extra'])
  })

  test('what is unfinished is said by its path', () => {
    let node = typed('driver', undefined, start, 'qcow2')
    node = withMember(node, member('file', 'qcow2'), { kind: 'alternate', branch: -1, nodes: new Map() })
    expect(toValue(qemu72, type, node).issues).toEqual([
      { path: 'file', message: 'choose one: new node here or existing node', isUnfilled: true },
    ])
    expect(toValue(qemu72, type, start).issues).toEqual([
      { path: 'driver', message: 'choose a value', isUnfilled: true },
    ])
    expect(memberNode(qemu72, start, member('driver', undefined))).toEqual({ kind: 'enum', value: undefined })
    const broken: Node = { kind: 'json', text: '{"a":\n!}', misfit: false }
    expect(toValue(qemu72, 'any', broken).issues[0]?.message).toMatch(/^line 2, column 1: /)
  })
})

test.each<[string, boolean, Json | RegExp]>([
  ['42', true, 42],
  ['0x10', true, 16],
  ['-1', true, -1],
  ['4G', true, 4294967296],
  ['512MiB', true, 536870912],
  ['16E', true, /outside/],
  ['15e', true, 17293822569102704640n],
  ['18446744073709551615', true, 18446744073709551615n],
  ['18446744073709551616', true, /outside/],
  ['1.5', true, /no integer/],
  ['', true, /type an integer/],
  ['0.1', false, 0.1],
  ['1e400', false, /^$/],
  ['abc', false, /no number/],
])('the number %s', (text, integer, expected) => {
  const read = readNumber(text, integer)
  if (expected instanceof RegExp && 'why' in read) expect(read.why).toMatch(expected)
  else if (expected instanceof RegExp) expect('value' in read && printJson(read.value)).toBe(text)
  else expect('value' in read && equalJson(read.value, expected)).toBe(true)
})
