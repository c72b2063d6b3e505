import { expect, test } from 'vitest'
import { parseRoute } from './route.ts'
import { sameAt, TabMemory } from './tab-memory.ts'

test('a tab leads where the pane was last in its view; its own tab to the beginning', () => {
  const memory = new TabMemory()
  memory.remember(parseRoute('#/machine/a/command/blockdev-add?args=%7B%7D'))
  memory.remember(parseRoute('#/machine/a/timeline?f=stop'))
  const now = parseRoute('#/machine/a/schema/stop')
  memory.remember(now)
  expect(memory.placeOf(now, 'command')).toEqual({
    view: 'command',
    entity: 'blockdev-add',
    query: { args: '{}' },
  })
  expect(memory.placeOf(now, 'timeline')).toEqual({
    view: 'timeline',
    entity: undefined,
    query: { f: 'stop' },
  })
  expect(memory.placeOf(now, 'schema')).toEqual({ view: 'schema', entity: undefined, query: {} })
  // Another machine has a memory of its own, whatever it is called.
  for (const id of ['b', '__proto__', 'constructor']) {
    expect(memory.placeOf(parseRoute(`#/machine/${id}/schema`), 'timeline').query).toEqual({})
  }
})

test('the entity stays at another version, with the search and the filters of the schema view', () => {
  const now = parseRoute('#/recorded/x/schema/BlockInfo?q=block&show=compare&against=recorded%3Ay&swap=1')
  expect(sameAt(now, { kind: 'recorded', file: 'z' })).toEqual({
    subject: { kind: 'recorded', file: 'z' },
    view: 'schema',
    entity: 'BlockInfo',
    query: { q: 'block', show: 'compare', against: 'recorded:y' },
  })
  expect(sameAt(now, { kind: 'recorded', file: 'y' }).query).toEqual({ q: 'block', show: 'compare' })
  expect(sameAt(parseRoute('#/machine/a/timeline?f=x'), { kind: 'machine', id: 'b' })).toMatchObject({
    view: 'timeline',
    query: {},
  })
  expect(sameAt(parseRoute('#/machine/a/overview'), { kind: 'recorded', file: 'y' }).view).toBe('schema')
})
