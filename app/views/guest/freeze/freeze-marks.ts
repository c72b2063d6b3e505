/**
 * What this browser keeps of the guests that it has frozen, so that a page that is loaded again still thaws them in time.
 * @adr 0059
 */

/** A freeze of this browser's. Times in milliseconds since the epoch. */
export interface FreezeMark {
  readonly since: number
  readonly thawAt: number
  /** How long it was to last, and by how much it is prolonged. */
  readonly seconds: number
}

/** A store of marks: localStorage of the page. It throws where it is switched off. */
export type MarkStore = () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** The place of the marks in the store: an event of the store names it. */
export const markKey = 'qmp-studio.frozen'
/** A freeze that is longer is none of this page's, in milliseconds. */
const longestMs = 24 * 3_600_000
/** Guests that are remembered. */
const mostMarks = 100

/** The marks by id of the agent's machine. What is none is left out. */
export function readMarks(store: MarkStore): ReadonlyMap<string, FreezeMark> {
  const marks = new Map<string, FreezeMark>()
  let kept: unknown
  try {
    kept = JSON.parse(store().getItem(markKey) ?? '[]')
  } catch {
    return marks
  }
  if (!Array.isArray(kept)) return marks
  for (const each of (kept as readonly unknown[]).slice(0, mostMarks)) {
    if (!Array.isArray(each)) continue
    const [id, ...numbers] = each as readonly unknown[]
    const [since, thawAt, seconds] = numbers
    if (typeof id !== 'string' || !isNumber(since) || !isNumber(thawAt) || !isNumber(seconds)) continue
    if (seconds > 0 && Math.abs(thawAt - since) < longestMs) marks.set(id, { since, thawAt, seconds })
  }
  return marks
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

/** Whether any is kept. */
export function hasMarks(store: MarkStore): boolean {
  try {
    return store().getItem(markKey) !== null
  } catch {
    return false
  }
}

/** Keep a mark, or forget it. False where the browser keeps nothing. */
export function writeMark(store: MarkStore, id: string, mark: FreezeMark | undefined): boolean {
  const marks = new Map(readMarks(store))
  if (mark === undefined) marks.delete(id)
  else marks.set(id, mark)
  try {
    if (marks.size === 0) store().removeItem(markKey)
    else {
      const kept = [...marks].map(([of, { since, thawAt, seconds }]) => [of, since, thawAt, seconds])
      store().setItem(markKey, JSON.stringify(kept))
    }
    return true
  } catch {
    return false
  }
}
