/**
 * The differences between two JSON values: every place that came, went or changed, and nothing else. Items of
 * lists of objects are matched by what tells them apart (json-steps.ts), else by position. Numbers are compared by
 * their exact value, objects without regard to the order of their members.
 */
import { own } from '#base/own.ts'
import { equalJson } from '#base/json/equal.ts'
import { isJsonObject, jsonKind } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { pathOf } from '#ui/json/json-tree.ts'
import { identityKey, identityMember } from '../json-steps.ts'
import type { JsonStep } from '../json-steps.ts'

/** One place where two values differ. */
export interface Difference {
  readonly path: readonly JsonStep[]
  readonly kind: 'added' | 'removed' | 'changed'
  /** Undefined where it was added. */
  readonly before: Json | undefined
  /** Undefined where it was removed. */
  readonly after: Json | undefined
  /** The path of the place in the tree of `after` (json-tree.ts); of what was removed, that of what held it. */
  readonly where: string
}

/** All differences in reading order, and how many values (leaves) are the same in both. */
export interface JsonComparison {
  readonly differences: readonly Difference[]
  readonly unchanged: number
}

/**
 * Compare two values. Applying the differences to `before` gives `after`: items removed from a list matched by
 * position are its tail; items added to a list matched by identity are where `where` says. A difference of the
 * order is there only where items that are in both changed places with each other.
 */
export function compareJson(before: Json, after: Json): JsonComparison {
  const comparer = new Comparer()
  comparer.compare([], '', before, after)
  return comparer
}

class Comparer implements JsonComparison {
  readonly differences: Difference[] = []
  unchanged = 0

  #changed(path: readonly JsonStep[], where: string, from: Json | undefined, to: Json | undefined): void {
    const kind = from === undefined ? 'added' : to === undefined ? 'removed' : 'changed'
    this.differences.push({ path, kind, before: from, after: to, where })
  }

  compare(path: readonly JsonStep[], where: string, a: Json, b: Json): void {
    const kind = jsonKind(a)
    if (kind !== jsonKind(b) || (kind !== 'array' && kind !== 'object')) {
      if (equalJson(a, b)) this.unchanged += 1
      else this.#changed(path, where, a, b)
    } else if (kind === 'array') {
      this.#compareLists(path, where, a as readonly Json[], b as readonly Json[])
    } else {
      this.#compareObjects(path, where, a as JsonObject, b as JsonObject)
    }
  }

  #compareObjects(path: readonly JsonStep[], where: string, a: JsonObject, b: JsonObject): void {
    const names = Object.keys(a)
    const others = Object.keys(b)
    if (names.length === 0 && others.length === 0) this.unchanged += 1
    for (const name of names) {
      const step = [...path, { kind: 'member', name } as const]
      const from = a[name] ?? null
      if (Object.hasOwn(b, name)) this.compare(step, pathOf(where, name, false), from, b[name] ?? null)
      else this.#changed(step, where, from, undefined)
    }
    for (const name of others) {
      if (!Object.hasOwn(a, name)) {
        this.#changed(
          [...path, { kind: 'member', name }],
          pathOf(where, name, false),
          undefined,
          b[name] ?? null,
        )
      }
    }
  }

  #compareLists(path: readonly JsonStep[], where: string, a: readonly Json[], b: readonly Json[]): void {
    if (a.length === 0 && b.length === 0) this.unchanged += 1
    const member = identityMember(a, b)
    if (member !== undefined) {
      this.#compareByIdentity(path, where, a, b, member)
      return
    }
    for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
      const [from, to] = [a[index], b[index]]
      const step = [...path, { kind: 'item', index } as const]
      const place = to === undefined ? where : pathOf(where, String(index), true)
      if (from !== undefined && to !== undefined) this.compare(step, place, from, to)
      else this.#changed(step, place, from, to)
    }
  }

  #compareByIdentity(
    path: readonly JsonStep[],
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
      if (other === undefined) this.#changed(step, where, item, undefined)
      else {
        order.push(key)
        this.compare(step, pathOf(where, String(index), true), item, other)
      }
    }
    b.forEach((item, index) => {
      const key = identityKey(item, member)
      if (inBefore.has(key)) return
      this.#changed(
        [...path, identityStep(item, member)],
        pathOf(where, String(index), true),
        undefined,
        item,
      )
    })
    const kept = b.map((item) => identityKey(item, member)).filter((key) => inBefore.has(key))
    if (kept.some((key, index) => key !== order[index])) {
      const names = (items: readonly Json[]): Json =>
        items.map((item) => (isJsonObject(item) ? (own(item, member) ?? null) : null))
      this.#changed([...path, { kind: 'order', name: member }], where, names(a), names(b))
    }
  }
}

function identityStep(item: Json, member: string): JsonStep {
  return { kind: 'identity', name: member, value: isJsonObject(item) ? (own(item, member) ?? null) : null }
}
