/** What the branches of an alternate mean, in a word or two each: for the choice of one. */
import { jsonTypeOf } from '../check/validate.ts'
import { definitionOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'

/** Names of the manual for branches are often one letter, which says nothing. */
const shortestName = 3

/**
 * The names of an alternate's branches, in their order. `type` is the alternate. A block node that is made or named is
 * said so; else the manual's name and the JSON type; else the JSON type.
 */
export function branchNames(schema: Schema, type: string, branches: readonly string[]): readonly string[] {
  const hasNode = branches.some((branch) => isNode(schema, branch))
  return branches.map((branch) => {
    const json = jsonTypeOf(schema, branch)
    if (hasNode && isNode(schema, branch)) return 'new node here'
    if (hasNode && json === 'string') return 'existing node'
    if (json === 'null') return 'none'
    const kind = schema.byName.get(branch)?.kind === 'enum' ? 'one of a list' : json
    const said = nameOf(schema, type, branch)
    return said === undefined ? kind : `${said} (${kind})`
  })
}

/** Whether a type describes a block node: a union by its driver, in which it gets its name. */
function isNode(schema: Schema, type: string): boolean {
  const entity = schema.byName.get(type)
  return (
    entity?.kind === 'object' &&
    entity.tag === 'driver' &&
    entity.members.some((each) => each.name === 'node-name')
  )
}

/** The manual's name of a branch, where one alone has its type. */
function nameOf(schema: Schema, type: string, branch: string): string | undefined {
  const wanted = schema.realNames.get(branch) ?? branch
  const found = (definitionOf(schema, type)?.members ?? []).filter(
    (each) => each.type !== undefined && !each.type.list && each.type.name === wanted,
  )
  const [only, ...more] = found
  return only === undefined || more.length > 0 || only.name.length < shortestName ? undefined : only.name
}
