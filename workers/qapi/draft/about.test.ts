/** Which member a field or a caret is about. In the texts `|` is the caret. */
import { describe, expect, test } from 'vitest'
import type { Json } from '#base/json/value.ts'
import { aboutCaret, aboutPath, enumIn, otherUses } from './about.ts'
import type { About } from './about.ts'
import { buildSchema, commandOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import { loadSchema } from '../testing/load.ts'

function made(value: Json): Schema {
  const schema = buildSchema(value)
  if (!schema.ok) throw new Error(schema.error)
  return schema.value
}

const schema = loadSchema('qemu-7.2-x86_64')

const typeOf = (command: string) => commandOf(schema, command)?.argType ?? ''

/** `path: kind of its type`, with `[]` for an element; `command`; `path?` for what is unknown. */
function words(about: About): string {
  if (about.kind === 'command') return 'command'
  if (about.kind === 'unknown') return `${about.path}?`
  const kind = schema.byName.get(about.type)?.kind ?? 'missing'
  return `${about.path}: ${kind}${about.isElement ? '[]' : ''}${about.member.optional ? ', optional' : ''}`
}

const qcow2 = { driver: 'qcow2', file: { driver: 'file', filename: '/a' } }
const actions = { actions: [{ type: 'blockdev-backup', data: { device: 'a' } }, { type: 'abort' }] }

describe('a field', () => {
  test.each<[command: string, value: Json | undefined, path: string, about: string]>([
    ['blockdev-add', {}, '', 'command'],
    ['blockdev-add', {}, 'driver', 'driver: enum'],
    ['blockdev-add', undefined, 'driver', 'driver: enum'],
    // A member of a case is there with its tag only.
    ['blockdev-add', {}, 'file', 'file?'],
    ['blockdev-add', { driver: 'qcow2' }, 'file', 'file: alternate'],
    ['blockdev-add', { driver: 'null-co' }, 'file', 'file?'],
    // Through the alternate, before and after there is a value; by the text it is a name.
    ['blockdev-add', { driver: 'qcow2' }, 'file.driver', 'file.driver: enum'],
    ['blockdev-add', qcow2, 'file.filename', 'file.filename: builtin'],
    ['blockdev-add', { driver: 'qcow2', file: 'node0' }, 'file.filename', 'file.filename?'],
    ['blockdev-add', qcow2, 'cache-size', 'cache-size: builtin, optional'],
    // Arrays: the member itself, its elements, what is in them, an element that is not there yet.
    ['transaction', actions, 'actions', 'actions: array'],
    ['transaction', actions, 'actions.0', 'actions.0: object[]'],
    ['transaction', actions, 'actions.0.type', 'actions.0.type: enum'],
    ['transaction', actions, 'actions.0.data.device', 'actions.0.data.device: builtin'],
    ['transaction', actions, 'actions.1.data.device', 'actions.1.data.device?'],
    ['transaction', actions, 'actions.7', 'actions.7: object[]'],
    ['transaction', actions, 'actions.x', 'actions.x: object[]'],
    ['transaction', { actions: 'none' }, 'actions.0.type', 'actions.0.type: enum'],
    // Below what has nothing below it; names that objects have from their prototype.
    ['block_resize', {}, 'size.x', 'size.x?'],
    ['block_resize', {}, 'constructor', 'constructor?'],
    ['block_resize', null, 'size', 'size: builtin'],
    ['query-status', {}, 'x', 'x?'],
  ])('%s %j %s', (command, value, path, about) => {
    expect(words(aboutPath(schema, typeOf(command), value, path))).toBe(about)
  })

  test('what is chosen, and whose member it is', () => {
    const driver = aboutPath(schema, typeOf('blockdev-add'), qcow2, 'driver')
    expect(driver).toMatchObject({ kind: 'member', chosen: 'qcow2', owner: typeOf('blockdev-add') })
    const inner = aboutPath(schema, typeOf('blockdev-add'), qcow2, 'file')
    // The case has the member, not the union.
    const union = schema.byName.get(typeOf('blockdev-add'))
    const ofCase = union?.kind === 'object' ? union.variants.find((each) => each.case === 'qcow2') : undefined
    expect(inner).toMatchObject({ kind: 'member', chosen: undefined, owner: ofCase?.type })
    expect(inner.kind === 'member' && inner.owners).toContain('blockdev-add')
  })
})

describe('a caret', () => {
  test.each<[command: string, text: string, about: string]>([
    ['blockdev-add', '|', 'command'],
    ['blockdev-add', '{|}', 'command'],
    ['blockdev-add', '{"driver": "qcow2"}  |', 'command'],
    ['blockdev-add', '{"dri|ver": "qcow2"}', 'driver: enum'],
    ['blockdev-add', '{"driver"|: "qcow2"}', 'driver: enum'],
    ['blockdev-add', '{"driver":| "qcow2"}', 'driver: enum'],
    ['blockdev-add', '{"driver": "qc|ow2"}', 'driver: enum'],
    ['blockdev-add', "{'driver': 'qcow2', fi|le: 'a'}", 'file: alternate'],
    // The tag behind the member counts as well.
    ['blockdev-add', '{"file": "a|", "driver": "qcow2"}', 'file: alternate'],
    [
      'blockdev-add',
      '{"driver": "qcow2", "file": {"driver": "file", "filename": "/|a"}}',
      'file.filename: builtin',
    ],
    ['blockdev-add', '{"driver": "qcow2", "file": {|}}', 'file: alternate'],
    ['blockdev-add', '{"driver": "qcow2", "file": { "driver": "file", | }}', 'file: alternate'],
    ['transaction', '{"actions": [|]}', 'actions.0: object[]'],
    ['transaction', '{"actions": [{}, |]}', 'actions.1: object[]'],
    ['transaction', '{"actions": [{"type": "ab|ort"}]}', 'actions.0.type: enum'],
    // Unfinished: no value, no brackets, no end of a text, half a key.
    ['blockdev-add', '{"driver": |', 'driver: enum'],
    ['blockdev-add', '{"driver": "qc|', 'driver: enum'],
    ['blockdev-add', '{"driver": "qcow2", "file": {"driver": "file", "fil|', 'file: alternate'],
    ['blockdev-add', '{"driver": "qcow2", "file": {"driver": "file", "filename|', 'file.filename: builtin'],
    ['blockdev-add', '{"dri|', 'command'],
    ['transaction', '{"actions": [{"type": "|', 'actions.0.type: enum'],
    // A whole key that is none; a case whose tag says another; a path in a key.
    ['blockdev-add', '{"stra|nge": 1}', 'strange?'],
    ['blockdev-add', '{"driver": "null-co", "fi|le": "a"}', 'file?'],
    ['blockdev-add', '{"driver": "qcow2", "strange": {"x": [1|]}}', 'strange.x.0?'],
    // No object at all; a second value behind the first; inside of a comment.
    ['blockdev-add', '[1|]', '0?'],
    ['blockdev-add', '{} {"dri|ver": 1}', 'driver: enum'],
    ['blockdev-add', '{"driver": "qcow2" /* he|re */}', 'command'],
  ])('%s %s', (command, text, about) => {
    const offset = text.indexOf('|')
    expect(words(aboutCaret(schema, typeOf(command), text.replace('|', ''), offset))).toBe(about)
  })

  test('any offset of any beginning of a text is about something', () => {
    const text =
      '{"driver": \'qcow2\', "file": {"driver": "file", "filename": "/a"}, /* x */ "x": [{}, [1,]]}'
    for (let end = 0; end <= text.length; end += 1) {
      for (let at = 0; at <= end; at += 1) {
        expect(words(aboutCaret(schema, typeOf('blockdev-add'), text.slice(0, end), at))).not.toBe('')
      }
    }
  })
})

test('an enum through arrays and alternates; a schema that goes in a circle ends', () => {
  const own = made([
    { name: 'e', 'meta-type': 'enum', values: ['a'] },
    { name: '[e]', 'meta-type': 'array', 'element-type': 'e' },
    { name: '[[e]]', 'meta-type': 'array', 'element-type': '[e]' },
    { name: 's', 'meta-type': 'builtin', 'json-type': 'string' },
    { name: 'alt', 'meta-type': 'alternate', members: [{ type: 's' }, { type: '[e]' }] },
    { name: '[x]', 'meta-type': 'array', 'element-type': '[x]' },
    { name: 'round', 'meta-type': 'alternate', members: [{ type: 'round' }, { type: 'gone' }] },
  ])
  for (const each of ['e', '[e]', '[[e]]', 'alt']) expect(enumIn(own, each)?.name).toBe('e')
  for (const each of ['s', '[x]', 'round', 'gone']) expect(enumIn(own, each)).toBeUndefined()
})

test('who else uses a type', () => {
  const type = typeOf('blockdev-add')
  const others = otherUses(schema, type, { command: 'blockdev-add' })
  expect(others.length).toBeGreaterThan(0)
  expect(others.some((use) => use.by === 'blockdev-add')).toBe(false)
  const file = aboutPath(schema, type, qcow2, 'file')
  if (file.kind !== 'member') throw new Error('file is a member')
  const uses = schema.users.get(file.type) ?? []
  const of = { owner: file.owner, member: 'file' }
  expect(otherUses(schema, file.type, of)).toHaveLength(uses.length - 1)
  expect(otherUses(schema, 'str', of)).toEqual([])
  expect(otherUses(schema, typeOf('query-status'), { command: 'query-status' })).toEqual([])
  expect(otherUses(schema, 'nothing of that name', of)).toEqual([])
})
