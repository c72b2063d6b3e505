/** The ways from commands and events down to a pair of types. */
import type { Link, PairNode } from './pairs.ts'
import type { ChangeSide } from './rules.ts'

/** A way: where it begins, on which side, and all its steps as text. */
export interface Way {
  readonly root: string
  readonly side: ChangeSide
  readonly path: string
  /** How many pairs it passes. */
  readonly length: number
}

/** All ways to a pair. */
export interface Ways {
  /** The shortest first, at most `mostWays`, among them the shortest of each command, event and side. */
  readonly ways: readonly Way[]
  /** There are more of them than were looked for. */
  readonly isCut: boolean
}

/** Ways to one pair that are listed: nobody reads more. */
const mostWays = 100
/**
 * Steps for all pairs together. A comparison of two recorded schemas takes 20,000; a hostile schema has more paths than
 * could be listed.
 */
const mostSteps = 1_000_000
/** Steps for the ways to one pair, beyond the shortest: QEMU's schemas need 2,000 at most. */
const mostStepsForPair = 10_000

/** Pairs that a way passes at most: QEMU's longest has 15. */
const longestWay = 200

/** Finds the ways to pairs of one comparison. No way passes the same pair twice. */
export class WayFinder {
  readonly #known = new Map<PairNode, Ways>()
  #left = mostSteps

  waysTo(node: PairNode): Ways {
    const known = this.#known.get(node)
    if (known !== undefined) return known
    const shortest = this.#shortest(node)
    const others = this.#all(node)
    const byPath = new Map([...shortest.ways, ...others.ways].map((each) => [each.path, each]))
    const must = new Set(shortest.ways.map((each) => each.path))
    const sorted = [...byPath.values()].sort(byLength)
    const kept = [
      ...sorted.filter((each) => must.has(each.path)),
      ...sorted.filter((each) => !must.has(each.path)),
    ].slice(0, Math.max(mostWays, must.size))
    const made = {
      ways: kept.sort(byLength),
      isCut: shortest.isCut || others.isCut || kept.length < sorted.length,
    }
    this.#known.set(node, made)
    return made
  }

  /** The shortest way of each command and event on each side: breadth first, upwards. */
  #shortest(target: PairNode): Ways {
    const below = new Map<PairNode, { readonly path: string; readonly length: number }>([
      [target, { path: '', length: 0 }],
    ])
    const ways = new Map<string, Way>()
    // Nodes that are added on the way are visited too, in the order of their distance.
    for (const [node, { path, length }] of below) {
      for (const { root, side, path: begin } of node.roots) {
        const key = `${side} ${root}`
        if (!ways.has(key)) ways.set(key, { root, side, path: `${begin}${path}`, length })
      }
      for (const { from, step } of node.from) {
        this.#left -= 1
        if (!below.has(from) && length < longestWay)
          below.set(from, { path: `${step}${path}`, length: length + 1 })
      }
      if (this.#left < 0) return { ways: [...ways.values()], isCut: true }
    }
    return { ways: [...ways.values()], isCut: false }
  }

  /** Depth first, upwards, without recursion: `open` holds for each pair on the path the links that are not yet followed. */
  #all(target: PairNode): Ways {
    const ways: Way[] = []
    const on = new Set<PairNode>()
    const open: { readonly node: PairNode; readonly path: string; next: number }[] = []
    const enter = (node: PairNode, path: string): void => {
      on.add(node)
      open.push({ node, path, next: 0 })
      for (const { root, side, path: begin } of node.roots) {
        ways.push({ root, side, path: `${begin}${path}`, length: open.length - 1 })
      }
    }
    enter(target, '')
    let steps = Math.min(mostStepsForPair, Math.max(0, this.#left))
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const link: Link | undefined = top.node.from[top.next]
      top.next += 1
      if (link === undefined) {
        on.delete(top.node)
        open.pop()
        continue
      }
      steps -= 1
      this.#left -= 1
      if (steps < 0 || ways.length > 4 * mostWays) return { ways, isCut: true }
      if (!on.has(link.from) && open.length < longestWay) enter(link.from, `${link.step}${top.path}`)
    }
    return { ways, isCut: false }
  }
}

function byLength(a: Way, b: Way): number {
  return (
    a.length - b.length || a.path.length - b.path.length || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)
  )
}
