/** Random values of a type of a schema, for properties. */
import fc from 'fast-check'
import { jsonObject } from '#base/json/value.ts'
import { textOf } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'
import { anyJson } from '#base/testing/any-json.ts'
import { refusedTexts } from '../check/refused-texts.ts'
import { membersOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'

const integer = fc.oneof(
  fc.integer(),
  fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
    .map((value): Json => (Number.isSafeInteger(Number(value)) ? Number(value) : value)),
)

/** Any JSON that QEMU's parser takes. */
function anyTaken(): fc.Arbitrary<Json> {
  return anyJson().filter((value) => refusedTexts(value).length === 0)
}

/** Valid values of a type; optional members are left out below four levels, so that recursion ends. */
export function valuesOf(schema: Schema, type: string, depth = 0): fc.Arbitrary<Json> {
  const entity = schema.byName.get(type)
  switch (entity?.kind) {
    case 'builtin':
      switch (entity.jsonType) {
        case 'string':
          return fc.string()
        case 'int':
          return integer
        case 'number':
          return fc.oneof(
            integer,
            fc.double({ noNaN: true, noDefaultInfinity: true }).map((value): Json => value),
          )
        case 'boolean':
          return fc.boolean()
        case 'null':
          return fc.constant(null)
        default:
          return anyTaken()
      }
    case 'enum':
      return fc.constantFrom(...entity.values.map((each) => each.name))
    case 'array':
      return depth > 4
        ? fc.constant([])
        : fc.array(
            fc.constant(undefined).chain(() => valuesOf(schema, entity.elementType, depth + 1)),
            { maxLength: 2 },
          )
    case 'alternate': {
      const simple = entity.branches.filter((each) => schema.byName.get(each)?.kind !== 'object')
      const branches = depth > 3 && simple.length > 0 ? simple : entity.branches
      return fc.constantFrom(...branches).chain((branch) => valuesOf(schema, branch, depth + 1))
    }
    case 'object':
      return tagsOf(schema, type, new Map(), depth).chain((tags) => objectOf(schema, type, tags, depth))
    default:
      return anyTaken()
  }
}

/** Values for the tag of a union, and for the tag of the case that it picks where that is a union too. */
function tagsOf(
  schema: Schema,
  type: string,
  tags: ReadonlyMap<string, string>,
  depth: number,
): fc.Arbitrary<ReadonlyMap<string, string>> {
  const members = membersOf(schema, type, (tag) => tags.get(tag))
  const open = schema.entities
    .filter((each) => each.kind === 'object')
    .filter(
      (each) =>
        each.name === type ||
        [...tags.values()].some((value) => isCaseOf(schema, type, tags, value, each.name)),
    )
    .find((each) => each.tag !== undefined && !tags.has(each.tag))
  const tag = members.find((each) => each.name === open?.tag)
  if (tag === undefined) return fc.constant(tags)
  return valuesOf(schema, tag.type, depth + 1).chain((value) =>
    tagsOf(schema, type, new Map(tags).set(tag.name, textOf(value)), depth),
  )
}

function isCaseOf(
  schema: Schema,
  type: string,
  tags: ReadonlyMap<string, string>,
  value: string,
  name: string,
): boolean {
  const entity = schema.byName.get(type)
  if (entity?.kind !== 'object' || entity.tag === undefined || tags.get(entity.tag) !== value) return false
  return entity.variants.some((each) => each.case === value && each.type === name)
}

function objectOf(
  schema: Schema,
  type: string,
  tags: ReadonlyMap<string, string>,
  depth: number,
): fc.Arbitrary<Json> {
  const entries = membersOf(schema, type, (tag) => tags.get(tag)).map((member) => {
    const tagValue = tags.get(member.name)
    if (tagValue !== undefined) {
      return fc.constant<readonly [string, Json] | undefined>([member.name, tagValue])
    }
    return fc
      .boolean()
      .chain((wanted): fc.Arbitrary<readonly [string, Json] | undefined> =>
        member.optional && (depth > 2 || !wanted)
          ? fc.constant(undefined)
          : valuesOf(schema, member.type, depth + 1).map((value) => [member.name, value] as const),
      )
  })
  return fc.tuple(...entries).map((list) => jsonObject(list.filter((each) => each !== undefined)))
}
