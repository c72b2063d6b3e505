/** The schema as nested rectangles: subsystems, and in them commands and events, sized by the number of types that they reach. */
import { hierarchy, treemap, treemapSquarify } from 'd3-hierarchy'
import { reachSizes } from '#qapi/model/reach.ts'
import { definitionOf } from '#qapi/model/schema.ts'
import type { Schema } from '#qapi/model/schema.ts'
import type { Entity } from '#qapi/model/schema-info.ts'
import { subsystemOf } from '#qapi/model/subsystem.ts'

/** A rectangle of the map. */
export interface Cell {
  readonly entity: Entity
  readonly subsystem: string
  /** Types and members that it reaches. */
  readonly reach: number
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A subsystem of the map. */
export interface MapGroup {
  readonly name: string
  readonly cells: readonly Cell[]
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The map. `leftOut` counts what is not drawn: those that reach least. */
export interface SchemaMap {
  readonly groups: readonly MapGroup[]
  readonly leftOut: number
}

/** Cells that are drawn: QEMU has 400 commands and events. More are too small to be seen, and each is an element. */
const mostCells = 2000

/** The height of a group's title. */
export const titleHeight = 18

interface MapItem {
  readonly name: string
  readonly entity?: Entity
  readonly children?: readonly MapItem[]
}

/**
 * Lay out the map in a place. `only` shows one subsystem alone. Area grows with the square root of that number:
 * otherwise block devices would fill the map.
 */
export function mapOf(
  schema: Schema,
  place: { readonly width: number; readonly height: number },
  only?: string,
): SchemaMap {
  const sizes = reachSizes(schema)
  const found = schema.entities.flatMap((entity) => {
    if (entity.kind !== 'command' && entity.kind !== 'event') return []
    const subsystem = subsystemOf(entity.name, definitionOf(schema, entity.name)?.chapters)
    return only === undefined || subsystem === only ? [{ name: entity.name, entity, subsystem }] : []
  })
  const reachOf = (name: string): number => sizes.get(name) ?? 0
  const drawn =
    found.length <= mostCells
      ? found
      : found.toSorted((a, b) => reachOf(b.name) - reachOf(a.name)).slice(0, mostCells)
  const bySubsystem = new Map<string, MapItem[]>()
  for (const each of drawn) {
    const list = bySubsystem.get(each.subsystem)
    if (list === undefined) bySubsystem.set(each.subsystem, [each])
    else list.push(each)
  }
  const root = hierarchy<MapItem>(
    { name: '', children: [...bySubsystem].map(([name, children]) => ({ name, children })) },
    (each) => each.children,
  )
    .sum((each) => (each.entity === undefined ? 0 : 2 + Math.sqrt(sizes.get(each.name) ?? 0)))
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0) || (a.data.name < b.data.name ? -1 : 1))
  const laid = treemap<MapItem>()
    .size([place.width, place.height])
    .tile(treemapSquarify.ratio(1.6))
    .paddingInner(1)
    .paddingOuter(1)
    .paddingTop((node) => (node.depth === 1 ? titleHeight : 1))
    .round(true)(root)
  const groups = (laid.children ?? []).map((group) => ({
    name: group.data.name,
    ...boxOf(group),
    cells: (group.children ?? []).flatMap((cell) => {
      const { entity } = cell.data
      if (entity === undefined) return []
      return [{ entity, subsystem: group.data.name, reach: sizes.get(entity.name) ?? 0, ...boxOf(cell) }]
    }),
  }))
  return { groups, leftOut: found.length - drawn.length }
}

function boxOf(node: { x0: number; y0: number; x1: number; y1: number }): {
  x: number
  y: number
  width: number
  height: number
} {
  return { x: node.x0, y: node.y0, width: node.x1 - node.x0, height: node.y1 - node.y0 }
}

/** The cell that is nearest in a direction from another. */
export function nearestCell(cells: readonly Cell[], from: Cell, key: string): Cell | undefined {
  const [hereX, hereY] = [from.x + from.width / 2, from.y + from.height / 2]
  let best: Cell | undefined
  let least = Infinity
  for (const each of cells) {
    if (each === from) continue
    const dx = each.x + each.width / 2 - hereX
    const dy = each.y + each.height / 2 - hereY
    const isSideways = key === 'ArrowLeft' || key === 'ArrowRight'
    const along = isSideways ? dx : dy
    const ahead = key === 'ArrowRight' || key === 'ArrowDown' ? along : -along
    if (ahead < 1) continue
    const cost = ahead + 2 * Math.abs(isSideways ? dy : dx)
    if (cost < least) {
      least = cost
      best = each
    }
  }
  return best
}

/** Lines of a label: a name of more words is told by its page, and by the line below the map. */
const mostLines = 4

/** The hue of a subsystem, in degrees: the same in every schema and version, far from those of its neighbours by name. */
export function hueOf(subsystem: string): number {
  let sum = 0
  for (const letter of subsystem.slice(0, 40)) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 997
  return (sum * 137) % 360
}

/**
 * A name in lines of at most `letters` letters, four at most: broken only after a dash, never inside of a word. What does
 * not fit is left out, and an ellipsis says so; nothing where not even the first word fits.
 */
export function labelLines(
  name: string,
  room: { readonly letters: number; readonly lines: number },
): readonly string[] {
  const { letters, lines } = room
  if (letters < 3 || lines < 1) return []
  const found: string[] = []
  let rest = name
  while (rest.length > letters && found.length < Math.min(mostLines, lines)) {
    const head = rest.slice(0, letters)
    const dash = Math.max(head.lastIndexOf('-'), head.lastIndexOf('_'), head.lastIndexOf(' '))
    // A sign before the name is no line of its own.
    if (dash < (found.length === 0 ? 3 : 1)) break
    found.push(rest.slice(0, dash + 1))
    rest = rest.slice(dash + 1)
  }
  if (rest.length <= letters && found.length < Math.min(mostLines, lines)) return [...found, rest]
  const last = found.pop()
  return last === undefined ? [] : [...found, `${last.slice(0, -1)}…`]
}
