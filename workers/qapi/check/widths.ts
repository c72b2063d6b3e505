/**
 * How wide the integer members of a schema are: from what was learned of refusals, and from a reference that says it.
 * @adr 0015
 */
import { rangeOf } from '../model/integer-type.ts'
import type { WidthOf } from '../model/integer-type.ts'
import { memberDoc } from '../reference/member-doc.ts'
import { jsonTypeOf } from './validate.ts'
import type { Schema } from '../model/schema.ts'
import type { Member } from '../model/schema-info.ts'

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
        (Object.hasOwn(learned, key) ? learned[key] : undefined) ?? documented(schema, entity.name, member)
      if (width !== undefined) known.set(member, width)
    }
  }
  return (member) => known.get(member)
}

/** Whether values of a type are integers, or arrays of such. */
function isIntegers(schema: Schema, type: string): boolean {
  const entity = schema.byName.get(type)
  if (entity?.kind === 'array') return isIntegers(schema, entity.elementType)
  if (entity?.kind === 'alternate') return entity.branches.some((each) => jsonTypeOf(schema, each) === 'int')
  return entity?.kind === 'builtin' && entity.jsonType === 'int'
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
