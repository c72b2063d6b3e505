import { describe, expect, test } from 'vitest'
import type { JsonObject } from '#base/json/value.ts'
import { checkCommand, checkCommands } from './check-commands.ts'
import { fillWhatIsKnown } from './collection.ts'
import type { Schema } from '../model/schema.ts'
import { loadSchema } from '../testing/load.ts'

const schemas: Record<string, Schema> = {
  '5.2': loadSchema('qemu-5.2-x86_64'),
  '7.2': loadSchema('qemu-7.2-x86_64'),
  '11.1': loadSchema('qemu-11.1-x86_64'),
}

function words(version: string, name: string, args?: JsonObject): string[] {
  const schema = schemas[version]
  if (schema === undefined) throw new Error(version)
  const { verdict, issues } = checkCommand(schema, { name, arguments: args })
  return [verdict, ...issues.map((each) => `${each.path}: ${each.message}`)]
}

describe('a command', () => {
  test.each<[string, string, JsonObject | undefined, string[]]>([
    ['5.2', 'query-cpus', undefined, ['to-be-known', ': query-cpus is deprecated there']],
    [
      '7.2',
      'query-cpus',
      undefined,
      ['breaks', ': there is no query-cpus there; it may be query-cpus-fast now'],
    ],
    [
      '7.2',
      'x-blockdev-reopen',
      {},
      ['breaks', ': there is no x-blockdev-reopen there; it may be blockdev-reopen'],
    ],
    [
      '5.2',
      'blockdev-reopen',
      {},
      ['breaks', ': there is no blockdev-reopen there; it may be x-blockdev-reopen'],
    ],
    [
      '11.1',
      'qeury-block',
      undefined,
      ['breaks', ': there is no qeury-block there; it may be query-block now'],
    ],
    ['11.1', 'never-heard-of', undefined, ['breaks', ': there is no never-heard-of there']],
    ['11.1', 'constructor', undefined, ['breaks', ': there is no constructor there']],
    ['11.1', 'query-block', undefined, ['works']],
    ['11.1', 'query-block', { a: 1 }, ['breaks', 'a: a is unexpected']],
    [
      '11.1',
      'blockdev-add',
      { driver: 'qcow2', file: { driver: 'file', filename: 5 } },
      ['breaks', 'file.filename: expected a string'],
    ],
    ['11.1', 'block-job-pause', { device: 'd' }, ['to-be-known', ': block-job-pause is deprecated there']],
    ['5.2', 'device_add', { driver: 'x', id: 'y', anything: 1 }, ['works']],
  ])('%s: %s %j', (version, name, args, expected) => {
    const found = words(version, name, args)
    expect(found.length).toBe(expected.length)
    found.forEach((each, index) => expect(each).toContain(expected[index]))
  })
})

test('out-of-band where it is not allowed', () => {
  const [check] = checkCommands(loadSchema('qemu-7.2-x86_64'), [
    { name: 'query-block', arguments: undefined, oob: true },
  ])
  expect(check?.issues.map((each) => each.kind)).toEqual(['oob'])
})

test('flags of members and values are found where they are used', () => {
  const schema = loadSchema('qemu-11.1-x86_64')
  const all = checkCommand(schema, {
    name: 'blockdev-add',
    arguments: { driver: 'null-co', 'node-name': 'n', 'read-only': true },
  })
  expect(all.verdict).toBe('works')
  const flagged = schema.entities.flatMap((each) =>
    each.kind === 'object' ? each.members.filter((member) => member.features.includes('deprecated')) : [],
  )
  expect(flagged.length).toBeGreaterThan(0)
  const migrate = checkCommand(schema, {
    name: 'migrate-set-parameters',
    arguments: { 'x-checkpoint-delay': 1 },
  })
  expect(migrate.issues.map((each) => `${each.kind} ${each.path}`)).toContain('feature x-checkpoint-delay')
})

test('a parameter without a value is taken for right, and so are the members that it may pick', () => {
  const schema = loadSchema('qemu-7.2-x86_64')
  const check = (args: JsonObject): string[] => {
    const { arguments: filled, open } = fillWhatIsKnown(args, new Map())
    return checkCommand(schema, { name: 'blockdev-add', arguments: filled, open }).issues.map(
      (each) => each.path,
    )
  }
  expect(check({ driver: 'null-co', 'node-name': '${node}', size: '${size:int}' })).toEqual([])
  expect(check({ driver: '${driver}', 'node-name': 'n', size: 5 })).toEqual([])
  expect(check({ driver: 'null-co', size: '5' })).toEqual(['size'])
  expect(check({ driver: 'null-co', 'node-name': '${node}', sise: 5 })).toEqual(['sise'])
})
