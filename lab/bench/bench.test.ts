import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../paths.ts'
import { benchmarks } from './bench.ts'
import { parseGoal } from './measure.ts'

const figures = benchmarks.flatMap((each) => each.figures)

describe('all figures', () => {
  it('have a row in docs/benchmarks.md, in their order, and no row is of another', () => {
    const text = readFileSync(join(root, 'docs', 'benchmarks.md'), 'utf8')
    const rows = [...text.matchAll(/^\| ([^|]+?) *\| [^|]+\| (?:named|reached) *\|/gm)].map(
      ([, name]) => name,
    )
    expect(rows).toEqual(figures.map(({ name }) => name))
  })

  it('have a name of their own, a goal, and say what they are', () => {
    expect(new Set(figures.map(({ name }) => name)).size).toBe(figures.length)
    for (const { goal, unit } of figures) {
      expect(unit).not.toBe('')
      expect(parseGoal(goal).limit).toBeGreaterThanOrEqual(0)
    }
  })
})
