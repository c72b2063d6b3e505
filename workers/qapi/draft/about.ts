/**
 * Finds the member that a place in a command's arguments is about: the field of a form by its path, or the caret in the
 * JSON by its offset. For the context column beside them.
 * @adr 0034
 */
import { isEmptyObject } from '../model/schema-info.ts'
import type { Json } from '#base/json/value.ts'
import { ownersOf, typeAt } from './complete.ts'
import { cursorAt, placesOf, rootAt } from './json-places.ts'
import type { Schema, Use } from '../model/schema.ts'
import type { Member, EntityOf } from '../model/schema-info.ts'

/** What a place is about. */
export type About =
  /** The command as a whole. */
  | { readonly kind: 'command' }
  | AboutMember
  /** The name there is not in the schema. */
  | { readonly kind: 'unknown'; readonly path: string; readonly name: string }

/** A member, or an element of the array that it is. */
export interface AboutMember {
  readonly kind: 'member'
  /** Dotted, as in `Issue`. */
  readonly path: string
  readonly member: Member
  /** The type of what stands at the path: that of an element where the path leads to one. */
  readonly type: string
  readonly isElement: boolean
  /** The type that has the member: of a union, the case where it is one of a case. */
  readonly owner: string
  /** The entities among which its text is, as `memberDoc` takes them. */
  readonly owners: readonly string[]
  /** Its value so far, where that is a text; for enums. */
  readonly chosen: string | undefined
}

const command: About = { kind: 'command' }

/** What the field at a dotted path of arguments is about. `type` is that of the arguments, `value` what they are so far. */
export function aboutPath(schema: Schema, type: string, value: Json | undefined, path: string): About {
  if (path === '') return command
  const found = typeAt(schema, type, value, path)
  if (found === undefined) return { kind: 'unknown', path, name: lastOf(path) }
  const { member, owner, object } = found
  if (member === undefined || owner === undefined) return command
  const owners = ownersOf(schema, owner, object)
  return {
    kind: 'member',
    path,
    member,
    type: found.type,
    isElement: member.name !== path && !path.endsWith(`.${member.name}`),
    owner: owners.find((each) => hasMember(schema, each, member)) ?? owner,
    owners,
    chosen: typeof found.value === 'string' ? found.value : undefined,
  }
}

/**
 * What the caret at an offset of a text is about, in UTF-16 units; the text need not be finished. An unfinished
 * key stands for the object around it.
 */
export function aboutCaret(schema: Schema, type: string, text: string, offset: number): About {
  const roots = placesOf(text)
  const cursor = cursorAt(text, roots, offset)
  const root = rootAt(roots, offset)
  if (cursor === undefined || root === undefined) return command
  if (cursor.kind === 'value') return aboutPath(schema, type, root.value, cursor.path)
  const { within } = cursor
  if (cursor.text !== '') {
    const path = within.path === '' ? cursor.text : `${within.path}.${cursor.text}`
    const about = aboutPath(schema, type, root.value, path)
    if (about.kind === 'member' || cursor.hasColon) return about
  }
  return aboutPath(schema, type, root.value, within.path)
}

/** The enum whose values a type takes: itself, that of its elements, or a branch of an alternate. */
export function enumIn(schema: Schema, type: string): EntityOf<'enum'> | undefined {
  return enumBelow(schema, type, 8)
}

function enumBelow(schema: Schema, type: string, steps: number): EntityOf<'enum'> | undefined {
  const entity = schema.byName.get(type)
  if (entity?.kind === 'enum') return entity
  // A schema may hold an array of itself.
  if (steps === 0) return undefined
  if (entity?.kind === 'array') return enumBelow(schema, entity.elementType, steps - 1)
  if (entity?.kind !== 'alternate') return undefined
  for (const branch of entity.branches) {
    const found = enumBelow(schema, branch, steps - 1)
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * Who else refers to a type: its users except the member itself, or the command whose arguments it is.
 * None for builtins and for the type without members, which everything uses.
 */
export function otherUses(
  schema: Schema,
  type: string,
  of: { readonly command: string } | { readonly owner: string; readonly member: string },
): readonly Use[] {
  const entity = schema.byName.get(type)
  if (entity?.kind === 'builtin' || isEmptyObject(entity)) return []
  return (schema.users.get(type) ?? []).filter((use) =>
    'command' in of
      ? use.by !== of.command
      : use.role !== 'member' || use.member !== of.member || use.by !== of.owner,
  )
}

function hasMember(schema: Schema, type: string, member: Member): boolean {
  const entity = schema.byName.get(type)
  return entity?.kind === 'object' && entity.members.includes(member)
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1)
}
