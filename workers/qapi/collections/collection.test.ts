import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isJsonObject, jsonKind } from '#base/json/value.ts'
import { printJson } from '#base/json/print.ts'
import type { JsonObject } from '#base/json/value.ts'
import { anyJson } from '#base/testing/any-json.ts'
import {
  emptyCollection,
  escapePlaceholders,
  fill,
  fillOrLeaveOut,
  fillWhatIsKnown,
  parametersOf,
  readyCommands,
  valuesFor,
} from './collection.ts'
import type { Collection, SavedCommand } from './collection.ts'
import {
  describeFileError,
  largestCollection,
  readCollection,
  readOneCommand,
  withoutSecrets,
  writeCollection,
} from './collection-file.ts'
import { secretMark } from '../secrets/secrets.ts'

const command = (name: string, args?: JsonObject): SavedCommand => ({
  name,
  title: '',
  note: '',
  oob: false,
  arguments: args,
})

const values = (entries: Record<string, string>): ReadonlyMap<string, string> =>
  new Map(Object.entries(entries))

const anyCollection: fc.Arbitrary<Collection> = fc.record({
  name: fc.string({ minLength: 1, unit: 'binary' }).filter((each) => each.trim() !== ''),
  note: fc.string(),
  parameters: fc.uniqueArray(
    fc.record({
      name: fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_-]{0,5}$/),
      description: fc.string(),
      default: fc.option(fc.string(), { nil: undefined }),
    }),
    { maxLength: 3, selector: (each) => each.name },
  ),
  commands: fc.array(
    fc.record({
      name: fc.string({ minLength: 1 }),
      title: fc.string(),
      note: fc.string({ unit: 'binary' }),
      oob: fc.boolean(),
      arguments: fc.option(
        anyJson().filter((each): each is JsonObject => isJsonObject(each)),
        { nil: undefined },
      ),
    }),
    { maxLength: 4 },
  ),
})

