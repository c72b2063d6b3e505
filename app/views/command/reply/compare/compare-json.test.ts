import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { decimal } from '#base/json/number.ts'
import { equalJson } from '#base/json/equal.ts'
import { isJsonObject, jsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import type { Json } from '#base/json/value.ts'
import { anyJson } from '#base/testing/any-json.ts'
import { compareJson } from './compare-json.ts'
import type { Difference } from './compare-json.ts'
import { describeSteps, follow, identityKey, numbersIn } from '../json-steps.ts'
import type { JsonStep } from '../json-steps.ts'

/** Make `after` out of `before` and the differences, as the document says that it can be made. */
function apply(before: Json, differences: readonly Difference[], depth = 0): Json {
  const whole = differences.find((each) => each.path.length === depth)
  if (whole !== undefined) return whole.after ?? null
  const here = (step: JsonStep): readonly Difference[] =>
    differences.filter((each) => equalJson(each.path[depth] as unknown as Json, step as unknown as Json))
  const isGone = (found: readonly Difference[]): boolean =>
    found.some((each) => each.kind === 'removed' && each.path.length === depth + 1)
  const added = differences.filter((each) => each.kind === 'added' && each.path.length === depth + 1)
  if (Array.isArray(before)) {
    const items = before as readonly Json[]
    const named = differences
      .map((each) => each.path[depth])
      .find((step) => step?.kind === 'identity' || step?.kind === 'order')
    const member = named?.name
    const kept = items.flatMap((item, index) => {
      const step: JsonStep =
        member === undefined
          ? { kind: 'item', index }
          : { kind: 'identity', name: member, value: isJsonObject(item) ? (item[member] ?? null) : null }
      const found = here(step)
      return isGone(found) ? [] : [found.length === 0 ? item : apply(item, found, depth + 1)]
    })
    if (member === undefined) return [...kept, ...added.map((each) => each.after ?? null)]
    const order = differences.find((each) => each.path[depth]?.kind === 'order')?.after
    if (!Array.isArray(order)) {
      const made = [...kept]
      for (const { where, after } of added)
        made.splice(Number(/\[(\d+)\]$/.exec(where)?.[1]), 0, after ?? null)
      return made
    }
    const all = [...kept, ...added.map((each) => each.after ?? null)]
    return (order as readonly Json[]).map(
      (name) =>
        all.find((item) => identityKey(item, member) === identityKey({ [member]: name }, member)) ?? null,
    )
  }
  if (!isJsonObject(before)) throw new Error('a difference leads into a value that has no inside')
  const kept = Object.entries(before).flatMap(([name, item]) => {
    const found = here({ kind: 'member', name })
    return isGone(found) ? [] : [[name, found.length === 0 ? item : apply(item, found, depth + 1)] as const]
  })
  const names = added.map(({ path, after }) => {
    const step = path[depth]
    return [step?.kind === 'member' ? step.name : '', after ?? null] as const
  })
  return jsonObject([...kept, ...names])
}

/** Lists as QEMU returns them: with names that tell items apart. */
const named = fc
  .uniqueArray(fc.record({ 'node-name': fc.constantFrom('a', 'b', 'c', 'd', 'e'), rest: anyJson() }), {
    selector: (each) => each['node-name'],
  })
  .map((list) => list as unknown as Json)
const some = fc.oneof(
  anyJson(),
  named,
  fc.record({ list: named, other: anyJson() }).map((each) => each as unknown as Json),
)

test('equal values have no difference', () => {
  fc.assert(
    fc.property(some, (value) => {
      const { differences, unchanged } = compareJson(value, structuredClone(value))
      expect(differences).toEqual([])
      expect(unchanged).toBeGreaterThan(0)
    }),
  )
})

test('the differences applied to the one give the other', () => {
  fc.assert(
    fc.property(some, some, (before, after) => {
      const { differences } = compareJson(before, after)
      const made = differences.length === 0 ? before : apply(before, differences)
      expect(equalJson(made, after)).toBe(true)
    }),
    { numRuns: runs(500) },
  )
})

test('the way back has as many', () => {
  fc.assert(
    fc.property(some, some, (a, b) => {
      const there = compareJson(a, b)
      const back = compareJson(b, a)
      expect(back.unchanged).toBe(there.unchanged)
      const count = (list: readonly Difference[], kind: string): number =>
        list.filter((each) => each.kind === kind && each.path.at(-1)?.kind !== 'order').length
      expect(count(back.differences, 'added')).toBe(count(there.differences, 'removed'))
      expect(count(back.differences, 'changed')).toBe(count(there.differences, 'changed'))
    }),
  )
})

function value(text: string): Json {
  const parsed = parseJson(text)
  if (!parsed.ok) throw new Error(text)
  return parsed.value
}

/** One line for a difference. */
const lines: readonly (readonly [before: string, after: string, ...lines: string[]])[] = [
  ['{"a":1,"b":2}', '{"b":2.0,"a":1}'],
  ['{"a":1}', '{"a":2}', 'changed a'],
  ['{"a":1}', '{"b":1}', 'removed a', 'added b'],
  ['[1,2,3]', '[1,5]', 'changed [1]', 'removed [2]'],
  ['18446744073709551615', '18446744073709551614', 'changed (the whole reply)'],
  [
    '[{"device":"","qdev":"x","n":1},{"device":"","qdev":"y","n":2}]',
    '[{"device":"","qdev":"y","n":3}]',
    'removed [qdev="x"]',
    'changed [qdev="y"].n',
  ],
  ['[{"id":"a"},{"id":"b"}]', '[{"id":"b"},{"id":"a"}]', 'changed [order by id]'],
  ['[{"id":"a"}]', '[{"id":"new"},{"id":"a"}]', 'added [id="new"]'],
  ['[{"id":"a"},{"id":"a"}]', '[{"id":"a"},{"id":"b"}]', 'changed [1].id'],
  ['{"x":{}}', '{"x":[]}', 'changed x'],
]

for (const [before, after, ...wanted] of lines) {
  test(`${before} and ${after}`, () => {
    const { differences } = compareJson(value(before), value(after))
    expect(differences.map((each) => `${each.kind} ${describeSteps(each.path)}`)).toEqual(wanted)
  })
}

test('where a difference is in the tree of the later value', () => {
  const { differences } = compareJson(value('[{"id":"a","n":1}]'), value('[{"id":"b"},{"id":"a","n":2}]'))
  expect(differences.map((each) => each.where)).toEqual(['[1].n', '[0]'])
})

test('numbers are found, and found again when their list has another order', () => {
  const reply = value('{"list":[{"device":"a","n":1},{"device":"b","n":18446744073709551615}],"t":"x"}')
  const found = numbersIn(reply, 10)
  expect(found.map((each) => each.text)).toEqual(['list[device="a"].n', 'list[device="b"].n'])
  const other = value('{"list":[{"device":"b","n":3},{"device":"a","n":4}]}')
  expect(found.map((each) => follow(other, each.steps))).toEqual([4, 3])
  expect(follow(value('{}'), found[0]?.steps ?? [])).toBeUndefined()
  expect(numbersIn([1, decimal('0.12345678901234567890'), 'x'], 10)).toHaveLength(2)
  expect(numbersIn([1, 2, 3], 2)).toHaveLength(2)
})
