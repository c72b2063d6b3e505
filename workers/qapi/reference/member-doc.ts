/** Finds the documentation of one member in a reference: it is with the type that the member comes from. */
import { factsIn } from './manual/stated-facts.ts'
import type { Facts } from './manual/stated-facts.ts'
import type { Definition, ReferenceMember } from './reference.ts'
import { definitionOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'

/**
 * What the reference says of a member, an argument, a value or an alternative of one of these entities: their own
 * members first, then those of the types whose members are theirs too. Undefined where it says nothing.
 */
export function memberDoc(
  schema: Schema,
  owners: readonly string[],
  member: string,
): ReferenceMember | undefined {
  const seen = new Set<string>()
  const open = owners.map((owner) => definitionOf(schema, owner))
  for (
    let definition = open.shift();
    definition !== undefined || open.length > 0;
    definition = open.shift()
  ) {
    if (definition === undefined || seen.has(definition.name)) continue
    seen.add(definition.name)
    const found = definition.members.find((each) => each.name === member)
    if (found !== undefined) return found
    for (const name of definition.includes) open.push(schema.definitions.get(name))
  }
  return undefined
}

/**
 * The facts of a member that its text does not state, so that nothing is shown twice. Manuals state them in their texts
 * only; a running machine reports them separately.
 */
export function unsaidFacts(member: ReferenceMember | undefined, shown: string): Facts {
  const said = factsIn(shown)
  return {
    defaultText: said.defaultText === member?.defaultText ? undefined : member?.defaultText,
    since: said.since === member?.since ? undefined : member?.since,
  }
}

const byRealName = new WeakMap<ReadonlyMap<string, string>, ReadonlyMap<string, string>>()

/** The entity of a name as a reference uses it: a command, an event, a builtin or the real name of a type. */
export function entityNamed(schema: Schema, name: string): string | undefined {
  if (schema.byName.has(name) && !/^\d+$/.test(name)) return name
  let names = byRealName.get(schema.realNames)
  if (names === undefined) {
    names = new Map([...schema.realNames].map(([hidden, real]) => [real, hidden]))
    byRealName.set(schema.realNames, names)
  }
  return names.get(name)
}

/** The names of other definitions that a definition's texts refer to, in their order. */
export function mentionsOf(definition: Definition): readonly string[] {
  const found = new Set<string>()
  const walk = (doc: Definition['doc']): void => {
    for (const block of doc) {
      if (block.kind === 'paragraph') {
        for (const span of block.spans) {
          if (typeof span !== 'string') found.add('ref' in span ? span.ref : span.code)
        }
      } else if (block.kind === 'list') block.items.forEach(walk)
      else if (block.kind === 'note') walk(block.blocks)
    }
  }
  walk(definition.doc)
  for (const member of definition.members) walk(member.doc)
  walk(definition.returnsDoc)
  walk(definition.errors)
  found.delete(definition.name)
  return [...found]
}
