/**
 * Members of replies, read as what they should be: a wrong shape is undefined, and nothing is longer than a bound.
 * What was left out is counted by kind, so that the page can say it.
 */
import type { Json, JsonObject } from '#base/json/value.ts'
import { isJsonObject } from '#base/json/value.ts'
import { own } from '#base/own.ts'

/** An integer as QEMU wrote it: beyond 2^53 it is a bigint. */
export type Whole = number | bigint

/** Names of nodes have at most 31 characters in QEMU, paths of objects some hundred; a longer text is no name. */
const longestName = 1024

/** A name or a path; undefined where it is none, is empty or too long. */
export function nameOf(object: JsonObject, member: string): string | undefined {
  const value = own(object, member)
  return typeof value === 'string' && value !== '' && value.length <= longestName ? value : undefined
}

/** Any text, cut to 4,096 characters: names of files may be JSON of a whole tree. */
export function textOf(object: JsonObject, member: string): string | undefined {
  const value = own(object, member)
  return typeof value === 'string' ? value.slice(0, 4096) : undefined
}

/** An integer; undefined where it is none. */
export function wholeOf(object: JsonObject, member: string): Whole | undefined {
  const value = own(object, member)
  if (typeof value === 'bigint') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined
}

/** True, false, or undefined where it is neither. */
export function flagOf(object: JsonObject, member: string): boolean | undefined {
  const value = own(object, member)
  return typeof value === 'boolean' ? value : undefined
}

/** What of the replies was left out, and why. */
export class LeftOutParts {
  readonly #counts = new Map<string, number>()

  /** One more of these words, which complete "… left out". */
  add(what: string, count = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + count)
  }

  /** A line for each kind, for people. */
  lines(): readonly string[] {
    return [...this.#counts].map(([what, count]) => `${count} × ${what}: left out`)
  }

  /**
   * The first `most` objects of a list; what is no object and what is beyond is counted. `undefined` was not asked
   * or not answered.
   */
  objects(value: Json | undefined, what: string, most: number): readonly JsonObject[] {
    if (value === undefined) return []
    if (!Array.isArray(value)) {
      this.add(`${what} that is no list`)
      return []
    }
    const list = value as readonly Json[]
    const found: JsonObject[] = []
    for (const each of list.slice(0, most)) {
      if (isJsonObject(each)) found.push(each)
      else this.add(`${what} of another shape`)
    }
    if (list.length > most) this.add(`${what} beyond ${most}`, list.length - most)
    return found
  }
}
