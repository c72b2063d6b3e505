import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { parseJson } from '#base/json/parse.ts'
import type { Json } from '#base/json/value.ts'
import { readManual } from './manual/read-manual.ts'
import { nameTypes } from './type-names.ts'
import type { Definition, Reference } from './reference.ts'
import { buildSchema, labelOf, withReference } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'

function schemaOf(value: Json): Schema {
  const schema = buildSchema(value)
  if (!schema.ok) throw new Error(schema.error)
  return schema.value
}

function definition(kind: Definition['kind'], name: string, parts: Partial<Definition> = {}): Definition {
  return {
    kind,
    name,
    chapters: [],
    doc: [],
    since: undefined,
    members: [],
    includes: [],
    tag: undefined,
    variants: [],
    returns: undefined,
    returnsDoc: [],
    errors: [],
    features: [],
    examples: [],
    condition: undefined,
    origin: undefined,
    ...parts,
  }
}

function member(name: string, type?: string, list = 0, optional = false): Definition['members'][number] {
  return {
    name,
    type: type === undefined ? undefined : { name: type, list },
    optional,
    defaultText: undefined,
    doc: [],
    since: undefined,
    features: [],
    condition: undefined,
  }
}

function referenceOf(...definitions: Definition[]): Reference {
  return { form: 'man', title: 'Demo', version: '1', definitions, issues: [] }
}

const str = { name: 'str', 'meta-type': 'builtin', 'json-type': 'string' }
const nothing = { name: '0', 'meta-type': 'object', members: [] }

describe('by position', () => {
  const schema = schemaOf([
    str,
    nothing,
    { name: 'run', 'meta-type': 'command', 'arg-type': '1', 'ret-type': '[2]' },
    {
      name: '1',
      'meta-type': 'object',
      members: [{ name: 'how', type: '3' }],
      tag: 'how',
      variants: [
        { case: 'fast', type: '4' },
        { case: 'slow', type: '0' },
      ],
    },
    { name: '[2]', 'meta-type': 'array', 'element-type': '2' },
    { name: '2', 'meta-type': 'object', members: [{ name: 'what', type: 'str' }] },
    { name: '3', 'meta-type': 'enum', values: ['fast', 'slow'] },
    { name: '4', 'meta-type': 'object', members: [{ name: 'ref', type: '5' }] },
    { name: '5', 'meta-type': 'alternate', members: [{ type: '1' }, { type: 'str' }] },
  ])
  const definitions = [
    definition('command', 'run', { includes: ['Way'], returns: { name: 'Outcome', list: 1 } }),
    definition('object', 'Way', {
      members: [member('how', 'Speed')],
      variants: [{ tag: 'how', value: 'fast', type: 'FastWay' }],
    }),
    definition('object', 'FastWay', { members: [member('ref', 'WayRef')] }),
    definition('alternate', 'WayRef', {
      members: [member('definition', 'Way'), member('reference', 'string')],
    }),
    definition('enum', 'Speed', { members: [member('fast'), member('slow')] }),
    definition('object', 'Outcome', { members: [member('what', 'string')] }),
  ]

  test('arguments, returns, elements, members, variants and alternatives', () => {
    const { names, disagreements } = nameTypes(schema, referenceOf(...definitions))
    expect(Object.fromEntries(names)).toEqual({
      '1': 'Way',
      '2': 'Outcome',
      '3': 'Speed',
      '4': 'FastWay',
      '5': 'WayRef',
    })
    expect(disagreements).toEqual([])
  })

  test('the type of everything that takes nothing gets no name', () => {
    const odd = definition('object', 'Way', {
      members: [member('how', 'Speed')],
      variants: [
        { tag: 'how', value: 'fast', type: 'FastWay' },
        { tag: 'how', value: 'slow', type: 'Nothing' },
      ],
    })
    const other = schemaOf([
      ...(schema.entities.length > 0 ? [nothing] : []),
      { name: 'run', 'meta-type': 'command', 'arg-type': '1', 'ret-type': '0' },
      {
        name: '1',
        'meta-type': 'object',
        members: [{ name: 'how', type: '3' }],
        tag: 'how',
        variants: [{ case: 'slow', type: '0' }],
      },
      { name: '3', 'meta-type': 'enum', values: ['fast', 'slow'] },
    ])
    const { names } = nameTypes(
      other,
      referenceOf(definition('command', 'run', { includes: ['Way'] }), odd, definition('object', 'Nothing')),
    )
    expect(names.has('0')).toBe(false)
    expect(names.get('1')).toBe('Way')
  })

  test('a type that is called differently in two places keeps its number, and both are said', () => {
    const two = schemaOf([
      str,
      nothing,
      { name: 'a', 'meta-type': 'command', 'arg-type': '1', 'ret-type': '0' },
      { name: 'b', 'meta-type': 'command', 'arg-type': '1', 'ret-type': '0' },
      { name: '1', 'meta-type': 'object', members: [{ name: 'what', type: 'str' }] },
    ])
    const { names, disagreements } = nameTypes(
      two,
      referenceOf(
        definition('command', 'a', { includes: ['One'] }),
        definition('command', 'b', { includes: ['Other'] }),
        definition('object', 'One', { members: [member('what', 'string')] }),
        definition('object', 'Other', { members: [member('what', 'string')] }),
      ),
    )
    expect(names.size).toBe(0)
    expect(disagreements).toHaveLength(1)
    expect(disagreements[0]?.says).toMatch(/One and Other|Other and One/)
  })

  test('a documented type of quite other members is not believed', () => {
    const { names, disagreements } = nameTypes(
      schema,
      referenceOf(
        ...definitions.filter((each) => each.name !== 'Outcome'),
        definition('object', 'Outcome', { members: [member('else', 'string')] }),
      ),
    )
    expect(names.has('2')).toBe(false)
    expect(disagreements).toMatchObject([{ entity: '2' }])
  })
})

