/**
 * An entity and its surroundings as a graph of cards: what it refers to, what refers to it, or both, the near things
 * first. Arrays are part of an edge, builtins are words on a row, and what is left out is counted.
 * Tested by workers/qapi/explore.test.ts.
 */
import { isEmptyObject } from './schema-info.ts'
import { describeType, labelOf } from './schema.ts'
import type { Schema } from './schema.ts'
import type { Entity } from './schema-info.ts'

/** A line of a card. */
export interface CardRow {
  readonly label: string
  /** The name of the member, the case or the value; '' where the row has none. */
  readonly item: string
  /** The type in words. */
  readonly note: string
  /** The entity that an edge from here leads to, arrays taken away. */
  readonly target: string | undefined
}

/** An entity in the picture, or the variants of a union. */
export interface Card {
  /** The name of the entity, or the `variantsName` of a union. */
  readonly name: string
  readonly kind: Entity['kind'] | 'variants'
  readonly rows: readonly CardRow[]
  /** Rows that are folded away. */
  readonly folded: number
  /** Neighbours that are not in the picture. */
  readonly beyond: number
  /** Whether its neighbours are in the picture because of it: it can be collapsed, else expanded. */
  readonly expanded: boolean
}

/** An edge from a row of a card to a card. */
export interface GraphEdge {
  readonly from: string
  /** The index of the row; -1 where the row is folded away. */
  readonly row: number
  readonly to: string
}

/** The picture. */
export interface SchemaGraph {
  readonly cards: readonly Card[]
  readonly edges: readonly GraphEdge[]
  /** Entities that the root reaches, or is reached by, and that are not shown. */
  readonly beyond: number
  /** Entities that have nothing to do with the root in the chosen direction. */
  readonly unrelated: number
}

/** What to show. */
export interface GraphOptions {
  /** Steps from the root at most. */
  readonly depth: number
  readonly direction: 'out' | 'in' | 'both'
  /** Cards whose rows are all shown. */
  readonly unfolded: ReadonlySet<string>
  /** Cards whose neighbours are shown, or not shown, whatever the depth. */
  readonly expanded?: ReadonlyMap<string, boolean>
  /** Cards at most: the nearest. */
  readonly limit: number
  /** The variants of a union are shown, too, and not only as one card. */
  readonly opensVariants?: boolean
}

/** Variants from which on they are one card: fewer are rows of their union. */
const manyVariants = 8

/** The name of the card of a union's variants. No entity can be called so. */
export function variantsName(union: string): string {
  return `\u0000variants ${union}`
}

/** The union whose variants a card is; undefined for the card of an entity. */
export function unionOf(card: string): string | undefined {
  return card.startsWith('\u0000variants ') ? card.slice(10) : undefined
}

/** The name to show for a card. */
export function cardLabel(schema: Schema, card: string): string {
  const union = unionOf(card)
  if (union === undefined) return labelOf(schema, card)
  const entity = schema.byName.get(union)
  return entity?.kind === 'object' ? `${entity.variants.length} variants by ${entity.tag ?? ''}` : 'variants'
}

function foldsVariants(entity: Entity | undefined): boolean {
  return entity?.kind === 'object' && entity.variants.length >= manyVariants
}

/** Rows of a card before it is unfolded. */
const shownRows = 12

/** The surroundings of an entity. Empty where the schema has no such entity. */
export function neighbourhood(schema: Schema, root: string, options: GraphOptions): SchemaGraph {
  if (!schema.byName.has(unionOf(root) ?? root)) return { cards: [], edges: [], beyond: 0, unrelated: 0 }
  const distances = new Map([[root, 0]])
  // In the order of their distance: names that are added on the way are visited too.
  for (const [name, distance] of distances) {
    for (const next of neighbours(schema, name, options.direction)) {
      if (!distances.has(next)) distances.set(next, distance + 1)
    }
  }
  const near = new Map([[root, 0]])
  const goesOn = (name: string, distance: number): boolean =>
    options.expanded?.get(name) ??
    (distance < options.depth &&
      (unionOf(name) === undefined || options.opensVariants === true || name === root))
  for (const [name, distance] of near) {
    if (!goesOn(name, distance)) continue
    for (const next of neighbours(schema, name, options.direction)) {
      if (!near.has(next) && near.size < options.limit) near.set(next, distance + 1)
    }
  }
  const shown = new Set(near.keys())
  const cards = [...near].flatMap(([name, distance]) => {
    return [cardOf(schema, name, shown, options, goesOn(name, distance))]
  })
  const edges = cards.flatMap((card) => edgesOf(schema, card, shown))
  const related = schema.entities.filter((each) => isCard(each)).length
  const reached = [...distances.keys()].filter((name) => unionOf(name) === undefined).length
  return {
    cards,
    edges,
    beyond: distances.size - shown.size,
    unrelated: Math.max(0, related - reached),
  }
}

