/** What differs between two objects, or between all objects of two moments or machines. */
import { equalJson } from '#base/json/equal.ts'
import type { QomProperty, QomValue, QomValues } from './qom-object.ts'

/** An object with its values, as it was when it was read. */
export interface QomReading {
  readonly type: string | undefined
  readonly properties: readonly QomProperty[]
  readonly values: QomValues
}

/** A difference. `property` is undefined where a whole object is on one side only. */
export interface QomDifference {
  readonly path: string
  readonly property: string | undefined
  readonly kind: 'only-first' | 'only-second' | 'type' | 'value'
  readonly first: QomValue | string | undefined
  readonly second: QomValue | string | undefined
}

/** Differences that are listed: two machines of different kinds have thousands, which nobody reads. */
const mostDifferences = 2000

/** The differences of two readings of objects, in the order of the first; `path` is that of the first. */
export function compareReadings(
  path: string,
  first: QomReading,
  second: QomReading,
): readonly QomDifference[] {
  const found: QomDifference[] = []
  if (first.type !== second.type) {
    found.push({ path, property: undefined, kind: 'type', first: first.type, second: second.type })
  }
  const others = new Map(second.properties.map((each) => [each.name, each]))
  const names = new Set<string>()
  for (const { name, type } of first.properties) {
    names.add(name)
    const other = others.get(name)
    const [mine, its] = [first.values.get(name), second.values.get(name)]
    if (other === undefined) {
      found.push({ path, property: name, kind: 'only-first', first: mine ?? type, second: undefined })
    } else if (other.type !== type) {
      found.push({ path, property: name, kind: 'type', first: type, second: other.type })
    } else if (mine !== undefined && its !== undefined && !sameValue(mine, its)) {
      found.push({ path, property: name, kind: 'value', first: mine, second: its })
    }
  }
  for (const { name, type } of second.properties) {
    if (names.has(name)) continue
    const its = second.values.get(name) ?? type
    found.push({ path, property: name, kind: 'only-second', first: undefined, second: its })
  }
  return found
}

function sameValue(a: QomValue, b: QomValue): boolean {
  if (a.kind === 'refused' || b.kind === 'refused') return a.kind === b.kind
  return equalJson(a.value, b.value)
}

/** The differences of all objects of two moments or machines, by their paths; at most `mostDifferences`. */
export function compareMoments(
  first: ReadonlyMap<string, QomReading>,
  second: ReadonlyMap<string, QomReading>,
): { readonly differences: readonly QomDifference[]; readonly hasMore: boolean } {
  const found: QomDifference[] = []
  for (const [path, mine] of first) {
    const its = second.get(path)
    if (its === undefined) {
      found.push({ path, property: undefined, kind: 'only-first', first: mine.type, second: undefined })
    } else found.push(...compareReadings(path, mine, its))
    if (found.length > mostDifferences) return { differences: found.slice(0, mostDifferences), hasMore: true }
  }
  for (const [path, its] of second) {
    if (first.has(path)) continue
    found.push({ path, property: undefined, kind: 'only-second', first: undefined, second: its.type })
    if (found.length > mostDifferences) return { differences: found.slice(0, mostDifferences), hasMore: true }
  }
  return { differences: found, hasMore: false }
}
