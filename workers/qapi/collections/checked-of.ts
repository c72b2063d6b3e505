/** The commands of a collection as they are checked against a schema. Tested by e2e/history.spec.ts. */
import type { CheckedCommand } from './check-commands.ts'
import { fillWhatIsKnown, valuesFor } from './collection.ts'
import type { Collection } from './collection.ts'

/** With the values of its parameters that are given or have a default; places of others count as open. */
export function checkedOf(
  collection: Collection,
  given: ReadonlyMap<string, string>,
): readonly CheckedCommand[] {
  const values = valuesFor(collection, given)
  return collection.commands.map((each) => ({
    ...{ name: each.name, oob: each.oob },
    ...fillWhatIsKnown(each.arguments, values),
  }))
}
