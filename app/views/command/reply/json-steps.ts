/**
 * Where something is in a JSON value, in a way that survives the order of lists: an item of a list of objects is
 * named by a member that tells the items apart, where there is one.
 */
import { own } from '#base/own.ts'
import { assertNever } from '#base/assert-never.ts'
import { isJsonObject, jsonKind } from '#base/json/value.ts'
import { printJson, textOf } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'
import { pathOf } from '#ui/json/json-tree.ts'

/** One step into a value. `order` stands for the order of a list whose items are told apart by `name`. */
export type JsonStep =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'item'; readonly index: number }
  | { readonly kind: 'identity'; readonly name: string; readonly value: Json }
  | { readonly kind: 'order'; readonly name: string }

/** Members by which QEMU's lists tell their items apart, the best first. */
const identities = [
  'node-name',
  'qdev',
  'qdev_id',
  'id',
  'device',
  'qom-path',
  'cpu-index',
  'name',
  'capability',
  'label',
  'filename',
  'path',
  'slot',
  'bus',
  'option',
  'command',
]

/** What an item's identity is known by; undefined where the member cannot tell it. */
export function identityKey(item: Json, member: string): string | undefined {
  if (!isJsonObject(item) || !Object.hasOwn(item, member)) return undefined
  const value = item[member]
  if (value === undefined || value === '') return undefined
  const kind = jsonKind(value)
  return kind === 'string' || kind === 'number' ? `${kind} ${textOf(value)}` : undefined
}

/** The member that every item of all these lists has, different in each list; undefined where there is none. */
export function identityMember(...lists: readonly (readonly Json[])[]): string | undefined {
  if (lists.every((list) => list.length === 0)) return undefined
  return identities.find((member) =>
    lists.every((list) => {
      const seen = new Set<string>()
      return list.every((item) => {
        const key = identityKey(item, member)
        if (key === undefined || seen.has(key)) return false
        seen.add(key)
        return true
      })
    }),
  )
}

/** Steps as a person reads them: `[node-name="disk0"].image["virtual-size"]`; the root is `(the whole reply)`. */
export function describeSteps(steps: readonly JsonStep[]): string {
  if (steps.length === 0) return '(the whole reply)'
  return steps.reduce((path, step) => {
    switch (step.kind) {
      case 'member':
        return pathOf(path, step.name, false)
      case 'item':
        return pathOf(path, String(step.index), true)
      case 'identity':
        return `${path}[${step.name}=${printJson(step.value)}]`
      case 'order':
        return `${path}[order by ${step.name}]`
      default:
        return assertNever(step)
    }
  }, '')
}

/** What steps lead to in a value; undefined where they lead nowhere. */
export function follow(value: Json, steps: readonly JsonStep[]): Json | undefined {
  let at: Json | undefined = value
  for (const step of steps) {
    if (at === undefined) return undefined
    at = followOne(at, step)
  }
  return at
}

function followOne(value: Json, step: JsonStep): Json | undefined {
  if (step.kind === 'member') {
    return isJsonObject(value) && Object.hasOwn(value, step.name) ? value[step.name] : undefined
  }
  if (!Array.isArray(value)) return undefined
  const items = value as readonly Json[]
  if (step.kind === 'item') return items[step.index]
  const wanted = `${jsonKind(step.kind === 'identity' ? step.value : '')} ${step.kind === 'identity' ? textOf(step.value) : ''}`
  return items.find((item) => identityKey(item, step.name) === wanted)
}

/** A number in a value. */
export interface FoundNumber {
  readonly steps: readonly JsonStep[]
  readonly text: string
  readonly value: Json
}

/** The numbers in a value, in reading order, `limit` at most. */
export function numbersIn(value: Json, limit: number): readonly FoundNumber[] {
  const found: FoundNumber[] = []
  const walk = (at: Json, steps: readonly JsonStep[]): void => {
    if (found.length >= limit) return
    if (Array.isArray(at)) {
      const items = at as readonly Json[]
      const member = identityMember(items)
      items.forEach((item, index) => {
        const name = member !== undefined && isJsonObject(item) ? own(item, member) : undefined
        walk(item, [
          ...steps,
          member === undefined || name === undefined
            ? { kind: 'item', index }
            : { kind: 'identity', name: member, value: name },
        ])
      })
    } else if (isJsonObject(at)) {
      for (const [name, item] of Object.entries(at)) walk(item, [...steps, { kind: 'member', name }])
    } else if (jsonKind(at) === 'number') {
      found.push({ steps, text: describeSteps(steps), value: at })
    }
  }
  walk(value, [])
  return found
}