describe('by structure', () => {
  const schema = schemaOf([
    str,
    nothing,
    { name: 'query', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '1' },
    {
      name: '1',
      'meta-type': 'object',
      members: [
        { name: 'a', type: 'str' },
        { name: 'b', type: '2', default: null },
      ],
    },
    { name: '2', 'meta-type': 'enum', values: ['x', 'y'] },
  ])
  const info = definition('object', 'Info', {
    members: [member('a', 'string'), member('b', 'Kind', 0, true)],
  })
  const kind = definition('enum', 'Kind', { members: [member('x'), member('y')] })
  const query = definition('command', 'query')

  test('where exactly one documented type fits', () => {
    const { names } = nameTypes(schema, referenceOf(query, info, kind))
    expect(Object.fromEntries(names)).toEqual({ '1': 'Info', '2': 'Kind' })
  })

  test('never where two fit', () => {
    const twin = { ...info, name: 'Twin' }
    const { names } = nameTypes(schema, referenceOf(query, info, twin, kind))
    expect(names.has('1')).toBe(false)
    expect(names.get('2')).toBe('Kind')
  })

  test('never where a member is missing, is of another type, or is needed here and not there', () => {
    for (const members of [
      [member('a', 'string')],
      [member('a', 'int'), member('b', 'Kind', 0, true)],
      [member('a', 'string'), member('b', 'Kind')],
      [member('a', 'string'), member('b', 'Kind', 1, true)],
      [member('a', 'string'), member('b', 'Kind', 0, true), member('c', 'string')],
    ]) {
      const { names } = nameTypes(schema, referenceOf(query, { ...info, members }, kind))
      expect(names.has('1'), JSON.stringify(members)).toBe(false)
    }
  })

  test('a member that this build may lack is no obstacle', () => {
    const members = [...info.members, { ...member('c', 'string'), condition: 'CONFIG_C' }]
    const { names } = nameTypes(schema, referenceOf(query, { ...info, members }, kind))
    expect(names.get('1')).toBe('Info')
  })
})

