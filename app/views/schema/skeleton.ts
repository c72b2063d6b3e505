/** A JSON value of the shape of a type, to copy and fill in: required members, the first of what can be chosen. */
import type { Json } from '../../../workers/base/json.ts'
import { membersFor } from '../../../workers/qapi/schema.ts'
import type { Schema } from '../../../workers/qapi/schema.ts'

const deepest = 4

/** The skeleton of a type. Recursion ends at four levels with an empty value of the right kind. */
export function skeleton(schema: Schema, type: string, depth = 0): Json {
  const entity = schema.byName.get(type)
  switch (entity?.kind) {
    case 'builtin':
      return (
        { string: '', int: 0, number: 0, boolean: false, null: null, object: {}, array: [] }[
          entity.jsonType
        ] ?? null
      )
    case 'enum':
      return entity.values[0]?.name ?? ''
    case 'array':
      return depth >= deepest ? [] : [skeleton(schema, entity.elementType, depth + 1)]
    case 'alternate':
      return entity.branches[0] === undefined ? null : skeleton(schema, entity.branches[0], depth + 1)
    case 'object': {
      if (depth >= deepest) return {}
      const tag = entity.members.find((each) => each.name === entity.tag)
      const tagValue = tag === undefined ? undefined : skeleton(schema, tag.type, depth + 1)
      const members = membersFor(schema, type, typeof tagValue === 'string' ? tagValue : undefined)
      return Object.fromEntries(
        members
          .filter((each) => !each.optional || each.name === entity.tag)
          .map((each) => [each.name, skeleton(schema, each.type, depth + 1)]),
      )
    }
    default:
      return null
  }
}
