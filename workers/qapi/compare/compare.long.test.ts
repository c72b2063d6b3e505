/**
 * Random single changes of real schemas: the report names that change, at every place that it reaches, and nothing else;
 * and it breaks a client exactly if a value that was right is refused.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareSchemas } from './compare.ts'
import type { SchemaChange } from './compare.ts'
import type { ChangeSide, Compatibility } from './rules.ts'
import type { Schema } from '../model/schema.ts'
import { kinds } from '../testing/changes.ts'
import type { Expected } from '../testing/changes.ts'
import { loadList, schemaOf } from '../testing/load.ts'
import { instancesOf } from '../testing/instances.ts'
import { placesOf } from '../testing/places.ts'
import { validate } from '../check/validate.ts'
import type { Issue } from '../check/validate.ts'

/** Ways that a report lists at most. */
const listed = 100

function expectPlaces(change: SchemaChange, before: Schema, after: Schema, { type, step }: Expected): void {
  const expected = placesOf(before, after, type).map((each) => `${each}${step}`)
  expect(change.reachedBy).toEqual([...new Set(expected.map(rootOf))].sort())
  if (change.hasMorePaths) expect(expected).toEqual(expect.arrayContaining([...change.paths]))
  else expect([...change.paths].sort()).toEqual([...new Set(expected)].sort())
  if (change.hasMorePaths) expect(expected.length).toBeGreaterThan(listed)
}

function rootOf(path: string): string {
  return path.split('.', 1)[0] ?? ''
}

/** What a change means, by the values of the type that changed. */
function judge(
  before: Schema,
  after: Schema,
  { type, judged }: Expected,
  side: ChangeSide,
): readonly Compatibility[] {
  const [old, now] = [
    { schema: before, type: judged?.before ?? type },
    { schema: after, type: judged?.after ?? type },
  ]
  if (side === 'interface') return ['compatible', 'notice']
  const [written, read] = side === 'arguments' ? [old, now] : [now, old]
  // Who reads knows not to mind members that are new, wherever: a type may stand in itself.
  const isMinded = ({ message }: Issue): boolean =>
    side === 'arguments' || !message.includes(' is unexpected')
  const isRefused = instancesOf(written.schema, written.type).some((value) =>
    validate(read.schema, read.type, value).some(isMinded),
  )
  return isRefused ? ['breaking'] : ['compatible', 'notice']
}

function expectVerdict(change: SchemaChange, before: Schema, after: Schema, expected: Expected): void {
  for (const { side, verdict } of change.sides) {
    const judged = judge(before, after, expected, side)
    if (side !== 'arguments' && change.rule === 'value-added') {
      expect(verdict).toBe('notice')
    } else if (side !== 'arguments' && judged[0] === 'compatible' && verdict === 'breaking') {
      // A member that could be missing before is missing for good now: who waited for it waits in vain.
      expect(change.rule).toMatch(/removed$|in-case$|replaced$/)
    } else expect(judged, `${change.rule} in ${side}`).toContain(verdict)
  }
}

/** Other changes each time. A failure says its seed, and SEED draws the same again. */
const seeded = process.env.SEED === undefined ? {} : { seed: Number(process.env.SEED) }

describe.each(['qemu-7.2-x86_64', 'qemu-10.0-x86_64'])('a single change of %s', (file) => {
  const list = loadList(file)
  const before = schemaOf(list)

  test('the values by which changes are judged are right', () => {
    for (const { name, kind } of before.entities) {
      if (kind !== 'object' && kind !== 'enum' && kind !== 'alternate') continue
      for (const value of instancesOf(before, name)) expect(validate(before, name, value)).toEqual([])
    }
  })

  test.each(Object.entries(kinds))('%s', (_kind, change) => {
    let told = 0
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(1_000_000)), (stream) => {
        const changed = change(before, list, (limit) => (stream.next().value as number) % Math.max(1, limit))
        fc.pre(changed !== undefined)
        const after = schemaOf(changed.list)
        const { changes } = compareSchemas(before, after)
        const { expected } = changed
        if (expected === undefined || placesOf(before, after, expected.type).length === 0) {
          expect(changes).toEqual([])
          // A type that nothing reaches is no change: another one is drawn.
          fc.pre(false)
          return
        }
        expect(changes.map((each) => `${each.rule} ${each.item} ${each.detail}`)).toHaveLength(1)
        const [only] = changes
        if (only === undefined) return
        expect(expected.rules).toContain(only.rule)
        if (expected.item !== '*') expect(only.item).toBe(expected.item)
        expectPlaces(only, before, after, expected)
        expectVerdict(only, before, after, expected)
        told += 1
      }),
      { numRuns: Number(process.env.RUNS ?? 4), maxSkipsPerRun: 1000, ...seeded },
    )
    expect(told).toBeGreaterThan(0)
  })
})
