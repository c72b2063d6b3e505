import { expect, test } from 'vitest'
import { WritingPace } from './writing-pace.ts'

test('bytes that are shown are told together while others wait, and at once when none do', () => {
  const told: number[] = []
  const pace = new WritingPace((bytes) => told.push(bytes))
  for (let piece = 0; piece < 10; piece += 1) pace.came(65_536)
  for (let piece = 0; piece < 5; piece += 1) pace.shown(65_536)
  expect(told).toEqual([262_144])
  for (let piece = 0; piece < 5; piece += 1) pace.shown(65_536)
  expect(told).toEqual([262_144, 262_144, 131_072])
  pace.came(1)
  pace.shown(1)
  expect(told.at(-1)).toBe(1)
})
