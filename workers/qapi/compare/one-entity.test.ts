import { expect, test } from 'vitest'
import { loadSchema } from '../testing/load.ts'
import { compareSchemas } from './compare.ts'
import { changesOf } from './one-entity.ts'

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
