/** A search over what was read of the objects: their paths, types, properties and values. */
import { textOf } from '#base/json/print.ts'
import type { QomObject } from './qom-tree.ts'
import type { QomValues } from './qom-object.ts'

/** Hits that are listed. More are counted as “more”, since nobody reads them. */
const mostHits = 500
/** Characters of a value that are searched: a firmware table may be a megabyte. */
const valueCharacters = 2000
/** Characters of what is searched for, so that a pasted file does not hold the page. */
const longestNeedle = 200

/** Where something was found. */
export interface QomHit {
  readonly path: string
  readonly type: string | undefined
  /** The property that has it; undefined where path or type have it. */
  readonly property: string | undefined
  /** What was found in: the type of the property, or its value. */
  readonly text: string
}

/** What was found. */
export interface QomHits {
  readonly hits: readonly QomHit[]
  /** Whether there are more than are listed. */
  readonly hasMore: boolean
}

/**
 * Find words in objects: all of them have to be in one path with its type, or in one property with its type and value.
 * Capital letters do not matter.
 */
export function searchObjects(
  objects: Iterable<QomObject>,
  valuesOf: (path: string) => QomValues | undefined,
  query: string,
): QomHits {
  const words = query
    .slice(0, longestNeedle)
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const hits: QomHit[] = []
  if (words.length === 0) return { hits, hasMore: false }
  const has = (text: string): boolean => {
    const low = text.toLowerCase()
    return words.every((word) => low.includes(word))
  }
  for (const { path, type, properties } of objects) {
    if (has(`${path} ${type ?? ''}`)) {
      if (hits.length >= mostHits) return { hits, hasMore: true }
      hits.push({ path, type, property: undefined, text: type ?? '' })
    }
    const values = valuesOf(path)
    for (const each of properties.list) {
      // A part is found by its own path.
      if (each.kind === 'child') continue
      const value = values?.get(each.name)
      const said = value?.kind === 'value' ? textOf(value.value).slice(0, valueCharacters) : ''
      if (!has(`${each.name} ${each.type} ${said}`)) continue
      if (hits.length >= mostHits) return { hits, hasMore: true }
      hits.push({ path, type, property: each.name, text: said === '' ? each.type : said })
    }
  }
  return { hits, hasMore: false }
}
