/**
 * Where in the arguments a refusal of QEMU belongs.
 *
 * The text of a refusal is a poor guide: nested enums are named by their last part, items of lists and branches of
 * alternates by nothing or `'null'`, and versions before 6 name the wrong value in place of its member. Our own verdict
 * finds the fault at the same place that QEMU's visitor meets first, so that place is taken; only members that are
 * missing or unexpected are named by their whole path.
 * @adr 0042
 */
import type { Json } from '#base/json/value.ts'
import { membersOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import type { Issue } from './validate.ts'
import { learnedWidth } from './verdict.ts'
import type { LearnedWidth, Refusal } from './verdict.ts'

/** A refusal at its place. */
export interface PlacedRefusal {
  /** Dotted, as in `Issue`; undefined where no place is certain. */
  readonly path: string | undefined
  /** The width of an integer, where the refusal shows it. */
  readonly learned: LearnedWidth | undefined
}

/** The place of a refusal of a value. `issues` is our own verdict on the same value, in its order. */
export function placeRefusal(
  schema: Schema,
  type: string,
  value: Json,
  issues: readonly Issue[],
  refusal: Refusal,
): PlacedRefusal {
  const learned = learnedWidth(schema, type, value, refusal)
  if (learned !== undefined) return { path: learned.path, learned }
  return { path: pathOf(schema, type, issues, refusal), learned: undefined }
}

function pathOf(
  schema: Schema,
  type: string,
  issues: readonly Issue[],
  { rule, path }: Refusal,
): string | undefined {
  const isWhole = rule === 'missing' || rule === 'unexpected'
  if (isWhole && issues.some((each) => each.path === path)) return path
  const first = issues.find((each) => each.path !== '')
  if (first !== undefined) return first.path
  // Our own check finds no fault: the command itself refused the value after reading it ("Parameter 'begin' is missing").
  return path !== '' && isMember(schema, type, path) ? path : undefined
}

/** Whether a path without dots is a member of the arguments, in any case of a union. */
function isMember(schema: Schema, type: string, path: string): boolean {
  return membersOf(schema, type, () => undefined).some((each) => each.name === path)
}
