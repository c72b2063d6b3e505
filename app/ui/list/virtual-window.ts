/**
 * Which of many rows of one height are in the document, for a scroll position. If the list is higher than a browser can
 * lay out (33 million pixels), the scroll bar is scaled.
 */

const mostPixels = 30_000_000
/** Rows beyond each edge, so that a fast scroll shows no gap: more cost time to draw, fewer are seen to come late. */
export const beyond = 4

/** The rows in the document. `first` is the first row, `last` the one after the last. */
export interface VirtualWindow {
  readonly first: number
  readonly last: number
  /** Where the first row is drawn, in pixels from the top of the whole. */
  readonly offset: number
  /** How high the whole is for the scroll bar, in pixels. */
  readonly height: number
  /** From scroll position to position in the rows. */
  readonly scale: number
}

/** The window of `count` rows. All but `count` in pixels. */
export function virtualWindow(
  count: number,
  rowHeight: number,
  viewportHeight: number,
  scrollTop: number,
): VirtualWindow {
  const full = count * rowHeight
  const height = Math.min(full, mostPixels)
  const scale =
    full > height && height > viewportHeight ? (full - viewportHeight) / (height - viewportHeight) : 1
  const top = Math.max(0, Math.min(scrollTop * scale, full - viewportHeight))
  const first = Math.max(0, Math.floor(top / rowHeight) - beyond)
  const last = Math.min(count, Math.ceil((top + viewportHeight) / rowHeight) + beyond)
  return { first, last, offset: first * rowHeight - top + top / scale, height, scale }
}

/** The most rows that are in the document. Both in pixels. */
export function mostRows(rowHeight: number, viewportHeight: number): number {
  return Math.ceil(viewportHeight / rowHeight) + 2 * (beyond + 1)
}

/**
 * The elements of rows are used again for other rows. Returns a function that gives the number of the element of the first
 * row of a window: rows that stay in sight keep theirs, and where none stays, no element changes its place. It remembers
 * the window before. `slots` is how many elements there are, `mostRows`.
 */
export function rowSlots(): (window: Pick<VirtualWindow, 'first' | 'last'>, slots: number) => number {
  let firstThen = 0
  let lastThen = 0
  let slot = 0
  return ({ first, last }, slots) => {
    if (first < lastThen && firstThen < last) slot = (slot + first - firstThen + slots * slots) % slots
    firstThen = first
    lastThen = last
    return slot
  }
}

/** Where to scroll to so that a row is in sight; undefined where it is already. In pixels. */
export function scrollFor(
  index: number,
  rowHeight: number,
  viewportHeight: number,
  scrollTop: number,
  scale: number,
): number | undefined {
  const position = index * rowHeight
  const top = scrollTop * scale
  if (position >= top && position + rowHeight <= top + viewportHeight) return undefined
  // A near row by as little as needed, as the arrows do; a far one to the middle, as a search does.
  if (position < top && top - position < 2 * rowHeight) return position / scale
  if (position > top && position - top - viewportHeight < 2 * rowHeight) {
    return (position + rowHeight - viewportHeight) / scale
  }
  return Math.max(0, position - viewportHeight / 2) / scale
}
