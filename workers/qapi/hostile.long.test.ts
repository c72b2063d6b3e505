/** Schemas that no QEMU has, and a hostile server can send: whatever reads a schema comes to an end with them. */
import { describe, expect, it } from 'vitest'
import { printJson } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'
import { completeShell } from '#views/console/shell-complete.ts'
import { mapOf } from '#views/schema/map/map.ts'
import { skeleton } from '#views/schema/page/skeleton.ts'
import { aboutPath } from './draft/about.ts'
import { compareSchemas } from './compare/compare.ts'
import { completionsAt, ownersOf } from './draft/complete.ts'
import { draftText } from './draft/draft-text.ts'
import { emptyNode, fromValue, memberNode, toValue, withMember } from './draft/draft.ts'
import type { ObjectNode } from './draft/draft.ts'
import { neighbourhood } from './model/graph.ts'
import { jsonSchemaFor } from './export/json-schema.ts'
import { mergeSchemas } from './model/merged.ts'
import { reachedBy, reachSizes } from './model/reach.ts'
import { relatedTo } from './related/related.ts'
import { buildSchema, describeType, labelOf, membersOf } from './model/schema.ts'
import type { Schema } from './model/schema.ts'
import { search } from './search/search.ts'
import { typescriptFor } from './export/typescript.ts'
import { validate } from './check/validate.ts'
import { widthsOf } from './check/widths.ts'

const member = (name: string, type: string, optional = false): Json => ({
  name,
  type,
  ...(optional ? { default: null } : {}),
})
const object = (name: string, members: readonly Json[], more: Record<string, Json> = {}): Json => ({
  name,
  'meta-type': 'object',
  members,
  ...more,
})
const base: readonly Json[] = [
  { name: 'str', 'meta-type': 'builtin', 'json-type': 'string' },
  { name: 'tags', 'meta-type': 'enum', values: ['a', 'b'], members: [{ name: 'a' }, { name: 'b' }] },
  object('empty', []),
  { name: 'act', 'meta-type': 'command', 'arg-type': 'args', 'ret-type': 'empty' },
]
const union = (name: string, cases: Record<string, string>): Json =>
  object(name, [member('tag', 'tags')], {
    tag: 'tag',
    variants: Object.entries(cases).map(([name, type]) => ({ case: name, type })),
  })
const range = (length: number): readonly number[] => Array.from({ length }, (_, index) => index)

const schemas: Readonly<Record<string, readonly Json[]>> = {
  'an object with itself as a required member': [object('args', [member('next', 'args')])],
  'two objects that need each other': [
    object('args', [member('other', 'other')]),
    object('other', [member('first', 'args')]),
  ],
  'a union of itself': [union('args', { a: 'args', b: 'empty' })],
  'unions that are cases of each other': [
    union('args', { a: 'other' }),
    union('other', { a: 'args', b: 'args' }),
  ],
  'an alternate of itself': [
    { name: 'alt', 'meta-type': 'alternate', members: [{ type: 'alt' }, { type: 'str' }] },
    object('args', [member('value', 'alt')]),
  ],
  'an array of itself': [
    { name: 'list', 'meta-type': 'array', 'element-type': 'list' },
    object('args', [member('value', 'list')]),
  ],
  'a chain of 20,000 arrays': [
    object('args', [member('value', 'a0')]),
    ...range(20_000).map((at) => ({
      ...{ name: `a${at}`, 'meta-type': 'array', 'element-type': at === 19_999 ? 'str' : `a${at + 1}` },
    })),
  ],
  'a chain of 1,000 required objects': [
    object('args', [member('next', 'o0')]),
    ...range(1000).map((at) => object(`o${at}`, at === 999 ? [] : [member('next', `o${at + 1}`)])),
  ],
  'an object of 20,000 members': [
    object(
      'args',
      range(20_000).map((at) => member(`m${at}`, 'str')),
    ),
  ],
  'an object of 200 required members of its own type': [
    object(
      'args',
      range(200).map((at) => member(`m${at}`, 'args')),
    ),
  ],
  'forty unions that are cases of each other': [
    union('args', { a: 'u0' }),
    ...range(40).map((at) =>
      object(`u${at}`, [member('tag', 'str')], {
        tag: 'tag',
        variants: range(40).map((to) => ({ case: `c${to}`, type: `u${to}` })),
      }),
    ),
  ],
  'a union of 150,000 cases': [
    object('args', [member('tag', 'str')], {
      tag: 'tag',
      variants: range(150_000).map((at) => ({ case: `c${at}`, type: 'empty' })),
    }),
  ],
  'an alternate of 5,000 alternates': [
    { name: 'alt', 'meta-type': 'alternate', members: range(5000).map((at) => ({ type: `x${at}` })) },
    ...range(5000).map((at) => ({ name: `x${at}`, 'meta-type': 'alternate', members: [{ type: 'alt' }] })),
    object('args', [member('value', 'alt')]),
  ],
}

