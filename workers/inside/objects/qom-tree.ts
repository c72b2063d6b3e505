/**
 * The tree of a machine’s objects, as far as it was read: what `qom-list` told of each path. `child<…>` properties make the
 * tree; links are no part of it. Bounded in objects and depth, whatever the machine says.
 * @qapi qom-list
 */
import { childPath, rootPath } from './qom-path.ts'
import type { QomProperties, QomProperty } from './qom-object.ts'

/**
 * Objects that are kept. A machine of 6 devices has 364, one of 1,000 devices some 15,000. Larger: a hostile machine holds
 * more of the page’s memory. Smaller: what is there is not shown.
 */
export const mostObjects = 20_000
/** Objects in each other: QEMU’s own are at most 8 deep. */
const mostLevels = 40

/** An object that was read. */
export interface QomObject {
  readonly path: string
  /** The type that its parent tells; the root and what was opened by a link have none. */
  readonly type: string | undefined
  readonly properties: QomProperties
}

/** A child of an object. */
export interface QomChild {
  readonly name: string
  readonly path: string
  readonly type: string
}

/** A row of the tree. */
export interface QomRow {
  readonly path: string
  readonly name: string
  readonly type: string | undefined
  /** 1 at the root. */
  readonly level: number
  /** 1-based, among its siblings. */
  readonly position: number
  readonly siblings: number
  /** Index of the row of its parent, or -1. */
  readonly parent: number
  /** Undefined where it was not read: it may have parts. */
  readonly parts: number | undefined
  readonly isOpen: boolean
}

/** Names with numbers in them by their numbers: `device[2]` before `device[10]`. */
const byName = new Intl.Collator('en', { numeric: true })

/** What was read. Not safe to compare by identity: who shows it counts its changes. */
export class QomTree {
  readonly #objects = new Map<string, QomObject>()
  readonly #children = new Map<string, readonly QomChild[]>()
  #isFull = false

  get size(): number {
    return this.#objects.size
  }

  /** Whether an object was left out because the tree holds as many as it may. */
  get isFull(): boolean {
    return this.#isFull
  }

  get(path: string): QomObject | undefined {
    return this.#objects.get(path)
  }

  /** All objects that were read, in the order of reading. */
  all(): IterableIterator<QomObject> {
    return this.#objects.values()
  }

  /** Take what a path has. False where the tree is full. An object that is read again loses what it has no more. */
  put(path: string, properties: QomProperties, type = this.typeOf(path)): boolean {
    if (!this.#objects.has(path) && this.#objects.size >= mostObjects) {
      this.#isFull = true
      return false
    }
    const before = this.#children.get(path) ?? []
    const children = childrenOf(path, properties.list)
    const stays = new Set(children.map((each) => `${each.path} ${each.type}`))
    for (const each of before) if (!stays.has(`${each.path} ${each.type}`)) this.drop(each.path)
    this.#objects.set(path, { path, type, properties })
    this.#children.set(path, children)
    return true
  }

  /** Forget an object and all in it: it is no more. */
  drop(path: string): void {
    const waiting = [path]
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      for (const each of this.#children.get(at) ?? []) {
        if (this.#objects.has(each.path)) waiting.push(each.path)
      }
      this.#objects.delete(at)
      this.#children.delete(at)
    }
  }

  clear(): void {
    this.#objects.clear()
    this.#children.clear()
    this.#isFull = false
  }

  /** The parts of an object by name; undefined where it was not read. */
  childrenOf(path: string): readonly QomChild[] | undefined {
    return this.#children.get(path)
  }

  /** The type of an object, as its parent or its own `type` told. */
  typeOf(path: string): string | undefined {
    const at = path.lastIndexOf('/')
    const parent = at <= 0 ? rootPath : path.slice(0, at)
    return (
      this.#children.get(parent)?.find((each) => each.path === path)?.type ?? this.#objects.get(path)?.type
    )
  }

  /** The rows in sight: the root, and what is in open objects. */
  rows(open: ReadonlySet<string>): readonly QomRow[] {
    const rows: QomRow[] = []
    this.#walk(rows, open, { name: rootPath, path: rootPath, type: 'container' }, 1, {
      at: 1,
      of: 1,
      parent: -1,
    })
    return rows
  }

  #walk(
    rows: QomRow[],
    open: ReadonlySet<string>,
    { name, path, type }: QomChild,
    level: number,
    place: { readonly at: number; readonly of: number; readonly parent: number },
  ): void {
    const children = this.#children.get(path)
    const isOpen = children !== undefined && children.length > 0 && open.has(path)
    const { at: position, of: siblings, parent } = place
    const index = rows.length
    rows.push({ path, name, type, level, position, siblings, parent, parts: children?.length, isOpen })
    if (!isOpen || level >= mostLevels) return
    for (const [at, each] of children.entries()) {
      if (rows.length >= mostObjects) return
      this.#walk(rows, open, each, level + 1, { at: at + 1, of: children.length, parent: index })
    }
  }
}

function childrenOf(path: string, properties: readonly QomProperty[]): readonly QomChild[] {
  const children: QomChild[] = []
  for (const { kind, name, of = '' } of properties) {
    const at = kind === 'child' ? childPath(path, name) : undefined
    if (at !== undefined) children.push({ name, path: at, type: of })
  }
  return children.sort((a, b) => byName.compare(a.name, b.name))
}

/** What the widget of the tree does for a key. */
export type QomKey =
  | { readonly kind: 'go'; readonly to: number }
  | { readonly kind: 'open' | 'close' | 'choose'; readonly path: string }

/** What a key does; undefined where the tree does not use it. @aria Tree View pattern */
export function qomKey(rows: readonly QomRow[], at: number, key: string, page = 10): QomKey | undefined {
  const row = rows[at]
  const go = (to: number): QomKey => ({ kind: 'go', to: Math.max(0, Math.min(rows.length - 1, to)) })
  if (row === undefined) return rows.length > 0 ? go(0) : undefined
  const { path } = row
  switch (key) {
    case 'ArrowDown':
      return go(at + 1)
    case 'ArrowUp':
      return go(at - 1)
    case 'PageDown':
      return go(at + page)
    case 'PageUp':
      return go(at - page)
    case 'Home':
      return go(0)
    case 'End':
      return go(rows.length - 1)
    case 'ArrowRight':
      if (row.isOpen) return go(at + 1)
      return row.parts === 0 ? undefined : { kind: 'open', path }
    case 'ArrowLeft':
      if (row.isOpen) return { kind: 'close', path }
      return row.parent >= 0 ? go(row.parent) : undefined
    case 'Enter':
    case ' ':
      return { kind: 'choose', path }
    default:
      return undefined
  }
}
