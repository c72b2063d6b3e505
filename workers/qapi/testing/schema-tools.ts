/** Reading and writing schemas as introspection gives them: what random changes are made with. */
import { objectsIn } from '#base/json/value.ts'
import type { JsonObject } from '#base/json/value.ts'
import type { Schema } from '../model/schema.ts'
import type { EntityOf } from '../model/schema-info.ts'

export type ObjectType = EntityOf<'object'>

/** A number below `limit`. */
export type Choose = (limit: number) => number

export function pick<Item>(list: readonly Item[], choose: Choose): Item {
  const item = list[choose(list.length)]
  if (item === undefined) throw new Error('nothing to choose from')
  return item
}

export function objectsOf(schema: Schema): readonly ObjectType[] {
  return schema.entities.filter((each) => each.kind === 'object')
}

export function enumsOf(schema: Schema): readonly EntityOf<'enum'>[] {
  return schema.entities.filter((each) => each.kind === 'enum')
}

export function alternatesOf(schema: Schema): readonly EntityOf<'alternate'>[] {
  return schema.entities.filter((each) => each.kind === 'alternate')
}

export function unionsOf(schema: Schema): readonly ObjectType[] {
  return objectsOf(schema).filter((each) => each.tag !== undefined)
}

/** A member that is no tag: those decide over others. */
export function memberOf(
  schema: Schema,
  choose: Choose,
):
  | { object: ObjectType; name: string; type: string; optional: boolean; features: readonly string[] }
  | undefined {
  const object = pick(objectsOf(schema), choose)
  const members = object.members.filter((each) => each.name !== object.tag)
  return members.length === 0 ? undefined : { object, ...pick(members, choose) }
}

/** The values that the tag of a union takes. */
export function tagValues(schema: Schema, union: ObjectType): readonly string[] {
  const type = schema.byName.get(union.members.find((each) => each.name === union.tag)?.type ?? '')
  return type?.kind === 'enum' ? type.values.map((each) => each.name) : []
}

export function sizeOfCase(schema: Schema, union: ObjectType, value: string): number {
  const type = schema.byName.get(union.variants.find((each) => each.case === value)?.type ?? '')
  return type?.kind === 'object' ? type.members.length + type.variants.length : 0
}

export function hasMember(schema: Schema, type: string, name: string): boolean {
  const entity = schema.byName.get(type)
  return (
    entity?.kind === 'object' &&
    (entity.members.some((each) => each.name === name) ||
      entity.variants.some((each) => hasMember(schema, each.type, name)))
  )
}

export function withInfo(
  list: readonly JsonObject[],
  name: string,
  change: (info: JsonObject) => JsonObject,
): readonly JsonObject[] {
  return list.map((each) => (each.name === name ? change(each) : each))
}

export function withMember(
  list: readonly JsonObject[],
  type: string,
  member: string,
  change: (info: JsonObject) => JsonObject,
): readonly JsonObject[] {
  return withInfo(list, type, (info) => ({
    ...info,
    members: objectsIn(info.members).map((each) => (each.name === member ? change(each) : each)),
  }))
}

export function withVariant(
  list: readonly JsonObject[],
  union: string,
  value: string,
  type: string | undefined,
): readonly JsonObject[] {
  return withInfo(list, union, (info) => ({
    ...info,
    variants: [
      ...objectsIn(info.variants).filter((each) => each.case !== value),
      ...(type === undefined ? [] : [{ case: value, type }]),
    ],
  }))
}

/** A case with other members: a type of its own, since other cases may have the same. */
export function withCaseOf(
  schema: Schema,
  list: readonly JsonObject[],
  union: ObjectType,
  value: string,
  change: (members: readonly JsonObject[]) => readonly JsonObject[],
): readonly JsonObject[] {
  const type = union.variants.find((each) => each.case === value)?.type ?? ''
  const info = list.find((each) => each.name === type && schema.byName.has(type))
  return [
    ...withVariant(list, union.name, value, 'x-case'),
    {
      'meta-type': 'object',
      ...info,
      name: 'x-case',
      members: change(objectsIn(info?.members)),
    },
  ]
}
