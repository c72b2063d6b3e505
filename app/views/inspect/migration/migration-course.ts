/**
 * How a migration went, point by point, and its curves as lines of a drawing.
 * Tested by app/views/inspect/migration/migration-course.test.ts.
 */
import { isMigrating } from '#inside/migration/machine-migration.ts'
import type { MigrationNow } from '#inside/migration/machine-migration.ts'

/** One look. */
export interface CoursePoint {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly status: string
  /** Bytes. */
  readonly left: number
  /** Bytes in all. */
  readonly transferred: number
  /** Bytes a second since the look before; of the first look, as QEMU says it: that jumps with a limit below its beat. */
  readonly sent: number
  /** Bytes a second; undefined before the first pass has ended: nobody knows it then. */
  readonly dirty: number | undefined
  /** Milliseconds that the guest would stand still if it went over now; undefined where QEMU does not say it. */
  readonly downtime: number | undefined
  /** Percent. */
  readonly throttle: number
}

/** Looks that are kept: ten minutes at two a second. With more, every second one of the older half goes. */
const mostPoints = 1200

/** One more look. A migration that begins has a new course; one that ended keeps its last. */
export function extendCourse(
  before: readonly CoursePoint[],
  { status, ram, expectedDowntimeMs, throttle }: MigrationNow,
  at: number,
): readonly CoursePoint[] {
  const last = before.at(-1)
  const isRunning = isMigrating({ status })
  if (ram === undefined || ram.total === 0) return before
  // What is over has one last point: nothing is left, or it failed there.
  if (!isRunning && (last === undefined || !isMigrating(last))) return before
  const isNew = isRunning && last !== undefined && !isMigrating(last)
  const point = {
    ...{ at, status, left: ram.remaining, transferred: ram.transferred, throttle },
    // Once the guest has stood still, the estimate is of nothing.
    downtime: status === 'active' ? expectedDowntimeMs : undefined,
    sent: isNew || last === undefined || at <= last.at ? ram.rate : rateSince(last, ram.transferred, at),
    dirty: ram.passes < 2 ? undefined : ram.dirtyRate,
  }
  const points = [...(isNew ? [] : before), point]
  if (points.length <= mostPoints) return points
  const half = Math.floor(points.length / 2)
  return points.filter((_, index) => index >= half || index % 2 === 0)
}

function rateSince(last: CoursePoint, transferred: number, at: number): number {
  return (Math.max(0, transferred - last.transferred) / (at - last.at)) * 1000
}

/** A curve in a box of 1 by 1, its zero at the bottom: gaps where there is no value. `most` is at the top. */
export function curvePath(
  course: readonly CoursePoint[],
  valueOf: (point: CoursePoint) => number | undefined,
  most: number,
): string {
  const [first, last] = [course[0], course.at(-1)]
  if (first === undefined || last === undefined || most <= 0) return ''
  const span = Math.max(1, last.at - first.at)
  let isOpen = false
  const parts: string[] = []
  for (const point of course) {
    const value = valueOf(point)
    if (value === undefined) isOpen = false
    else {
      const [x, y] = [(point.at - first.at) / span, 1 - Math.min(1, Math.max(0, value / most))]
      parts.push(`${isOpen ? 'L' : 'M'} ${x.toFixed(4)} ${y.toFixed(4)}`)
      isOpen = true
    }
  }
  return parts.join(' ')
}

/** The greatest of some values of a course; 0 where there are none. */
export function mostOf(
  course: readonly CoursePoint[],
  values: readonly ((point: CoursePoint) => number | undefined)[],
): number {
  return course.reduce(
    (most, point) => values.reduce((top, valueOf) => Math.max(top, valueOf(point) ?? 0), most),
    0,
  )
}
