/** Where two outlines are aligned: a row of each, by what it is and which of its kind. Pure. */
import type { Outline } from '#record/outline.ts'
import type { Anchor } from './comparison.ts'

/** What can be chosen by name: commands and events. */
export const isNamedKey = (key: string): boolean => /^(command|event) /.test(key)

/** Keys that an outline can be aligned at, by name. */
export function keysOf(outline: Outline | undefined): readonly string[] {
  return (outline?.keys ?? []).filter(isNamedKey).toSorted()
}

/** The place of a row in an outline; undefined where it has no such row. */
export function placeOf(outline: Outline, wanted: Anchor | undefined): number | undefined {
  if (wanted === undefined) return undefined
  const key = outline.keys.indexOf(wanted.key)
  let seen = 0
  const place = outline.key.findIndex((each) => {
    if (each === key) seen += 1
    return each === key && seen === wanted.nth
  })
  return place < 0 ? undefined : place
}

/** The row at a place of an outline. */
export function anchorAt(outline: Outline, place: number): Anchor {
  const key = outline.key[place] ?? 0
  const nth = outline.key.subarray(0, place + 1).reduce((sum, each) => sum + (each === key ? 1 : 0), 0)
  return { key: outline.keys[key] ?? '', nth }
}

/** The first row of the same kind: a side that was not chosen by hand follows the other one, where it has such a row. */
export function firstLike(other: Anchor | undefined): Anchor | undefined {
  return other === undefined ? undefined : { key: other.key, nth: 1 }
}
