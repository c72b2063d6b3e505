import fc from 'fast-check'
import { expect, test } from 'vitest'
import { layOut } from './lane-rows.ts'
import type { LaneContent } from './lane-rows.ts'

/** A machine whose jobs take `jobs` rows of bars, whose commands take `commands`, and that has all other lanes or none. */
function machine(jobs: number, commands: number, all = true): LaneContent<string> {
  return {
    of: 'vm',
    counts: new Uint32Array(40).fill(all ? 1 : 0),
    trackRows: (kinds) => (kinds.includes('job') ? jobs : 0),
    commandRows: () => commands,
  }
}

const nothing: ReadonlySet<string> = new Set()

test('bars grow into the room that there is, by the same for all', () => {
  const content = machine(2, 1, false)
  const low = layOut([content], nothing, [])
  expect(low.rows.map(({ spec }) => spec.name)).toEqual(['state', 'commands', 'jobs'])
  expect(low.rows.map(({ bar }) => bar)).toEqual([16, 16, 16])
  // Four bars: each gets a quarter of what is left.
  const high = layOut([content], nothing, [], low.height + 12)
  expect(high.rows.map(({ bar }) => bar)).toEqual([19, 19, 19])
  expect(high.height).toBe(low.height + 12)
})

test('a folded lane stays low, and bars do not grow without a limit', () => {
  const rows = layOut([machine(1, 1)], new Set(['jobs']), [], 5000).rows
  expect(rows.find(({ spec }) => spec.name === 'jobs')?.height).toBe(18)
  expect(Math.max(...rows.map(({ bar }) => bar))).toBe(32)
})

test('lanes lie under each other without a gap, and never need a scroll bar that they did not need before', () => {
  const sizes = fc.record({
    jobs: fc.integer({ min: 0, max: 12 }),
    commands: fc.integer({ min: 1, max: 4 }),
    room: fc.integer({ min: 0, max: 2000 }),
  })
  fc.assert(
    fc.property(sizes, ({ jobs, commands, room }) => {
      const contents = [machine(jobs, commands), machine(1, 1)]
      const low = layOut(contents, nothing, ['commands'])
      const { rows, height } = layOut(contents, nothing, ['commands'], room)
      expect(height).toBeLessThanOrEqual(Math.max(room, low.height))
      let y = 0
      for (const row of rows) {
        expect(row.y).toBe(y)
        y += row.height
      }
      expect(y).toBe(height)
    }),
  )
})
