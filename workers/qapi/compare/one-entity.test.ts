import { describe, expect, test } from 'vitest'
import { resolveAddress } from '../model/address.ts'
import { loadSchema } from '../testing/load.ts'
import { compareSchemas } from './compare.ts'
import type { Schema } from '../model/schema.ts'
import { changesOf, changesOfType, typeIn } from './one-entity.ts'

const [before, after] = [loadSchema('qemu-7.2-x86_64'), loadSchema('qemu-10.0-x86_64')]

test('the changes of one command are those of the whole comparison that it reaches', () => {
  const all = compareSchemas(before, after).changes
  for (const name of ['blockdev-add', 'migrate', 'query-status', 'block-job-change', 'BLOCK_IO_ERROR']) {
    const reached = all.filter((each) => each.reachedBy.includes(name))
    const mine = changesOf(name, before, after)
    expect(mine.map((each) => [each.rule, each.item]).sort(), name).toEqual(
      reached.map((each) => [each.rule, each.item]).sort(),
    )
  }
})

test('a command that is new is one change, and what is in both as it was has none', () => {
  expect(changesOf('block-job-change', before, after).map((each) => each.rule)).toEqual(['command-added'])
  expect(changesOf('stop', before, after)).toEqual([])
})

describe('a type in another version', () => {
  const oldest = loadSchema('qemu-5.2-x86_64')
  const typeAt = (schema: Schema, way: string): string => {
    const found = resolveAddress(schema, way)
    if (found.kind !== 'found') throw new Error(`nothing is at ${way}`)
    return found.name
  }

  test.each([
    'blockdev-add.arguments',
    'blockdev-add.arguments(driver=qcow2)',
    'blockdev-add.arguments.driver',
    'query-block.return[].inserted',
    'migrate-set-capabilities.arguments.capabilities[]',
    'query-status.return.status',
  ])('%s stands in the same place', (way) => {
    expect(typeIn(after, typeAt(after, way), before)).toBe(typeAt(before, way))
    expect(typeIn(after, typeAt(after, way), after)).toBe(typeAt(after, way))
  })

  test('a type that only newer commands reach is in none of the older', () => {
    expect(typeIn(after, typeAt(after, 'block-job-change.arguments'), before)).toBeUndefined()
    expect(typeIn(after, typeAt(after, 'query-stats.return[]'), oldest)).toBeUndefined()
  })

  test('the changes are those in the type itself', () => {
    const way = 'migrate-set-capabilities.arguments.capabilities[].capability'
    const changes = changesOfType(
      { schema: before, type: typeAt(before, way) },
      { schema: after, type: typeAt(after, way) },
    )
    expect(changes.length).toBeGreaterThan(0)
    expect(changes.map((each) => each.rule)).toContain('value-added')
    const all = compareSchemas(before, after).changes
    for (const each of changes)
      expect(all.some((one) => one.rule === each.rule && one.item === each.item)).toBe(true)
    const status = 'query-status.return.status'
    expect(
      changesOfType(
        { schema: after, type: typeAt(after, status) },
        { schema: after, type: typeAt(after, status) },
      ),
    ).toEqual([])
  })
})
