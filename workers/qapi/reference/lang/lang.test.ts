import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { docText } from '../doc-text.ts'
import type { Definition, Reference } from '../reference.ts'
import { parseQapi } from './qapi-parser.ts'
import { readQapi } from './read-qapi.ts'

const main = `# a comment
##
# = Things
##

{ 'include': 'sub/paint.json' }

##
# @Thing:
#
# What there is.  See @paint-it and \`Paint\`.
#
# @paint: what it is painted with (default: blue)
#
# @parts: what is in it:
#     - small ones
#     - large ones
#
# Features:
# @young: It is young.
#
# Since: 1.2
##
{ 'struct': 'Thing', 'base': { 'id': 'uint16' },   # a comment
  'data': { 'paint': 'Paint', '*parts': [ 'Thing' ],
            '*odd': { 'type': 'size', 'if': { 'not': 'CONFIG_EVEN' } } },
  'features': [ 'young' ] }

##
# @paint-it:
#
# Paints.
#
# @thing: the thing
#
# Returns: how it went
#
# Errors:
#     - when the paint is out
#
# .. note:: It drips.
#
# .. qmp-example::
#    :title: Blue
#
#     -> { "execute": "paint-it",
#          "arguments": { "thing": { "id": 1, "paint": "blue" } } }
#     <- { "return": "fine" }
#
# Since: 1.3
##
{ 'command': 'paint-it', 'data': { 'thing': 'Thing' }, 'returns': 'str', 'allow-oob': true,
  'if': { 'all': [ 'CONFIG_A', { 'any': [ 'CONFIG_B', 'CONFIG_C' ] } ] } }

{ 'union': 'Way', 'base': { 'how': 'Paint' }, 'discriminator': 'how', 'data': { 'blue': 'Thing' } }
{ 'union': 'OldWay', 'data': { 'one': 'Thing', 'two': 'str' } }
{ 'alternate': 'ThingRef', 'data': { 'definition': 'Thing', 'reference': 'str' } }
{ 'event': 'PAINTED', 'data': 'Thing' }
`

const paint = `##
# == Paints
##
{ 'enum': 'Paint', 'data': [ 'blue', { 'name': 'red', 'features': [ 'deprecated' ], 'if': 'CONFIG_RED' } ] }
`

function read(files: Record<string, string>): Reference {
  const result = readQapi(new Map(Object.entries(files)))
  if (!result.ok) throw new Error(result.error)
  return result.value
}

describe('a schema', () => {
  const reference = read({ 'qapi/qapi-schema.json': main, 'qapi/sub/paint.json': paint })
  const find = (name: string): Definition => {
    const found = reference.definitions.find((each) => each.name === name)
    if (found === undefined) throw new Error(`${name} is not there`)
    return found
  }

  test('definitions in their order, includes where they are', () => {
    expect(reference.issues).toEqual([])
    expect(reference.definitions.map((each) => each.name)).toEqual([
      'Paint',
      'Thing',
      'paint-it',
      'Way',
      'OldWayKind',
      'OldWay one',
      'OldWay two',
      'OldWay',
      'ThingRef',
      'PAINTED',
    ])
    expect(find('Paint').chapters).toEqual(['Things', 'Paints'])
    expect(find('Thing').chapters).toEqual(['Things'])
  })

  test('a struct: exact widths, lists, conditions, texts', () => {
    const thing = find('Thing')
    expect(thing.members.map((each) => [each.name, each.type, each.optional, each.condition])).toEqual([
      ['id', { name: 'uint16', list: 0 }, false, undefined],
      ['paint', { name: 'Paint', list: 0 }, false, undefined],
      ['parts', { name: 'Thing', list: 1 }, true, undefined],
      ['odd', { name: 'size', list: 0 }, true, 'not CONFIG_EVEN'],
    ])
    expect(thing.members[1]?.defaultText).toBe('blue')
    expect(thing.members[2]?.doc[1]).toMatchObject({
      kind: 'list',
      items: [expect.anything(), expect.anything()],
    })
    expect(thing.doc).toEqual([
      {
        kind: 'paragraph',
        spans: ['What there is.  See ', { ref: 'paint-it' }, ' and ', { ref: 'Paint' }, '.'],
      },
    ])
    expect(thing.features).toEqual([{ name: 'young', doc: [{ kind: 'paragraph', spans: ['It is young.'] }] }])
    expect(thing.since).toBe('1.2')
  })

  test('a command: return, errors, note, example, condition', () => {
    const command = find('paint-it')
    expect(command.returns).toEqual({ name: 'str', list: 0 })
    expect(docText(command.returnsDoc)).toBe('how it went')
    expect(docText(command.errors)).toBe('when the paint is out')
    expect(command.condition).toBe('CONFIG_A and (CONFIG_B or CONFIG_C)')
    expect(command.doc.some((each) => each.kind === 'note')).toBe(true)
    expect(command.examples[0]?.title).toBe('Blue')
    expect(JSON.parse(command.examples[0]?.lines[0]?.text ?? '')).toMatchObject({ execute: 'paint-it' })
    expect(command.since).toBe('1.3')
  })

  test('unions with and without a discriminator, enums, alternates, events', () => {
    expect(find('Way')).toMatchObject({ tag: 'how', variants: [{ value: 'blue', type: 'Thing' }] })
    expect(find('OldWay')).toMatchObject({ tag: 'type', variants: [{ value: 'one' }, { value: 'two' }] })
    expect(find('OldWay two').members).toMatchObject([{ name: 'data', type: { name: 'str', list: 0 } }])
    expect(find('Paint').members.map((each) => [each.name, each.features, each.condition])).toEqual([
      ['blue', [], undefined],
      ['red', ['deprecated'], 'CONFIG_RED'],
    ])
    expect(find('ThingRef').members.map((each) => each.name)).toEqual(['definition', 'reference'])
    expect(find('PAINTED').includes).toEqual(['Thing'])
  })
})

