import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { HandleMarks } from './handle-marks.ts'

function storeOf(text?: string) {
  const kept = new Map(text === undefined ? [] : [['qmp-studio.open-handles', text]])
  return {
    kept,
    store: () => ({
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => void kept.set(name, value),
      removeItem: (name: string) => void kept.delete(name),
    }),
  }
}

test('each agent has its own; closed ones and old ones are forgotten', () => {
  const { kept, store } = storeOf()
  let now = 1_000_000
  const one = new HandleMarks(store, 'lab1.qga', () => now)
  const other = new HandleMarks(store, 'lab2.qga', () => now)
  one.opened(1000)
  one.opened(1001)
  one.opened(1001)
  other.opened(1000)
  expect([one.read(), other.read()]).toEqual([[1000, 1001], [1000]])
  one.closed(1000)
  expect([one.read(), other.read()]).toEqual([[1001], [1000]])
  // Numbers and ids, and nothing of what was in the files.
  expect([...kept.values()]).toEqual(['[["lab1.qga",1001,1000000],["lab2.qga",1000,1000000]]'])
  now += 3_600_000
  expect(one.read()).toEqual([])
  one.opened(5)
  one.closed(5)
  expect(kept.size).toBe(0)
})

test('a store that keeps nothing, and one with anything in it', () => {
  const broken = new HandleMarks(
    () => {
      throw new Error('off')
    },
    'a',
    () => 0,
  )
  broken.opened(1)
  expect(broken.read()).toEqual([])
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      const marks = new HandleMarks(storeOf(text).store, 'a', () => 0)
      expect(marks.read().every((each) => Number.isSafeInteger(each))).toBe(true)
      marks.opened(7)
      expect(marks.read()).toContain(7)
    }),
    { numRuns: runs(1000) },
  )
  const many = storeOf()
  const marks = new HandleMarks(many.store, 'a', () => 0)
  for (let handle = 0; handle < 150; handle += 1) marks.opened(handle)
  expect(marks.read()).toHaveLength(100)
})
