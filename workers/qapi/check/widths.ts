/**
 * How wide the integer members of a schema are: from what was learned of refusals, from a reference that says it, and from the
 * type itself where it was made for a property.
 * @adr 0015
 */
import { rangeOf } from '../model/integer-type.ts'
import type { WidthOf } from '../model/integer-type.ts'
import { memberDoc } from '../reference/member-doc.ts'
import { jsonTypeOf } from './validate.ts'
import type { Schema } from '../model/schema.ts'
import type { Entity, Member } from '../model/schema-info.ts'

/** Widths by `widthKey`. */
export type Widths = Readonly<Record<string, string>>

/** Under which key a width is kept. The names of types are those of one schema only. */
export function widthKey(owner: string, member: string): string {
  return `${owner}.${member}`
}

/** The widths of a schema's members: QEMU's own refusals take precedence over a reference. */
export function widthsOf(schema: Schema, learned: Widths): WidthOf {
  const known = new Map<Member, string>()
  for (const entity of schema.entities) {
    if (entity.kind !== 'object') continue
    for (const member of entity.members) {
      if (!isIntegers(schema, member.type)) continue
      const key = widthKey(entity.name, member.name)
      const width =
        (Object.hasOwn(learned, key) ? learned[key] : undefined) ??
        documented(schema, entity.name, member) ??
        ownWidth(schema, member.type)
      if (width !== undefined) known.set(member, width)
    }
  }
  return (member) => known.get(member)
}

/** Arrays in arrays are followed so far; a hostile schema has arrays of themselves. */
const deepestArray = 16

/** The type of an array's elements, through arrays of arrays; any other type is itself. */
function inArrays(schema: Schema, type: string): Entity | undefined {
  let entity = schema.byName.get(type)
  for (let depth = 0; entity?.kind === 'array' && depth < deepestArray; depth += 1)
    entity = schema.byName.get(entity.elementType)
  return entity
}

/** Whether values of a type are integers, or arrays of such. */
function isIntegers(schema: Schema, type: string): boolean {
  const entity = inArrays(schema, type)
  if (entity?.kind === 'alternate') return entity.branches.some((each) => jsonTypeOf(schema, each) === 'int')
  return entity?.kind === 'builtin' && entity.jsonType === 'int'
}

/** The width of a type that was made for one, or of the elements of an array of such (model/property-types.ts). */
function ownWidth(schema: Schema, type: string): string | undefined {
  const entity = inArrays(schema, type)
  const real = entity?.kind === 'builtin' ? schema.realNames.get(entity.name) : undefined
  return real !== undefined && rangeOf(real) !== undefined ? real : undefined
}

function documented(schema: Schema, owner: string, member: Member): string | undefined {
  // The arguments of a command stand with the command.
  const command = (schema.users.get(owner) ?? []).find(
    (use) => use.role === 'arguments' || use.role === 'data',
  )
  const type = memberDoc(schema, command === undefined ? [owner] : [owner, command.by], member.name)?.type
    ?.name
  // `int` is what introspection says too, and in a manual it may stand for any.
  return type === undefined || type === 'int' || type === 'integer' || rangeOf(type) === undefined
    ? undefined
    : type
}
