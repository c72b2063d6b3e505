/** Sizes and lines of the graph's picture. */
import { cardLabel } from '#qapi/model/graph.ts'
import type { Card, GraphEdge } from '#qapi/model/graph.ts'
import type { ChangeMark } from '#qapi/model/merged.ts'
import type { Schema } from '#qapi/model/schema.ts'

/** How many steps from an entity are offered, and how many are all of them. */
export const depths = [1, 2, 3, 4, 6]
export const deepest = 12

export const cardWidth = 280
export const headHeight = 24
export const rowHeight = 17

/** The mark of a comparison, as a sign before a name: never by colour alone. */
export const signs: Readonly<Record<ChangeMark, string>> = { added: '+ ', removed: '− ', changed: '± ' }

/** A card with its place. */
export interface PlacedCard {
  readonly card: Card
  readonly x: number
  readonly y: number
  readonly height: number
}

/** The height of a card: its head, its rows, and a line for what is folded away. */
export function heightOf(card: Card): number {
  return headHeight + (card.rows.length + (card.folded > 0 ? 1 : 0)) * rowHeight + 4
}

/** The line of an edge: from the right side of its row to the left side of the card's head, or around where it goes back. */
export function lineOf(edge: GraphEdge, from: PlacedCard, to: PlacedCard): string {
  const row = edge.row < 0 ? from.card.rows.length : edge.row
  const startX = from.x + cardWidth
  const startY = from.y + headHeight + (row + 0.5) * rowHeight
  const endX = to.x
  const endY = to.y + headHeight / 2
  const bend = Math.max(30, Math.abs(endX - startX) / 2)
  return `M ${startX} ${startY} C ${startX + bend} ${startY}, ${endX - bend} ${endY}, ${endX} ${endY}`
}

/** A text cut to a number of characters. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}

/** The next card after another that has a text in its name or in a row, in the order of the picture, around its end. */
export function nextWith(
  schema: Schema,
  placed: readonly PlacedCard[],
  text: string,
  after: string,
): PlacedCard | undefined {
  const wanted = text.trim().toLowerCase()
  const having = placed.filter(
    ({ card }) =>
      cardLabel(schema, card.name).toLowerCase().includes(wanted) ||
      card.rows.some((row) => row.label.toLowerCase().includes(wanted)),
  )
  const at = having.findIndex((each) => each.card.name === after)
  return having[(at + 1) % Math.max(1, having.length)]
}

/** The card that is nearest in a direction from another: by the angle first, then by distance. */
export function nearestIn<Placed extends { readonly x: number; readonly y: number; readonly height: number }>(
  placed: readonly Placed[],
  from: Placed,
  direction: 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown',
): Placed | undefined {
  const middle = (each: Placed): { x: number; y: number } => ({ x: each.x, y: each.y + each.height / 2 })
  const here = middle(from)
  let best: Placed | undefined
  let least = Infinity
  for (const each of placed) {
    if (each === from) continue
    const there = middle(each)
    const [dx, dy] = [there.x - here.x, there.y - here.y]
    const isSideways = direction === 'ArrowLeft' || direction === 'ArrowRight'
    const along = isSideways ? dx : dy
    const ahead = direction === 'ArrowRight' || direction === 'ArrowDown' ? along : -along
    if (ahead <= 1) continue
    const cost = ahead + 2 * Math.abs(isSideways ? dy : dx)
    if (cost < least) {
      least = cost
      best = each
    }
  }
  return best
}
