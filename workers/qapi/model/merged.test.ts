import { expect, test } from 'vitest'
import { some } from '#base/testing/runs.ts'
import { compareSchemas } from '../compare/compare.ts'
import { mergeSchemas } from './merged.ts'
import { commandOf, usesOf } from './schema.ts'
import type { Schema } from './schema.ts'
import { loadSchema } from '../testing/load.ts'

const files = ['qemu-5.2-x86_64', 'qemu-7.2-x86_64', 'qemu-10.0-x86_64', 'qemu-11.1-x86_64']
const pairs = files.flatMap((_, shift) =>
  files.map((one, index) => [one, files[(index + shift + 1) % files.length] ?? one] as const),
)

test.each(some(pairs))('%s and %s as one: whole, with everything of both', (one, other) => {
  const [before, after] = [loadSchema(one), loadSchema(other)]
  const comparison = compareSchemas(before, after)
  const { schema, marks, nameOf, originOf } = mergeSchemas(before, after, comparison)
  expect(schema.issues).toEqual([])
  for (const entity of schema.entities) {
    for (const [type] of usesOf(entity)) expect(schema.byName.has(type)).toBe(true)
  }
  const rootsOf = (each: Schema): string[] =>
    each.entities.filter((e) => e.kind === 'command' || e.kind === 'event').map((e) => e.name)
  expect(new Set(rootsOf(schema))).toEqual(new Set([...rootsOf(before), ...rootsOf(after)]))
  // Every change of the list is a mark in the picture.
  for (const change of comparison.changes) {
    const name = change.after ?? change.before ?? ''
    // What only the older one has of a case is marked at the command or event.
    const isMarked = marks.has(name) || (change.after === undefined && marks.has(change.reachedBy[0] ?? ''))
    expect(isMarked, `${change.rule} ${change.paths[0] ?? ''}`).toBe(true)
  }
  if (one === other) expect(marks.size).toBe(0)
  for (const entity of schema.entities) {
    const origin = originOf(entity.name)
    expect(nameOf(origin.side, origin.name)).toBe(entity.name)
  }
  for (const { name, kind } of after.entities) expect(nameOf('after', name), kind).toBe(name)
})

test('a command that went, a member that came and a value that went are in it', () => {
  const [before, after] = [loadSchema('qemu-5.2-x86_64'), loadSchema('qemu-11.1-x86_64')]
  const { schema, marks } = mergeSchemas(before, after, compareSchemas(before, after))
  expect(commandOf(after, 'change')).toBeUndefined()
  expect(commandOf(schema, 'change')).toBeDefined()
  expect(marks.get('change')?.mark).toBe('removed')
  const argType = commandOf(schema, 'block-export-add')?.argType ?? ''
  const options = schema.byName.get(argType)
  expect(options?.kind === 'object' && options.members.map((each) => each.name)).toContain('allow-inactive')
  expect(marks.get(argType)?.items.get('allow-inactive')).toBe('added')
  expect(marks.get('block-export-add')?.mark).toBe('changed')
})