function schemaOf(name: string): Schema {
  const built = buildSchema([...base, ...(schemas[name] ?? [])])
  if (!built.ok) throw new Error(built.error)
  return built.value
}

describe.each(Object.keys(schemas))('%s', (name) => {
  it('is read, named, searched, drawn and written', () => {
    const schema = schemaOf(name)
    for (const entity of schema.entities.slice(0, 200)) {
      expect(labelOf(schema, entity.name).length).toBeLessThan(10_000)
      expect(describeType(schema, entity.name).length).toBeLessThan(10_000)
    }
    expect(search(schema, 'act').hits.length).toBeGreaterThan(0)
    expect(reachSizes(schema).get('act')).toBeGreaterThan(0)
    expect(reachedBy(schema, 'args').map((each) => each.root)).toContain('act')
    const options = {
      direction: 'both',
      depth: 2,
      expanded: new Map(),
      unfolded: new Set<string>(),
      limit: 400,
    } as const
    expect(neighbourhood(schema, 'act', options).cards.length).toBeLessThanOrEqual(400)
    expect(mapOf(schema, { width: 800, height: 600 }).groups.length).toBeGreaterThan(0)
    expect(printJson(skeleton(schema, 'args')).length).toBeLessThan(1_000_000)
    const command = schema.byName.get('act')
    if (command !== undefined) expect(relatedTo(schema, command)).toBeDefined()
  })

  it('is exported and compared', () => {
    const schema = schemaOf(name)
    const nameOf = (type: string): string => labelOf(schema, type)
    expect(
      printJson(jsonSchemaFor(schema, { command: 'act', part: 'arguments' }, nameOf) ?? null).length,
    ).toBeGreaterThan(0)
    expect(typescriptFor(schema, nameOf)).toContain('act')
    const comparison = compareSchemas(schema, schemaOf(name))
    expect(mergeSchemas(schema, schema, comparison).schema.byName.has('act')).toBe(true)
  })

  it('has lines of the console that are completed, and widths of its integers', async () => {
    const schema = schemaOf(name)
    const context = { transaction: false, ownWords: [], live: () => Promise.resolve([]) }
    for (const line of [
      'act ',
      'act v',
      'act value=',
      'act value.',
      'act value.0.0=',
      'act tag=',
      'act tag=a next.',
    ])
      expect((await completeShell(schema, line, context)).before).toContain('act')
    expect(widthsOf(schema, {})({ name: 'value', type: 'str', optional: true, features: [] })).toBeUndefined()
  })

  it('has a form, a text, completion and a verdict', () => {
    const schema = schemaOf(name)
    let node = emptyNode(schema, 'args') as ObjectNode
    // One step further in than the form opens.
    for (const each of membersOf(schema, 'args', () => 'a').slice(0, 3)) {
      node = withMember(node, each, memberNode(schema, node, each))
    }
    const built = toValue(schema, 'args', node)
    expect(built.issues.length).toBeLessThanOrEqual(20_000)
    expect(draftText(schema, 'args', node).length).toBeGreaterThan(0)
    expect(fromValue(schema, 'args', { tag: 'a', next: {}, value: [[]] }).kind).toBe('object')
    expect(validate(schema, 'args', { tag: 'a', next: { next: {} }, value: [[[]]] })).toBeDefined()
    expect(ownersOf(schema, 'args', { tag: 'a' })).toContain('args')
    expect(completionsAt(schema, 'args', '{"tag": "a", ', 13)).toBeDefined()
    expect(aboutPath(schema, 'args', { tag: 'a' }, 'tag')).toBeDefined()
  })
})

it('a value of a type that needs itself is never whole, and says where it goes on', () => {
  const schema = schemaOf('two objects that need each other')
  expect(toValue(schema, 'args', emptyNode(schema, 'args')).issues).toEqual([
    { path: 'other.first', message: 'open it, and fill it in', isUnfilled: true },
  ])
})
