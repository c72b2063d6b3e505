import { describe, expect, test } from 'vitest'
import { loadSchema } from '../testing/load.ts'
import { caseOf, takeCase } from './case-in-query.ts'
import { search } from './search.ts'

const schema = loadSchema('qemu-7.2-x86_64')
const names = (query: string): readonly string[] => search(schema, query).hits.map((each) => each.entity.name)

test('a case is taken out of the words', () => {
  expect(takeCase('blockdev-add driver=luks')).toEqual({
    words: 'blockdev-add',
    typed: { tag: 'driver', value: 'luks' },
  })
  expect(takeCase('Driver=LUKS').typed).toEqual({ tag: 'driver', value: 'luks' })
  for (const none of ['blockdev-add', 'a = b', '=luks', 'driver=', 'a=b=c', ''])
    expect(takeCase(none), none).toEqual({ words: none, typed: undefined })
})

describe('search with a case', () => {
  test('finds the union by its words and the case', () => {
    expect(names('blockdev-add driver=luks')[0]).toBe('blockdev-add')
    expect(names('driver=luks blockdev-add')[0]).toBe('blockdev-add')
    expect(names('add a disk driver=luks')[0]).toBe('blockdev-add')
  })

  test('the case alone finds what has it, commands first, and nothing else', () => {
    const found = names('driver=luks')
    expect(found).toContain('blockdev-add')
    expect(found).not.toContain('stop')
    expect(schema.byName.get(found[0] ?? '')?.kind).toBe('command')
    expect(found.length).toBeLessThan(10)
  })

  test('a case that nothing has is searched for as words', () => {
    expect(search(schema, 'blockdev-add driver=nonsense').hits.length).toBeGreaterThan(0)
  })
})

test.each([
  ['blockdev-add', 'blockdev-add driver=luks', 'driver=luks'],
  ['blockdev-add', 'blockdev-add DRIVER=LUKS', 'driver=luks'],
  ['blockdev-add', 'blockdev-add luks', 'driver=luks'],
  ['blockdev-add', 'blockdev-add', ''],
  ['blockdev-add', 'blockdev-add driver=nonsense', ''],
  ['blockdev-add', 'luks', ''],
  ['netdev_add', 'netdev_add tap', 'type=tap'],
  ['object-add', 'object-add qom-type=secret', 'qom-type=secret'],
  ['stop', 'stop driver=luks', ''],
  ['nothing of that name', 'driver=luks', ''],
])('%s, typed “%s”: %s', (name, query, wanted) => {
  const found = caseOf(schema, name, query)
  expect(found === undefined ? '' : `${found.tag}=${found.value}`).toBe(wanted)
})
