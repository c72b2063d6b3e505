/** What commands and events reach, and by which way: the schema as a graph, walked from either end. */
import { usesOf } from './schema.ts'
import type { Schema, Use } from './schema.ts'

/** A command or event that reaches a type, by its shortest way. */
export interface Reaching {
  /** The command or event. */
  readonly root: string
  /** The steps from there to the type: `arguments`, `file`, `[]`, `when qcow2`. */
  readonly path: readonly string[]
}

/** The step of a path that a reference is. */
export function stepOf(use: Use): string {
  switch (use.role) {
    case 'member':
      return use.member
    case 'variant':
      return `when ${use.case}`
    case 'element':
      return '[]'
    case 'alternative':
      return 'or'
    case 'arguments':
    case 'return':
    case 'data':
      return use.role
  }
}

/**
 * Every command and event that reaches a type, the nearest first, each by its shortest way. Breadth first from the type
 * upwards: each entity is visited once, so recursion ends.
 */
export function reachedBy(schema: Schema, type: string): readonly Reaching[] {
  const paths = new Map<string, readonly string[]>([[type, []]])
  const found: Reaching[] = []
  // Names that are added on the way are visited too, in the order of their distance.
  for (const [name, path] of paths) {
    const entity = schema.byName.get(name)
    if (name !== type && (entity?.kind === 'command' || entity?.kind === 'event')) {
      found.push({ root: name, path })
      continue
    }
    for (const use of schema.users.get(name) ?? []) {
      if (!paths.has(use.by)) paths.set(use.by, [stepOf(use), ...path])
    }
  }
  return found
}

const reaches = new WeakMap<Schema, ReadonlyMap<string, number>>()

/**
 * How many types and members each command and event reaches, itself not counted: the measure of how much there is to
 * know about it. Builtins count as nothing.
 */
export function reachSizes(schema: Schema): ReadonlyMap<string, number> {
  const known = reaches.get(schema)
  if (known !== undefined) return known
  const indexOf = new Map(schema.entities.map((each, index) => [each.name, index]))
  const targets = schema.entities.map((entity) => [
    ...new Set(usesOf(entity).flatMap(([type]) => indexOf.get(type) ?? [])),
  ])
  const weights = schema.entities.map((entity) => {
    if (entity.kind === 'object') return 1 + entity.members.length + entity.variants.length
    if (entity.kind === 'enum') return 1 + entity.values.length
    return entity.kind === 'alternate' ? 1 + entity.branches.length : 0
  })
  const sizes = new Map<string, number>()
  const seen = new Int32Array(schema.entities.length).fill(-1)
  schema.entities.forEach((entity, root) => {
    if (entity.kind !== 'command' && entity.kind !== 'event') return
    const open = [root]
    seen[root] = root
    let size = 0
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      size += weights[next] ?? 0
      for (const target of targets[next] ?? []) {
        if (seen[target] === root) continue
        seen[target] = root
        open.push(target)
      }
    }
    sizes.set(entity.name, size)
  })
  reaches.set(schema, sizes)
  return sizes
}
