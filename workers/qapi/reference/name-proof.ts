/**
 * Helpers for the proofs of names: the builtin types, whether a definition is complete, the names in its texts.
 * @adr 0008
 */
import type { Definition, ReferenceMember } from './reference.ts'

/** A disagreement between the reference and the schema. */
export interface Disagreement {
  /** The entity of the schema. */
  readonly entity: string
  /** The member or value, or ''. */
  readonly path: string
  /** A sentence. */
  readonly says: string
}

/** The names that were found. */
export interface ProvenNames {
  /** Real names by hidden name. */
  readonly names: ReadonlyMap<string, string>
  readonly disagreements: readonly Disagreement[]
}

/** The types of the schema with the names by which a reference calls them. */
export const builtins: Readonly<Record<string, string>> = {
  str: 'string',
  string: 'string',
  int: 'int',
  integer: 'int',
  number: 'number',
  boolean: 'boolean',
  bool: 'boolean',
  any: 'value',
  value: 'value',
  null: 'null',
  size: 'int',
  int8: 'int',
  int16: 'int',
  int32: 'int',
  int64: 'int',
  uint8: 'int',
  uint16: 'int',
  uint32: 'int',
  uint64: 'int',
  QType: 'enum',
}

/** Whether everything documented is present, except for parts that a build may lack. */
export function isAllThere(
  documented: ReadonlyMap<string, ReferenceMember>,
  has: ReadonlySet<string>,
): boolean {
  for (const [name, member] of documented) {
    if (!has.has(name) && member.condition === undefined) return false
  }
  return true
}

/** The names that the text about a command's return refers to. */
export function mentioned(definition: Definition): readonly string[] {
  const found = new Set<string>()
  const walk = (doc: Definition['doc']): void => {
    for (const block of doc) {
      if (block.kind === 'list') block.items.forEach(walk)
      if (block.kind !== 'paragraph') continue
      for (const span of block.spans) if (typeof span !== 'string' && 'ref' in span) found.add(span.ref)
    }
  }
  walk(definition.returnsDoc)
  return [...found]
}
