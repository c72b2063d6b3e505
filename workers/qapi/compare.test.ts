import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isJsonObject, parseJson } from '../base/json.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { comparisonToJson, comparisonToMarkdown } from './compare-report.ts'
import { compareSchemas, rules } from './compare.ts'
import type { Comparison, RuleId } from './compare.ts'
import { buildSchema } from './schema.ts'
import type { Schema } from './schema.ts'

const files = [
  'qemu-5.2-x86_64',
  'qemu-7.2-x86_64',
  'qemu-10.0-x86_64',
  'qemu-11.1-x86_64',
  'qemu-storage-daemon-7.2',
]

function load(file: string): readonly JsonObject[] {
  const text = readFileSync(new URL(`../../public/schemas/${file}.json`, import.meta.url), 'utf8')
  const json = parseJson(text)
  if (!json.ok) throw new Error(json.error.message)
  const list = isJsonObject(json.value) ? (json.value.return ?? []) : json.value
  return list as readonly JsonObject[]
}

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
  [
    'case-added',
    'b',
    (t) =>
      Object.assign(t.object ?? {}, {
        variants: [
          { case: 'a', type: '4' },
          { case: 'b', type: '4' },
        ],
      }),
  ],
  ['case-removed', 'a', (t) => Object.assign(t.object ?? {}, { variants: [] })],
  ['tag-changed', 'ref', (t) => Object.assign(t.object ?? {}, { tag: 'ref' })],
  [
    'alternative-added',
    'int',
    (t) => Object.assign(t.alternate ?? {}, { members: [{ type: 'str' }, { type: '4' }, { type: 'int' }] }),
  ],
  ['feature-added', 'size: fancy', (t) => Object.assign(object(t)[1] ?? {}, { features: ['fancy'] })],
  ['deprecated', 'size', (t) => Object.assign(object(t)[1] ?? {}, { features: ['deprecated'] })],
]

/** Rules that the table meets when a comparison is turned round. */
const inverse: Partial<Record<RuleId, RuleId>> = {
  'command-added': 'command-removed',
  'event-added': 'event-removed',
  'oob-allowed': 'oob-refused',
  'type-widened': 'type-narrowed',
  'alternative-added': 'alternative-removed',
  'feature-added': 'feature-removed',
  deprecated: 'undeprecated',
  'value-added': 'value-removed',
}

const found = (comparison: Comparison, rule: RuleId): Comparison['changes'] =>
  comparison.changes.filter((each) => each.rule === rule)

describe('one change', () => {
  const base = small(() => undefined)

  test.each(table)('%s: %s', (rule, item, change) => {
    const changed = small(change)
    const comparison = compareSchemas(base, changed)
    expect(comparison.changes.length).toBeGreaterThan(0)
    expect(new Set(comparison.changes.map((each) => each.rule))).toEqual(new Set([rule]))
    for (const each of comparison.changes) {
      expect(item).toBe(each.side === 'interface' ? each.where : each.item)
      const isSent = each.side === 'arguments' || each.side === 'interface'
      expect(each.verdict).toBe(isSent ? rules[rule].sent : rules[rule].received)
    }
    const back = inverse[rule]
    if (back !== undefined) expect(found(compareSchemas(changed, base), back).length).toBeGreaterThan(0)
  })

  test('what is used in arguments and in a return is judged for both', () => {
    const comparison = compareSchemas(
      base,
      small((t) => object(t).splice(1, 1)),
    )
    expect(comparison.changes.map((each) => each.side)).toEqual(['arguments', 'return'])
    const optional = compareSchemas(
      base,
      small((t) => Object.assign(object(t)[2] ?? {}, { default: null })),
    )
    expect(optional.changes.map((each) => [each.side, each.verdict])).toEqual([
      ['return', 'breaking'],
      ['arguments', 'compatible'],
    ])
  })

  test('every rule is met by a test', () => {
    const met = new Set<string>([...table.map(([rule]) => rule), ...Object.values(inverse)])
    expect(Object.keys(rules).filter((each) => !met.has(each))).toEqual([])
  })
})

/** The same schema with other numbers, in another order. */
function shuffled(list: readonly JsonObject[], seed: readonly number[]): Json {
  const order = <Item>(items: readonly Item[], salt: number): Item[] =>
    items
      .map((item, index) => ({
        item,
        at: ((seed[(index + salt) % seed.length] ?? 0) * 7919 + index * salt) % 10_007,
      }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item)
  const hidden = list
    .map((each) => each.name)
    .filter((name): name is string => typeof name === 'string' && /^\d+$/.test(name))
  const numbers = new Map(order(hidden, 3).map((name, index) => [name, String(index + 5000)]))
  const rename = (name: Json): Json =>
    typeof name !== 'string'
      ? name
      : name.replace(
          /^(\[*)(\d+)(\]*)$/,
          (_all, a: string, n: string, b: string) => `${a}${numbers.get(n) ?? n}${b}`,
        )
  const walk = (value: Json, key: string): Json => {
    if (Array.isArray(value))
      return order(value as readonly Json[], key.length + 1).map((each) => walk(each, key))
    if (isJsonObject(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([name, member]) => [
          name,
          ['arg-type', 'ret-type', 'element-type', 'type'].includes(name)
            ? rename(member)
            : walk(member, name),
        ]),
      )
    }
    return value
  }
  return order(list, 11).map((each) => ({ ...(walk(each, '') as JsonObject), name: rename(each.name ?? '') }))
}

