/** A JSON value of the shape of a type, to copy and fill in: required members, and the first of each choice. */
import type { Json } from '#base/json/value.ts'
import { membersFor } from '#qapi/model/schema.ts'
import type { Schema } from '#qapi/model/schema.ts'

const deepest = 4

/** Values that are written: four levels of a wide type are millions. */
const mostValues = 2000

/** The skeleton of a type; of a union with `chosen` in its tag. Recursion ends at four levels, or after 2,000 values, with an empty value of the right kind. */
export function skeleton(schema: Schema, type: string, chosen?: string): Json {
  return valueOf(schema, type, 0, { left: mostValues }, chosen)
}

function valueOf(
  schema: Schema,
  type: string,
  depth: number,
  budget: { left: number },
  chosen?: string,
): Json {
  budget.left -= 1
  const isOver = depth >= deepest || budget.left <= 0
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
      return isOver ? [] : [valueOf(schema, entity.elementType, depth + 1, budget)]
    case 'alternate':
      // A name of something that exists is shorter than its definition, and as right.
      return isOver || entity.branches[0] === undefined
        ? null
        : valueOf(
            schema,
            entity.branches.find((each) => schema.byName.get(each)?.kind === 'builtin') ?? entity.branches[0],
            depth + 1,
            budget,
          )
    case 'object': {
      if (isOver) return {}
      const tag = entity.members.find((each) => each.name === entity.tag)
      const tagValue =
        tag === undefined ? undefined : (chosen ?? valueOf(schema, tag.type, depth + 1, budget))
      const members = membersFor(schema, type, typeof tagValue === 'string' ? tagValue : undefined)
      return Object.fromEntries(
        members
          .filter((each) => !each.optional || each.name === entity.tag)
          .map((each) => [
            each.name,
            each === tag ? (tagValue ?? '') : valueOf(schema, each.type, depth + 1, budget),
          ]),
      )
    }
    default:
      return null
  }
}