describe('the file', () => {
  test('written, read and written again is the same text, and means the same', () => {
    fc.assert(
      fc.property(anyCollection, (collection) => {
        const text = writeCollection(collection)
        const read = readCollection(text)
        if (!read.ok) throw new Error(describeFileError(read.error))
        expect(writeCollection(read.value)).toBe(text)
        expect({ ...read.value, commands: [] }).toEqual({ ...collection, commands: [] })
        expect(read.value.commands.map(printed)).toEqual(collection.commands.map(printed))
      }),
    )
  })

  const printed = (each: SavedCommand): unknown => ({
    ...each,
    arguments: each.arguments === undefined ? undefined : printJson(each.arguments),
  })

  test('reads well: one line for a parameter, one for each member of a command', () => {
    const text = writeCollection({
      name: 'A null node',
      note: '',
      parameters: [{ name: 'node', description: 'Name of the node', default: 'null0' }],
      commands: [
        command('blockdev-add', { driver: 'null-co', 'node-name': '${node}', size: 9007199254740993n }),
        command('query-named-block-nodes'),
        { ...command('migrate-pause'), oob: true, title: 'Stop it' },
      ],
    })
    expect(text).toBe(`{
  "format": "qmp-studio collection",
  "version": 1,
  "name": "A null node",
  "parameters": [
    { "name": "node", "description": "Name of the node", "default": "null0" }
  ],
  "commands": [
    {
      "execute": "blockdev-add",
      "arguments": {
        "driver": "null-co",
        "node-name": "\${node}",
        "size": 9007199254740993
      }
    },
    { "execute": "query-named-block-nodes" },
    {
      "exec-oob": "migrate-pause",
      "title": "Stop it"
    }
  ]
}
`)
  })

  const head = '{\n  "format": "qmp-studio collection",\n  "version": 1,\n  "name": "x",\n'

  test.each<[string, string | RegExp]>([
    ['', /empty/],
    ['\0ELF', /binary/],
    ['[1, 2', /^Line 1, column \d+: This is not JSON/],
    ['[]', /^Line 1, column 1: This is JSON, but no collection/],
    ['{"entities": []}', /"format": "qmp-studio collection" is missing/],
    ['{\n "format": "har"}', /^Line 2, column 2: This is another kind of file/],
    [
      '{\n "format": "qmp-studio collection",\n  "version": 2}',
      /^Line 3, column 3: .*version 2.*later QMP Studio/,
    ],
    [
      '{"format": "qmp-studio collection", "version": "1"}',
      /^Line 1, column 37: The version is the number 1/,
    ],
    ['{"format": "qmp-studio collection"}', /"version" is missing/],
    [`${head}  "name": "y" }`, /^Line 5, column \d+: .*name/],
    [`${head}  "colour": 1 }`, /^Line 5, column 3: “colour” is not known here/],
    [`${head}  "commands": {} }`, /^Line 5, column 3: “commands” is a list/],
    [
      `${head}  "commands": [\n // one\n { "execute": "stop" },\n { "execute": 5 } ] }`,
      /^Line 8, column 4: .*is a text/,
    ],
    [`${head}  "commands": [\n { 'execute': "a", "exec-oob": "b" } ] }`, /^Line 6, column 20: .*not both/],
    [`${head}  "commands": [ { "execute": "a", "arguments": [] } ] }`, /arguments are an object/],
    [`${head}  "commands": [ { "__proto__": {"x": 1} } ] }`, /“__proto__” is not known here/],
    [
      `${head}  "parameters": [\n {"name": "a"},\n {"name": "a"} ], "commands": [] }`,
      /^Line 7, column 3: .*described twice/,
    ],
    [`${head}  "parameters": [ {"name": "a b"} ], "commands": [] }`, /no name of a parameter/],
    [`${head}  "parameters": [] }`, /“commands” is missing/],
  ])('%j is refused with its place', (text, words) => {
    const read = readCollection(text)
    expect(read.ok ? 'read' : describeFileError(read.error)).toMatch(words)
  })

  test('comments, a byte order mark and single quotes are read', () => {
    const read = readCollection(`\ufeff// ours\n${head} # more\n "commands": [ { 'execute': 'stop' } ] }`)
    expect(read.ok && read.value.commands).toEqual([command('stop')])
  })

  test('hostile files: too large, too deep, `__proto__` in arguments', () => {
    expect(readCollection('x'.repeat(largestCollection + 1)).ok).toBe(false)
    const deep = `${head} "commands": [ { "execute": "x", "arguments": {"a": ${'['.repeat(5000)}`
    expect(readCollection(deep).ok).toBe(false)
    const read = readCollection(
      `${head} "commands": [ { "execute": "x", "arguments": {"__proto__": {"polluted": true}, "constructor": 1} } ] }`,
    )
    if (!read.ok) throw new Error(describeFileError(read.error))
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    expect(writeCollection(read.value)).toContain('"__proto__": {')
    const filled = fill(read.value.commands[0]?.arguments, new Map())
    expect(filled.ok && printJson(filled.value ?? {})).toBe('{"__proto__":{"polluted":true},"constructor":1}')
  })

  test('any text gives a collection or an error', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          anyJson().map((each) => `${head} "commands": [${printJson(each)}]}`),
        ),
        (text) => {
          const read = readCollection(text)
          if (!read.ok) expect(describeFileError(read.error).length).toBeGreaterThan(5)
        },
      ),
    )
  })

  test('secrets are left out of arguments and of the defaults that stand for one', () => {
    const collection: Collection = {
      ...emptyCollection('x'),
      parameters: [
        { name: 'word', description: '', default: 'hunter2' },
        { name: 'protocol', description: '', default: 'vnc' },
      ],
      commands: [
        command('set_password', { protocol: '${protocol}', password: '${word}' }),
        command('set_password', { protocol: 'vnc', password: 'hunter3' }),
      ],
    }
    const { collection: clean, count } = withoutSecrets(collection)
    expect(count).toBe(2)
    const text = writeCollection(clean)
    expect(text).not.toMatch(/hunter/)
    expect(text).toContain(secretMark)
    expect(text).toContain('"default": "vnc"')
    expect(withoutSecrets(clean)).toEqual({ collection: clean, count: 0 })
  })

  test('one command as it is on the wire', () => {
    expect(readOneCommand('{"execute":"stop","id":5}')).toEqual(command('stop'))
    expect(readOneCommand('{"return": {}}')).toBeUndefined()
  })
})

