import { expect, test } from 'vitest'
import { casesOf } from '#qapi/search/cases.ts'
import { loadSchema } from '#qapi/testing/load.ts'
import { examplesOf, flatMembers, requiredFirst } from './variant.ts'
import { skeleton } from './skeleton.ts'

const schema = loadSchema('qemu-7.2-x86_64')
const command = schema.byName.get('blockdev-add')
const type = schema.byName.get(command?.kind === 'command' ? command.argType : '')
if (type?.kind !== 'object') throw new Error('blockdev-add takes no object')

test('a chosen case makes one list: the tag, what is required, then the rest, each member once', () => {
  const names = flatMembers(schema, type, 'luks').map((each) => each.name)
  expect(names[0]).toBe('driver')
  expect(names[1]).toBe('file')
  expect(names).toContain('key-secret')
  expect(new Set(names).size).toBe(names.length)
  const optional = flatMembers(schema, type, 'luks').map((each) => each.optional)
  expect(optional.indexOf(true)).toBe(optional.lastIndexOf(false) + 1)
  expect(flatMembers(schema, type, undefined).map((each) => each.name)).not.toContain('key-secret')
})

test('the cases are all values of the tag, also those that add nothing', () => {
  const cases = casesOf(schema, type)
  expect(cases.length).toBeGreaterThan(40)
  expect(cases.find((each) => each.value === 'luks')?.type).toBeDefined()
})

test('the skeleton of a case has its required members', () => {
  expect(skeleton(schema, type.name, 'luks')).toMatchObject({ driver: 'luks' })
  expect(Object.keys(skeleton(schema, type.name, 'luks') as object)).toContain('file')
})

test('the example of a case is the one that has its value', () => {
  const example = (driver: string) => ({
    title: driver,
    text: '',
    lines: [
      {
        direction: 'sent' as const,
        text: `{"execute": "blockdev-add", "arguments": {"driver": "${driver}"}}`,
      },
    ],
  })
  const all = [example('qcow2'), example('luks')]
  expect(examplesOf(all, 'driver', 'luks').map((each) => each.title)).toEqual(['luks'])
  expect(examplesOf(all, 'driver', 'nbd')).toEqual(all)
  expect(examplesOf(all, undefined, undefined)).toEqual(all)
})

test('without a tag what is required comes first, in its order', () => {
  const member = (name: string, optional: boolean) => ({ name, type: 'str', optional, features: [] })
  const sorted = requiredFirst([member('a', true), member('b', false), member('c', true), member('d', false)])
  expect(sorted.map((each) => each.name)).toEqual(['b', 'd', 'a', 'c'])
})
