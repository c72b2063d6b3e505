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

test('a range that was selected in the timeline is selected in the statistics, and the other way', () => {
  const memory = new TabMemory()
  memory.remember(parseRoute('#/machine/a/inspect/stats?as=table&range=1~2'))
  const now = parseRoute('#/machine/a/overview')
  expect(memory.placeOf(now, 'timeline').query).toEqual({ range: '1~2' })
  memory.remember(parseRoute('#/machine/a/timeline?f=stop&range=3~4'))
  expect(memory.placeOf(now, 'inspect').query).toEqual({ as: 'table', range: '3~4' })
  expect(memory.rangeOf(now.subject)).toBe('3~4')
  // Let go in one, it is let go in the other.
  memory.remember(parseRoute('#/machine/a/timeline?f=stop'))
  expect(memory.placeOf(now, 'inspect').query).toEqual({ as: 'table' })
  // Other parts of Inspect and other machines have none.
  memory.remember(parseRoute('#/machine/a/timeline?range=5~6'))
  memory.remember(parseRoute('#/machine/a/inspect/jobs'))
  expect(memory.placeOf(now, 'inspect').query).toEqual({})
  expect(memory.placeOf(parseRoute('#/machine/b/overview'), 'timeline').query).toEqual({})
})
