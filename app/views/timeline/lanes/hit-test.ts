/** What is under a pixel of the lanes, and which time is meant there. Pure. */
import { rowsAt } from './paint/rows.ts'
import { axisHeight } from './paint/scene.ts'
import type { HitTarget, Scene } from './paint/scene.ts'

/** How near an edge has to be for the cursor to stand on it, in pixels. */
const snapPixels = 7
/** How far above and below a bar its edges still count, in pixels. */
const snapAbove = 2

/** A picture that was drawn. */
export interface Picture {
  readonly scene: Scene
  /** Later ones lie above earlier ones. */
  readonly hits: readonly HitTarget[]
}

/** The stretch of time that is shown now: it may have moved since the picture was drawn. */
export interface TimeScale {
  readonly timeAt: (x: number) => number
  readonly xOf: (ms: number) => number
}

/** What is under a place, in pixels of the picture. */
export function hitAt({ scene, hits }: Picture, x: number, y: number): HitTarget | undefined {
  const hit = hits.findLast(
    (each) => x >= each.x && x <= each.x + each.width && y >= each.y && y <= each.y + each.height,
  )
  if (hit !== undefined || y < axisHeight) return hit
  const inLanes = y - axisHeight + scene.top
  const row = scene.rows.find((each) => inLanes >= each.y && inLanes < each.y + each.height)
  return row === undefined ? undefined : rowsAt(scene, row, x)
}

/** The time at a place, or that of an edge near it, milliseconds since the epoch. */
export function snapTo(picture: Picture, scale: TimeScale, x: number, y: number): number {
  let best: number | undefined
  let distance = snapPixels
  for (const hit of picture.hits) {
    const isBeside = y >= hit.y - snapAbove && y <= hit.y + hit.height + snapAbove
    // A mark's line goes through all lanes.
    if (!isBeside && hit.what.kind !== 'mark') continue
    if (x < hit.x - snapPixels || x > hit.x + hit.width + snapPixels) continue
    for (const edge of hit.edges) {
      const away = Math.abs(scale.xOf(edge) - x)
      if (away < distance) {
        distance = away
        best = edge
      }
    }
  }
  if (best !== undefined) return best
  const under = hitAt(picture, x, y)
  return (under?.what.kind === 'rows' ? under.edges[0] : undefined) ?? scale.timeAt(x)
}
