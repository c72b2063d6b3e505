/** A union with one of its cases chosen: one flat list of members. */
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import { parseInput } from '#base/json/parse.ts'
import { membersFor } from '#qapi/model/schema.ts'
import type { Schema } from '#qapi/model/schema.ts'
import type { Member, EntityOf } from '#qapi/model/schema-info.ts'
import type { Example } from '#qapi/reference/reference.ts'

/** The members of a type with a case chosen, the tag first, then those that are required, in the order of the schema. */
export function flatMembers(
  schema: Schema,
  object: EntityOf<'object'>,
  chosen: string | undefined,
): readonly Member[] {
  const members = chosen === undefined ? object.members : membersFor(schema, object.name, chosen)
  return requiredFirst(members, object.tag)
}

/** Members in the order in which one needs them: the tag, what is required, what is optional. */
export function requiredFirst(members: readonly Member[], tag?: string): readonly Member[] {
  const order = (each: Member): number => (each.name === tag ? 0 : each.optional ? 2 : 1)
  return members.toSorted((a, b) => order(a) - order(b))
}

/** The examples that show a case: those that have the value in the tag; all where none has, or none is chosen. */
export function examplesOf(
  examples: readonly Example[],
  tag: string | undefined,
  chosen: string | undefined,
): readonly Example[] {
  if (tag === undefined || chosen === undefined) return examples
  const fitting = examples.filter((each) => each.lines.some((line) => hasValue(line.text, tag, chosen)))
  return fitting.length === 0 ? examples : fitting.slice(0, 1)
}

function hasValue(text: string, tag: string, value: string): boolean {
  const parsed = parseInput(text)
  if (!parsed.ok || !isJsonObject(parsed.value)) return false
  const args: Json | undefined = parsed.value.arguments
  return args !== undefined && isJsonObject(args) && Object.hasOwn(args, tag) && args[tag] === value
}
