import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readMigration } from '#inside/migration/machine-migration.ts'
import { runs } from '#base/testing/runs.ts'
import { curvePath, extendCourse, mostOf } from './migration-course.ts'
import type { CoursePoint } from './migration-course.ts'

const look = (status: string, remaining: number, passes = 2) =>
  readMigration({
    status,
    'expected-downtime': 300,
    ram: {
      total: 100,
      remaining,
      transferred: 2000 - 10 * remaining,
      mbps: 8,
      'dirty-pages-rate': 1,
      'page-size': 4096,
      'dirty-sync-count': passes,
    },
  })

test('a course has a point a look, ends with one, and begins again with the next migration', () => {
  let course = extendCourse([], readMigration({}), 0)
  expect(course).toEqual([])
  course = extendCourse(course, look('completed', 0), 1)
  expect(course).toEqual([])
  course = extendCourse(course, look('active', 90, 1), 2)
  course = extendCourse(course, look('active', 40), 3)
  expect(course.map(({ left, dirty }) => [left, dirty])).toEqual([
    [90, undefined],
    [40, 4096],
  ])
  for (const at of [4, 5]) course = extendCourse(course, look('completed', 0), at)
  expect(course.map(({ status }) => status)).toEqual(['active', 'active', 'completed'])
  expect(extendCourse(course, look('active', 100, 1), 6)).toHaveLength(1)
})

test('a long one stays bounded and keeps its order', () => {
  let course: readonly CoursePoint[] = []
  for (let at = 0; at < 5000; at += 1) course = extendCourse(course, look('active', at % 100), at)
  expect(course.length).toBeLessThanOrEqual(1200)
  expect(course[0]?.at).toBe(0)
  expect(course.at(-1)?.at).toBe(4999)
  expect(course.every((point, index) => index === 0 || point.at > (course[index - 1]?.at ?? 0))).toBe(true)
})

test('a curve stays in its box, with gaps where nothing is known', () => {
  const course = [look('active', 100, 1), look('active', 50), look('active', 0)].reduce<
    readonly CoursePoint[]
  >((before, each, index) => extendCourse(before, each, index * 500), [])
  expect(curvePath(course, ({ left }) => left, 100)).toBe('M 0.0000 0.0000 L 0.5000 0.5000 L 1.0000 1.0000')
  expect(curvePath(course, ({ dirty }) => dirty, 8192)).toBe('M 0.5000 0.5000 L 1.0000 0.5000')
  expect(curvePath([], ({ left }) => left, 1)).toBe('')
  // What went over since the look before: 500 bytes in half a second.
  expect(course.map(({ sent }) => sent)).toEqual([1_000_000, 1000, 1000])
  expect(mostOf(course, [({ left }) => left, ({ dirty }) => dirty])).toBe(4096)
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true }), { maxLength: 20 }), (values) => {
      const points = values.map((left, at) => ({ ...(course[0] as CoursePoint), at, left }))
      const numbers = curvePath(points, ({ left }) => left, 1)
        .split(/[ML ]+/)
        .filter((each) => each !== '')
        .map(Number)
      expect(numbers.every((each) => each >= 0 && each <= 1)).toBe(true)
    }),
    { numRuns: runs(500) },
  )
})
