/** Work on many items, some at once. */

/** Work through items, `most` at once, until all are done or it is cancelled. */
export async function eachOf<Item>(
  items: readonly Item[],
  most: number,
  work: (item: Item) => Promise<void>,
  isCancelled: () => boolean,
): Promise<void> {
  let next = 0
  const runner = async (): Promise<void> => {
    while (next < items.length && !isCancelled()) {
      const item = items[next]
      next += 1
      if (item !== undefined) await work(item)
    }
  }
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, runner))
}
