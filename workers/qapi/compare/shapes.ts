/**
 * Compares two types at the same place by the JSON that they accept: whether the place accepts other values now, and which
 * two types have to be compared further. Arrays are part of the place.
 */
import { labelOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import type { Entity, EntityOf } from '../model/schema-info.ts'

/** Arrays of arrays that are looked through: QAPI has none at all, and an array of itself ends here. */
const mostArrays = 16

/** Both schemas. */
export interface TwoSchemas {
  readonly before: Schema
  readonly after: Schema
}

/** Two types whose insides are compared, and how one gets there from the place: '' or `[]`. */
export interface Inside {
  readonly step: string
  readonly before: string
  readonly after: string
}

/** The result for a place. */
export interface PlaceChange {
  readonly rule: 'type-widened' | 'type-narrowed' | 'type-changed' | undefined
  /** Both types in words; '' where nothing changed. */
  readonly detail: string
  readonly inside: Inside | undefined
}

/** Compare the types of one place. */
export function comparePlace(both: TwoSchemas, before: string, after: string): PlaceChange {
  let [one, other, step] = [before, after, '']
  for (let turn = 0; turn < mostArrays; turn += 1) {
    const [a, b] = [both.before.byName.get(one), both.after.byName.get(other)]
    if (a?.kind !== 'array' || b?.kind !== 'array') break
    one = a.elementType
    other = b.elementType
    step += '[]'
  }
  const [a, b] = [both.before.byName.get(one), both.after.byName.get(other)]
  if (a?.kind === 'array' && b?.kind === 'array') return { rule: undefined, detail: '', inside: undefined }
  const rule = differ(both, a, b)
  const pair = rule === 'type-changed' ? undefined : lookInto(both, a, b)
  return {
    rule,
    detail: rule === undefined ? '' : `${labelOf(both.before, before)} → ${labelOf(both.after, after)}`,
    inside: pair === undefined ? undefined : { step, before: pair[0].name, after: pair[1].name },
  }
}

function differ(both: TwoSchemas, a: Entity | undefined, b: Entity | undefined): PlaceChange['rule'] {
  if (a === undefined || b === undefined) return a === b ? undefined : 'type-changed'
  if (a.kind === 'alternate' && b.kind === 'alternate') return undefined
  const [takesMore, takesLess] = [
    takesAll(both.after, b, both.before, a),
    takesAll(both.before, a, both.after, b),
  ]
  if (takesMore && takesLess) return undefined
  if (takesMore) return 'type-widened'
  return takesLess ? 'type-narrowed' : 'type-changed'
}

/** Whether a type takes all values of the kind that another has; what is inside objects and enums is not looked at. */
function takesAll(schema: Schema, type: Entity, other: Schema, values: Entity): boolean {
  if (isAny(type)) return true
  if (isAny(values)) return false
  if (values.kind === 'alternate') return false
  if (type.kind === 'alternate') {
    const branch = branchOf(schema, type, jsonClass(values))
    return branch !== undefined && takesAll(schema, branch, other, values)
  }
  if (type.kind === 'builtin') {
    if (values.kind === 'enum') return type.jsonType === 'string'
    if (values.kind !== 'builtin') return false
    return type.jsonType === values.jsonType || (type.jsonType === 'number' && values.jsonType === 'int')
  }
  if (type.kind === 'unknown') return values.kind === 'unknown' && values.metaType === type.metaType
  return type.kind === values.kind
}

function isAny(entity: Entity): boolean {
  return entity.kind === 'builtin' && entity.jsonType === 'value'
}

/** The two types to look into: those of a kind that has something inside, in an alternate the one that fits. */
function lookInto(
  both: TwoSchemas,
  a: Entity | undefined,
  b: Entity | undefined,
): readonly [Entity, Entity] | undefined {
  if (a === undefined || b === undefined) return undefined
  const isAlike = a.kind === b.kind
  const one = a.kind === 'alternate' && !isAlike ? branchOf(both.before, a, jsonClass(b)) : a
  const other = b.kind === 'alternate' && !isAlike ? branchOf(both.after, b, jsonClass(a)) : b
  if (one === undefined || other?.kind !== one.kind) return undefined
  return one.kind === 'object' || one.kind === 'enum' || one.kind === 'alternate' ? [one, other] : undefined
}

/** By what the branches of an alternate are told apart: the JSON type of a value, integers and numbers being one. */
export function jsonClass(entity: Entity | undefined): string {
  switch (entity?.kind) {
    case 'builtin':
      return entity.jsonType === 'int' ? 'number' : entity.jsonType
    case 'enum':
      return 'string'
    case 'array':
    case 'object':
      return entity.kind
    default:
      return 'value'
  }
}

function branchOf(schema: Schema, alternate: EntityOf<'alternate'>, wanted: string): Entity | undefined {
  for (const name of alternate.branches) {
    const branch = schema.byName.get(name)
    // An alternate of alternates does not exist in QAPI; one that says so ends here.
    if (branch !== undefined && branch.kind !== 'alternate' && jsonClass(branch) === wanted) return branch
  }
  return undefined
}
