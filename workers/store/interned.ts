/** Names of commands and events as small numbers. A name is forgotten with its last row, and its number used again. */

/** A set of numbered names. */
export interface Names {
  /** The number of a name, counted as used once more. */
  use(name: string): number
  /** Count a number as used once less. */
  release(id: number): void
  /** The name of a number in use. */
  name(id: number): string
  /** Those in use, at most `most`. */
  inUse(most: number): string[]
  /** One more than the highest number ever given. */
  readonly size: number
  /** Counts up when a number gets another name: decisions for that number are void. */
  readonly version: number
  clear(): void
}

/** Make an empty set. */
export function createNames(): Names {
  let ids = new Map<string, number>()
  let names: string[] = []
  let uses: number[] = []
  let free: number[] = []
  let version = 0
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
