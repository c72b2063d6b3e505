import { describe, expect, test } from 'vitest'
import { addressOf, resolveAddress, wayTo } from './address.ts'
import { compareSchemas } from '../compare/compare.ts'
import type { Schema } from './schema.ts'
import { loadSchema } from '../testing/load.ts'

const files = ['qemu-5.2-x86_64', 'qemu-7.2-x86_64', 'qemu-10.0-x86_64', 'qemu-11.1-x86_64']

describe.each(files)('%s', (file) => {
  const schema = loadSchema(file)

  test('every entity has an address without a number, which leads to it', () => {
    const seen = new Set<string>()
    for (const { name } of schema.entities) {
      const address = addressOf(schema, name)
      expect(address).not.toMatch(/^\[?\d+\]?$/)
      expect(resolveAddress(schema, address)).toEqual({ kind: 'found', name })
      expect(seen.has(address)).toBe(false)
      seen.add(address)
    }
  })

  test('a proven name is the address, and its way still leads there', () => {
    const type =
      [...schema.byName.values()].find((each) => each.name === commandArguments(schema))?.name ?? ''
    const named = { ...schema, realNames: new Map([[type, 'BlockdevOptions']]) }
    expect(addressOf(named, type)).toBe('BlockdevOptions')
    expect(resolveAddress(named, 'BlockdevOptions')).toEqual({ kind: 'found', name: type })
    expect(wayTo(named, type)).toBe('blockdev-add.arguments')
    expect(resolveAddress(named, 'blockdev-add.arguments')).toEqual({ kind: 'found', name: type })
  })
})

function commandArguments(schema: Schema): string {
  const command = schema.byName.get('blockdev-add')
  return command?.kind === 'command' ? command.argType : ''
}

test('a way of one version leads to the same in another, however its types are numbered', () => {
  const [one, other] = [loadSchema('qemu-7.2-x86_64'), loadSchema('qemu-10.0-x86_64')]
  const pairs = new Set(compareSchemas(one, other).pairs.map((each) => `${each.before} ${each.after}`))
  let found = 0
  for (const { name, kind } of one.entities) {
    if (kind !== 'object' && kind !== 'enum') continue
    if (addressOf(one, name).startsWith('unused:')) continue
    const resolved = resolveAddress(other, addressOf(one, name))
    if (resolved.kind !== 'found') continue
    expect(pairs.has(`${name} ${resolved.name}`), addressOf(one, name)).toBe(true)
    found += 1
  }
  expect(found).toBeGreaterThan(600)
})

test('places of a comparison lead to a type', () => {
  const [one, other] = [loadSchema('qemu-7.2-x86_64'), loadSchema('qemu-10.0-x86_64')]
  for (const change of compareSchemas(one, other).changes) {
    if (change.sides.some((each) => each.side === 'interface')) continue
    const kinds = [one, other].map((schema) => resolveAddress(schema, change.paths[0] ?? '').kind)
    expect(kinds).toContain('found')
  }
})

test.each([
  ['237', 'number'],
  ['[237]', 'number'],
  ['blockdev-add.arguments.nonsense', 'partly'],
  ['blockdev-add.arguments(driver=qcow2)', 'found'],
  ['blockdev-add.arguments(driver=nothing).x', 'partly'],
  ['__proto__', 'missing'],
  ['constructor.arguments', 'missing'],
  ['('.repeat(5000), 'missing'],
])('%s: %s', (address, kind) => {
  expect(resolveAddress(loadSchema('qemu-7.2-x86_64'), address).kind).toBe(kind)
})