describe('what is wrong is said with its place', () => {
  test.each([
    ["{ 'struct' }", 'line 1, column 12', "expected ':'"],
    ["{ 'struct': 'A' }\n{ 'struct': }", 'line 2, column 13', 'expected a value'],
    ["{ 'a': 'b', 'a': 'c' }", 'line 1, column 13', 'twice'],
    ["{ 'a': 'b' } x", 'line 1, column 14', 'begins with'],
    ["{ 'a': 'b", 'line 1, column 8', 'no end'],
    ['##\n# @a:\n', 'line 1, column 1', "ends with '##'"],
  ])('%j', (text, place, what) => {
    const result = parseQapi(text)
    expect(result.ok ? '' : result.error).toContain(place)
    expect(result.ok ? '' : result.error).toContain(what)
  })

  test('a file that is not there, a definition that is there twice, a comment about another', () => {
    const reference = read({
      'a.json':
        "{ 'include': 'gone.json' }\n##\n# @B:\n##\n{ 'struct': 'A', 'data': {} }\n{ 'struct': 'A', 'data': {} }\n",
    })
    expect(reference.issues).toEqual([
      'a.json includes gone.json, which is not there.',
      'a.json:5: the comment is about B, the definition is A.',
      'a.json:6: A is defined twice; the first is used.',
    ])
  })

  test('files that include each other, and nothing at all', () => {
    const reference = read({
      'a.json': "{ 'include': 'b.json' }\n{ 'struct': 'A', 'data': {} }\n",
      'b.json': "{ 'include': 'a.json' }\n",
    })
    expect(reference.definitions.map((each) => each.name)).toEqual(['A'])
    expect(readQapi(new Map([['x.json', '']])).ok).toBe(false)
    expect(parseQapi(`{ 'a': ${'['.repeat(100_000)}`).ok).toBe(false)
  })

  test('anything is read to its end', () => {
    fc.assert(
      fc.property(
        fc.nat(main.length),
        fc.nat(50),
        fc.constantFrom('', "'", '{', '}', '##\n', '\\', '#'),
        (at, cut, put) => {
          const result = readQapi(new Map([['a.json', main.slice(0, at) + put + main.slice(at + cut)]]))
          expect(result.ok ? '' : result.error.length > 0).not.toBe(false)
        },
      ),
      { numRuns: runs(500) },
    )
  })
})

test("the guest agent's own schema, as its package installs it", () => {
  const path = '/usr/share/doc/qemu-guest-agent/qapi-schema.json.gz'
  expect(existsSync(path), `${path} is missing: install qemu-guest-agent`).toBe(true)
  const reference = read({ 'qapi-schema.json': gunzipSync(readFileSync(path)).toString('utf8') })
  expect(reference.issues).toEqual([])
  const commands = reference.definitions.filter((each) => each.kind === 'command')
  expect(commands.length).toBeGreaterThan(35)
  const silent = commands.filter((each) => each.doc.length + each.returnsDoc.length === 0)
  expect(silent.map((each) => each.name)).toEqual([])
  const open = commands.find((each) => each.name === 'guest-file-open')
  expect(open?.members.map((each) => [each.name, each.optional])).toEqual([
    ['path', false],
    ['mode', true],
  ])
})
