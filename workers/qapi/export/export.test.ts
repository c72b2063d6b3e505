import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { some } from '#base/testing/runs.ts'
import { isJsonObject } from '#base/json/value.ts'
import { printJson } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'
import { jsonSchemaFor } from './json-schema.ts'
import type { JsonSchemaRoot } from './json-schema.ts'
import { refusedTexts } from '../check/refused-texts.ts'
import { buildSchema, labelOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import { valuesOf } from '../testing/generate.ts'
import { validate } from '../check/validate.ts'
import { loadSchema } from '../testing/load.ts'

const files = [
  'qemu-11.1-x86_64',
  'qemu-10.0-x86_64',
  'qemu-7.2-x86_64',
  'qemu-5.2-x86_64',
  'qemu-storage-daemon-7.2',
]

function schemaOf(value: Json): Schema {
  const schema = buildSchema(value)
  if (!schema.ok) throw new Error(schema.error)
  return schema.value
}

/** A value that differs from a valid one in one place or none. */
function mutated(value: Json): fc.Arbitrary<Json> {
  if (Array.isArray(value)) {
    const items = value as readonly Json[]
    return fc.oneof(
      fc.constant(null),
      fc.constant({}),
      ...items.slice(0, 3).map((item, index) => mutated(item).map((next) => items.with(index, next))),
    )
  }
  if (isJsonObject(value)) {
    const entries = Object.entries(value)
    return fc.oneof(
      fc.constant({ ...value, 'no-such-member': 1 }),
      fc.constant([]),
      ...entries
        .slice(0, 6)
        .flatMap(([name, member]) => [
          fc.constant(Object.fromEntries(entries.filter(([each]) => each !== name))),
          mutated(member).map((next) => ({ ...value, [name]: next })),
        ]),
    )
  }
  return fc.constantFrom<Json>(null, true, 'no such value', 1.5, -7, [], {})
}

describe.each(some(files))('%s', (file) => {
  const schema = loadSchema(file)

  test('JSON Schema compiles and accepts what the validator accepts', () => {
    const roots: (readonly [JsonSchemaRoot, string])[] = schema.entities.flatMap(
      (each): (readonly [JsonSchemaRoot, string])[] => {
        if (each.kind === 'event') return [[{ event: each.name }, each.argType] as const]
        if (each.kind !== 'command') return []
        return [
          [{ command: each.name, part: 'arguments' }, each.argType] as const,
          [{ command: each.name, part: 'return' }, each.retType] as const,
        ]
      },
    )
    const ajv = new Ajv2020({
      strict: true,
      strictRequired: false,
      strictTypes: false,
      allErrors: false,
      logger: false,
    })
    for (const [root, type] of some(roots)) {
      const made = jsonSchemaFor(schema, root, (name) => labelOf(schema, name))
      if (made === undefined) throw new Error('there is no such thing')
      // Bounds of 64 bits are bigints here; ajv compares doubles.
      const check = ajv.compile(JSON.parse(printJson(made)) as object)
      fc.assert(
        fc.property(
          valuesOf(schema, type).chain((value) => fc.oneof(fc.constant(value), mutated(value))),
          (value) => {
            const text = printJson(value)
            // Beyond the range of doubles JSON.parse makes infinities, which are no JSON.
            fc.pre(!/[eE][+-]?[0-9]{3}/.test(text))
            // JSON Schema has no words for characters that QEMU's parser refuses.
            fc.pre(refusedTexts(value).length === 0)
            const plain = JSON.parse(text) as Json
            // The exact value: doubles cannot tell the ends of 64 bits apart.
            const mine = validate(schema, type, value)
            expect([check(plain), printJson(plain)], JSON.stringify([root, mine])).toEqual([
              mine.length === 0,
              printJson(plain),
            ])
          },
        ),
        { numRuns: 6 },
      )
    }
  })
})

test('hostile names are texts', () => {
  const names = [
    '*/ export const x = 1 //',
    '__proto__',
    "'; drop",
    '\u2028',
    '</script>',
    'class',
    '1',
    '',
    'a/b#c',
  ]
  const schema = schemaOf([
    ...names.map((name, index) => ({
      name: name === '' ? 'empty' : name,
      'meta-type': 'command',
      'arg-type': `t${index}`,
      'ret-type': `t${index}`,
      features: ['deprecated'],
    })),
    ...names.map((name, index) => ({
      name: `t${index}`,
      'meta-type': 'object',
      members: [{ name: name === '' ? 'empty' : name, type: `e${index}`, features: ['deprecated'] }],
    })),
    ...names.map((name, index) => ({ name: `e${index}`, 'meta-type': 'enum', values: [name] })),
  ])
  const nameOf = (type: string): string => names[Number(type.slice(1))] ?? type
  const made = jsonSchemaFor(schema, { command: 'class', part: 'arguments' }, nameOf)
  const check = new Ajv2020({ logger: false }).compile(JSON.parse(printJson(made ?? null)) as object)
  expect(check({ class: 'class' })).toBe(true)
  expect(check({ class: '__proto__' })).toBe(false)
})
