/**
 * Where the cards of a graph are: those that were there stay where a person saw them, new ones come beside their
 * neighbours. Tested by workers/inside/blocks/placing.test.ts.
 */

/** The upper left corner of a card. */
export interface Place {
  readonly x: number
  readonly y: number
}

/** Cards are all of one size, in the units of the layout; `gap` is the least distance between two. */
export interface CardSize {
  readonly width: number
  readonly height: number
  readonly gap: number
}

/** Cards of more than this many new ones are laid out afresh: places beside neighbours would be a heap. */
const mostNew = 40

/** Whether two cards, or their gaps, lie over each other. */
function isOver(one: Place, other: Place, { width, height, gap }: CardSize): boolean {
  return Math.abs(one.x - other.x) < width + gap / 2 && Math.abs(one.y - other.y) < height + gap / 2
}

/** The nearest free place down or up from there. */
function freePlace(wanted: Place, taken: readonly Place[], size: CardSize): Place {
  const column = taken.filter((each) => Math.abs(each.x - wanted.x) < size.width + size.gap / 2)
  const step = (size.height + size.gap) / 2
  for (let away = 0; away <= 2 * (column.length + 1) * 2; away += 1) {
    for (const direction of away === 0 ? [0] : [away, -away]) {
      const place = { x: wanted.x, y: wanted.y + direction * step }
      if (place.y >= 0 && !column.some((each) => isOver(each, place, size))) return place
    }
  }
  return { x: wanted.x, y: Math.max(0, ...column.map(({ y }) => y)) + size.height + size.gap }
}

/**
 * The places after a change. `before` are those that were shown, `fresh` those of a new layout of all that is there now,
 * whose order is kept. Where hardly anything stays, the fresh ones are taken as they are.
 */
export function keepPlaces(
  before: ReadonlyMap<string, Place>,
  fresh: ReadonlyMap<string, Place>,
  edges: readonly { readonly from: string; readonly to: string }[],
  size: CardSize,
): ReadonlyMap<string, Place> {
  const staying = [...fresh.keys()].filter((id) => before.has(id))
  const coming = [...fresh.keys()].filter((id) => !before.has(id))
  if (staying.length === 0 || coming.length > mostNew || coming.length > 2 * staying.length) return fresh
  const places = new Map(staying.map((id) => [id, before.get(id) ?? { x: 0, y: 0 }]))
  const neighbours = new Map<string, string[]>()
  for (const { from, to } of edges) {
    neighbours.set(from, [...(neighbours.get(from) ?? []), to])
    neighbours.set(to, [...(neighbours.get(to) ?? []), from])
  }
  for (const id of coming) {
    const own = fresh.get(id) ?? { x: 0, y: 0 }
    const near = neighbours.get(id)?.find((each) => places.has(each)) ?? staying[0] ?? id
    const [then, now] = [fresh.get(near) ?? own, places.get(near) ?? own]
    // As far from its neighbour as in the layout of all.
    const wanted = { x: Math.max(0, now.x + own.x - then.x), y: Math.max(0, now.y + own.y - then.y) }
    places.set(id, freePlace(wanted, [...places.values()], size))
  }
  return places
}
