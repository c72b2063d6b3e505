/** What changed in one command or event from one schema to another: the comparison, begun at that name alone. */
import { compareSchemas } from './compare.ts'
import type { SchemaChange } from './compare.ts'
import type { Schema } from '../model/schema.ts'

/** Its changes, breaking ones first; a command that only one of both has is one change. */
export function changesOf(name: string, before: Schema, after: Schema): readonly SchemaChange[] {
  return compareSchemas(only(name, before), only(name, after)).changes
}

/** The types stay: they are reached from the name. */
function only(name: string, schema: Schema): Schema {
  return {
    ...schema,
    entities: schema.entities.filter(
      (each) => (each.kind !== 'command' && each.kind !== 'event') || each.name === name,
    ),
  }
}
