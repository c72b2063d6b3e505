/** Which types can be looked at inside another's page. */
import type { Schema } from '#qapi/model/schema.ts'

/** The type of an array's elements, through arrays of arrays; any other type is itself. */
export function insideArrays(schema: Schema, type: string): string {
  let inner = type
  // A schema may hold an array of itself: stop after as many steps as there are arrays.
  for (let step = 0; step < 16; step += 1) {
    const entity = schema.byName.get(inner)
    if (entity?.kind !== 'array') return inner
    inner = entity.elementType
  }
  return inner
}

/** Whether there is something to see when a type is opened. */
export function opensInPlace(schema: Schema, type: string): boolean {
  const entity = schema.byName.get(type)
  if (entity?.kind === 'object') return entity.members.length + entity.variants.length > 0
  return entity?.kind === 'enum' || entity?.kind === 'alternate'
}
