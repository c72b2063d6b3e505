/** Values with one fault each, made of a valid one: for comparing our verdict with QEMU's. */
import { decimal } from '#base/json/number.ts'
import { isJsonObject, jsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { membersOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import { branchFor } from '../check/validate.ts'

/** A value that differs from a valid one in one place. */
export interface Faulty {
  readonly value: Json
  /** What was done, in a word: for the list of differences. */
  readonly fault: string
  /** Where it was done, dotted as in `Issue`: QEMU's refusal belongs there or inside. */
  readonly path: string
}

/** A place in the value: what the whole becomes with another value there. */
interface Spot {
  readonly put: (value: Json) => Json
  readonly path: string
}

function inside(path: string, name: string | number): string {
  return path === '' ? String(name) : `${path}.${name}`
}

const deepest = 4

/**
 * All values with one fault that are made of a value: at every place down to four levels a member left out, one too
 * many, one of another case, another JSON type, null, integers at and beyond their ends, a value that an enum has not.
 */
export function faultsOf(schema: Schema, type: string, value: Json): readonly Faulty[] {
  const faults: Faulty[] = []
  visit(schema, type, value, { put: (inside) => inside, path: '' }, faults, 0)
  return faults
}

function visit(schema: Schema, type: string, value: Json, spot: Spot, faults: Faulty[], depth: number): void {
  const entity = schema.byName.get(type)
  if (entity === undefined || depth > deepest) return
  const { put, path } = spot
  const add = (fault: string, changed: Json, at = path): void => {
    faults.push({ fault, value: put(changed), path: at })
  }
  if (depth > 0) {
    for (const [name, other] of others) if (!sameKind(other, value)) add(`${name} instead`, other)
  }
  switch (entity.kind) {
    case 'builtin':
      if (entity.jsonType === 'int') for (const [name, other] of integers) add(name, other)
      break
    case 'enum':
      add('no such value', 'no-such-value')
      add('empty value', '')
      break
    case 'array':
      if (!Array.isArray(value)) break
      add('nested array', [value], inside(path, 0))
      add('array of null', [null], inside(path, 0))
      add('array of array', [[]], inside(path, 0))
      ;(value as readonly Json[]).forEach((item, index) => {
        const items = value as readonly Json[]
        const at: Spot = { put: (each) => put(items.with(index, each)), path: inside(path, index) }
        visit(schema, entity.elementType, item, at, faults, depth + 1)
      })
      break
    case 'alternate': {
      const branch = branchFor(schema, entity, value)
      if (branch !== undefined) visit(schema, branch, value, spot, faults, depth)
      break
    }
    case 'object':
      if (isJsonObject(value)) visitObject(schema, type, value, spot, faults, depth)
      break
    default:
      break
  }
}

function visitObject(
  schema: Schema,
  type: string,
  value: JsonObject,
  spot: Spot,
  faults: Faulty[],
  depth: number,
): void {
  const { put, path } = spot
  const tagOf = (tag: string): string | undefined => {
    const given = value[tag]
    return typeof given === 'string' ? given : undefined
  }
  const members = membersOf(schema, type, tagOf)
  const names = new Set(members.map((each) => each.name))
  const add = (fault: string, name: string, changed: JsonObject): void => {
    faults.push({ fault, value: put(changed), path: inside(path, name) })
  }
  add('unexpected', 'no-such-member', { ...value, 'no-such-member': 1 })
  for (const [name, foreign] of foreignMembers(schema, type, names)) {
    add('of another case', name, { ...value, [name]: foreign })
  }
  for (const member of members) {
    if (!Object.hasOwn(value, member.name)) continue
    if (!member.optional) {
      const rest = Object.entries(value).filter(([name]) => name !== member.name)
      add('missing', member.name, jsonObject(rest))
    }
    const at: Spot = {
      put: (changed) => put({ ...value, [member.name]: changed }),
      path: inside(path, member.name),
    }
    visit(schema, member.type, value[member.name] ?? null, at, faults, depth + 1)
  }
}

/** At most two members that other cases of a union have and this one has not. */
function foreignMembers(schema: Schema, type: string, names: ReadonlySet<string>): readonly [string, Json][] {
  const entity = schema.byName.get(type)
  if (entity?.kind !== 'object') return []
  const found = new Map<string, Json>()
  for (const variant of entity.variants) {
    const other = schema.byName.get(variant.type)
    if (other?.kind !== 'object') continue
    for (const member of other.members) if (!names.has(member.name)) found.set(member.name, 'x')
  }
  return [...found].slice(0, 2)
}

const others: readonly (readonly [string, Json])[] = [
  ['null', null],
  ['true', true],
  ['a string', 'x'],
  ['an integer', 7],
  ['a float', 1.5],
  ['an array', []],
  ['an object', {}],
]

const integers: readonly (readonly [string, Json])[] = [
  ['lowest int64', -(2n ** 63n)],
  ['highest int64', 2n ** 63n - 1n],
  ['beyond int64', 2n ** 63n],
  ['highest uint64', 2n ** 64n - 1n],
  ['beyond uint64', 2n ** 64n],
  ['below int64', -(2n ** 63n) - 1n],
  ['1.0', decimal('1.0')],
  ['-1', -1],
]

function sameKind(one: Json, other: Json): boolean {
  if (Array.isArray(one) || Array.isArray(other)) return Array.isArray(one) && Array.isArray(other)
  return one !== null && other !== null && typeof one === typeof other && one === other
}
