/** What the agent says when file systems are trimmed or its clock is asked. The guest may say anything: types are checked. */
import { clip } from '#base/clip.ts'
import { isJsonObject, objectsIn } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import { own } from '#base/own.ts'
import { bytes, duration } from '#words/format.ts'

/** One path that was trimmed. */
export interface TrimmedPath {
  readonly path: string
  /** What came of it, in words. */
  readonly words: string
  readonly isError: boolean
}

/** Paths that are shown. */
const mostPaths = 100
const longestText = 200

/** The reply of guest-fstrim, and how many paths are left out. Undefined for anything else. @qapi GuestFilesystemTrimResponse */
export function readTrim(
  value: Json,
): { readonly paths: readonly TrimmedPath[]; readonly hidden: number } | undefined {
  const list = isJsonObject(value) ? own(value, 'paths') : undefined
  if (!Array.isArray(list)) return undefined
  const all = objectsIn(list as readonly Json[])
  return { paths: all.slice(0, mostPaths).map(trimmed), hidden: Math.max(0, all.length - mostPaths) }
}

function trimmed(each: Json): TrimmedPath {
  const of = (member: string): Json | undefined => (isJsonObject(each) ? own(each, member) : undefined)
  const path = of('path')
  const error = of('error')
  const size = of('trimmed')
  const isSize = (typeof size === 'number' || typeof size === 'bigint') && size >= 0
  return {
    path: typeof path === 'string' ? clip(path, longestText) : 'a path that is no text',
    words:
      typeof error === 'string'
        ? clip(error, longestText)
        : isSize
          ? `${bytes(size)} given back`
          : 'the agent does not say how much',
    isError: typeof error === 'string',
  }
}

/** How far a guest's clock is from this computer's, in milliseconds, by a reply of guest-get-time and when it was asked. */
export function clockAhead(value: Json, sentAt: number, at: number): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined
  const guest = Number(value) / 1e6
  // The answer is as old as half of the way.
  return Number.isFinite(guest) ? guest - (sentAt + at) / 2 : undefined
}

/** `12 s ahead of this computer’s`; within the way of the question it is `as this computer’s`. */
export function aheadWords(ms: number, way: number): string {
  if (Math.abs(ms) <= Math.max(50, way)) return 'the same as this computer’s, as far as can be measured'
  return `${duration(Math.abs(ms))} ${ms > 0 ? 'ahead of' : 'behind'} this computer’s`
}

/** A time as guest-set-time wants it: nanoseconds since the epoch, exact. */
export function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms)) * 1_000_000n
}
