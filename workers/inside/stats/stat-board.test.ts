import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { mostPlots, moveOnBoard, parseBoard, printBoard, readBoard, toggleOnBoard } from './stat-board.ts'

test('what is kept is read again: keys, each once, not more than a board has', () => {
  expect(readBoard(['a/b/c', 'a/b/c', 'a/b', '', '//', 'a//c', 'x/y/z/with/slashes'])).toEqual([
    'a/b/c',
    'x/y/z/with/slashes',
  ])
  expect(readBoard(Array.from({ length: 100 }, (_, n) => `a/b/${n}`))).toHaveLength(mostPlots)
  expect(readBoard([`a/b/${'x'.repeat(1000)}`])).toEqual([])
})

test('a board in an address is read as it was printed, whatever its names are', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1, maxLength: 40 }), { maxLength: 10 }), (names) => {
      const keys = readBoard(names.map((name) => `kvm/vcpu/${name}`))
      expect(parseBoard(printBoard(keys))).toEqual(keys)
    }),
    { numRuns: runs(2000) },
  )
})

test('moved by one place, not beyond the ends; put on, taken off', () => {
  const keys = ['a', 'b', 'c']
  expect(moveOnBoard(keys, 'b', -1)).toEqual(['b', 'a', 'c'])
  expect(moveOnBoard(keys, 'b', 1)).toEqual(['a', 'c', 'b'])
  expect(moveOnBoard(keys, 'a', -1)).toEqual(keys)
  expect(moveOnBoard(keys, 'x', 1)).toEqual(keys)
  expect(toggleOnBoard(keys, 'b')).toEqual(['a', 'c'])
  expect(toggleOnBoard(keys, 'd')).toEqual(['a', 'b', 'c', 'd'])
})
