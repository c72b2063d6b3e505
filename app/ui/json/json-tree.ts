/**
 * The visible rows of a JSON value as a folding tree, in reading order. Only open containers are walked, and they are shown
 * in chunks, so ten megabytes cost no more than their visible part.
 * @adr 0047
 */
import { own } from '#base/own.ts'
import { isJsonObject } from '#base/json/value.ts'
import { printJson } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'

/** How many items of a container are shown at first. */
export const firstChunk = 100
/** How many more are shown each time. */
export const nextChunk = 1000
/** How many characters of a string are shown at first. */
export const firstCharacters = 400
/** How many are shown on request. The rest can be copied. */
export const mostCharacters = 100_000
/** How many rows are opened without being asked for. */
const firstRows = 400

interface TreePlace {
  /** Where it is, as JavaScript would write it; the root is ''. Unique in a tree. */
  readonly path: string
  /** 1 at the root. */
  readonly level: number
  /** Among its siblings, 1-based. */
  readonly position: number
  readonly siblings: number
  /** Index of the row of its parent, or -1. */
  readonly parent: number
}

/** One row. */
export type TreeRow =
  | (TreePlace & {
      readonly kind: 'branch'
      readonly name: string | undefined
      readonly value: Json
      readonly isArray: boolean
      readonly size: number
      readonly open: boolean
    })
  | (TreePlace & {
      readonly kind: 'leaf'
      readonly name: string | undefined
      readonly value: Json
    })
  /** Stands for the items of a container that are not shown. `of` is the container's path. */
  | (TreePlace & {
      readonly kind: 'more'
      readonly of: string
      readonly hidden: number
      readonly next: number
      readonly size: number
    })

/** The state of the tree: paths of open containers, and how many items of them are shown beyond the first chunk. */
export interface Unfolded {
  readonly open: ReadonlySet<string>
  readonly shown: ReadonlyMap<string, number>
}

/** The path of a member or item. */
export function pathOf(parent: string, key: string, inArray: boolean): string {
  if (inArray) return `${parent}[${key}]`
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) return `${parent}[${JSON.stringify(key)}]`
  return parent === '' ? key : `${parent}.${key}`
}

function isContainer(value: Json): boolean {
  return Array.isArray(value) || isJsonObject(value)
}

function sizeOf(value: Json): number {
  return Array.isArray(value) ? value.length : isJsonObject(value) ? Object.keys(value).length : 0
}

/** The first `count` members of a container with their names. */
function entriesOf(value: Json, count: number): readonly (readonly [string, Json])[] {
  if (Array.isArray(value)) {
    return (value as readonly Json[]).slice(0, count).map((item, index) => [String(index), item] as const)
  }
  if (!isJsonObject(value)) return []
  return Object.keys(value)
    .slice(0, count)
    .map((key) => [key, own(value, key) ?? null] as const)
}

/** The containers that are open at first: `levels` of them, breadth first, as long as there are at most 400 rows. */
export function openAtFirst(value: Json, levels: number): ReadonlySet<string> {
  const open = new Set<string>()
  let rows = 1
  let level: { path: string; value: Json }[] = [{ path: '', value }]
  for (let depth = 0; depth < levels; depth += 1) {
    const next: { path: string; value: Json }[] = []
    for (const each of level) {
      if (!isContainer(each.value)) continue
      const inArray = Array.isArray(each.value)
      const entries = entriesOf(each.value, firstChunk)
      if (rows + entries.length > firstRows) return open
      rows += entries.length
      open.add(each.path)
      for (const [key, item] of entries) next.push({ path: pathOf(each.path, key, inArray), value: item })
    }
    level = next
  }
  return open
}

/** The rows in sight. */
export function treeRows(value: Json, unfolded: Unfolded): readonly TreeRow[] {
  const rows: TreeRow[] = []
  walk(rows, value, undefined, { path: '', level: 1, position: 1, siblings: 1, parent: -1 }, unfolded)
  return rows
}

