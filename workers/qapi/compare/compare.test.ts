import { describe, expect, test } from 'vitest'
import { some } from '#base/testing/runs.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import { comparisonToJson, comparisonToMarkdown } from './document.ts'
import { rules, verdictOf } from './rules.ts'
import type { RuleId } from './rules.ts'
import { compareSchemas } from './compare.ts'
import type { SchemaComparison } from './compare.ts'
import { buildSchema } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'

function schemaOf(value: Json): Schema {
  const schema = buildSchema(value)
  if (!schema.ok) throw new Error(schema.error)
  return schema.value
}

type Info = Record<string, Json>

/** A command with one argument type, an event with one data type: the smallest schema in which something can change. */
function small(change: (types: Record<string, Info>) => void): Schema {
  const types: Record<string, Info> = {
    str: { name: 'str', 'meta-type': 'builtin', 'json-type': 'string' },
    int: { name: 'int', 'meta-type': 'builtin', 'json-type': 'int' },
    number: { name: 'number', 'meta-type': 'builtin', 'json-type': 'number' },
    nothing: { name: '0', 'meta-type': 'object', members: [] },
    command: { name: 'go', 'meta-type': 'command', 'arg-type': '1', 'ret-type': '1' },
    event: { name: 'GONE', 'meta-type': 'event', 'arg-type': '0' },
    object: {
      name: '1',
      'meta-type': 'object',
      members: [
        { name: 'kind', type: '2' },
        { name: 'size', type: 'int', default: null },
        { name: 'ref', type: '3' },
      ],
      tag: 'kind',
      variants: [{ case: 'a', type: '4' }],
    },
    enum: { name: '2', 'meta-type': 'enum', members: [{ name: 'a' }, { name: 'b' }], values: ['a', 'b'] },
    alternate: { name: '3', 'meta-type': 'alternate', members: [{ type: 'str' }, { type: '4' }] },
    variant: { name: '4', 'meta-type': 'object', members: [{ name: 'deep', type: 'str' }] },
  }
  change(types)
  return schemaOf(Object.values(types))
}

const object = (
  types: Record<string, Info>,
): { name: string; type: string; default?: null; features?: string[] }[] =>
  types.object?.members as unknown as { name: string; type: string; default?: null; features?: string[] }[]

const table: readonly (readonly [RuleId, string, (types: Record<string, Info>) => void])[] = [
  [
    'command-added',
    'more',
    (t) => (t.more = { name: 'more', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '0' }),
  ],
  ['command-removed', 'go', (t) => delete t.command],
  ['event-added', 'MORE', (t) => (t.more = { name: 'MORE', 'meta-type': 'event', 'arg-type': '0' })],
  ['event-removed', 'GONE', (t) => delete t.event],
  ['oob-allowed', 'go', (t) => Object.assign(t.command ?? {}, { 'allow-oob': true })],
  ['optional-member-added', 'new', (t) => object(t).push({ name: 'new', type: 'str', default: null })],
  ['required-member-added', 'new', (t) => object(t).push({ name: 'new', type: 'str' })],
  ['member-removed', 'size', (t) => object(t).splice(1, 1)],
  ['member-now-required', 'size', (t) => delete object(t)[1]?.default],
  ['member-now-optional', 'ref', (t) => Object.assign(object(t)[2] ?? {}, { default: null })],
  ['type-widened', 'size', (t) => Object.assign(object(t)[1] ?? {}, { type: 'number' })],
  ['type-changed', 'size', (t) => Object.assign(object(t)[1] ?? {}, { type: 'str' })],
  ['value-added', 'c', (t) => (t.enum = { name: '2', 'meta-type': 'enum', values: ['a', 'b', 'c'] })],
  ['value-removed', 'b', (t) => (t.enum = { name: '2', 'meta-type': 'enum', values: ['a'] })],
  ['tag-changed', 'ref', (t) => Object.assign(t.object ?? {}, { tag: 'ref' })],
  [
    'alternative-added',
    'int',
    (t) => Object.assign(t.alternate ?? {}, { members: [{ type: 'str' }, { type: '4' }, { type: 'int' }] }),
  ],
  ['feature-added', 'size', (t) => Object.assign(object(t)[1] ?? {}, { features: ['fancy'] })],
  ['deprecated', 'size', (t) => Object.assign(object(t)[1] ?? {}, { features: ['deprecated'] })],
  ['unstable', 'size', (t) => Object.assign(object(t)[1] ?? {}, { features: ['unstable'] })],
]

/** Rules that the table meets when a comparison is turned round. */
const inverse: Partial<Record<RuleId, RuleId>> = {
  'command-added': 'command-removed',
  'event-added': 'event-removed',
  'oob-allowed': 'oob-refused',
  'type-widened': 'type-narrowed',
  'alternative-added': 'alternative-removed',
  deprecated: 'undeprecated',
  'value-added': 'value-removed',
  'feature-added': 'feature-removed',
  unstable: 'stable',
}

