/** Lists that the page keeps in memory are bounded twice: in number, and in how much they hold. */

/** The two bounds of a list. */
export interface Bounds {
  readonly most: number
  /** In the unit that the list's items are measured in: bytes of messages, or characters of texts. */
  readonly mostSize: number
}

/** How many of a list's first items are within both bounds. */
export function keptWithin<Item>(
  items: readonly Item[],
  sizeOf: (item: Item) => number,
  { most, mostSize }: Bounds,
): number {
  let size = 0
  for (const [index, item] of items.entries()) {
    size += sizeOf(item)
    if (index >= most || size > mostSize) return index
  }
  return items.length
}