describe('parameters', () => {
  test('described ones first, then those that are only used', () => {
    const collection: Collection = {
      ...emptyCollection('x'),
      parameters: [
        { name: 'b', description: 'B', default: '1' },
        { name: 'unused', description: '', default: undefined },
      ],
      commands: [command('x', { one: '${a} and ${b:int}', two: ['$${c}', '${a:json}'] })],
    }
    expect(parametersOf(collection)).toEqual([
      { name: 'b', description: 'B', default: '1', types: ['int'], isUsed: true },
      { name: 'unused', description: '', default: undefined, types: [], isUsed: false },
      { name: 'a', description: '', default: undefined, types: ['string', 'json'], isUsed: true },
    ])
    expect([...valuesFor(collection, values({ a: '' }))]).toEqual([
      ['a', ''],
      ['b', '1'],
    ])
  })

  test.each<[JsonObject, Record<string, string>, string]>([
    [{ a: '${x}' }, { x: '5' }, '{"a":"5"}'],
    [{ a: '${x:int}' }, { x: '18446744073709551615' }, '{"a":18446744073709551615}'],
    [{ a: '${x:int}' }, { x: '4G' }, '{"a":4294967296}'],
    [{ a: 'size=${x:int}' }, { x: '4K' }, '{"a":"size=4096"}'],
    [{ a: '${x:number}' }, { x: '0.10' }, '{"a":0.10}'],
    [{ a: '${x:bool}' }, { x: 'on' }, '{"a":true}'],
    [{ a: '${x:json}' }, { x: "{'b': [1, null]}" }, '{"a":{"b":[1,null]}}'],
    [
      { a: '${x}-${y}', b: ['$${x}', '${x', '$x'] },
      { x: '1', y: '$&${x}' },
      '{"a":"1-$&${x}","b":["${x}","${x","$x"]}',
    ],
    [{ '${x}': '${constructor}' }, { constructor: 'c' }, '{"${x}":"c"}'],
  ])('%j', (args, given, expected) => {
    const filled = fill(args, values(given))
    if (!filled.ok) throw new Error(JSON.stringify(filled.error))
    expect(JSON.parse(printJson(filled.value ?? {}))).toEqual(JSON.parse(expected))
    if (!expected.includes('0.10')) expect(printJson(filled.value ?? {})).toBe(expected)
  })

  test('what needs a value that is not given is left out, at any depth', () => {
    const args = { a: '${x}', b: { c: '${y}', d: ['${x}', '${y}', 'z'] }, e: 'at ${x}', f: 1 }
    expect(fillOrLeaveOut(args, values({ y: '1' }))).toEqual({ b: { c: '1', d: ['1', 'z'] }, f: 1 })
    expect(fillOrLeaveOut({ a: 'x' }, values({}))).toEqual({ a: 'x' })
  })

  test('what is missing and what is wrong, all of it', () => {
    const filled = fill({ a: '${x}', b: ['${y:int} ${z}', '${x}'], c: '${y:int}' }, values({ y: 'many' }))
    expect(filled.ok ? undefined : filled.error.missing).toEqual(['x', 'z'])
    expect(filled.ok ? undefined : filled.error.wrong.map((each) => each.parameter)).toEqual(['y'])
    expect(fill(undefined, new Map())).toEqual({ ok: true, value: undefined })
    expect(fillWhatIsKnown({ a: '${x}', b: { c: '${y}' } }, values({ y: '1' }))).toEqual({
      arguments: { a: '${x}', b: { c: '1' } },
      open: new Set(['a']),
    })
  })

  test('a collection is ready, or says all that is in the way', () => {
    const collection: Collection = {
      ...emptyCollection('x'),
      parameters: [{ name: 'b', description: '', default: 'two' }],
      commands: [
        command('one', { a: '${a}', b: '${b}' }),
        command('two'),
        command('three', { c: '${c:int}', d: secretMark }),
      ],
    }
    const not = readyCommands(collection, values({ c: 'x' }))
    expect(not.ok ? undefined : [not.error.missing, not.error.redacted]).toEqual([['a'], ['three']])
    const ready = readyCommands(
      { ...collection, commands: collection.commands.slice(0, 2) },
      values({ a: '1' }),
    )
    expect(ready.ok && ready.value.map((each) => each.arguments)).toEqual([{ a: '1', b: 'two' }, undefined])
  })

  test('64-bit integers are exact', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (integer) => {
        const filled = fill({ a: '${x:int}' }, values({ x: String(integer) }))
        expect(filled.ok && printJson(filled.value ?? {})).toBe(`{"a":${integer}}`)
      }),
    )
  })

  test('what is escaped comes back as it was', () => {
    const text = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom('$', '{', '}', 'x', '${x}', ':int')).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(fc.array(text), (list) => {
        const filled = fill(escapePlaceholders({ list }), new Map())
        expect(filled.ok && filled.value).toEqual({ list })
      }),
    )
  })

  test('a text is filled in as it is, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (given) => {
        const filled = fill({ a: '${x}', b: '<${x}>' }, values({ x: given }))
        expect(filled.ok && filled.value).toEqual({ a: given, b: `<${given}>` })
      }),
    )
  })
})

test('arguments of every kind come back from the file as they were', () => {
  fc.assert(
    fc.property(anyJson(), (value) => {
      const read = readCollection(
        writeCollection({ ...emptyCollection('x'), commands: [command('x', { value })] }),
      )
      const back = read.ok ? read.value.commands[0]?.arguments?.value : undefined
      expect(back === undefined ? undefined : printJson(back)).toBe(printJson(value))
      expect(jsonKind(back ?? null)).toBe(jsonKind(value))
    }),
  )
})