const found = (comparison: Pick<SchemaComparison, 'changes'>, rule: RuleId): SchemaComparison['changes'] =>
  comparison.changes.filter((each) => each.rule === rule)

describe('one change', () => {
  const base = small(() => undefined)

  test.each(table)('%s: %s', (rule, item, change) => {
    const changed = small(change)
    const comparison = compareSchemas(base, changed)
    expect(comparison.changes.length).toBeGreaterThan(0)
    expect(new Set(comparison.changes.map((each) => each.rule))).toEqual(new Set([rule]))
    expect(comparison.changes).toHaveLength(1)
    for (const each of comparison.changes) {
      expect(item).toBe(each.item === '' ? each.paths[0] : each.item)
      for (const { side, verdict } of each.sides) expect(verdict).toBe(verdictOf(rule, side))
    }
    const back = inverse[rule]
    if (back !== undefined) expect(found(compareSchemas(changed, base), back).length).toBeGreaterThan(0)
  })

  test('what is used in arguments and in a return is judged for both', () => {
    const comparison = compareSchemas(
      base,
      small((t) => object(t).splice(1, 1)),
    )
    expect(comparison.changes.map((each) => each.paths)).toEqual([['go.arguments.size', 'go.return.size']])
    const optional = compareSchemas(
      base,
      small((t) => Object.assign(object(t)[2] ?? {}, { default: null })),
    )
    expect(optional.changes[0]?.sides).toEqual([
      { side: 'arguments', verdict: 'compatible' },
      { side: 'return', verdict: 'breaking' },
    ])
    expect(optional.changes[0]).toMatchObject({
      verdict: 'breaking',
      paths: ['go.return.ref', 'go.arguments.ref'],
    })
  })

  test('every rule is met by a test', () => {
    const met = new Set<string>([...table.map(([rule]) => rule), ...Object.values(inverse), ...inUnions])
    expect(Object.keys(rules).filter((each) => !met.has(each))).toEqual([])
  })
})

/** Rules that the tests of unions meet. */
const inUnions: readonly RuleId[] = [
  'member-now-in-case',
  'optional-members-of-case-added',
  'required-members-of-case-added',
  'members-of-case-removed',
  'type-replaced',
]

/** `go` with a union: `kind` is a, b or c; case a has `deep`. */
function union(change: (types: Record<string, Info>) => void = () => undefined): Schema {
  return small((types) => {
    types.enum = { name: '2', 'meta-type': 'enum', values: ['a', 'b', 'c'] }
    types.command = { name: 'go', 'meta-type': 'command', 'arg-type': '1', 'ret-type': '0' }
    change(types)
  })
}

/** The changes of `go`, in one line each. */
function told(before: Schema, after: Schema): readonly string[] {
  return compareSchemas(before, after).changes.map(({ verdict, paths, rule, detail }) =>
    `${verdict} ${paths.join(' ')}: ${rule} ${detail}`.trim(),
  )
}

const withCase = (types: Record<string, Info>, value: string, members: readonly Json[]): void => {
  types.more = { name: '9', 'meta-type': 'object', members: [...members] }
  const variants = (types.object?.variants ?? []) as readonly Json[]
  const others = variants.filter((each) => !isJsonObject(each) || each.case !== value)
  types.object = { ...types.object, variants: [...others, { case: value, type: '9' }] }
}
const withoutMember = (types: Record<string, Info>, name: string): void => {
  const members = (types.object?.members ?? []) as readonly Json[]
  types.object = {
    ...types.object,
    members: members.filter((each) => !isJsonObject(each) || each.name !== name),
  }
}
const size = { name: 'size', type: 'int', default: null }

