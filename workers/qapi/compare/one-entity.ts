/** What changed in one command, event or type from one schema to another: the comparison, begun at some names alone. */
import { compareSchemas } from './compare.ts'
import type { SchemaChange } from './compare.ts'
import { reachedBy } from '../model/reach.ts'
import type { Schema } from '../model/schema.ts'

/**
 * From how many commands and events a type is looked for, the nearest first. More: a type that everything uses takes as
 * long as the whole comparison.
 */
const mostRoots = 12

/** Its changes, breaking ones first; a command that only one of both has is one change. */
export function changesOf(name: string, before: Schema, after: Schema): readonly SchemaChange[] {
  const names = new Set([name])
  return compareSchemas(only(names, before), only(names, after)).changes
}

/** What was found before: by schema, by the other schema, by type. A page asks again with each schema that is loaded. */
const found = new WeakMap<Schema, WeakMap<Schema, Map<string, string | undefined>>>()

/** The type that stands where a type of another schema does, whatever both are called; undefined where there is none. */
export function typeIn(schema: Schema, type: string, other: Schema): string | undefined {
  if (schema === other) return type
  const inSchema = found.get(schema) ?? new WeakMap<Schema, Map<string, string | undefined>>()
  found.set(schema, inSchema)
  const known = inSchema.get(other) ?? new Map<string, string | undefined>()
  inSchema.set(other, known)
  if (!known.has(type)) known.set(type, findType(schema, type, other))
  return known.get(type)
}

function findType(schema: Schema, type: string, other: Schema): string | undefined {
  const roots = rootsOf(schema, type, other)
  if (roots.size === 0) return undefined
  const { pairs } = compareSchemas(only(roots, schema), only(roots, other))
  return pairs.find((each) => each.before === type)?.after
}

/** The changes in a type itself. What is in the types of its members is told on their pages. */
export function changesOfType(
  before: { readonly schema: Schema; readonly type: string },
  after: { readonly schema: Schema; readonly type: string },
): readonly SchemaChange[] {
  const roots = rootsOf(after.schema, after.type, before.schema)
  const { changes } = compareSchemas(only(roots, before.schema), only(roots, after.schema))
  return changes.filter((each) => each.before === before.type && each.after === after.type)
}

/** Commands and events that reach a type, and that another schema has too: the nearest ones. */
function rootsOf(schema: Schema, type: string, other: Schema): ReadonlySet<string> {
  const roots = reachedBy(schema, type).flatMap(({ root }) => (other.byName.has(root) ? [root] : []))
  return new Set(roots.slice(0, mostRoots))
}

/** The types stay: they are reached from the names. */
function only(names: ReadonlySet<string>, schema: Schema): Schema {
  return {
    ...schema,
    entities: schema.entities.filter(
      (each) => (each.kind !== 'command' && each.kind !== 'event') || names.has(each.name),
    ),
  }
}
