/** The cases of a union: the values of its tag. @qapi SchemaInfoObject */
import type { EntityOf } from '../model/schema-info.ts'
import type { Schema } from '../model/schema.ts'

/** The values of a union's tag, each with the type whose members it adds: undefined where it adds none. */
export function casesOf(
  schema: Schema,
  object: EntityOf<'object'>,
): readonly { readonly value: string; readonly type: string | undefined }[] {
  const tag = object.members.find((each) => each.name === object.tag)
  const type = tag === undefined ? undefined : schema.byName.get(tag.type)
  const types = new Map(object.variants.map((each) => [each.case, each.type]))
  const values = new Set([
    ...(type?.kind === 'enum' ? type.values.map((each) => each.name) : []),
    ...types.keys(),
  ])
  return [...values].map((value) => ({ value, type: types.get(value) }))
}

/** The union that an entity is, or that a command takes or an event carries; undefined where there is none. */
export function unionOf(schema: Schema, name: string): EntityOf<'object'> | undefined {
  const entity = schema.byName.get(name)
  const shape =
    entity?.kind === 'command' || entity?.kind === 'event' ? schema.byName.get(entity.argType) : entity
  return shape?.kind === 'object' && shape.tag !== undefined ? shape : undefined
}