describe('unions are judged by what is on the wire with each value of the tag', () => {
  test.each<[name: string, change: (types: Record<string, Info>) => void, expected: readonly string[]]>([
    [
      'a value gets one required member',
      (t) => withCase(t, 'b', [{ name: 'need', type: 'str' }]),
      ['breaking go.arguments(kind=b).need: required-member-added str'],
    ],
    [
      'a value gets several members, one of them required',
      (t) => withCase(t, 'b', [{ name: 'need', type: 'str' }, size]),
      ['breaking go.arguments(kind=b): required-members-of-case-added need, size?'],
    ],
    [
      'a value gets several optional members',
      (t) => withCase(t, 'b', [size, { ...size, name: 'other' }]),
      ['compatible go.arguments(kind=b): optional-members-of-case-added size?, other?'],
    ],
    [
      'the only member of a case goes with the case: one fact',
      (t) => (t.object = { ...t.object, variants: [] }),
      ['breaking go.arguments(kind=a).deep: member-removed'],
    ],
    [
      'a new value with members is the value alone',
      (t) => {
        t.enum = { name: '2', 'meta-type': 'enum', values: ['a', 'b', 'c', 'd'] }
        withCase(t, 'd', [{ name: 'need', type: 'str' }])
      },
      ['compatible go.arguments.kind = d: value-added'],
    ],
    [
      'a member moves into a case',
      (t) => {
        withoutMember(t, 'size')
        withCase(t, 'b', [size])
      },
      ['breaking go.arguments.size: member-now-in-case only when kind is b'],
    ],
    [
      'a member moves into all cases: nothing on the wire',
      (t) => {
        withoutMember(t, 'size')
        withCase(t, 'a', [{ name: 'deep', type: 'str' }, size])
        t.also = { name: '8', 'meta-type': 'object', members: [size] }
        t.object = {
          ...t.object,
          variants: [
            { case: 'a', type: '9' },
            { case: 'b', type: '8' },
            { case: 'c', type: '8' },
          ],
        }
      },
      [],
    ],
    [
      'a member moves out of a case',
      (t) => {
        withCase(t, 'a', [])
        t.object = {
          ...t.object,
          members: [...((t.object?.members ?? []) as Json[]), { name: 'deep', type: 'str' }],
        }
      },
      ['breaking go.arguments.deep: required-member-added str, there already when kind is a'],
    ],
    [
      'a member moves into a case and becomes required there',
      (t) => {
        withoutMember(t, 'size')
        withCase(t, 'a', [
          { name: 'deep', type: 'str' },
          { name: 'size', type: 'int' },
        ])
      },
      [
        'breaking go.arguments(kind=a).size: member-now-required',
        'breaking go.arguments.size: member-now-in-case only when kind is a',
      ],
    ],
  ])('%s', (_name, change, expected) => {
    expect(told(union(), union(change))).toEqual(expected)
  })

  test('several members go with a case', () => {
    const full = union((t) => withCase(t, 'b', [{ name: 'need', type: 'str' }, size]))
    expect(told(full, union())).toEqual([
      'breaking go.arguments(kind=b): members-of-case-removed need, size?',
    ])
  })

  test('a struct that becomes a union by a member it had only gains', () => {
    const struct = union((t) => (t.object = { ...t.object, tag: 'kind', variants: [] }))
    expect(
      told(
        struct,
        union((t) => withCase(t, 'a', [{ ...size, name: 'extra' }])),
      ),
    ).toEqual(['compatible go.arguments(kind=a).extra: optional-member-added int'])
  })

  test('a struct that becomes a union by a new member: that member, and what is left in a case', () => {
    const members = [{ name: 'keep', type: 'str' }, size]
    const struct = union((t) => (t.object = { name: '1', 'meta-type': 'object', members }))
    const after = union((t) => {
      t.object = {
        name: '1',
        'meta-type': 'object',
        members: [
          { name: 'keep', type: 'str' },
          { name: 'kind', type: '2' },
        ],
        tag: 'kind',
        variants: [],
      }
      withCase(t, 'a', [size, { name: 'new', type: 'str' }])
    })
    expect(told(struct, after)).toEqual([
      'breaking go.arguments.kind: required-member-added enum (a | b | c)',
      'breaking go.arguments.size: member-now-in-case only when kind is a',
    ])
  })
})

test.each(
  some([
    [3, 3, false],
    // Lengths without a common divisor: each type of the one stands beside each of the other, and the pairs are too many.
    [997, 991, true],
  ] as const),
)('schemas whose %i and %i types stand in themselves everywhere end', (before, after, isCut) => {
  const loop = (length: number): Schema =>
    schemaOf([
      { name: 'go', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '[0]' },
      { name: '[0]', 'meta-type': 'array', 'element-type': '[0]' },
      ...Array.from({ length }, (_, index) => ({
        name: String(index),
        'meta-type': 'object',
        members: [
          { name: 'tag', type: 'e' },
          { name: 'next', type: String((index + 1) % length) },
        ],
        tag: 'tag',
        variants: [{ case: 'a', type: String(index) }],
      })),
      { name: 'e', 'meta-type': 'enum', values: ['a', 'b'] },
    ])
  expect(compareSchemas(loop(before), loop(after))).toMatchObject({
    isCut,
    ...(isCut ? {} : { changes: [] }),
  })
})

test('the report escapes what Markdown would take for markup, and names what breaks first', () => {
  const base = small(() => undefined)
  const comparison = compareSchemas(
    base,
    small((t) => object(t).push({ name: 'a|b*<i>', type: 'str' }, { ...size, name: 'free' })),
  )
  const text = comparisonToMarkdown(comparison, { before: 'one', after: 'two' })
  expect(text).toContain('a\\|b\\*\\<i\\>')
  expect(text.indexOf('## Breaking')).toBeLessThan(text.indexOf('## Compatible'))
  expect(comparisonToJson(comparison, { before: 'one', after: 'two' })).toMatchObject({
    before: 'one',
    changes: [
      {
        rule: 'required-member-added',
        item: 'a|b*<i>',
        sides: { arguments: 'breaking', return: 'compatible' },
      },
      { rule: 'optional-member-added', item: 'free' },
    ],
  })
})
