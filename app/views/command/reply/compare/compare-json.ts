/**
 * What is different between two JSON values: every place that came, went or changed, and nothing else. Items of
 * lists of objects are matched by what tells them apart (json-steps.ts), else by position. Numbers are compared by
 * their exact value, objects without regard to the order of their members.
 */
import { own } from '#base/own.ts'
import { equalJson } from '#base/json/equal.ts'
import { isJsonObject, jsonKind } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { pathOf } from '#ui/json/json-tree.ts'
import { identityKey, identityMember } from '../json-steps.ts'
import type { Step } from '../json-steps.ts'

/** One place where two values differ. */
export interface Difference {
  readonly path: readonly Step[]
  readonly kind: 'added' | 'removed' | 'changed'
  /** Undefined where it was added. */
  readonly before: Json | undefined
  /** Undefined where it was removed. */
  readonly after: Json | undefined
  /** The path of the place in the tree of `after` (json-tree.ts); of what was removed, that of what held it. */
  readonly where: string
}

/** All differences in reading order, and how many values (leaves) are the same in both. */
export interface Comparison {
  readonly differences: readonly Difference[]
  readonly unchanged: number
}

/**
 * Compare two values. Applying the differences to `before` gives `after`: what is removed from a list matched by
 * position is its tail; what is added to a list matched by identity stands where `where` says. A difference of the
 * order is there only where items that are in both changed places with each other.
 */
export function compareJson(before: Json, after: Json): Comparison {
  const differences: Difference[] = []
  let unchanged = 0

  function changed(path: readonly Step[], where: string, from: Json | undefined, to: Json | undefined): void {
    const kind = from === undefined ? 'added' : to === undefined ? 'removed' : 'changed'
    differences.push({ path, kind, before: from, after: to, where })
  }

  function compare(path: readonly Step[], where: string, a: Json, b: Json): void {
    const kind = jsonKind(a)
    if (kind !== jsonKind(b) || (kind !== 'array' && kind !== 'object')) {
      if (equalJson(a, b)) unchanged += 1
      else changed(path, where, a, b)
    } else if (kind === 'array') {
      compareLists(path, where, a as readonly Json[], b as readonly Json[])
    } else {
      compareObjects(path, where, a as JsonObject, b as JsonObject)
    }
  }

  function compareObjects(path: readonly Step[], where: string, a: JsonObject, b: JsonObject): void {
    const names = Object.keys(a)
    const others = Object.keys(b)
    if (names.length === 0 && others.length === 0) unchanged += 1
    for (const name of names) {
      const step = [...path, { kind: 'member', name } as const]
      const from = a[name] ?? null
      if (Object.hasOwn(b, name)) compare(step, pathOf(where, name, false), from, b[name] ?? null)
      else changed(step, where, from, undefined)
    }
    for (const name of others) {
      if (!Object.hasOwn(a, name)) {
        changed([...path, { kind: 'member', name }], pathOf(where, name, false), undefined, b[name] ?? null)
      }
    }
  }

  function compareLists(path: readonly Step[], where: string, a: readonly Json[], b: readonly Json[]): void {
    if (a.length === 0 && b.length === 0) unchanged += 1
    const member = identityMember(a, b)
    if (member !== undefined) {
      compareByIdentity(path, where, a, b, member)
      return
    }
    for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
      const [from, to] = [a[index], b[index]]
      const step = [...path, { kind: 'item', index } as const]
      const place = to === undefined ? where : pathOf(where, String(index), true)
      if (from !== undefined && to !== undefined) compare(step, place, from, to)
      else changed(step, place, from, to)
    }
  }

  function compareByIdentity(
    path: readonly Step[],
    where: string,
    a: readonly Json[],
    b: readonly Json[],
    member: string,
  ): void {
    const inAfter = new Map(b.map((item, index) => [identityKey(item, member), index]))
    const inBefore = new Set(a.map((item) => identityKey(item, member)))
    const order: (string | undefined)[] = []
    for (const item of a) {
      const key = identityKey(item, member)
      const step = [...path, identityStep(item, member)]
      const index = inAfter.get(key)
      const other = index === undefined ? undefined : b[index]
      if (other === undefined) changed(step, where, item, undefined)
      else {
        order.push(key)
        compare(step, pathOf(where, String(index), true), item, other)
      }
    }
    b.forEach((item, index) => {
      const key = identityKey(item, member)
      if (inBefore.has(key)) return
      changed([...path, identityStep(item, member)], pathOf(where, String(index), true), undefined, item)
    })
    const kept = b.map((item) => identityKey(item, member)).filter((key) => inBefore.has(key))
    if (kept.some((key, index) => key !== order[index])) {
      const names = (items: readonly Json[]): Json =>
        items.map((item) => (isJsonObject(item) ? (own(item, member) ?? null) : null))
      changed([...path, { kind: 'order', name: member }], where, names(a), names(b))
    }
  }

  compare([], '', before, after)
  return { differences, unchanged }
}

function identityStep(item: Json, member: string): Step {
  return { kind: 'identity', name: member, value: isJsonObject(item) ? (own(item, member) ?? null) : null }
}
