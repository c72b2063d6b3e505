import { expect, it } from 'vitest'
import { clip } from './clip.ts'

it('keeps short texts, and cuts long ones with their length', () => {
  expect(clip('abc', 3)).toBe('abc')
  expect(clip('abcd', 3)).toBe('abc… (4 characters in all)')
  expect(clip('ab😀d', 3)).toBe('ab… (5 characters in all)')
})