function isCard(entity: Entity): boolean {
  return entity.kind !== 'builtin' && entity.kind !== 'array' && !isEmptyObject(entity)
}

/** The type inside arrays. */
function inside(schema: Schema, type: string): string {
  let name = type
  for (let step = 0; step < 16; step += 1) {
    const entity = schema.byName.get(name)
    if (entity?.kind !== 'array') break
    name = entity.elementType
  }
  return name
}

function targetOf(schema: Schema, type: string): string | undefined {
  const name = inside(schema, type)
  const entity = schema.byName.get(name)
  return entity !== undefined && isCard(entity) ? name : undefined
}

/** All rows of a card. */
function rowsOf(schema: Schema, card: string): CardRow[] {
  const union = unionOf(card)
  const entity = schema.byName.get(union ?? card)
  if (entity === undefined) return []
  const row = (label: string, item: string, type: string): CardRow => ({
    label,
    item,
    note: describeType(schema, type, 2),
    target: targetOf(schema, type),
  })
  switch (entity.kind) {
    case 'object': {
      const cases = entity.variants.map((each) => row(`when ${each.case}`, each.case, each.type))
      if (union !== undefined) return cases
      return [
        ...entity.members.map((each) => row(`${each.name}${each.optional ? '?' : ''}`, each.name, each.type)),
        ...(foldsVariants(entity)
          ? [
              {
                label: `${cases.length} variants`,
                item: '',
                note: `by ${entity.tag ?? ''}`,
                target: variantsName(card),
              },
            ]
          : cases),
      ]
    }
    case 'enum':
      return entity.values.map((each) => ({
        label: each.name,
        item: each.name,
        note: '',
        target: undefined,
      }))
    case 'alternate':
      return entity.branches.map((each) => row('or', '', each))
    case 'command':
      return [row('arguments', 'arguments', entity.argType), row('return', 'return', entity.retType)]
    case 'event':
      return [row('data', 'data', entity.argType)]
    default:
      return []
  }
}

function neighbours(schema: Schema, name: string, direction: GraphOptions['direction']): string[] {
  const found: string[] = []
  if (direction !== 'in') {
    for (const row of rowsOf(schema, name)) if (row.target !== undefined) found.push(row.target)
  }
  if (direction !== 'out') found.push(...usersOf(schema, name))
  return found
}

/** Who refers to an entity, through arrays. */
function usersOf(schema: Schema, name: string): string[] {
  const union = unionOf(name)
  if (union !== undefined) return [union]
  const found = new Set<string>()
  const open = new Set([name])
  for (const each of open) {
    for (const use of schema.users.get(each) ?? []) {
      if (schema.byName.get(use.by)?.kind === 'array') open.add(use.by)
      else if (use.role === 'variant' && foldsVariants(schema.byName.get(use.by)))
        found.add(variantsName(use.by))
      else found.add(use.by)
    }
  }
  return [...found]
}

function cardOf(
  schema: Schema,
  name: string,
  shown: ReadonlySet<string>,
  options: GraphOptions,
  expanded: boolean,
): Card {
  const union = unionOf(name)
  const rows = rowsOf(schema, name)
  const kept =
    options.unfolded.has(name) ||
    (union !== undefined && options.unfolded.has(union)) ||
    rows.length <= shownRows + 1
      ? rows
      : rows.slice(0, shownRows)
  const beyond = new Set(neighbours(schema, name, options.direction).filter((each) => !shown.has(each)))
  return {
    name,
    kind: union === undefined ? (schema.byName.get(name)?.kind ?? 'unknown') : 'variants',
    rows: kept,
    folded: rows.length - kept.length,
    beyond: beyond.size,
    expanded,
  }
}

function edgesOf(schema: Schema, card: Card, shown: ReadonlySet<string>): GraphEdge[] {
  const seen = new Set<string>()
  return rowsOf(schema, card.name).flatMap(({ target }, index) => {
    if (target === undefined || !shown.has(target)) return []
    const row = index < card.rows.length ? index : -1
    // Rows that are folded away share one edge to each card.
    const key = `${row} ${target}`
    if (seen.has(key)) return []
    seen.add(key)
    return [{ from: card.name, row, to: target }]
  })
}
