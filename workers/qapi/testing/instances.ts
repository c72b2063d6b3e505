/** Values of a type that together have every member, value, case and alternative of it once: by them a change is judged. */
import type { Json } from '#base/json/value.ts'
import { membersOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'

/** The values, each as simple as it can be. */
export function instancesOf(schema: Schema, type: string): readonly Json[] {
  const entity = schema.byName.get(type)
  if (entity?.kind === 'enum') return entity.values.map((each) => each.name)
  if (entity?.kind === 'alternate') return entity.branches.map((each) => simplest(schema, each))
  if (entity?.kind !== 'object') return [simplest(schema, type)]
  return tagChoices(schema, type).flatMap((tags) => {
    const members = membersOf(schema, type, (tag) => tags.get(tag))
    const make = (names: ReadonlySet<string>, name?: string, value?: Json): Json =>
      Object.fromEntries(
        members
          .filter((each) => names.has(each.name))
          .map((each) => [
            each.name,
            each.name === name ? (value ?? null) : (tags.get(each.name) ?? simplest(schema, each.type)),
          ]),
      )
    const required = new Set(members.filter((each) => !each.optional).map((each) => each.name))
    const all = new Set(members.map((each) => each.name))
    const varied = members
      .filter((each) => !tags.has(each.name))
      .flatMap((each) => {
        const kind = schema.byName.get(each.type)?.kind
        if (kind !== 'enum' && kind !== 'alternate') return []
        return instancesOf(schema, each.type).map((value) => make(all, each.name, value))
      })
    return [make(required), make(all), ...varied]
  })
}

/** Every choice of values for the tags of a union and of its cases. */
function tagChoices(
  schema: Schema,
  type: string,
  tags: ReadonlyMap<string, string> = new Map(),
): readonly ReadonlyMap<string, string>[] {
  const entity = schema.byName.get(type)
  if (entity?.kind !== 'object' || entity.tag === undefined || tags.has(entity.tag)) return [tags]
  const { tag } = entity
  const values = schema.byName.get(entity.members.find((each) => each.name === tag)?.type ?? '')
  if (values?.kind !== 'enum') return [tags]
  return values.values.flatMap(({ name }) => {
    const inner = entity.variants.find((each) => each.case === name)?.type
    const chosen = new Map(tags).set(tag, name)
    return inner === undefined ? [chosen] : tagChoices(schema, inner, chosen)
  })
}

const plainValues: Readonly<Record<string, Json>> = {
  string: 'text',
  int: 1,
  number: 1.5,
  boolean: true,
  null: null,
}

/** One value of a type: what is required only, and what is no object where there is a choice. */
function simplest(schema: Schema, type: string, depth = 0): Json {
  // A change may have made a type that needs itself: it has no value, and any other one is as good.
  if (depth > 50) return null
  const entity = schema.byName.get(type)
  switch (entity?.kind) {
    case 'builtin':
      // Any value: one that no other builtin takes.
      return entity.jsonType === 'value' ? [{}] : (plainValues[entity.jsonType] ?? null)
    case 'enum':
      return entity.values[0]?.name ?? ''
    case 'array':
      return depth > 8 ? [] : [simplest(schema, entity.elementType, depth + 1)]
    case 'alternate': {
      const plain = entity.branches.find((each) => schema.byName.get(each)?.kind !== 'object')
      return simplest(schema, plain ?? entity.branches[0] ?? '', depth + 1)
    }
    case 'object': {
      const tags =
        depth > 8 ? new Map<string, string>() : (tagChoices(schema, type)[0] ?? new Map<string, string>())
      return Object.fromEntries(
        membersOf(schema, type, (tag) => tags.get(tag))
          .filter((each) => !each.optional)
          .map((each) => [each.name, tags.get(each.name) ?? simplest(schema, each.type, depth + 1)]),
      )
    }
    default:
      return null
  }
}
