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

/** A list to whose end items come and from whose beginning they go. Its array is changed in place. */
export class BoundedList<Item> {
  readonly #bounds: Bounds
  readonly #sizeOf: (item: Item) => number
  #items: Item[] = []
  #size = 0

  constructor(bounds: Bounds, sizeOf: (item: Item) => number) {
    this.#bounds = bounds
    this.#sizeOf = sizeOf
  }

  get items(): readonly Item[] {
    return this.#items
  }

  /** Take items in. Returns how many had to go. */
  push(items: readonly Item[]): number {
    for (const item of items) {
      this.#items.push(item)
      this.#size += this.#sizeOf(item)
    }
    let gone = 0
    for (const item of this.#items) {
      if (this.#items.length - gone <= this.#bounds.most && this.#size <= this.#bounds.mostSize) break
      this.#size -= this.#sizeOf(item)
      gone += 1
    }
    if (gone > 0) this.#items.splice(0, gone)
    return gone
  }

  /** Keep only the items that a test is true of. */
  keep(test: (item: Item) => boolean): void {
    this.#items = this.#items.filter(test)
    this.#size = this.#items.reduce((sum, each) => sum + this.#sizeOf(each), 0)
  }
}
