import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { blockGraph } from './block-graph.ts'
import { keepParts } from './keep-parts.ts'

const nodes = [
  { 'node-name': 'top', drv: 'qcow2', ro: false, file: '/a' },
  { 'node-name': 'file', drv: 'file', ro: false, file: '/a' },
]
const devices = [{ device: 'd0', inserted: { 'node-name': 'top' } }]
const stats = (bytes: number) => [
  { device: 'd0', stats: { rd_bytes: bytes, wr_bytes: 0, rd_operations: 1, wr_operations: 0 } },
]
const graphOf = (bytes: number, list = nodes) => {
  // Replies of two questions have no object in common.
  const fresh = structuredClone({ nodes: list, devices, stats: stats(bytes) })
  return blockGraph(fresh)
}

test('what says the same stays the same object, what does not is the new one', () => {
  const before = graphOf(1)
  const after = graphOf(2)
  const kept = keepParts(before, after)
  expect(kept).toEqual(after)
  const same = kept.parts.filter((part) => before.parts.includes(part)).map(({ name }) => name)
  expect(same).toEqual(expect.arrayContaining(['top', 'file']))
  expect(kept.parts.find(({ kind }) => kind === 'device')).toBe(
    after.parts.find(({ kind }) => kind === 'device'),
  )
  expect(kept.edges).toBe(before.edges)
  expect(keepParts(before, graphOf(1)).parts).toBe(before.parts)
  expect(keepParts(undefined, after)).toBe(after)
})

test('the kept graph says what the new one says, whatever changed', () => {
  const list = fc.uniqueArray(
    fc.record({
      'node-name': fc.constantFrom('a', 'b', 'c', 'd'),
      drv: fc.constantFrom('qcow2', 'file'),
      ro: fc.boolean(),
      file: fc.constantFrom('/a', '/b'),
    }),
    { selector: (each) => each['node-name'] },
  )
  fc.assert(
    fc.property(list, list, fc.nat(2), fc.nat(2), (first, second, one, other) => {
      const after = graphOf(other, second)
      expect(keepParts(graphOf(one, first), after)).toEqual(after)
    }),
    { numRuns: runs(500) },
  )
})