describe.each(files)('%s', (file) => {
  const list = load(file)

  test('is equal to itself under any renumbering and reordering', () => {
    const schema = schemaOf(list)
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { minLength: 5, maxLength: 50 }), (seed) => {
        const other = schemaOf(shuffled(list, seed))
        expect(other.entities.length).toBe(schema.entities.length)
        expect(compareSchemas(schema, other).changes).toEqual([])
      }),
      { numRuns: 5 },
    )
  })
})

/** Everything that can be reached, as paths from commands and events; types that stand in themselves end there. */
function pathsOf(schema: Schema): ReadonlySet<string> {
  const paths = new Set<string>()
  const walk = (type: string, path: string, within: readonly string[]): void => {
    const entity = schema.byName.get(type)
    if (entity === undefined || within.includes(type) || within.length > 4) return
    const inside = [...within, type]
    if (entity.kind === 'array') walk(entity.elementType, path, inside)
    else if (entity.kind === 'enum') for (const each of entity.values) paths.add(`${path} = ${each.name}`)
    else if (entity.kind === 'object') {
      for (const each of entity.members) {
        paths.add(`${path}.${each.name}`)
        walk(each.type, `${path}.${each.name}`, inside)
      }
      for (const each of entity.variants) walk(each.type, `${path}<${each.case}>`, inside)
    }
  }
  for (const entity of schema.entities) {
    if (entity.kind === 'command') {
      walk(entity.argType, `${entity.name} arguments`, [])
      walk(entity.retType, `${entity.name} return`, [])
    } else if (entity.kind === 'event') walk(entity.argType, `${entity.name} data`, [])
  }
  return paths
}

describe('between two versions, everything that differs is named', () => {
  test.each([
    ['qemu-5.2-x86_64', 'qemu-7.2-x86_64'],
    ['qemu-7.2-x86_64', 'qemu-10.0-x86_64'],
    ['qemu-10.0-x86_64', 'qemu-11.1-x86_64'],
    ['qemu-11.1-x86_64', 'qemu-5.2-x86_64'],
  ])('%s and %s', (one, other) => {
    const before = schemaOf(load(one))
    const after = schemaOf(load(other))
    const { changes } = compareSchemas(before, after)
    const names = (schema: Schema, kind: string): Set<string> =>
      new Set(schema.entities.filter((each) => each.kind === kind).map((each) => each.name))
    for (const kind of ['command', 'event'] as const) {
      const [had, has] = [names(before, kind), names(after, kind)]
      expect(
        new Set(found({ changes, common: 0, pairs: [] }, `${kind}-added`).map((each) => each.where)),
      ).toEqual(new Set([...has].filter((each) => !had.has(each))))
      expect(
        new Set(found({ changes, common: 0, pairs: [] }, `${kind}-removed`).map((each) => each.where)),
      ).toEqual(new Set([...had].filter((each) => !has.has(each))))
    }
    // Counted in another way: a path that only one has is explained by a change that its root reaches, which names one
    // of its steps.
    const [had, has] = [pathsOf(before), pathsOf(after)]
    const byRoot = new Map<string, Set<string>>()
    const whole = new Set<string>()
    for (const each of changes) {
      if (each.side === 'interface') whole.add(each.where)
      for (const root of each.reachedBy) {
        const items = byRoot.get(root) ?? new Set<string>()
        for (const item of each.item.split(': ')) items.add(item)
        byRoot.set(root, items)
      }
    }
    const unexplained = [...had, ...has].filter((path) => {
      if (had.has(path) && has.has(path)) return false
      const root = path.split(' ')[0] ?? ''
      if (whole.has(root)) return false
      const steps = path.split(/[ .<>]+|= /).filter((each) => each !== '')
      return !steps.some((step) => byRoot.get(root)?.has(step) === true)
    })
    expect(unexplained).toEqual([])
  })
})

test('the report escapes what Markdown would take for markup, and names what breaks first', () => {
  const base = small(() => undefined)
  const comparison = compareSchemas(
    base,
    small((t) => object(t).push({ name: 'a|b*<i>', type: 'str' })),
  )
  const text = comparisonToMarkdown(comparison, { before: 'one', after: 'two' })
  expect(text).toContain('a\\|b\\*\\<i\\>')
  expect(text.indexOf('## Breaking')).toBeLessThan(text.indexOf('## Compatible'))
  expect(comparisonToJson(comparison, { before: 'one', after: 'two' })).toMatchObject({
    before: 'one',
    changes: [{ rule: 'required-member-added', item: 'a|b*<i>', side: 'arguments' }, { side: 'return' }],
  })
})