describe('the manual of the installed QEMU and the recorded schema of 7.2', () => {
  const json = parseJson(
    readFileSync(new URL('../../../public/schemas/qemu-7.2-x86_64.json', import.meta.url), 'utf8'),
  )
  const manual = readManual(
    gunzipSync(readFileSync('/usr/share/man/man7/qemu-qmp-ref.7.gz')).toString('utf8'),
  )
  if (!json.ok || !manual.ok) throw new Error('the schema or the manual cannot be read')
  const schema = schemaOf(json.value)
  const { names, disagreements } = nameTypes(schema, manual.value)
  const described = withReference(schema, manual.value, names)

  test('nearly all types that can have a name have one, and no name is there twice', () => {
    // Types that QEMU makes for a command's arguments, and the wrappers of its unions, have no name anywhere.
    const types = schema.entities.filter((each) => ['object', 'enum', 'alternate'].includes(each.kind))
    expect(names.size / types.length).toBeGreaterThan(0.77)
    expect(new Set(names.values()).size).toBe(names.size)
    expect(disagreements).toEqual([])
  })

  test.each([
    ['blockdev-add', 'BlockdevOptions'],
    ['netdev_add', 'Netdev'],
    ['object-add', 'ObjectOptions'],
    ['migrate-set-parameters', 'MigrateSetParameters'],
  ])('%s takes %s', (command, type) => {
    const entity = schema.byName.get(command)
    expect(entity?.kind === 'command' ? labelOf(described, entity.argType) : '').toBe(type)
  })

  test.each([
    ['query-block', 'array of BlockInfo'],
    ['query-status', 'StatusInfo'],
    ['query-balloon', 'BalloonInfo'],
    ['query-pci', 'array of PciInfo'],
  ])('%s returns %s', (command, type) => {
    const entity = schema.byName.get(command)
    expect(entity?.kind === 'command' ? labelOf(described, entity.retType) : '').toBe(type)
  })

  test('every command and event of the schema is described', () => {
    const bare = described.entities.filter(
      (each) => (each.kind === 'command' || each.kind === 'event') && !described.definitions.has(each.name),
    )
    expect(bare.map((each) => each.name)).toEqual([])
  })
})

describe('the manual of another version', () => {
  const manual = readManual(
    gunzipSync(readFileSync('/usr/share/man/man7/qemu-qmp-ref.7.gz')).toString('utf8'),
  )
  if (!manual.ok) throw new Error(manual.error)
  const reference = manual.value

  function argumentsOf(version: string, command: string): string | undefined {
    const text = readFileSync(
      new URL(`../../../public/schemas/qemu-${version}-x86_64.json`, import.meta.url),
      'utf8',
    )
    const json = parseJson(text)
    if (!json.ok) throw new Error(json.error.message)
    const schema = schemaOf(json.value)
    const entity = schema.byName.get(command)
    const { names } = nameTypes(schema, reference, version === '7.2')
    return entity?.kind === 'command' ? names.get(entity.argType) : undefined
  }

  test.each([
    ['5.2', 'blockdev-del', undefined],
    ['5.2', 'xen-load-devices-state', undefined],
    ['5.2', 'blockdev-add', 'BlockdevOptions'],
    // It is MigrationParameters there, which the command that returns it says.
    ['11.1', 'migrate-set-parameters', undefined],
    ['11.1', 'blockdev-add', 'BlockdevOptions'],
    ['7.2', 'migrate-set-parameters', 'MigrateSetParameters'],
  ])('%s: %s takes %s', (version, command, name) => {
    expect(argumentsOf(version, command)).toBe(name)
  })

  test('the arguments of a command that is documented with members of its own have no name, of whatever version', () => {
    const one = schemaOf([
      str,
      nothing,
      { name: 'remove', 'meta-type': 'command', 'arg-type': '1', 'ret-type': '0' },
      { name: '1', 'meta-type': 'object', members: [{ name: 'what', type: 'str' }] },
    ])
    const manualOfIt = referenceOf(
      definition('command', 'remove', { members: [member('what', 'string')] }),
      definition('object', 'Other', { members: [member('what', 'string')] }),
    )
    expect(nameTypes(one, manualOfIt, true).names.size).toBe(0)
    expect(nameTypes(one, manualOfIt, false).names.size).toBe(0)
  })

  test('structure proves nothing', () => {
    const one = schemaOf([
      str,
      nothing,
      { name: 'query', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '1' },
      { name: '1', 'meta-type': 'object', members: [{ name: 'what', type: 'str' }] },
    ])
    const manualOfIt = referenceOf(
      definition('command', 'query'),
      definition('object', 'Info', { members: [member('what', 'string')] }),
    )
    expect(nameTypes(one, manualOfIt, true).names.get('1')).toBe('Info')
    expect(nameTypes(one, manualOfIt, false).names.size).toBe(0)
  })
})
