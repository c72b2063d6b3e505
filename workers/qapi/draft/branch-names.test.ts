import { expect, test } from 'vitest'
import { entitiesOf } from '../model/schema.ts'
import { loadSchema } from '../testing/load.ts'
import { branchNames } from './branch-names.ts'

const schema = loadSchema('qemu-11.1-x86_64')
const said = entitiesOf(schema, 'alternate').map((each) =>
  branchNames(schema, each.name, each.branches).join(' | '),
)

test.each([
  ['a reference to a block node', 'new node here | existing node'],
  ['one that may be none', 'new node here | existing node | none'],
  ['a text or none', 'string | none'],
  ['flags or a mode', 'object | one of a list'],
])('%s: %s', (_, words) => {
  expect(said).toContain(words)
})

test('every branch has a name, and no alternate has one twice', () => {
  for (const words of said) {
    const names = words.split(' | ')
    expect(new Set(names).size).toBe(names.length)
  }
})

test('the manual names a branch where it has a word for it', () => {
  const [bitmap] = entitiesOf(schema, 'alternate').filter(
    (each) => branchNames(schema, each.name, each.branches).join() === 'string,object',
  )
  if (bitmap === undefined) throw new Error('there is no such alternate')
  const external = bitmap.branches.find((each) => each !== 'str') ?? ''
  const member = {
    optional: false,
    defaultText: undefined,
    doc: [],
    since: undefined,
    features: [],
    condition: undefined,
  }
  const definition = {
    ...[...schema.definitions.values()][0],
    name: 'BlockDirtyBitmapOrStr',
    members: [
      { ...member, name: 'local', type: { name: 'str', list: false } },
      { ...member, name: 'external', type: { name: 'BlockDirtyBitmap', list: false } },
    ],
  }
  const named = {
    ...schema,
    realNames: new Map([
      [bitmap.name, 'BlockDirtyBitmapOrStr'],
      [external, 'BlockDirtyBitmap'],
    ]),
    definitions: new Map([['BlockDirtyBitmapOrStr', definition]]),
  } as unknown as typeof schema
  expect(branchNames(named, bitmap.name, bitmap.branches)).toEqual(['local (string)', 'external (object)'])
})
