import { Ajv2020 } from 'ajv/dist/2020.js'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { some } from '#base/testing/runs.ts'
import { printJson } from '#base/json/print.ts'
import { unsaid } from '../reference/reference.ts'
import type { Definition } from '../reference/reference.ts'
import { labelOf, withReference } from '../model/schema.ts'
import { loadSchema } from '../testing/load.ts'
import { jsonSchemaFor } from './json-schema.ts'
import { openRpcFor } from './open-rpc.ts'
import { typescriptFor } from './typescript.ts'

/** The rules of OpenRPC 1.3 for the parts that are used, written down from its specification. */
const rules = {
  type: 'object',
  required: ['openrpc', 'info', 'methods'],
  additionalProperties: false,
  patternProperties: { '^x-': true },
  properties: {
    openrpc: { type: 'string', pattern: String.raw`^1\.[0-3]\.\d+$` },
    info: {
      type: 'object',
      required: ['title', 'version'],
      additionalProperties: false,
      properties: { title: { type: 'string' }, version: { type: 'string' }, description: { type: 'string' } },
    },
    methods: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'params'],
        additionalProperties: false,
        patternProperties: { '^x-': true },
        properties: {
          name: { type: 'string', minLength: 1 },
          description: { type: 'string' },
          deprecated: { type: 'boolean' },
          paramStructure: { enum: ['by-name', 'by-position', 'either'] },
          params: { type: 'array', items: { $ref: '#/$defs/content' } },
          result: { $ref: '#/$defs/content' },
        },
      },
    },
    components: {
      type: 'object',
      additionalProperties: false,
      properties: {
        schemas: {
          type: 'object',
          propertyNames: { pattern: '^[A-Za-z0-9._-]+$' },
          additionalProperties: { type: 'object' },
        },
      },
    },
  },
  $defs: {
    content: {
      type: 'object',
      required: ['name', 'schema'],
      additionalProperties: false,
      properties: {
        name: { type: 'string' },
        description: { type: 'string' },
        required: { type: 'boolean' },
        deprecated: { type: 'boolean' },
        schema: { type: 'object' },
      },
    },
  },
} as const

interface Method {
  readonly name: string
  readonly params: readonly { readonly name: string; readonly required: boolean }[]
}

interface Document {
  readonly methods: readonly Method[]
  readonly components: { readonly schemas: Readonly<Record<string, object>> }
}

const schema = loadSchema('qemu-7.2-x86_64')
const nameOf = (type: string): string => labelOf(schema, type)
const about = { title: 'QMP of lab1', version: '7.2.0' }

function documentOf(of: typeof schema): Document {
  return JSON.parse(printJson(openRpcFor(of, about, (type) => labelOf(of, type)))) as Document
}

describe.each(['qemu-5.2-x86_64', 'qemu-11.1-x86_64', 'qemu-storage-daemon-7.2'])('%s', (file) => {
  const of = loadSchema(file)
  const made = documentOf(of)

  test('is a document by the rules of OpenRPC, with every command once', () => {
    const check = new Ajv({ allErrors: true }).compile(rules)
    check(made)
    expect(check.errors).toBeNull()
    const names = made.methods.map((each) => each.name)
    expect(names).toEqual(of.entities.filter((each) => each.kind === 'command').map((each) => each.name))
    for (const { params } of made.methods) {
      expect(new Set(params.map((each) => each.name)).size).toBe(params.length)
      const needed = params.map((each) => each.required)
      expect(needed.lastIndexOf(true)).toBeLessThan(
        Math.max(needed.indexOf(false), needed.length * Number(!needed.includes(false))),
      )
    }
  })

  test('each of its types is a JSON Schema, and each reference leads to one', () => {
    const check = new Ajv2020({ strict: false, logger: false })
    check.addSchema({ $id: 'document', components: made.components })
    const names = Object.keys(made.components.schemas)
    expect(names.length).toBeGreaterThan(200)
    for (const name of some(names))
      expect(() => check.compile({ $ref: `document#/components/schemas/${name}` })).not.toThrow()
    const referred = [...JSON.stringify(made).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(
      (each) => each[1],
    )
    expect(referred.filter((each) => !names.includes(each ?? ''))).toEqual([])
  })
})

describe('texts of a manual', () => {
  const words = (text: string): Definition['doc'] => [{ kind: 'paragraph', spans: [text] }]
  const member = (name: string, text: string): Definition['members'][number] => ({
    name,
    type: undefined,
    optional: false,
    defaultText: undefined,
    doc: words(text),
    since: undefined,
    features: [],
    condition: undefined,
  })
  const definitions: Definition[] = [
    {
      ...unsaid,
      kind: 'command',
      name: 'balloon',
      doc: words('Gives */ memory @back.'),
      members: [member('value', 'How much.')],
    },
    {
      ...unsaid,
      kind: 'object',
      name: 'StatusInfo',
      doc: words('What runs.'),
      members: [member('running', 'Whether.')],
    },
  ]
  const status = schema.byName.get('query-status')
  const type = status?.kind === 'command' ? status.retType : ''
  const joined = withReference(
    schema,
    { form: 'man', title: 'Demo', version: '1', definitions, issues: [] },
    new Map([[type, 'StatusInfo']]),
  )
  const joinedName = (name: string): string => labelOf(joined, name)

  test('are descriptions of methods, parameters, types and members', () => {
    const balloon = documentOf(joined).methods.find((each) => each.name === 'balloon')
    expect(balloon).toMatchObject({
      description: 'Gives */ memory @back.',
      params: [{ name: 'value', description: 'How much.' }],
    })
    expect(jsonSchemaFor(joined, { type }, joinedName)).toMatchObject({
      title: 'StatusInfo',
      $defs: {
        StatusInfo: { description: 'What runs.', properties: { running: { description: 'Whether.' } } },
      },
    })
    expect(jsonSchemaFor(joined, { type: 'nothing' }, joinedName)).toBeUndefined()
  })

  test('are comments in TypeScript that cannot be left', () => {
    const text = typescriptFor(joined, joinedName)
    expect(text).toContain(
      '/** What runs. */\nexport type StatusInfo = {\n  /** Whether. */\n  running: boolean',
    )
    expect(text).toContain(String.raw`  /** Gives *\/ memory \@back. */`)
  })

  test('without a manual there are none', () => {
    expect(printJson(openRpcFor(schema, about, nameOf))).not.toContain('"description":"')
  })
})