function walk(
  rows: TreeRow[],
  value: Json,
  name: string | undefined,
  place: TreePlace,
  unfolded: Unfolded,
): void {
  // The members one by one: spreading them into each of 100,000 rows takes ten times as long.
  const { path, level, position, siblings, parent: above } = place
  const size = sizeOf(value)
  if (size === 0) {
    rows.push({ path, level, position, siblings, parent: above, kind: 'leaf', name, value })
    return
  }
  const inArray = Array.isArray(value)
  const open = unfolded.open.has(path)
  const parent = rows.length
  rows.push({
    path,
    level,
    position,
    siblings,
    parent: above,
    kind: 'branch',
    name,
    value,
    isArray: inArray,
    size,
    open,
  })
  if (!open) return
  const shown = Math.min(size, unfolded.shown.get(path) ?? firstChunk)
  const inside = shown < size ? shown + 1 : shown
  entriesOf(value, shown).forEach(([key, item], index) => {
    const place = {
      path: pathOf(path, key, inArray),
      level: level + 1,
      position: index + 1,
      siblings: inside,
      parent,
    }
    walk(rows, item, key, place, unfolded)
  })
  if (shown < size) {
    rows.push({
      kind: 'more',
      // No member's path ends like this, so it is unique too.
      path: `${path}…`,
      of: path,
      level: level + 1,
      position: inside,
      siblings: inside,
      parent,
      hidden: size - shown,
      next: Math.min(size - shown, nextChunk),
      size,
    })
  }
}

/** The text of a leaf, and how many characters of a string are left out. Numbers are exact. */
export function leafText(
  value: Json,
  characters: number,
): { readonly text: string; readonly hidden: number } {
  if (typeof value !== 'string' || value.length <= characters) return { text: printJson(value), hidden: 0 }
  // Cut before it is printed: a string of megabytes would be printed whole for its beginning.
  return { text: `${printJson(value.slice(0, characters))}…`, hidden: value.length - characters }
}

/** The effect of a key on a row, as in any tree: another row to go to, or an action on this one. */
export function treeKey(
  rows: readonly TreeRow[],
  at: number,
  key: string,
): { readonly kind: 'go'; readonly to: number } | { readonly kind: 'toggle' } | undefined {
  const row = rows[at]
  const go = (to: number): { kind: 'go'; to: number } => ({
    kind: 'go',
    to: Math.max(0, Math.min(rows.length - 1, to)),
  })
  if (row === undefined) return rows.length > 0 ? go(0) : undefined
  const open = row.kind === 'branch' && row.open
  switch (key) {
    case 'ArrowDown':
      return go(at + 1)
    case 'ArrowUp':
      return go(at - 1)
    case 'Home':
      return go(0)
    case 'End':
      return go(rows.length - 1)
    case 'ArrowRight':
      if (open) return go(at + 1)
      return row.kind === 'branch' ? { kind: 'toggle' } : undefined
    case 'ArrowLeft':
      if (open) return { kind: 'toggle' }
      return row.parent >= 0 ? go(row.parent) : undefined
    case 'Enter':
    case ' ':
      return { kind: 'toggle' }
    default:
      return undefined
  }
}

/** The containers to open so that a place in the value is a row. */
export interface Revealed {
  /** The path of the place. */
  readonly path: string
  /** Paths of the containers around it. */
  readonly open: readonly string[]
  /** How many items of containers have to be shown, where the first chunk is not enough. */
  readonly shown: ReadonlyMap<string, number>
}

/** How to bring a place into sight. `keys` are the names and indices that lead to it; undefined where they lead nowhere. */
export function revealIn(value: Json, keys: readonly string[]): Revealed | undefined {
  const open: string[] = []
  const shown = new Map<string, number>()
  let at: Json = value
  let path = ''
  for (const key of keys) {
    const inArray = Array.isArray(at)
    const names = isJsonObject(at) ? Object.keys(at) : []
    const index = inArray ? Number(key) : names.indexOf(key)
    const next: Json | undefined = inArray
      ? (at as readonly Json[])[index]
      : isJsonObject(at) && index >= 0
        ? own(at, key)
        : undefined
    if (next === undefined) return undefined
    open.push(path)
    if (index >= firstChunk) shown.set(path, Math.ceil((index + 1) / nextChunk) * nextChunk)
    path = pathOf(path, key, inArray)
    at = next
  }
  return { path, open, shown }
}
