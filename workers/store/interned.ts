/** Names of commands and events as small numbers. A name is forgotten with its last row, and its number used again. */

/** A set of numbered names. */
export interface Names {
  /** The number of a name, counted as used once more. */
  use(name: string): number
  /** Count a number as used once less. */
  release(id: number): void
  /** The name of a number in use. */
  name(id: number): string
  /** The kept copy of a name in use. A lookup with that copy is faster. */
  kept(name: string): string
  /** Those in use, at most `most`. */
  inUse(most: number): string[]
  /** One more than the highest number ever given. */
  readonly size: number
  /** Counts up when a number gets another name: decisions for that number are void. */
  readonly version: number
  clear(): void
}

/** A power of two. */
const slots = 256
const longestRecent = 100

/** Make an empty set. */
export function createNames(): Names {
  let ids = new Map<string, number>()
  let names: string[] = []
  let uses: number[] = []
  let free: number[] = []
  let version = 0
  /** The last names that were asked for, each at a place of its length and ends. */
  const recent = new Array<string | undefined>(slots).fill(undefined)
  return {
    use(name) {
      const known = ids.get(name)
      if (known !== undefined) {
        uses[known] = (uses[known] ?? 0) + 1
        return known
      }
      const reused = free.pop()
      const id = reused ?? names.length
      if (reused !== undefined) version += 1
      ids.set(name, id)
      names[id] = name
      uses[id] = 1
      return id
    },
    release(id) {
      const left = (uses[id] ?? 0) - 1
      uses[id] = left
      if (left > 0) return
      ids.delete(names[id] ?? '')
      names[id] = ''
      free.push(id)
    },
    name(id) {
      return names[id] ?? ''
    },
    kept(name) {
      // A new string has to be hashed before a lookup. Comparing it costs half of that.
      const { length } = name
      const slot = (length * 31 + name.charCodeAt(0) + name.charCodeAt(length - 1) * 7) & (slots - 1)
      const last = recent[slot]
      if (last === name) return last
      const id = ids.get(name)
      const known = id === undefined ? name : (names[id] ?? name)
      if (length <= longestRecent) recent[slot] = known
      return known
    },
    inUse(most) {
      const found: string[] = []
      for (const name of ids.keys()) {
        if (found.length >= most) break
        if (name !== '') found.push(name)
      }
      return found
    },
    get size() {
      return names.length
    },
    get version() {
      return version
    },
    clear() {
      ids = new Map()
      names = []
      uses = []
      free = []
      version += 1
    },
  }
}
