/**
 * Keeps the objects of a graph that say the same as before: whoever draws them sees by identity what has changed. Of 500 parts
 * a second with new rates changes the disks alone. Tested by workers/inside/blocks/keep-parts.test.ts.
 */
import type { BlockGraph } from './block-model.ts'

/** The graph after, with the parts, edges and copies of the one before where they are equal. */
export function keepParts(before: BlockGraph | undefined, after: BlockGraph): BlockGraph {
  if (before === undefined) return after
  return {
    ...after,
    parts: keepEqual(before.parts, after.parts, ({ id }) => id),
    edges: keepEqual(before.edges, after.edges, ({ id }) => id),
    copies: keepEqual(before.copies, after.copies, ({ job }) => job),
  }
}

/** The list before where nothing in it is another one. */
function keepEqual<Item>(
  before: readonly Item[],
  after: readonly Item[],
  keyOf: (item: Item) => string,
): readonly Item[] {
  const known = new Map(before.map((each) => [keyOf(each), each]))
  const kept = after.map((each) => {
    const old = known.get(keyOf(each))
    return old !== undefined && isSame(old, each) ? old : each
  })
  return kept.length === before.length && kept.every((each, index) => each === before[index]) ? before : kept
}

/**
 * Levels that are compared. What is nested deeper than any reply of QEMU about one node counts as another: it is drawn once
 * more, and nothing else.
 */
const deepest = 12

/** Whether two plain values say the same. */
function isSame(one: unknown, other: unknown, depth = 0): boolean {
  if (Object.is(one, other)) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (depth >= deepest || Array.isArray(one) !== Array.isArray(other)) return false
  const [names, others] = [Object.keys(one), Object.keys(other)]
  return (
    names.length === others.length &&
    names.every(
      (name) =>
        Object.hasOwn(other, name) && isSame(Reflect.get(one, name), Reflect.get(other, name), depth + 1),
    )
  )
}
