/** What the completion of filters knows: names and members from the schemas of the machines on screen. */
import type { FilterContext, DataPath } from '#record/filter/complete-filter.ts'
import type { Schema } from '#qapi/model/schema.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'

/** Members are followed so deep. */
const deepest = 3
const mostPaths = 200

/** The context of some machines; `recorded` are the names in their records, which no schema may know. */
export function contextOf(machines: readonly Machine[], recorded: readonly string[]): FilterContext {
  const schemas = machines.flatMap(({ schema }) => (schema.kind === 'ready' ? [schema.schema] : []))
  const names = new Set<string>(recorded)
  for (const schema of schemas) {
    for (const entity of schema.entities) {
      if (entity.kind === 'event' || entity.kind === 'command') names.add(entity.name)
    }
  }
  return {
    names: [...names],
    machines: machines.map(({ id, name }) => ({ id, name })),
    dataPaths: (name) => {
      const schema = schemas.find((each) => each.byName.has(name))
      return schema === undefined ? [] : pathsOf(schema, name)
    },
  }
}

function pathsOf(schema: Schema, name: string): readonly DataPath[] {
  const entity = schema.byName.get(name)
  const paths: DataPath[] = []
  if (entity?.kind === 'event') walk(schema, entity.argType, 'data', 0, paths)
  if (entity?.kind === 'command') {
    walk(schema, entity.argType, 'arguments', 0, paths)
    walk(schema, entity.retType, 'return', 0, paths)
  }
  return paths
}

function walk(schema: Schema, type: string, path: string, depth: number, paths: DataPath[]): void {
  const entity = schema.byName.get(type)
  if (entity?.kind !== 'object' || depth >= deepest) return
  for (const member of entity.members) {
    if (paths.length >= mostPaths) return
    const of = schema.byName.get(member.type)
    const here = `${path}.${member.name}`
    if (of?.kind === 'enum') paths.push({ path: here, values: of.values.map((value) => value.name) })
    else if (of?.kind === 'builtin' && of.jsonType === 'boolean') {
      paths.push({ path: here, values: ['true', 'false'] })
    } else {
      paths.push({ path: here })
      walk(schema, member.type, here, depth + 1, paths)
    }
  }
}
