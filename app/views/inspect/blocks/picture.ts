/** Sizes and lines of the picture of the block graph. Tested by app/views/inspect/blocks/block-words.test.ts. */
import type { BlockGraph, BlockPart } from '#inside/blocks/block-model.ts'
import type { Place } from '#inside/blocks/placing.ts'

/** Of a card, in pixels. */
export const card = { width: 190, height: 58, gap: 22 }

/** A part with its place. */
export interface PlacedPart {
  readonly part: BlockPart
  readonly x: number
  readonly y: number
  readonly height: number
}

/** The line from the right side of a card to the left side of another; where that one is not further right, around. */
export function edgeLine(from: Place, to: Place): string {
  const [startX, startY] = [from.x + card.width, from.y + card.height / 2]
  const [endX, endY] = [to.x, to.y + card.height / 2]
  const bend = Math.max(28, Math.abs(endX - startX) / 2)
  return `M ${startX} ${startY} C ${startX + bend} ${startY}, ${endX - bend} ${endY}, ${endX} ${endY}`
}

/** The line of a copy: from the lower side of a card to the lower side of the other, below all that is between them. */
export function copyLine(from: Place, to: Place): { readonly path: string; readonly label: Place } {
  const [startX, startY] = [from.x + card.width * 0.7, from.y + card.height]
  const [endX, endY] = [to.x + card.width * 0.3, to.y + card.height]
  const low = Math.max(startY, endY) + 46
  return {
    path: `M ${startX} ${startY} C ${startX} ${low}, ${endX} ${low}, ${endX} ${endY}`,
    label: { x: (startX + endX) / 2, y: low - 14 },
  }
}

/** What the layout depends on: while it is the same, no card moves and nothing is laid out. */
export function shapeOf({ parts, edges }: Pick<BlockGraph, 'parts' | 'edges'>): string {
  return [...parts.map(({ id }) => id), '', ...edges.map(({ id }) => id)].join('\n')
}

/** The part in the address: a node by its name, anything else by its id, which has a colon that names of nodes have not. */
export function addressOf(part: BlockPart): string {
  return part.id.startsWith('node:') ? part.name : part.id
}

/** The part that an address names. */
export function partAt(graph: BlockGraph, address: string | undefined): BlockPart | undefined {
  return address === undefined ? undefined : graph.parts.find((part) => addressOf(part) === address)
}
