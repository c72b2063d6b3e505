/**
 * QEMU's input visitor with the texts of version 5.2, as far as introspection tells it: the first fault that it meets in a
 * value, in its own words. Written after the visitor, not after our verdict, so that one can be tested against the other.
 * @qemu qapi/qobject-input-visitor.c, qapi/qapi-visit-core.c (5.2)
 */
import { isDecimal } from '#base/json/number.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import type { Schema } from '../model/schema.ts'

/** A refusal, and where the visitor was. */
export interface Refused {
  readonly desc: string
  /** Dotted, as in `Issue`. */
  readonly path: string
}

type Path = readonly (string | number)[]

/** The full name that the visitor keeps on its stack: `a.b[0].c`. */
function fullName(path: Path): string {
  return path
    .map((each, at) => (typeof each === 'number' ? `[${each}]` : at === 0 ? each : `.${each}`))
    .join('')
}

/** The name that generated code has: items of lists have none, and printf says so. */
function ownName(path: Path): string {
  const last = path.at(-1)
  return typeof last === 'string' ? last : 'null'
}

function refused(path: Path, desc: string): Refused {
  return { desc, path: path.join('.') }
}

function wrongType(path: Path, expected: string): Refused {
  return refused(path, `Invalid parameter type for '${fullName(path)}', expected: ${expected}`)
}

/** The first refusal of a value; undefined where the visitor takes it. */
export function visit52(schema: Schema, type: string, value: Json, path: Path = []): Refused | undefined {
  const entity = schema.byName.get(type)
  switch (entity?.kind) {
    case 'builtin':
      return visitBuiltin(entity.jsonType, value, path)
    case 'enum':
      if (typeof value !== 'string') return wrongType(path, 'string')
      return entity.values.some((each) => each.name === value)
        ? undefined
        : refused(path, `Invalid parameter '${value}'`)
    case 'array': {
      if (!Array.isArray(value)) return wrongType(path, 'array')
      return first(value as readonly Json[], (item, index) =>
        visit52(schema, entity.elementType, item, [...path, index]),
      )
    }
    case 'alternate': {
      const kind = kindOf(value)
      const branch = entity.branches.find((each) => kindsOf(schema, each).includes(kind))
      if (branch !== undefined) return visit52(schema, branch, value, path)
      return refused(path, `Invalid parameter type for '${ownName(path)}', expected: SomeAlternate`)
    }
    case 'object':
      return isJsonObject(value) ? visitObject(schema, type, value, path) : wrongType(path, 'object')
    default:
      return undefined
  }
}

function visitBuiltin(jsonType: string, value: Json, path: Path): Refused | undefined {
  const kind = kindOf(value)
  switch (jsonType) {
    case 'int': {
      const isHeld =
        kind === 'int' &&
        BigInt(value as number | bigint) >= -(2n ** 63n) &&
        BigInt(value as number | bigint) < 2n ** 64n
      return isHeld ? undefined : wrongType(path, 'integer')
    }
    case 'number':
      return kind === 'int' || kind === 'number' ? undefined : wrongType(path, 'number')
    case 'string':
    case 'boolean':
    case 'null':
      return kind === jsonType ? undefined : wrongType(path, jsonType)
    default:
      return undefined
  }
}

/** Members in the order of the struct, those of the case after them; then what is left over. */
function visitObject(schema: Schema, type: string, value: JsonObject, path: Path): Refused | undefined {
  const met = new Set<string>()
  const inOrder = (name: string): Refused | undefined => {
    const entity = schema.byName.get(name)
    if (entity?.kind !== 'object') return undefined
    const wrong = first(entity.members, (member) => {
      met.add(member.name)
      const at = [...path, member.name]
      if (Object.hasOwn(value, member.name))
        return visit52(schema, member.type, value[member.name] ?? null, at)
      return member.optional ? undefined : refused(at, `Parameter '${fullName(at)}' is missing`)
    })
    if (wrong !== undefined || entity.tag === undefined) return wrong
    const variant = entity.variants.find((each) => each.case === value[entity.tag ?? ''])
    return variant === undefined ? undefined : inOrder(variant.type)
  }
  const wrong = inOrder(type)
  if (wrong !== undefined) return wrong
  const left = Object.keys(value).find((each) => !met.has(each))
  if (left === undefined) return undefined
  return refused([...path, left], `Parameter '${fullName([...path, left])}' is unexpected`)
}

function first<Item>(
  items: readonly Item[],
  look: (item: Item, index: number) => Refused | undefined,
): Refused | undefined {
  for (const [index, item] of items.entries()) {
    const found = look(item, index)
    if (found !== undefined) return found
  }
  return undefined
}

function kindOf(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (isDecimal(value)) return 'number'
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'number'
  return typeof value
}

/** The kinds of values that pick a branch of an alternate. */
function kindsOf(schema: Schema, type: string): readonly string[] {
  const entity = schema.byName.get(type)
  if (entity?.kind === 'builtin') return entity.jsonType === 'number' ? ['int', 'number'] : [entity.jsonType]
  if (entity?.kind === 'enum') return ['string']
  return entity?.kind === 'array' ? ['array'] : ['object']
}
