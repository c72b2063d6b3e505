/**
 * The longest command that ends under each node of a tree over the places of rows: it finds the commands that reach into
 * a stretch of time from before it. Held by a row set (row-set.ts).
 */

/** Rows under one node of the lowest level, and nodes under one of each level above. */
const fan = 16

/** The tree. A node's value is in milliseconds; -1: no command ends there. */
export class LongestCommands {
  #levels: Float32Array[] = []

  /** A command of that length ends at a place: update every node above it. */
  raise(place: number, latency: number): void {
    let node = Math.floor(place / fan)
    for (let level = 0; ; level += 1) {
      let values = this.#levels[level]
      if (values === undefined || node >= values.length) values = this.#grow(level, node)
      if (latency > (values[node] as number)) values[node] = latency
      if (node === 0 && level + 1 >= this.#levels.length) return
      node = Math.floor(node / fan)
    }
  }

  /**
   * Visit the rows from one place up to but not including another, a few at a time, and only those among which a command
   * `reaches`: it is handed the first place of a node, which may lie before `from`, and the longest command there.
   */
  visit(
    from: number,
    to: number,
    reaches: (begin: number, longest: number) => boolean,
    rows: (begin: number, end: number) => void,
  ): void {
    const visit = (level: number, node: number): void => {
      const width = fan ** (level + 1)
      const begin = node * width
      if (begin >= to || begin + width <= from) return
      const longest = this.#levels[level]?.[node] ?? -1
      if (longest < 0 || !reaches(begin, longest)) return
      if (level === 0) rows(Math.max(begin, from), Math.min(begin + width, to))
      else for (let child = 0; child < fan; child += 1) visit(level - 1, node * fan + child)
    }
    const top = this.#levels.length - 1
    const width = fan ** (top + 1)
    for (let node = Math.floor(from / width); top >= 0 && node * width < to; node += 1) visit(top, node)
  }

  /** The first `places` are gone, a power of two: the others move there. */
  drop(places: number): void {
    // Nodes of higher levels are wider than that: they are made again from those below when they are needed.
    this.#levels = this.#levels.filter((_, level) => places % fan ** (level + 1) === 0)
    this.#levels.forEach((values, level) => {
      const nodes = places / fan ** (level + 1)
      values.copyWithin(0, nodes)
      values.fill(-1, Math.max(0, values.length - nodes))
    })
  }

  clear(): void {
    this.#levels = []
  }

  #grow(level: number, node: number): Float32Array {
    const values = this.#levels[level]
    const larger = new Float32Array(Math.max(64, (values?.length ?? 0) * 2, node + 1)).fill(-1)
    if (values !== undefined) larger.set(values)
    else if (level > 0) {
      // A new level on top is made from the one below.
      const below = this.#levels[level - 1] ?? new Float32Array()
      below.forEach((each, index) => {
        const above = Math.floor(index / fan)
        if (above < larger.length && each > (larger[above] as number)) larger[above] = each
      })
    }
    this.#levels[level] = larger
    return larger
  }
}
